"""The vectors of a store: a snapshot from before, and what the rows have since. Nothing is loaded before it is asked.

The snapshot is written again only when it lacks a share of the store, so that what adding a document costs does not
grow with what is there.
"""

from __future__ import annotations

import logging
from pathlib import Path

from kb.store import browsing, disk, snapshots
from kb.store.rows import Rows
from kb.store.vectors import VectorIndex

log = logging.getLogger(__name__)

_SNAPSHOT_LACKS_SHARE = 0.1
_SNAPSHOT_LACKS_LEAST = 2000
"""Vectors read from the rows at the first search by meaning: about 10 ms."""
_AT_ONCE = 20_000


class Meaning:
    """The vectors of the passages that the rows have."""

    def __init__(self, folder: Path, rows: Rows, dimensions: int) -> None:
        self._folder = folder
        self._rows = rows
        self._tag = rows.meta("uuid")
        self._dimensions = dimensions
        self._index: VectorIndex | None = None
        self._at = 0

    @property
    def is_loaded(self) -> bool:
        """Whether the vectors are in memory."""
        return self._index is not None

    def index(self) -> VectorIndex:
        """The vectors as the rows are now."""
        revision = self._rows.revision
        if self._index is None or revision < self._at:
            self._index, self._at = snapshots.latest(self._folder, self._tag, self._dimensions, revision)
        if revision != self._at:
            self._catch_up(self._index)
        return self._index

    def current(self) -> VectorIndex:
        """The vectors as the last search saw them."""
        return self._index or self.index()

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
        index = self.index()
        try:
            snapshots.save(index, self._folder, self._tag, self._at)
        except OSError as error:
            why = "le disque est plein" if disk.lacks_room(self._folder) else str(error)
            log.warning("Les vecteurs n’ont pas pu être mis de côté (%s) ; la recherche s’ouvrira moins vite.", why)

    def forget(self) -> None:
        """Have everything made again from the rows."""
        snapshots.forget(self._folder)
        self._index, self._at = None, 0
