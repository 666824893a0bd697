"""What commands print: JSON for programs, French for people (rich; plain when not a terminal)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from kb import french, labels
from kb.browse import Reading
from kb.domain import Document, Facets, Hit, Passage, Session
from kb.evaluate import Scores
from kb.ingest.report import Note, Report, Stage, Step
from kb.library import Library
from kb.search import Results
from kb.store import Counts
from kb.store.schema import anchor_json

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Step], None]]:
    """A listener for an ingest: a bar in a terminal, one line a file elsewhere, nothing when quiet."""
    if quiet:
        yield lambda step: None
        return
    if not err.is_terminal:
        yield _plain_step
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)

        def listen(step: Step) -> None:
            bar.update(task, completed=step.done, total=step.total, description=escape(_step(step)))

        yield listen


def _plain_step(step: Step) -> None:
    if step.stage in (Stage.TAKEN, Stage.REFUSED, Stage.INDEXING):
        err.print(f"[{step.done}/{step.total}] {_step(step)}", markup=False, soft_wrap=True)


def _step(step: Step) -> str:
    doing = {Stage.EMBEDDING: "Indexation", Stage.INDEXING: "Mise à jour de l’index"}.get(step.stage, "Lecture")
    return f"{doing} : {step.file}" if step.file else f"{doing}…"


def report(done: Report, *, as_json: bool) -> None:
    """The end of an ingest: counts, then each file warned about or refused, with its cause."""
    if as_json:
        value = {key: part for key, part in asdict(done).items() if part or key != "understood"}
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, files in (
        ("acceptés", done.accepted),
        ("inchangés", done.unchanged),
        ("remplacés", done.replaced),
        ("retirés", done.removed),
        ("avec réserve", done.warned),
        ("refusés", done.refused),
    ):
        table.add_row(name, french.number(len(files)))
    out.print(table)
    _notes("Avec réserve", done.warned)
    _notes("Refusés", done.refused)
    out.print(f"{french.count(done.passages, 'passage')} dans la mémoire, en {french.number(done.seconds, 1)} s.")


def _notes(title: str, notes: Sequence[Note]) -> None:
    if notes:
        out.print(f"\n{title} :")
    for note in notes:
        out.print(f"  {note.file} : {note.cause}", markup=False, soft_wrap=True)


def hits(results: Results, near: Sequence[Reading] | None, *, nothing: str, as_json: bool) -> None:
    """Hits, with their neighbours when asked; `nothing`: what to say when there is none."""
    readings: Sequence[Reading | None] = near or [None] * len(results.hits)
    if as_json:
        print(
            json.dumps(
                [_hit_json(h, r) for h, r in zip(results.hits, readings, strict=True)], ensure_ascii=False, indent=1
            )
        )
        return
    if not results.hits:
        out.print(nothing)
    for rank, (hit, reading) in enumerate(zip(results.hits, readings, strict=True), start=1):
        _print_hit(rank, hit, reading)


def _print_hit(rank: int, hit: Hit, around: Reading | None) -> None:
    source = labels.source(hit.passage, hit.document, hit.session)
    out.print(Text.assemble((f"{rank}. ", "bold"), (source, "bold")))
    for passage in around.before if around else ():
        out.print(Padding(Text(passage.text, style="dim"), (0, 0, 0, 3)))
    text = Text(hit.passage.text)
    for start, end in hit.why.spans:
        text.stylize("bold underline", start, end)
    out.print(Padding(text, (0, 0, 0, 3)))
    for passage in around.after if around else ():
        out.print(Padding(Text(passage.text, style="dim"), (0, 0, 0, 3)))
    titles = dict.fromkeys(title for title in (hit.session and hit.session.title, hit.document.title) if title)
    out.print(Padding(Text(" · ".join(titles), style="dim"), (0, 0, 0, 3)))
    detail = f"{hit.document.path} · {labels.anchor(hit.passage.anchor) or 'texte'} · {hit.passage.id}"
    out.print(Padding(Text(detail, style="cyan"), (0, 0, 0, 3)))
    out.print(Padding(Text(labels.why(hit.why), style="dim"), (0, 0, 1, 3)))


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
        print(json.dumps(value, ensure_ascii=False, indent=1))
        return
    out.print(Text(labels.source(found.passage, found.document, found.session), style="bold"))
    for passage in found.before:
        out.print(Padding(Text(passage.text, style="dim"), (1, 0, 0, 3)))
    out.print(Padding(Text(found.passage.text), (1, 0, 0, 3)))
    for passage in found.after:
        out.print(Padding(Text(passage.text, style="dim"), (1, 0, 0, 3)))
    out.print()
    out.print(Text(f"Source : {corpus / found.document.path}, {labels.anchor(found.passage.anchor) or 'texte'}"))
    out.print(Text(f"Caractères {found.passage.start} à {found.passage.end} du document."))


def status(library: Library, found: Facets, *, as_json: bool) -> None:
    """What the memory holds."""
    counts = library.store.counts()
    value = {
        "corpus": str(library.corpus),
        "index": str(library.settings.index),
        "model": library.store.model or None,
        "documents": counts.documents,
        "passages": counts.passages,
        "seasons": found.seasons,
        "sessions": found.sessions,
        "types": found.types,
        "speakers": len(found.speakers),
    }
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1))
        return
    out.print(f"Corpus  {library.corpus}\nIndex   {library.settings.index}", markup=False)
    out.print(f"Modèle  {library.store.model or 'aucun : lancez « kb ingest »'}", markup=False)
    out.print(f"{french.count(counts.documents, 'document')}, {french.count(counts.passages, 'passage')}")
    for number, n in sorted(found.seasons.items()):
        out.print(f"  Saison {number} : {french.count(n, 'passage')}")
    for kind, n in found.types.items():
        out.print(f"  {labels.TYPES[kind]} : {french.count(n, 'passage')}")


def verification(counts: Counts, found: Sequence[str], *, as_json: bool) -> None:
    """The result of `kb verify`."""
    if as_json:
        print(json.dumps({"sound": not found, **asdict(counts), "problems": list(found)}, ensure_ascii=False, indent=1))
        return
    for problem in found:
        out.print(f"✗ {problem}", markup=False, soft_wrap=True)
    if not found:
        out.print(
            f"Tout concorde : {french.count(counts.documents, 'document')}, {french.count(counts.passages, 'passage')}"
            ", chacun identique à sa source ; mots et sens au complet."
        )


def scores(measured: Scores, *, as_json: bool) -> None:
    """The result of `kb eval`."""
    value = asdict(measured)
    value |= value.pop("measures")
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1))
        return
    for name, figure in value.items():
        out.print(f"{name:16} {figure}", markup=False)
