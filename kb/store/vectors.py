"""Search by meaning: unit vectors by passage key, as exact as the rows (16 bits a number), all compared while few.

Where there are many, or many that a filter keeps, cells propose candidates. Either way the cosine that is returned is
the same for the same passage and question: products are taken in one place, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.store import Candidate, Vectors
from kb.store.cells import EXACT_UP_TO, Cells, learnt_from, selector

_AT_ONCE = 20_000
_MANY = 1000
_FILTERS = 4
"""That are remembered: at a million passages, half a megabyte each, and the 8 MB of their keys."""
_ONE_THREAD = 250_000
"""Multiplications that OpenBLAS does on one thread."""


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

    def count(self, vectors: NDArray[np.floating], sign: int) -> None:
        """Take vectors in (sign 1) or out (sign -1): (n, dimensions)."""
        wide = vectors.astype(np.float64)
        self.n += sign * len(wide)
        self.sum += sign * wide.sum(axis=0)
        for panel in _panels(wide):
            self.scatter[panel] += sign * (wide[:, panel].T @ wide)

    def along(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the vectors' product with this one; (0, 0) when there are none."""
        if not self.n:
            return 0.0, 0.0
        direction = vector.astype(np.float64)
        mean = float(self.sum @ direction) / self.n
        square = float(direction @ self.scatter @ direction) / self.n
        return mean, max(0.0, square - mean * mean) ** 0.5


def _panels(wide: NDArray[np.float64]) -> list[slice]:
    """Columns to multiply at once: few for a document, so that OpenBLAS wakes no thread.

    Its threads look for work for some milliseconds more, on the cores that FAISS needs next.
    """
    width = max(1, _ONE_THREAD // max(1, wide.size)) if len(wide) < _MANY else wide.shape[1]
    return [slice(start, start + width) for start in range(0, wide.shape[1], width)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a filter keeps of an index: how many, and the selectors by key and by place; None where it keeps all."""

    among: NDArray[np.int64]
    size: int
    by_key: faiss.IDSelector | None
    by_place: faiss.IDSelector | None


class VectorIndex:
    """Unit vectors by passage key; inner product is cosine. Keys rise from one vector to the next."""

    def __init__(
        self, exact: faiss.IndexScalarQuantizer, keys: NDArray[np.int64], moments: Moments, cells: Cells | None = None
    ) -> None:
        self.exact = exact
        self.moments = moments
        self.cells = cells
        self._room = keys
        self._filters: tuple[_Kept, ...] = ()

    @classmethod
    def empty(cls, dimensions: int) -> VectorIndex:
        """No vectors yet."""
        exact = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        return cls(exact, np.empty(0, dtype=np.int64), Moments.zero(dimensions))

    def __len__(self) -> int:
        return int(self.exact.ntotal)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The keys, rising; not to be written to."""
        return self._room[: len(self)]

    @property
    def kind(self) -> str:
        """How a search without a filter goes, in a few words."""
        exact = self.cells is None or len(self) <= EXACT_UP_TO
        return "exact, fp16" if exact or not self.cells else f"IVF{self.cells.ivf.nlist}, int8, then exact fp16"

    def add(self, keys: NDArray[np.int64], vectors: Vectors) -> None:
        """Add vectors: (len(keys), dimensions), by rising keys. Those that are in already are not doubled."""
        if len(self):
            fresh = keys > self.keys[-1]
            keys, vectors = keys[fresh], np.ascontiguousarray(vectors[fresh])
        if not len(keys):
            return
        self._filters = ()
        before = len(self)
        self._make_room(before + len(keys))
        self._room[before : before + len(keys)] = keys
        self.exact.add(vectors)
        self.moments.count(self._held()[before:], 1)
        if self.cells is not None:
            self.cells.add(keys, vectors)

    def _make_room(self, n: int) -> None:
        """Room for n keys, doubled when short, so that adding a few does not copy them all."""
        if n > len(self._room):
            room = np.empty(max(n, 2 * len(self)), dtype=np.int64)
            room[: len(self)] = self.keys
            self._room = room

    def remove(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Remove the keys of each [first, last]; absent ones do not matter."""
        gone = np.zeros(len(self), dtype=bool)
        for first, last in ranges:
            gone[np.searchsorted(self.keys, first) : np.searchsorted(self.keys, last, side="right")] = True
        if not gone.any():
            return
        self._filters = ()
        self.moments.count(self._held()[gone], -1)
        first = int(gone.argmax())
        left = self.keys[first:][~gone[first:]]
        self._room[first : first + len(left)] = left
        self.exact.remove_ids(selector(gone))
        if self.cells is not None:
            self.cells.remove(ranges)

    def settle(self) -> None:
        """Learn cells if the index has outgrown those it has, which takes seconds; drop them if they are far too many.

        Between, vectors come and go in the cells there are.
        """
        due, had = learnt_from(len(self)), self.cells.level if self.cells else 0
        if due > had or (had and 2 * len(self) < had):
            self.cells = None
            if due:
                cells = Cells.learn(self._held(), due)
                for start in range(0, len(self), _AT_ONCE):
                    part = slice(start, start + _AT_ONCE)
                    cells.add(self.keys[part], self._held()[part].astype(np.float32))
                self.cells = cells

    def search(self, vector: Vectors, k: int, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k nearest by cosine, best first, ties by key.

        among: sorted, and not written to after the first search among it; None does not restrict.

        All that may answer are compared, up to EXACT_UP_TO; beyond, a few of the k may be missed.
        """
        if not len(self):
            return []
        kept = _Kept(self.keys, len(self), None, None) if among is None else self._kept(among)
        k = min(k, kept.size)
        if not k:
            return []
        with _on_one_thread():
            return self._search(vector, k, kept)

    def _search(self, vector: Vectors, k: int, kept: _Kept) -> list[Candidate]:
        if self.cells is not None and kept.size > EXACT_UP_TO:
            proposed = self.cells.propose(vector, k, kept.by_key, kept.size / len(self))
            if len(proposed) >= k:
                return _best(self.similarities(vector, proposed), k)
        return _best(self._cosines(vector, self._nearest(vector, k, kept.by_place)), k)

    def _kept(self, among: NDArray[np.int64]) -> _Kept:
        """What the last filters keep is remembered: at a million, it takes longer to work out than to search."""
        found = next((kept for kept in self._filters if kept.among is among), None)
        if found is None:
            found = self._work_out(among)
            self._filters = (found, *self._filters)[:_FILTERS]
        return found

    def _work_out(self, among: NDArray[np.int64]) -> _Kept:
        last = int(self.keys[-1])
        by_key = np.zeros(last + 1, dtype=bool)
        by_key[among[: np.searchsorted(among, last, side="right")]] = True
        by_place = by_key.take(self.keys)
        size = int(np.count_nonzero(by_place))
        if size == len(self):
            return _Kept(among, size, None, None)
        return _Kept(among, size, selector(by_key), selector(by_place))

    def _nearest(self, vector: Vectors, k: int, kept: faiss.IDSelector | None) -> NDArray[np.int64]:
        """Places of the k nearest, all compared."""
        parameters = None
        if kept is not None:
            parameters = faiss.SearchParameters()
            parameters.sel = kept
        _, places = self.exact.search(vector[np.newaxis, :], k, params=parameters)
        found: NDArray[np.int64] = places[0][places[0] >= 0]
        return found

    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all vectors."""
        return self.moments.along(vector)

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine with each of the keys that are in."""
        return self._cosines(vector, self._places(keys))

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those of the keys that are in, in their order: (at most len(keys), dimensions)."""
        return self._held()[self._places(keys)].astype(np.float32)

    def _places(self, keys: Sequence[int]) -> NDArray[np.int64]:
        asked = np.asarray(keys, dtype=np.int64)
        if not len(self) or not len(asked):
            return np.empty(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, asked), len(self) - 1)
        found: NDArray[np.int64] = places[self.keys[places] == asked]
        return found

    def _cosines(self, vector: Vectors, places: NDArray[np.int64]) -> dict[int, float]:
        """By key. One product at a time: a product of matrices rounds by what stands beside."""
        products = np.einsum("ij,j->i", self._held()[places].astype(np.float32), vector)
        return dict(zip(self.keys[places].tolist(), products.tolist(), strict=True))

    def _held(self) -> NDArray[np.float16]:
        """All vectors, as FAISS holds them: (len, dimensions). Not to be kept: adding moves them."""
        codes = faiss.rev_swig_ptr(self.exact.codes.data(), len(self) * self.exact.code_size)
        halves: NDArray[np.float16] = codes.view(np.float16)
        return halves.reshape(len(self), self.exact.d)


@contextmanager
def _on_one_thread() -> Iterator[None]:
    """For this thread, FAISS does without others: a question would wait for the last of them to be given a core.

    With one more program at work on two cores, that took three times as long as doing it all alone.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _best(cosines: dict[int, float], k: int) -> list[Candidate]:
    return sorted(cosines.items(), key=lambda c: (-c[1], c[0]))[:k]
