"""Retrieval sets in BEIR layout, as far as training may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kb.errors import KbError
from kb.evaluate import relevance, rows


@dataclass(frozen=True, slots=True)
class Row:
    """A passage or a query. document: the exchange it belongs to, its own id where the set names none."""

    id: str
    text: str
    document: str
    title: str = ""
    date: str = ""
    speaker: str = ""
    kind: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Passages in the order of the set, queries by id, and which passages answer which query."""

    passages: tuple[Row, ...] = ()
    queries: dict[str, Row] = field(default_factory=dict)
    relevant: tuple[tuple[str, str], ...] = ()


def read_sets(folders: Sequence[Path], until: date | None = None, whole: Sequence[Path] = ()) -> TrainingSet:
    """The sets of these folders as one; a passage that several of them hold is held once.

    until: what is dated later, or not at all, is left out before anything else looks at it; not from sets read whole.
    Raises KbError when a folder is not a set, or nothing is left of them all.
    """
    passages: dict[str, Row] = {}
    queries: dict[str, Row] = {}
    relevant: dict[tuple[str, str], None] = {}
    first: dict[tuple[str, str], str] = {}
    for folder, last in [*((folder, until) for folder in folders), *((folder, None) for folder in whole)]:
        # Two sets may give the same id to different things, and different ids to the same passage.
        names: dict[str, str] = {}
        for row in dated(map(_row, rows(folder, "corpus")), last):
            names[row.id] = first.setdefault((row.document, row.text), f"{folder.name}/{row.id}")
            passages.setdefault(names[row.id], replace(row, id=names[row.id]))
        queries |= {f"{folder.name}/{row.id}": row for row in dated(map(_row, rows(folder, "queries")), last)}
        for query, answers in relevance(folder).items():
            marked = [names[passage] for passage, grade in answers.items() if grade > 0 and passage in names]
            relevant |= {(f"{folder.name}/{query}", passage): None for passage in marked}
    if not passages:
        raise KbError(f"Aucun passage jusqu’au {until} dans ces jeux : vérifiez --until et le champ « date ».")
    kept = tuple(pair for pair in relevant if pair[0] in queries)
    return TrainingSet(tuple(passages.values()), queries, kept)


def dated(rows: Iterable[Row], until: date | None) -> list[Row]:
    """The rows dated until that day, itself included; all of them when there is no limit."""
    return [row for row in rows if until is None or (row.date and row.date[:10] <= until.isoformat())]


def _row(raw: dict[str, str]) -> Row:
    def said(name: str) -> str:
        return str(raw.get(name) or "")

    identifier = str(raw["_id"])
    return Row(
        id=identifier,
        text=said("text"),
        document=said("doc_id") or identifier,
        title=said("title"),
        date=said("date"),
        speaker=said("speaker"),
        kind=said("kind"),
        topic=said("rubrique"),
    )
