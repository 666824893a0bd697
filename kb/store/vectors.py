"""Search by meaning: an exact FAISS index over unit vectors, by passage key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.store import Candidate, Vectors


@dataclass
class Moments:
    """Sum and scatter of a set of vectors: enough for the exact mean and deviation of any projection."""

    n: int
    sum: NDArray[np.float64]
    scatter: NDArray[np.float64]

    @classmethod
    def zero(cls, dimensions: int) -> Moments:
        """Those of no vectors."""
        return cls(0, np.zeros(dimensions), np.zeros((dimensions, dimensions)))

    def count(self, vectors: Vectors, sign: int) -> None:
        """Take vectors in (sign 1) or out (sign -1): (n, dimensions)."""
        wide = vectors.astype(np.float64)
        self.n += sign * len(wide)
        self.sum += sign * wide.sum(axis=0)
        self.scatter += sign * (wide.T @ wide)

    def along(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the vectors' product with this one; (0, 0) when there are none."""
        if not self.n:
            return 0.0, 0.0
        direction = vector.astype(np.float64)
        mean = float(self.sum @ direction) / self.n
        square = float(direction @ self.scatter @ direction) / self.n
        return mean, max(0.0, square - mean * mean) ** 0.5


class VectorIndex:
    """Unit vectors by passage key; inner product is cosine. Keys rise from one vector to the next."""

    def __init__(self, flat: faiss.IndexFlatIP, keys: NDArray[np.int64], moments: Moments) -> None:
        self.flat = flat
        self.keys = keys
        self.moments = moments

    @classmethod
    def empty(cls, dimensions: int) -> VectorIndex:
        """No vectors yet."""
        return cls(faiss.IndexFlatIP(dimensions), np.empty(0, dtype=np.int64), Moments.zero(dimensions))

    def __len__(self) -> int:
        return int(self.flat.ntotal)

    def add(self, keys: NDArray[np.int64], vectors: Vectors) -> None:
        """Add vectors: (len(keys), dimensions), by rising keys. Those that are in already are not doubled."""
        if len(self.keys):
            fresh = keys > self.keys[-1]
            keys, vectors = keys[fresh], np.ascontiguousarray(vectors[fresh])
        if len(keys):
            self.flat.add(vectors)
            self.keys = np.concatenate([self.keys, keys])
            self.moments.count(vectors, 1)

    def remove(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remove the keys of each [first, last]; absent ones do not matter."""
        gone = np.zeros(len(self.keys), dtype=bool)
        for first, last in ranges:
            gone[np.searchsorted(self.keys, first) : np.searchsorted(self.keys, last, side="right")] = True
        if gone.any():
            self.moments.count(self._held()[gone], -1)
            self.flat.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(gone)))
            self.keys = self.keys[~gone]

    def search(self, vector: Vectors, k: int, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k nearest by cosine, best first, ties by key; `among` is sorted and None does not restrict."""
        kept = None if among is None else np.isin(self.keys, among, assume_unique=True)
        size = len(self) if kept is None else int(kept.sum())
        if not size:
            return []
        parameters = None
        if kept is not None and size < len(self):
            bitmap = np.packbits(kept, bitorder="little")
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBitmap(len(bitmap), faiss.swig_ptr(bitmap))
        scores, places = self.flat.search(vector[np.newaxis, :], min(k, size), params=parameters)
        found = [(int(self.keys[at]), float(s)) for at, s in zip(places[0], scores[0], strict=True) if at >= 0]
        return sorted(found, key=lambda c: (-c[1], c[0]))

    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all vectors."""
        return self.moments.along(vector)

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine with each of the keys that are in."""
        if not len(self):
            return {}
        asked = np.asarray(keys, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, asked), len(self) - 1)
        held = self.keys[places] == asked
        cosines = self._held()[places[held]] @ vector
        return {int(key): float(cosine) for key, cosine in zip(asked[held], cosines, strict=True)}

    def _held(self) -> Vectors:
        """All vectors, as FAISS holds them: (len, dimensions). Not to be kept: adding moves them."""
        flat: Vectors = faiss.rev_swig_ptr(self.flat.get_xb(), len(self) * self.flat.d)
        return flat.reshape(len(self), self.flat.d)
