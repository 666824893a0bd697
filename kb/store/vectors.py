"""Search by meaning: an exact FAISS index over unit vectors, saved as snapshots and brought up to date from rows."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.store import Candidate, Vectors

log = logging.getLogger(__name__)


class Moments:
    """Sum and scatter of a set of vectors: enough for the exact mean and deviation of any projection."""

    def __init__(self, dimensions: int) -> None:
        self._n = 0
        self._sum = np.zeros(dimensions)
        self._scatter = np.zeros((dimensions, dimensions))

    def count(self, vectors: Vectors, sign: int) -> None:
        """Take vectors in (sign 1) or out (sign -1): (n, dimensions)."""
        wide = vectors.astype(np.float64)
        self._n += sign * len(wide)
        self._sum += sign * wide.sum(axis=0)
        self._scatter += sign * (wide.T @ wide)

    def along(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the vectors' product with this one; (0, 0) when there are none."""
        if not self._n:
            return 0.0, 0.0
        direction = vector.astype(np.float64)
        mean = float(self._sum @ direction) / self._n
        square = float(direction @ self._scatter @ direction) / self._n
        return mean, max(0.0, square - mean * mean) ** 0.5


class VectorIndex:
    """Unit vectors by passage key; inner product is cosine."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index
        self._moments = Moments(index.d)
        if index.ntotal:
            self._moments.count(index.index.reconstruct_n(0, index.ntotal), 1)

    @classmethod
    def empty(cls, dimensions: int) -> VectorIndex:
        """No vectors yet."""
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions)))

    @classmethod
    def from_file(cls, path: Path) -> VectorIndex:
        """A snapshot written by `save`; raises RuntimeError when FAISS cannot read it."""
        return cls(cast(faiss.IndexIDMap2, faiss.read_index(str(path))))

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
            self._moments.count(vectors, 1)

    def remove(self, first: int, last: int) -> None:
        """Remove the keys of [first, last]; absent ones do not matter."""
        held = faiss.vector_to_array(self._index.id_map)
        gone = held[(held >= first) & (held <= last)]
        if len(gone):
            self._moments.count(np.stack([self._index.reconstruct(int(key)) for key in gone]), -1)
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

    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all vectors."""
        return self._moments.along(vector)

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine with each of the keys that are in."""
        held = faiss.vector_to_array(self._index.id_map)
        keys = [key for key, is_held in zip(keys, np.isin(keys, held), strict=True) if is_held]
        if not keys:
            return {}
        found: Vectors = self._index.reconstruct_batch(np.asarray(keys, dtype=np.int64))
        return {key: float(cosine) for key, cosine in zip(keys, found @ vector, strict=True)}


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
