"""The nearest of very many vectors: cells around learnt centres, and 8-bit codes in them (FAISS IVF).

Cells propose; the exact cosine of what they propose is taken elsewhere. What they learn depends on the first vectors
only, by order of key, so that an index that grew and one made again from the same rows have the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.store import Vectors

EXACT_UP_TO = 100_000
"""Vectors that are all compared: about 7 ms on one core."""
_STEP = 4
"""Cells are learnt anew each time the index has grown by as much."""
_CENTRES = 1024
_SAMPLES_EACH = 48
_ROUNDS = 10
_SEED = 1234
_PROBES = 450
"""Cells looked at without a filter, whatever their number; see docs/performance.md."""
_LEAST = 100


def learnt_from(n: int) -> int:
    """How many of the first vectors cells are learnt from in an index of n; 0 where there are none."""
    if n <= EXACT_UP_TO:
        return 0
    level = EXACT_UP_TO
    while n > level * _STEP:
        level *= _STEP
    return level


def selector(kept: NDArray[np.bool_]) -> faiss.IDSelector:
    """Of the numbers from 0 where this is true."""
    bitmap = np.packbits(kept, bitorder="little")
    return faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]  # only this form keeps the array alive


class Cells:
    """Vectors by key, each in the cell of its nearest centre."""

    def __init__(self, ivf: faiss.IndexIVFScalarQuantizer) -> None:
        self.ivf = ivf

    def __len__(self) -> int:
        return int(self.ivf.ntotal)

    @property
    def level(self) -> int:
        """How many vectors the centres were learnt from."""
        return EXACT_UP_TO * int(self.ivf.nlist) ** 2 // _CENTRES**2

    @classmethod
    def learn(cls, halves: NDArray[np.float16], level: int) -> Cells:
        """Empty cells, their centres learnt from an even sample of the first `level` vectors: (n, dimensions)."""
        centres = round(_CENTRES * (level / EXACT_UP_TO) ** 0.5)
        first = halves[:level]
        sample = first[:: max(1, len(first) // (centres * _SAMPLES_EACH))].astype(np.float32)
        dimensions = halves.shape[1]
        coarse = faiss.IndexFlatIP(dimensions)
        kind, metric = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        ivf = faiss.IndexIVFScalarQuantizer(coarse, dimensions, centres, kind, metric, False)
        ivf.cp.spherical, ivf.cp.niter, ivf.cp.seed = True, _ROUNDS, _SEED
        ivf.train(sample)
        return cls(ivf)

    def add(self, keys: NDArray[np.int64], vectors: Vectors) -> None:
        """Put vectors in their cells: (len(keys), dimensions)."""
        self.ivf.add_with_ids(vectors, keys)

    def remove(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Remove the keys of each [first, last]; absent ones do not matter."""
        for first, last in ranges:
            self.ivf.remove_ids(faiss.IDSelectorRange(first, last + 1))

    def propose(self, vector: Vectors, k: int, kept: faiss.IDSelector | None, share: float) -> Sequence[int]:
        """Keys of about 2k vectors, the k nearest most likely among them; fewer where few are kept near.

        kept: the keys that are searched. share: how much of the index that is; the smaller, the more cells.
        """
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = min(self.ivf.nlist, round(_PROBES / share**0.5))
        if kept is not None:
            parameters.sel = kept
        _, found = self.ivf.search(vector[np.newaxis, :], max(2 * k, _LEAST), params=parameters)
        return [int(key) for key in found[0] if key >= 0]
