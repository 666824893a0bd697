"""Search by meaning: an exact FAISS index over unit vectors, saved as snapshots and brought up to date from rows."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.store import Candidate, Vectors

log = logging.getLogger(__name__)


class VectorIndex:
    """Unit vectors by passage key; inner product is cosine."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def empty(cls, dimensions: int) -> VectorIndex:
        """No vectors yet."""
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions)))

    @classmethod
    def from_file(cls, path: Path) -> VectorIndex:
        """A snapshot written by `save`; raises RuntimeError when FAISS cannot read it."""
        return cls(faiss.read_index(str(path)))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def save(self, path: Path) -> None:
        """Write a snapshot that is whole or absent."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        faiss.write_index(self._index, str(draft))
        draft.replace(path)

    def add(self, keys: NDArray[np.int64], vectors: Vectors) -> None:
        """Add vectors: (len(keys), dimensions)."""
        if len(keys):
            self._index.add_with_ids(vectors, keys)

    def remove(self, first: int, last: int) -> None:
        """Remove the keys of [first, last]; absent ones do not matter."""
        self._index.remove_ids(faiss.IDSelectorRange(first, last + 1))

    def search(self, vector: Vectors, k: int, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k nearest by cosine, best first, ties by key; `among` is sorted and None does not restrict."""
        size = len(self) if among is None else len(among)
        if not size or not len(self):
            return []
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(among)
        scores, keys = self._index.search(vector[np.newaxis, :], min(k, size), params=parameters)
        found = [(int(key), float(s)) for key, s in zip(keys[0], scores[0], strict=True) if key >= 0]
        return sorted(found, key=lambda c: (-c[1], c[0]))

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        """Cosine with each of the keys, in order; all must be in."""
        return [float(vector @ self._index.reconstruct(key)) for key in keys]


def latest(folder: Path, tag: str, dimensions: int) -> tuple[VectorIndex, int]:
    """The newest readable snapshot of the store `tag` and its revision; an empty index at revision 0 when none is."""
    found = sorted(folder.glob(f"vectors-{tag}-*.faiss"), key=_revision, reverse=True)
    for path in found:
        try:
            return VectorIndex.from_file(path), _revision(path)
        except RuntimeError as error:
            log.warning("%s est illisible (%s) ; l’index du sens est reconstruit.", path.name, error)
    return VectorIndex.empty(dimensions), 0


def save(index: VectorIndex, folder: Path, tag: str, revision: int) -> None:
    """Write the snapshot of a revision, then delete the older ones."""
    current = folder / f"vectors-{tag}-{revision}.faiss"
    index.save(current)
    for path in [*folder.glob("vectors-*.faiss"), *folder.glob(".vectors-*")]:
        if path != current:
            path.unlink(missing_ok=True)


def _revision(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
