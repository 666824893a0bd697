"""Passage keys, which stand sorted everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def within(asked: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each of these keys is among those, which are sorted: (len(asked),), without looking at them all."""
    if not len(keys):
        return np.zeros(len(asked), dtype=bool)
    found: NDArray[np.bool_] = keys[np.minimum(np.searchsorted(keys, asked), len(keys) - 1)] == asked
    return found
