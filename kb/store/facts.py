"""What is counted of every passage, in memory: its length, its document, who speaks, of what.

SQLite takes 5 ms to look a thousand passages up here and there in a million, and 15 to count what they are. These take
16 bytes a passage and 1.8 s to read at a million, at the first search; then they follow the log of changes.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.domain import DocumentType, Facets
from kb.store.disk import DamagedRows
from kb.store.rows import Rows

T = TypeVar("T")
V = TypeVar("V", int, str, DocumentType)

_ABSENT = -1
_FEW = 50
"""Documents that are read one by one rather than all again."""
_SQL = """SELECT d.key, d.id, d.season, d.session, d.type, d.first_key, d.last_key,
    (SELECT json_group_array(json_array("end" - start, speaker, themes))
     FROM (SELECT start, "end", speaker, themes FROM passages WHERE document = d.key ORDER BY key)) AS said
    FROM documents d"""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A season, a session, a type."""

    season: int | None
    session: str | None
    type: DocumentType


@dataclass(frozen=True, slots=True)
class _Held:
    """A document, and the place of its kind: many are of one."""

    id: str
    kind: int


@dataclass(frozen=True, slots=True)
class _Table:
    """One column a passage key: the places of its document, its speaker and its themes among those held; its length.

    A new table takes the place of one that is too small; what was looked up in the one before stays right.
    """

    document: NDArray[np.int32]
    speaker: NDArray[np.int32]
    themes: NDArray[np.int32]
    length: NDArray[np.int32]

    @classmethod
    def of(cls, size: int) -> _Table:
        """Of no passage."""
        return cls(*(np.full(size, _ABSENT, dtype=np.int32) for _ in range(4)))

    def grown(self, size: int) -> _Table:
        """With room for keys below this, doubled so that a few more do not copy all."""
        if size <= len(self.document):
            return self
        larger = _Table.of(max(size, 2 * len(self.document)))
        for old, new in zip(self._columns(), larger._columns(), strict=True):
            new[: len(old)] = old
        return larger

    def _columns(self) -> tuple[NDArray[np.int32], ...]:
        return self.document, self.speaker, self.themes, self.length


class Facts:
    """Of the passages that the rows have. Safe from several threads."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._at = 0
        self._table = _Table.of(0)
        self._held: list[_Held] = []
        self._kinds: list[_Kind] = []
        self._kind_places: dict[_Kind, int] = {}
        self._names: list[str] = []
        self._name_places: dict[str, int] = {}
        self._themes: list[tuple[str, ...]] = []
        self._theme_places: dict[str, int] = {}

    def lengths(self, keys: Sequence[int]) -> dict[int, int]:
        """How many characters each of these passages has; those that are out are absent."""
        (table, *_), asked = self._current(), np.asarray(keys, dtype=np.int64)
        asked = asked[asked < len(table.length)]
        asked = asked[table.document[asked] != _ABSENT]
        return dict(zip(asked.tolist(), table.length[asked].tolist(), strict=True))

    def facets(self, keys: Sequence[int] | NDArray[np.int64] | None) -> Facets:
        """How many of these passages each value would keep, most first; of all of them where None."""
        table, documents, all_kinds, names, all_themes = self._current()
        size = len(table.document)
        asked = np.arange(size) if keys is None else np.asarray(keys, dtype=np.int64)
        asked = asked[asked < size]
        asked = asked[table.document[asked] != _ABSENT]
        counted = [(documents[place], n) for place, n in _counted(table.document[asked])]
        kinds = np.bincount([held.kind for held, _ in counted], [n for _, n in counted]) if counted else np.empty(0)
        by_kind = [(all_kinds[place], int(n)) for place, n in enumerate(kinds.tolist()) if n]
        by_themes = [(all_themes[place], n) for place, n in _counted(table.themes[asked])]
        return Facets(
            seasons=_most((kind.season, n) for kind, n in by_kind),
            sessions=_most((kind.session, n) for kind, n in by_kind),
            speakers=_most((names[place], n) for place, n in _counted(table.speaker[asked])),
            types=_most((kind.type, n) for kind, n in by_kind),
            themes=_most((theme, n) for themes, n in by_themes for theme in themes),
            documents=_most((held.id, n) for held, n in counted),
        )

    def _current(self) -> tuple[_Table, list[_Held], list[_Kind], list[str], list[tuple[str, ...]]]:
        """As the rows are now, or became since this was asked."""
        with self._lock:
            revision = self._rows.revision
            if revision < self._at:
                self._forget()
            if revision != self._at:
                self._catch_up()
            return self._table, self._held, self._kinds, self._names, self._themes

    def _catch_up(self) -> None:
        changes = self._rows.changes(self._at)
        for removed in (change.removed for change in changes if change.removed):
            self._table.document[removed[1] : removed[2] + 1] = _ABSENT
        touched = (change.added[0] if change.added else change.filed for change in changes)
        added = [document for document in touched if document]
        if len(added) > _FEW:
            self._read("WHERE d.key >= ?", min(added))
        else:
            for document in added:
                self._read("WHERE d.key = ?", document)
        self._at = changes[-1].revision

    def _read(self, condition: str, document: int) -> None:
        for row in self._rows.query(f"{_SQL} {condition}", document):
            try:
                self._take(row)
            except (ValueError, TypeError) as error:
                raise DamagedRows(error) from error

    def _take(self, row: sqlite3.Row) -> None:
        said = json.loads(row["said"])
        first, last = int(row["first_key"]), int(row["last_key"])
        if len(said) != last - first + 1:
            raise DamagedRows(f"{row['id']} : des passages manquent")
        if not said:
            return
        self._table = table = self._table.grown(last + 1)
        table.length[first : last + 1] = [length for length, _, _ in said]
        table.speaker[first : last + 1] = [
            _ABSENT if name is None else _place(name, self._names, self._name_places) for _, name, _ in said
        ]
        table.themes[first : last + 1] = [self._place_of_themes(raw) for _, _, raw in said]
        kind = _Kind(row["season"], row["session"], DocumentType(row["type"]))
        self._held.append(_Held(row["id"], _place(kind, self._kinds, self._kind_places)))
        table.document[first : last + 1] = len(self._held) - 1

    def _place_of_themes(self, raw: str) -> int:
        """By their JSON: read once for all the passages that have the same."""
        if raw not in self._theme_places:
            self._themes.append(tuple(json.loads(raw)))
            self._theme_places[raw] = len(self._themes) - 1
        return self._theme_places[raw]


def _place(value: T, values: list[T], places: dict[T, int]) -> int:
    """Where a value is among those that came before, or now at their end."""
    if value not in places:
        values.append(value)
        places[value] = len(values) - 1
    return places[value]


def _counted(places: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Each place with how often it comes, those that are absent aside."""
    counts = np.bincount(places[places != _ABSENT])
    found = np.flatnonzero(counts)
    return list(zip(found.tolist(), counts[found].tolist(), strict=True))


def _most(counted: Iterable[tuple[V | None, int]]) -> dict[V, int]:
    """How many of each value, most first, then in the order of the values."""
    found: dict[V, int] = {}
    for value, n in counted:
        if value is not None:
            found[value] = found.get(value, 0) + n
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
