"""The characters of a page as PDFium gives them: where each stands on the page as it is shown, how large, how bold."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import pypdfium2.raw as raw

_BOLD = 600
_UPRIGHT = math.radians(10)


class Glyphs:
    """The characters of one page, by their index in `text`. Lengths are in points, from the page's lower left corner.

    A page that is shown turned is measured as it is shown.
    """

    def __init__(self, page: Any, text_page: Any) -> None:
        self.text: str = text_page.get_text_range()
        self.raw = text_page
        self._turned = page.get_rotation() % 360
        self._width, self._height = page.get_size()
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._rectangle = raw.FS_RECTF()
        self._numbers = ctypes.c_double(), ctypes.c_double()

    def raw_box(self, index: int) -> tuple[float, float, float, float] | None:
        """left, bottom, right and top of the room a character takes, as the file measures; None where it takes none."""
        place = self._rectangle
        if index < 0 or not raw.FPDFText_GetLooseCharBox(self.raw, index, place):
            return None
        return place.left, place.bottom, place.right, place.top

    def box(self, index: int) -> tuple[float, float, float, float] | None:
        """The same on the page as it is shown."""
        place = self.raw_box(index)
        if place is None:
            return None
        one, other = self._shown(place[0], place[1]), self._shown(place[2], place[3])
        return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])

    def is_inside(self, index: int) -> bool:
        """Whether a character begins on the page, and not beside it."""
        left, base = self.origin(index)
        return bool(-1 <= left <= self._width + 1 and -1 <= base <= self._height + 1)

    def origin(self, index: int) -> tuple[float, float]:
        """Where a character begins, on its base line."""
        x, y = self._numbers
        raw.FPDFText_GetCharOrigin(self.raw, index, x, y)
        return self._shown(x.value, y.value)

    def size(self, index: int) -> float:
        """The size of a character as it is shown."""
        matrix = raw.FS_MATRIX()
        scale = 1.0
        if raw.FPDFText_GetMatrix(self.raw, index, matrix):
            scale = math.hypot(matrix.b, matrix.d) or 1.0
        return float(raw.FPDFText_GetFontSize(self.raw, index)) * scale

    def is_bold(self, index: int) -> bool:
        """Whether a character is set in a bold font."""
        return int(raw.FPDFText_GetFontWeight(self.raw, index)) >= _BOLD

    def is_upright(self, index: int) -> bool:
        """Whether a character stands upright on the page as it is shown."""
        angle = raw.FPDFText_GetCharAngle(self.raw, index) - math.radians(self._turned)
        return abs(math.remainder(float(angle), 2 * math.pi)) < _UPRIGHT

    def gap(self, before: int, after: int) -> float | None:
        """The room between two characters of a line; None where it is not known."""
        one, other = self.box(before), self.box(after)
        return None if one is None or other is None else other[0] - one[2]

    def advance(self, index: int) -> float:
        """How far a character begins from the next one of its line."""
        return self.origin(index + 1)[0] - self.origin(index)[0]

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        if self._turned == 90:
            return y - self._bottom, self._right - x
        if self._turned == 180:
            return self._right - x, self._top - y
        if self._turned == 270:
            return self._top - y, x - self._left
        return x - self._left, y - self._bottom
