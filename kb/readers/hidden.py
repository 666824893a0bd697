"""Text of a PDF that nobody can see: it is not what the document says to its readers.

Left out: what is drawn in no way (render mode 3) unless a picture lies there, for then it is the recognised text of a
scan; what is white with nothing but white behind; what is smaller than 2 points; what stands beside the page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kb.readers.glyphs import Glyphs

_SMALLEST = 2.0
_WHITE = 250
_FLAT = 12  # levels of grey, of 256: less cannot be seen
_DEEPEST = 6
_MOST_OBJECTS = 20_000
_SCALE = 2.0
_MOST_PIXELS = 8_000_000

Rectangle = tuple[float, float, float, float]


def hidden_characters(page: Any, glyphs: Glyphs) -> frozenset[int]:
    """The places, in the text of the page, of the characters that cannot be seen."""
    judge = _Judge(page, glyphs)
    verdicts: dict[int | None, bool] = {None: False}
    hidden: list[int] = []
    for place in range(len(glyphs.text)):
        pointer = raw.FPDFText_GetTextObject(glyphs.raw, place)
        address = ctypes.cast(pointer, ctypes.c_void_p).value
        if address not in verdicts:
            verdicts[address] = judge.is_hidden(pointer, place)
        if verdicts[address]:
            hidden.append(place)
    return frozenset(hidden)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Something drawn on the page that is no text. `shows`: it is not white."""

    place: Rectangle
    is_picture: bool
    shows: bool

    def holds(self, x: float, y: float) -> bool:
        """Whether it is drawn at this place."""
        left, bottom, right, top = self.place
        return left <= x <= right and bottom <= y <= top


class _Judge:
    """Judges the pieces of text of one page; what is costly is done at the first doubt only."""

    def __init__(self, page: Any, glyphs: Glyphs) -> None:
        self._page = page
        self._glyphs = glyphs
        self._drawn: list[_Drawn] | None = None
        self._image: tuple[bytes, int, int, int] | None = None

    def is_hidden(self, piece: Any, first: int) -> bool:
        """Whether a piece of text, which begins with this character, cannot be seen."""
        if not self._glyphs.text[first].strip():
            return False
        mode = raw.FPDFTextObj_GetTextRenderMode(piece)
        if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            return not any(each.is_picture for each in self._around(first))
        if not self._glyphs.is_inside(first) or self._is_tiny(first):
            return True
        colour = _colour(piece)
        if mode != raw.FPDF_TEXTRENDERMODE_FILL or colour is None:
            return False
        if colour[3] == 0:
            return True
        is_white = min(colour[:3]) >= _WHITE
        return is_white and not any(each.shows for each in self._around(first)) and self._is_flat(first)

    def _is_tiny(self, first: int) -> bool:
        box = self._glyphs.box(first)
        return self._glyphs.size(first) < _SMALLEST and box is not None and box[3] - box[1] < _SMALLEST

    def _around(self, first: int) -> Iterator[_Drawn]:
        """What is drawn where a character stands."""
        if self._drawn is None:
            self._drawn = list(_drawings(self._page))
        x, y = _centre(self._glyphs, first)
        return (each for each in self._drawn if each.holds(x, y))

    def _is_flat(self, first: int) -> bool:
        """Whether the page, once drawn, shows one colour where a character stands."""
        if self._image is None:
            self._image = _image_of(self._page)
        pixels, width, height, stride = self._image
        place = self._glyphs.raw_box(first)
        if not pixels or place is None:
            return False
        x, y = ctypes.c_int(), ctypes.c_int()
        columns, rows = [], []
        for one, other in ((place[0], place[1]), (place[2], place[3])):
            raw.FPDF_PageToDevice(self._page, 0, 0, width, height, 0, one, other, x, y)
            columns.append(min(max(x.value, 0), width - 1))
            rows.append(min(max(y.value, 0), height - 1))
        seen = [
            value
            for row in range(min(rows), max(rows) + 1)
            for value in pixels[row * stride + min(columns) : row * stride + max(columns) + 1]
        ]
        return max(seen) - min(seen) < _FLAT


def _centre(glyphs: Glyphs, first: int) -> tuple[float, float]:
    left, bottom, right, top = glyphs.raw_box(first) or (0.0, 0.0, 0.0, 0.0)
    return (left + right) / 2, (bottom + top) / 2


def _image_of(page: Any) -> tuple[bytes, int, int, int]:
    """The page drawn in grey: its pixels, width, height and the length of a row; no pixel where it cannot be drawn."""
    width, height = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    try:
        bitmap = page.render(scale=scale, grayscale=True)
    except (pdfium.PdfiumError, MemoryError):
        return b"", 0, 0, 0
    return bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride


def _drawings(page: Any) -> Iterator[_Drawn]:
    """The pictures, surfaces and shadings of a page, those of its forms too."""
    left = [_MOST_OBJECTS]
    same = raw.FS_MATRIX(1, 0, 0, 1, 0, 0)
    count = raw.FPDFPage_CountObjects(page)
    for number in range(count):
        yield from _drawings_of(raw.FPDFPage_GetObject(page, number), same, 0, left)


def _drawings_of(each: Any, matrix: Any, depth: int, left: list[int]) -> Iterator[_Drawn]:
    left[0] -= 1
    kind = raw.FPDFPageObj_GetType(each)
    if left[0] < 0 or kind == raw.FPDF_PAGEOBJ_TEXT:
        return
    if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(each, own)
        inner = _product(own, matrix)
        for number in range(raw.FPDFFormObj_CountObjects(each)):
            yield from _drawings_of(raw.FPDFFormObj_GetObject(each, number), inner, depth + 1, left)
        return
    place = _place(each, matrix)
    if place:
        yield _Drawn(place, kind == raw.FPDF_PAGEOBJ_IMAGE, kind != raw.FPDF_PAGEOBJ_PATH or _shows(each))


def _shows(path: Any) -> bool:
    """Whether a path covers its place with something else than white."""
    mode, strokes = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, mode, strokes)
    colour = _colour(path)
    return bool(mode.value) and (colour is None or (colour[3] > 0 and min(colour[:3]) < _WHITE))


def _colour(each: Any) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity of what fills an object; None where no plain colour does."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(each, *parts):
        return None
    return parts[0].value, parts[1].value, parts[2].value, parts[3].value


def _place(each: Any, matrix: Any) -> Rectangle | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(each, left, bottom, right, top):
        return None
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    across = [matrix.a * x + matrix.c * y + matrix.e for x, y in corners]
    up = [matrix.b * x + matrix.d * y + matrix.f for x, y in corners]
    return min(across), min(up), max(across), max(up)


def _product(one: Any, other: Any) -> Any:
    """The matrix that does `one`, then `other`."""
    return raw.FS_MATRIX(
        one.a * other.a + one.b * other.c,
        one.a * other.b + one.b * other.d,
        one.c * other.a + one.d * other.c,
        one.c * other.b + one.d * other.d,
        one.e * other.a + one.f * other.c + other.e,
        one.e * other.b + one.f * other.d + other.f,
    )
