"""The vectors of a store: a snapshot from before, and what the rows have since. Nothing is loaded before it is asked.

The snapshot is written again only when it lacks a share of the store, so that what adding a document costs does not
grow with what is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.store import Candidate, Vectors, browsing, disk, snapshots
from kb.store.gate import Gate
from kb.store.rows import Rows
from kb.store.vectors import VectorIndex

log = logging.getLogger(__name__)
T = TypeVar("T")

_SNAPSHOT_LACKS_SHARE = 0.1
_SNAPSHOT_LACKS_LEAST = 2000
"""Vectors read from the rows at the first search by meaning: about 10 ms."""
_AT_ONCE = 20_000


class Meaning:
    """The vectors of the passages that the rows have. Many threads may ask at once."""

    def __init__(self, folder: Path, rows: Rows, dimensions: int) -> None:
        self._folder = folder
        self._rows = rows
        self._tag = rows.meta("uuid")
        self._dimensions = dimensions
        self._gate = Gate()
        self._index: VectorIndex | None = None
        self._at = 0

    @property
    def is_loaded(self) -> bool:
        """Whether the vectors are in memory."""
        return self._index is not None

    def __len__(self) -> int:
        return self._ask(len)

    def search(self, vector: Vectors, k: int, among: NDArray[np.int64] | None) -> list[Candidate]:
        """See `VectorIndex.search`; of the passages that the rows have now."""
        return self._ask(lambda index: index.search(vector, k, among))

    def background(self, vector: Vectors) -> tuple[float, float]:
        """See `VectorIndex.background`; of the passages that the last search saw."""
        return self._ask_again(lambda index: index.background(vector))

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """See `VectorIndex.similarities`; of the passages that the last search saw."""
        return self._ask_again(lambda index: index.similarities(vector, keys))

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """See `VectorIndex.vectors`; of the passages that the last search saw."""
        return self._ask_again(lambda index: index.vectors(keys))

    def _ask(self, question: Callable[[VectorIndex], T]) -> T:
        """Of the vectors as the rows are now, or became while it was waiting."""
        wanted = self._rows.revision
        while True:
            with self._gate.reading():
                if self._index is not None and wanted <= self._at <= self._rows.revision:
                    return question(self._index)
            wanted = min(wanted, self._refresh())

    def _ask_again(self, question: Callable[[VectorIndex], T]) -> T:
        """Of the vectors as the last question found them."""
        with self._gate.reading():
            if self._index is not None:
                return question(self._index)
        return self._ask(question)

    def _refresh(self) -> int:
        """The revision the vectors are then at."""
        with self._gate.changing():
            revision = self._rows.revision
            if self._index is None or revision < self._at:
                self._index, self._at = snapshots.latest(self._folder, self._tag, self._dimensions, revision)
            if revision != self._at:
                self._catch_up(self._index)
            return self._at

    def _catch_up(self, index: VectorIndex) -> None:
        changes = self._rows.changes(self._at)
        if self._at:
            index.remove([change.removed[1:] for change in changes if change.removed])
        added = [change.added for change in changes if change.added]
        if added:
            first, last = added[0][1], added[-1][2]
            for start in range(first, last + 1, _AT_ONCE):
                end = min(last, start + _AT_ONCE - 1)
                index.add(*browsing.vectors(self._rows, start, end, self._dimensions))
        index.settle()
        self._at = changes[-1].revision

    def save_if_due(self) -> None:
        """Write a snapshot if the one before lacks too much. That it cannot be written is told, and loses nothing."""
        saved = snapshots.latest_revision(self._folder, self._tag)
        passages = browsing.passage_count(self._rows)
        if saved <= self._rows.revision:
            lacking = self._rows.changed_since(saved)
            if lacking <= max(_SNAPSHOT_LACKS_LEAST, _SNAPSHOT_LACKS_SHARE * passages):
                return
        try:
            self._ask(lambda index: snapshots.save(index, self._folder, self._tag, self._at))
        except OSError as error:
            why = "le disque est plein" if disk.lacks_room(self._folder) else str(error)
            log.warning("Les vecteurs n’ont pas pu être mis de côté (%s) ; la recherche s’ouvrira moins vite.", why)

    def forget(self) -> None:
        """Have everything made again from the rows."""
        with self._gate.changing():
            snapshots.forget(self._folder)
            self._index, self._at = None, 0
