"""A line of a laid-out page: what both PDF libraries give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line as laid out: size in points, left, baseline and right in the page's units (0 where unknown)."""

    text: str
    size: float = 0.0
    is_bold: bool = False
    left: float = 0.0
    base: float = 0.0
    is_row: bool = False
    right: float = 0.0


Page = Sequence[Line]


def rounded(size: float) -> float:
    """A size to the half point: smaller differences are no difference of style."""
    return round(2 * size) / 2
