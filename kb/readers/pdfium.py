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
        lead = len(piece) - len(piece.lstrip())
        yield _look(text_page, start + lead, _CUT_WORD.sub("-", piece))
        start += len(piece) + (0 if _CUT_WORD.match(piece[-1:]) else 2)


def _look(text_page: Any, index: int, text: str) -> Line:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()
    if not text.strip() or not raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top):
        return Line(text)
    raw.FPDFText_GetCharOrigin(text_page, index, origin_x, origin_y)
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(text_page, index, matrix):
        scale = abs(matrix.d) or abs(matrix.b) or 1.0
    size = raw.FPDFText_GetFontSize(text_page, index) * scale
    last = index + len(text.strip()) - 1
    bold = all(raw.FPDFText_GetFontWeight(text_page, place) >= _BOLD for place in (index, last))
    return Line(text, size, bold, left.value, origin_y.value)
