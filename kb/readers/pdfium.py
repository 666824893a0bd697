"""PDFium's reading of a page: its lines, with the size, weight and place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from kb.readers.glyphs import Glyphs
from kb.readers.hidden import hidden_characters
from kb.readers.layout import Line
from kb.readers.spaces import respaced, tied, whole_lines

_CUT_WORD = re.compile("[\x02\ufffe]")  # PDFium's marks for a hyphen at a line end, which stand for the line end too
_MARKER = re.compile(r"\d+(?:\.\d+)+\.?|\(?[a-z\d]{1,3}[.)]|\[\d+\]|NOTE(?: \d+)?|\W{1,2}|o")  # of an item or a heading
_GAP = 1.5  # in sizes of the text: more than any space between words


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says: its lines, whether words that nobody can see were left out, and whether anything is drawn."""

    lines: tuple[Line, ...] = ()
    has_hidden: bool = False
    is_drawn: bool = False


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
    return list(page_of(document, number).lines)


def page_of(document: Any, number: int) -> PageText:
    """What a page (counted from 0) says; nothing where the page is damaged."""
    try:
        page = document[number]
        text_page = page.get_textpage()
    except pdfium.PdfiumError:
        return PageText()
    try:
        return _read(page, text_page)
    finally:
        text_page.close()
        page.close()


def _read(page: Any, text_page: Any) -> PageText:
    glyphs = Glyphs(page, text_page)
    hidden = hidden_characters(page, glyphs)
    text = "".join(" " if place in hidden else each for place, each in enumerate(glyphs.text)) if hidden else None
    left_out = sum(1 for place in hidden if glyphs.text[place].isalpha()) > 2  # a white page number is no news
    return PageText(
        tuple(whole_lines(_lines(glyphs, text or glyphs.text))), left_out, pdfium.raw.FPDFPage_CountObjects(page) > 0
    )


def about(document: Any) -> tuple[frozenset[str], str | None]:
    """The titles of the bookmarks, and the recorded title."""
    titles = (entry.get_title() for entry in document.get_toc())
    return frozenset(title for title in titles if title.strip()), document.get_metadata_value("Title") or None


def _lines(glyphs: Glyphs, text: str) -> Iterator[Line]:
    start = 0
    for piece in re.split("\r\n|(?<=[\x02\ufffe])", text):
        yield from _cells(glyphs, start, piece)
        start += len(piece) + (0 if _CUT_WORD.match(piece[-1:]) else 2)


def _cells(glyphs: Glyphs, start: int, text: str) -> Iterator[Line]:
    """A line, or the cells of a table that PDFium put on one line, which wide gaps part."""
    begins = 0
    indent = len(text) - len(text.lstrip())
    wide = _GAP * max(glyphs.size(start + indent), 1)
    for space in re.finditer(" +", text):
        gap = glyphs.gap(start + space.start() - 1, start + space.end())
        is_marker = _MARKER.fullmatch(text[begins : space.start()].strip())
        if gap is not None and gap > wide and not is_marker:
            yield _look(glyphs, start + begins, text[begins : space.start()])
            begins = space.end()
    yield _look(glyphs, start + begins, text[begins:])


def _look(glyphs: Glyphs, index: int, text: str) -> Line:
    """The line that begins at this character, with how it looks there."""
    index += len(text) - len(text.lstrip())
    text = text.strip(" ")
    box = glyphs.box(index) if text.strip() else None
    if box is None:
        return Line(_CUT_WORD.sub("-", text))
    last = index + len(text.strip()) - 1
    bold = glyphs.is_bold(index) and glyphs.is_bold(last)
    words = tied(_CUT_WORD.sub("-", respaced(glyphs, index, text)))
    end = glyphs.box(last) if glyphs.is_upright(index) else None
    right = end[2] if end else 0.0
    return Line(words, glyphs.size(index), bold, box[0], glyphs.origin(index)[1], right=right)
