"""pypdf's reading of a page: a second opinion where PDFium's text is poor, and what opens a file that PDFium cannot."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from kb.readers.layout import Line

Lines = list[Line]

# What pypdf raises on files that break its assumptions, besides its own errors.
_FAILS = (
    PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError, NotImplementedError,
    AssertionError, ArithmeticError, OSError,
)  # fmt: skip

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings are for developers of PDF software


class PypdfFailed(Exception):
    """pypdf cannot read this file, or this page of it."""


class Pypdf:
    """A file as pypdf reads it. Raise PypdfFailed if it cannot; `is_locked` where a password is needed."""

    def __init__(self, path: Path) -> None:
        try:
            self._reader = pypdf.PdfReader(path)
            self.is_locked = bool(self._reader.is_encrypted and not self._reader.decrypt(""))
            self.count = 0 if self.is_locked else len(self._reader.pages)
        except _FAILS as error:
            raise PypdfFailed from error

    def lines(self, number: int) -> Lines:
        """The lines of a page, counted from 0. Raise PypdfFailed."""
        try:
            return page_lines(self._reader, number)
        except _FAILS as error:
            raise PypdfFailed from error


def page_lines(reader: pypdf.PdfReader, number: int) -> Lines:
    """The lines of a page as pypdf reads it, with where and how each begins."""
    pieces: list[tuple[str, Line]] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            name = str((font or {}).get("/BaseFont", ""))
            scale = abs(tm[3] or tm[1] or tm[0]) * abs(cm[3] or cm[1] or 1.0)
            base = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            left = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            pieces.append((text.strip(), Line("", abs(size) * scale, _is_bold(name), left, base)))

    text = reader.pages[number].extract_text(visitor_text=visit) or ""
    return _placed(text.split("\n"), pieces)


def _placed(lines: Sequence[str], pieces: Sequence[tuple[str, Line]]) -> Lines:
    """Give each line the place and size of the piece it begins with (pieces come in the order of the text).

    A line is bold if all of its pieces are.
    """
    firsts: list[int | None] = []
    following = 0
    for line in lines:
        first = _first_piece(line.strip(), pieces, following)
        firsts.append(first)
        following = following if first is None else first + 1
    ends = [*(first for first in firsts[1:]), len(pieces)]
    return [
        _look(line, pieces, first, next((end for end in ends[place:] if end is not None), len(pieces)))
        for place, (line, first) in enumerate(zip(lines, firsts, strict=True))
    ]


def _first_piece(line: str, pieces: Sequence[tuple[str, Line]], start: int) -> int | None:
    for place in range(start, min(start + 12, len(pieces)) if line else start):
        piece = pieces[place][0].split("\n")[0]
        if line.startswith(piece[:12]) or piece.startswith(line[:12]):
            return place
    return None


def _look(line: str, pieces: Sequence[tuple[str, Line]], first: int | None, end: int) -> Line:
    if first is None:
        return Line(line)
    look = pieces[first][1]
    bold = all(piece.is_bold for _, piece in pieces[first : max(end, first + 1)])
    return Line(line, look.size, bold, look.left, look.base)


def _is_bold(font: str) -> bool:
    lowered = font.lower()
    return any(word in lowered for word in ("bold", "black", "heavy", "demi"))
