"""A scope made concrete: which documents, speakers, themes and passages a viewer's filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kb import french
from kb.domain import Filters, Viewer, Visibility
from kb.store import Scope
from kb.store.rows import Rows
from kb.store.schema import to_json

_SPEAKERS = """WITH RECURSIVE each(name) AS (
    SELECT min(speaker) FROM passages
    UNION ALL SELECT (SELECT min(speaker) FROM passages WHERE speaker > name) FROM each WHERE name IS NOT NULL)
    SELECT name FROM each WHERE name IS NOT NULL"""
"""DISTINCT would read the entry of every passage in the index of the speakers; this reads one a name."""
_REMEMBERED = 8
"""Scopes of one state of a memory: at a million passages, 8 MB each at most."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a scope leaves; None does not restrict. `keys` is sorted, and not to be written to."""

    documents: Sequence[int] | None
    speakers: Sequence[str] | None
    keys: NDArray[np.int64] | None
    themes: Sequence[str] | None


def reach(rows: Rows, scope: Scope) -> Reach:
    """Resolve a scope against the rows. The same object as before for the same scope, if nothing went in or out."""
    return _resolved(rows, scope, rows.revision)


@lru_cache(maxsize=_REMEMBERED)
def _resolved(rows: Rows, scope: Scope, revision: int) -> Reach:
    """Of the rows at this revision, or at a later one if a document came in meanwhile."""
    condition, values = where(scope)
    speakers = matching_speakers(rows, scope.filters.speakers) if scope.filters.speakers else None
    themes = scope.filters.themes or None
    if not condition and speakers is None and themes is None:
        return Reach(None, None, None, None)
    found = np.array(
        [
            tuple(row)
            for row in rows.query(
                f"SELECT d.key, d.first_key, d.last_key FROM documents d {condition} ORDER BY d.first_key", *values
            )
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    documents, keys = found[:, 0].tolist(), _spans(found[:, 1], found[:, 2])
    if speakers is not None:
        keys = np.intersect1d(keys, _said_by(rows, speakers), assume_unique=True)
    if themes is not None:
        keys = common(_about(rows, themes), keys)
    keys.flags.writeable = False
    return Reach(documents, speakers, keys, themes)


def _said_by(rows: Rows, speakers: Sequence[str]) -> NDArray[np.int64]:
    """Keys of all that they say, from the index of the speakers alone, without the passages."""
    found = rows.query(
        "SELECT key FROM passages WHERE speaker IN (SELECT value FROM json_each(?))", to_json(list(speakers))
    )
    return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))


def _about(rows: Rows, themes: Sequence[str]) -> NDArray[np.int64]:
    """Keys of all that speaks of one of these themes, sorted."""
    found = rows.query(
        "SELECT passage FROM passage_themes WHERE theme IN (SELECT value FROM json_each(?))", to_json(list(themes))
    )
    return np.unique(np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found)))


def _spans(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every key of these [first, last], which rise and do not overlap; a document without passages has last < first."""
    sizes = np.maximum(last - first + 1, 0)
    ends = np.cumsum(sizes)
    keys: NDArray[np.int64] = np.arange(sizes.sum()) + np.repeat(first - (ends - sizes), sizes)
    return keys


def common(keys: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those that are in both; both are sorted. Sorting them together would take 100 ms at a million."""
    if not len(keys):
        return keys
    last = int(keys[-1])
    inside = np.zeros(last + 1, dtype=bool)
    inside[keys] = True
    below = among[: np.searchsorted(among, last, side="right")]
    return below[inside[below]]


def where(scope: Scope) -> tuple[str, list[object]]:
    """The WHERE clause on `documents d` for a viewer and filters but speakers and themes; empty when all is seen."""
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
    if filters.documents:
        wanted.append((_in("d.id"), to_json(filters.documents)))
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
    names = [row[0] for row in rows.query(_SPEAKERS)]
    return sorted(name for name in names if any(a and a <= set(french.forms(name)) for a in asked))
