"""A scope made concrete: which document keys, speakers and passage keys a viewer's filters leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import french
from kb.domain import Filters, Viewer, Visibility
from kb.store import Scope
from kb.store.rows import Rows
from kb.store.schema import to_json


@dataclass(frozen=True, slots=True)
class Reach:
    """What a scope leaves; None does not restrict. `keys` is sorted."""

    documents: list[int] | None
    speakers: list[str] | None
    keys: NDArray[np.int64] | None


def reach(rows: Rows, scope: Scope) -> Reach:
    """Resolve a scope against the rows: two small SELECTs, none when nothing restricts."""
    condition, values = where(scope)
    speakers = matching_speakers(rows, scope.filters.speakers) if scope.filters.speakers else None
    if not condition and speakers is None:
        return Reach(None, None, None)
    found = rows.query(
        f"SELECT d.key, d.first_key, d.last_key FROM documents d {condition} ORDER BY d.first_key", *values
    )
    documents = [int(row[0]) for row in found]
    if speakers is None:
        ranges = [np.arange(row[1], row[2] + 1, dtype=np.int64) for row in found]
        keys = np.concatenate(ranges) if ranges else np.empty(0, dtype=np.int64)
        return Reach(documents, None, keys)
    said = rows.query(
        "SELECT key FROM passages WHERE speaker IN (SELECT value FROM json_each(?)) "
        "AND document IN (SELECT value FROM json_each(?)) ORDER BY key",
        to_json(speakers),
        to_json(documents),
    )
    return Reach(documents, speakers, np.fromiter((row[0] for row in said), dtype=np.int64, count=len(said)))


def where(scope: Scope) -> tuple[str, list[object]]:
    """The WHERE clause on `documents d` for a viewer and filters, without the speakers; empty when all is seen."""
    clauses: list[str] = []
    values: list[object] = []
    for clause, value in [*_rights(scope.viewer), *_filters(scope.filters)]:
        clauses.append(clause)
        values.append(value)
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values


def _rights(viewer: Viewer) -> list[tuple[str, object]]:
    if viewer.sees >= frozenset(Visibility):
        return []
    return [(_in("d.visibility"), to_json(sorted(viewer.sees)))]


def _filters(filters: Filters) -> list[tuple[str, object]]:
    wanted: list[tuple[str, object]] = []
    if filters.seasons:
        wanted.append((_in("d.season"), to_json(filters.seasons)))
    if filters.sessions:
        clause = "EXISTS (SELECT 1 FROM json_each(?) WHERE d.session = value OR d.session LIKE '%/' || value)"
        wanted.append((clause, to_json(filters.sessions)))
    if filters.types:
        wanted.append((_in("d.type"), to_json(filters.types)))
    if filters.themes:
        clause = f"d.key IN (SELECT document FROM document_themes WHERE {_in('theme')})"
        wanted.append((clause, to_json(filters.themes)))
    if filters.since:
        wanted.append(("d.date >= ?", filters.since.isoformat()))
    if filters.until:
        wanted.append(("d.date <= ?", filters.until.isoformat()))
    return wanted


def _in(column: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(?))"


def matching_speakers(rows: Rows, wanted: tuple[str, ...]) -> list[str]:
    """The speakers whose name has all the words of one of the names asked for, accents and case aside."""
    asked = [set(french.forms(name)) for name in wanted]
    names = [row[0] for row in rows.query("SELECT DISTINCT speaker FROM passages WHERE speaker IS NOT NULL")]
    return sorted(name for name in names if any(a and a <= set(french.forms(name)) for a in asked))
