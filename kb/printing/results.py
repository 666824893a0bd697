"""Passages found, read and quoted, as people and programs get them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from kb import labels
from kb.browse import Reading
from kb.domain import NO_FILTERS, Document, Filters, Hit, Passage, Session
from kb.french import NBSP
from kb.library import Library
from kb.printing.console import dump, err, out, still
from kb.search import Results
from kb.store.schema import anchor_json

_TERMS_SHOWN = 6


def remarks(question: str, filters: Filters, results: Results, *, as_json: bool) -> None:
    """What is to know before the hits are read; on standard error beside JSON."""
    for line in _remarks(question, filters, results):
        (err if as_json else out).print(Text(still(line)), soft_wrap=True)


def hits(results: Results, near: Sequence[Reading] | None, *, nothing: str, as_json: bool) -> None:
    """Hits, with their neighbours when asked; `nothing`: what to say when there is none."""
    readings: Sequence[Reading | None] = near or [None] * len(results.hits)
    if as_json:
        dump([_hit_json(h, r, is_covered=results.is_covered) for h, r in zip(results.hits, readings, strict=True)])
        return
    if not results.hits:
        out.print(nothing)
    for rank, (hit, reading) in enumerate(zip(results.hits, readings, strict=True), start=1):
        _print_hit(rank, hit, reading)


def _remarks(question: str, filters: Filters, results: Results) -> Iterator[str]:
    """That the memory may not answer; what was looked for beside the words of the question, or could be."""
    if results.hits and not results.is_covered and not results.is_silent:
        yield labels.UNSURE
    if results.hits and results.is_silent:
        yield labels.UNCOVERED if filters == NO_FILTERS else labels.UNCOVERED_HERE
        yield labels.NEAREST
    if said := labels.misspelt(question, results.spellings, results.hits):
        yield said
    terms = [each.term for each in results.related]
    if terms and results.is_wide:
        yield f"Cherché aussi, d’après le glossaire{NBSP}: {labels.beside(terms)}."
    elif terms:
        yield f"Le glossaire propose aussi{NBSP}: {labels.beside(terms, _TERMS_SHOWN)} (--glossary les cherche)."


def _print_hit(rank: int, hit: Hit, around: Reading | None) -> None:
    source = labels.source(hit.passage, hit.document, hit.session)
    out.print(Text.assemble((f"{rank}. ", "bold"), (still(source), "bold")))
    for passage in around.before if around else ():
        out.print(Padding(Text(still(passage.text), style="dim"), (0, 0, 0, 3)))
    text = Text(still(hit.passage.text))
    for start, end in hit.why.spans:
        text.stylize("bold underline", start, end)
    out.print(Padding(text, (0, 0, 0, 3)))
    for passage in around.after if around else ():
        out.print(Padding(Text(still(passage.text), style="dim"), (0, 0, 0, 3)))
    titles = dict.fromkeys(title for title in (hit.session and hit.session.title, hit.document.title) if title)
    out.print(Padding(Text(still(" · ".join(titles)), style="dim"), (0, 0, 0, 3)))
    detail = f"{hit.document.path} · {labels.anchor(hit.passage.anchor) or 'texte'} · {hit.passage.id}"
    out.print(Padding(Text(still(detail), style="cyan"), (0, 0, 0, 3)))
    if hit.repeats:
        said = f"{labels.repeats(len(hit.repeats))}{NBSP}: {', '.join(hit.repeats)}"
        out.print(Padding(Text(still(said), style="dim"), (0, 0, 0, 3)))
    out.print(Padding(Text(still(labels.why(hit.why)), style="dim"), (0, 0, 1, 3)))


def _hit_json(hit: Hit, around: Reading | None, *, is_covered: bool) -> dict[str, Any]:
    value = {
        "passage": hit.passage.id,
        "score": hit.score,
        **passage_json(hit.passage),
        **origin_json(hit.document, hit.session),
        "why": {
            "words": list(hit.why.words),
            "spans": [list(span) for span in hit.why.spans],
            "meaning": None if hit.why.meaning is None else round(hit.why.meaning, 4),
            "best_sentence": list(hit.why.best_sentence) if hit.why.best_sentence else None,
            "phrases": list(hit.why.phrases),
            "related": [list(pair) for pair in hit.why.related],
            "corrected": [list(pair) for pair in hit.why.corrected],
        },
        "repeats": list(hit.repeats),
        "covered": is_covered,
    }
    if around:
        value |= {"before": [p.text for p in around.before], "after": [p.text for p in around.after]}
    return value


def passage_json(passage: Passage) -> dict[str, Any]:
    """The words of a passage, where they stand and who says them."""
    return {
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "speaker": passage.speaker,
        "themes": list(passage.themes),
        "anchor": json.loads(anchor_json(passage.anchor)),
    }


def origin_json(document: Document, session: Session | None) -> dict[str, Any]:
    """The document, the session and the season that a passage is of."""
    day = session.date.isoformat() if session and session.date else None
    return {
        "document": {"id": document.id, "title": document.title, "type": document.type, "path": document.path},
        "session": {"id": session.id, "title": session.title, "date": day} if session else None,
        "season": document.season,
    }


def reading(found: Reading, library: Library, *, as_json: bool) -> None:
    """A passage among its neighbours, with its themes and its source."""
    if as_json:
        value = {
            "passage": found.passage.id,
            **passage_json(found.passage),
            **origin_json(found.document, found.session),
        }
        value |= {"before": [p.text for p in found.before], "after": [p.text for p in found.after]}
        dump(value)
        return
    out.print(Text(still(labels.source(found.passage, found.document, found.session)), style="bold"))
    for passage in found.before:
        out.print(Padding(Text(still(passage.text), style="dim"), (1, 0, 0, 3)))
    out.print(Padding(Text(still(found.passage.text)), (1, 0, 0, 3)))
    for passage in found.after:
        out.print(Padding(Text(still(passage.text), style="dim"), (1, 0, 0, 3)))
    out.print()
    if found.passage.themes:
        called = {theme.key: theme.label for theme in library.catalogue.themes}
        said = " · ".join(called.get(key, key) for key in found.passage.themes)
        out.print(Text(still(f"Thèmes : {said}")))
    place = labels.anchor(found.passage.anchor) or "texte"
    out.print(Text(still(f"Source : {library.corpus / found.document.path}, {place}")))
    out.print(Text(f"Caractères {found.passage.start} à {found.passage.end} du document."))
