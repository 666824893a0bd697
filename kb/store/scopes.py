"""A scope made concrete: which documents, speakers, themes and passages a viewer's filters leave."""

from __future__ import annotations

import json
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
    documents, keys = _written(rows, condition, values) if condition else (None, None)
    met = [_said_by(rows, speakers)] if speakers is not None else []
    met += [_about(rows, themes)] if themes is not None else []
    for some in met:
        keys = some if keys is None else common(some, keys)
    if keys is not None:
        keys.flags.writeable = False
    return Reach(documents, speakers, keys, themes)


def _written(rows: Rows, condition: str, values: Sequence[object]) -> tuple[list[int], NDArray[np.int64]]:
    """The documents that meet a condition, and the keys of all their passages."""
    sql = f"SELECT d.key, d.first_key, d.last_key FROM documents d {condition} ORDER BY d.first_key"
    found = np.array([tuple(row) for row in rows.query(sql, *values)], dtype=np.int64).reshape(-1, 3)
    return found[:, 0].tolist(), _spans(found[:, 1], found[:, 2])


def _said_by(rows: Rows, speakers: Sequence[str]) -> NDArray[np.int64]:
    """Keys of all that they say, sorted, from the index of the speakers alone, without the passages."""
    sql = "SELECT json_group_array(key) FROM passages WHERE speaker IN (SELECT value FROM json_each(?))"
    return _keys(rows, sql, speakers)


def _about(rows: Rows, themes: Sequence[str]) -> NDArray[np.int64]:
    """Keys of all that speaks of one of these themes, sorted."""
    sql = "SELECT json_group_array(passage) FROM passage_themes WHERE theme IN (SELECT value FROM json_each(?))"
    return _keys(rows, sql, themes)


def _keys(rows: Rows, sql: str, values: Sequence[str]) -> NDArray[np.int64]:
    """One array of all of them takes half the time of a row each."""
    return np.unique(np.array(json.loads(rows.query(sql, to_json(list(values)))[0][0]), dtype=np.int64))


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
