"""Passages found, read and quoted, as people and programs get them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.padding import Padding
from rich.text import Text

from kb import labels
from kb.browse import Reading
from kb.domain import Document, Hit, Passage, Session
from kb.printing.console import dump, out, still
from kb.search import Results
from kb.store.schema import anchor_json


def hits(results: Results, near: Sequence[Reading] | None, *, nothing: str, as_json: bool) -> None:
    """Hits, with their neighbours when asked; `nothing`: what to say when there is none."""
    readings: Sequence[Reading | None] = near or [None] * len(results.hits)
    if as_json:
        dump([_hit_json(h, r) for h, r in zip(results.hits, readings, strict=True)])
        return
    if not results.hits:
        out.print(nothing)
    for rank, (hit, reading) in enumerate(zip(results.hits, readings, strict=True), start=1):
        _print_hit(rank, hit, reading)


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
    out.print(Padding(Text(still(labels.why(hit.why)), style="dim"), (0, 0, 1, 3)))


def _hit_json(hit: Hit, around: Reading | None) -> dict[str, Any]:
    value = {
        "passage": hit.passage.id,
        "score": hit.score,
        **_passage_json(hit.passage),
        **_origin_json(hit.document, hit.session),
        "why": {
            "words": list(hit.why.words),
            "spans": [list(span) for span in hit.why.spans],
            "meaning": None if hit.why.meaning is None else round(hit.why.meaning, 4),
            "best_sentence": list(hit.why.best_sentence) if hit.why.best_sentence else None,
        },
    }
    if around:
        value |= {"before": [p.text for p in around.before], "after": [p.text for p in around.after]}
    return value


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "speaker": passage.speaker,
        "anchor": json.loads(anchor_json(passage.anchor)),
    }


def _origin_json(document: Document, session: Session | None) -> dict[str, Any]:
    day = session.date.isoformat() if session and session.date else None
    return {
        "document": {"id": document.id, "title": document.title, "type": document.type, "path": document.path},
        "session": {"id": session.id, "title": session.title, "date": day} if session else None,
        "season": document.season,
    }


def reading(found: Reading, corpus: Path, *, as_json: bool) -> None:
    """A passage among its neighbours, with its source."""
    if as_json:
        value = {
            "passage": found.passage.id,
            **_passage_json(found.passage),
            **_origin_json(found.document, found.session),
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
    place = labels.anchor(found.passage.anchor) or "texte"
    out.print(Text(still(f"Source : {corpus / found.document.path}, {place}")))
    out.print(Text(f"Caractères {found.passage.start} à {found.passage.end} du document."))
