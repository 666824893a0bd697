"""PDFium's reading of a page: its lines, with the size, weight and place of each."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kb.readers.layout import Line

_CUT_WORD = re.compile("[\x02\ufffe]")  # PDFium's marks for a hyphen at a line end, which stand for the line end too
_BOLD = 600
_MARKER = re.compile(r"\d+(?:\.\d+)+\.?|\(?[a-z\d]{1,3}[.)]|\[\d+\]|NOTE(?: \d+)?|\W{1,2}|o")  # of an item or a heading
_GAP = 1.5  # in sizes of the text: more than any space between words


@contextmanager
def _closing(document: Any) -> Iterator[Any]:
    try:
        yield document
    finally:
        document.close()


def opened(path: Path) -> Any:
    """A context manager that gives the document. Raise ValueError if PDFium cannot open it."""
    try:
        return _closing(pdfium.PdfDocument(path))
    except pdfium.PdfiumError as error:
        raise ValueError(str(error)) from error


def lines_of(document: Any, number: int) -> list[Line]:
    """The lines of a page (counted from 0); none where the page is damaged."""
    try:
        page = document[number]
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        return []
    try:
        return list(_lines(text_page))
    finally:
        text_page.close()
        page.close()


def _lines(text_page: Any) -> Iterator[Line]:
    text = text_page.get_text_range()
    start = 0
    for piece in re.split("\r\n|(?<=[\x02\ufffe])", text):
        yield from _cells(text_page, start, piece)
        start += len(piece) + (0 if _CUT_WORD.match(piece[-1:]) else 2)


def _cells(text_page: Any, start: int, text: str) -> Iterator[Line]:
    """A line, or the cells of a table that PDFium put on one line, which wide gaps part."""
    begins = 0
    size = _look(text_page, start, text).size
    for space in re.finditer(" +", text):
        left, right = _edges(text_page, start + space.start() - 1), _edges(text_page, start + space.end())
        is_marker = _MARKER.fullmatch(text[begins : space.start()].strip())
        if left and right and not is_marker and right[0] - left[1] > _GAP * max(size, 1):
            yield _look(text_page, start + begins, text[begins : space.start()])
            begins = space.end()
    yield _look(text_page, start + begins, text[begins:])


def _edges(text_page: Any, index: int) -> tuple[float, float] | None:
    """Where a character begins and ends, from the left of the page."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    if index < 0 or not raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top):
        return None
    return left.value, right.value


def _look(text_page: Any, index: int, text: str) -> Line:
    """The line that begins at this character, with how it looks there."""
    index += len(text) - len(text.lstrip())
    text = _CUT_WORD.sub("-", text)
    edges = _edges(text_page, index) if text.strip() else None
    if edges is None:
        return Line(text)
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, index, origin_x, origin_y)
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(text_page, index, matrix):
        scale = abs(matrix.d) or abs(matrix.b) or 1.0
    size = raw.FPDFText_GetFontSize(text_page, index) * scale
    last = index + len(text.strip()) - 1
    bold = all(raw.FPDFText_GetFontWeight(text_page, place) >= _BOLD for place in (index, last))
    return Line(text, size, bold, edges[0], origin_y.value)
