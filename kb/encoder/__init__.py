"""Text to vectors, behind one protocol, so that nothing else in the house knows which model answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """A model that turns French text into unit vectors.

    name: the identity an index remembers (two encoders with the same name give the same vectors).
    dimensions: length of a vector. max_tokens: longest text it reads, prompt and special tokens included.
    """

    @property
    def name(self) -> str:
        """What an index remembers of it."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest text it reads, in tokens."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, in order: (len(texts), dimensions)."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of a query: (dimensions,)."""
        ...

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many model tokens each text takes, without prompt and special tokens."""
        ...
