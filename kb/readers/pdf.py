"""PDF: pypdf opens the file and reads it; PDFium reads it where pypdf's text is poor or the document is long.

Which of the two is kept is measured, not guessed (`legibility.poverty`): both texts of the same pages are compared, on
all pages of a document of up to 60, on 12 spread pages of a longer one (pypdf takes 0.1 s a page there). pypdf wins
ties on short documents, PDFium on long ones.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import clean
from kb.readers.layout import Line
from kb.readers.legibility import is_gibberish, poverty
from kb.readers.pages import blocks_of, mended, title_of
from kb.readers.pdfium import lines_of, opened

Lines = list[Line]

_MOST_PAGES = 3000
_LONG = 60
_SAMPLE = 12
_BETTER = 0.9
_DOUBTFUL = 0.15

LOCKED = "protégé par mot de passe ; enlevez la protection puis réessayez"
BROKEN = "le PDF est abîmé ou incomplet ; copiez-le à nouveau depuis son origine"
SCANNED = "aucune page ne contient de texte (document numérisé) ; lancez la reconnaissance de caractères puis réessayez"
DOUBTFUL = "le texte extrait se lit mal ; vérifiez-le, ou lancez la reconnaissance de caractères"

# What pypdf raises on files that break its assumptions, besides its own errors.
_PYPDF_FAILS = (
    PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError, NotImplementedError,
    AssertionError, ArithmeticError, OSError,
)  # fmt: skip

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings are for developers of PDF software


def read(path: Path) -> ReadDocument:
    """Read a PDF. Anchors give the page and the paragraph's number on it.

    Raise UnreadableDocument if it is broken, protected, too long, or holds no text at all.
    """
    reader, count = _opened(path)
    if count > _MOST_PAGES:
        raise UnreadableDocument(path.name, f"plus de {_MOST_PAGES} pages ; découpez le document")
    pages = [mended(page) for page in _best(path, reader, count)]
    texts = ["\n".join(line.text for line in page) for page in pages]
    empty = [number for number, text in enumerate(texts, 1) if not any(character.isalnum() for character in text)]
    if len(empty) == len(pages):
        raise UnreadableDocument(path.name, SCANNED if pages else "le PDF n’a aucune page")
    warnings = [_no_text(empty)] if empty else []
    everything = "\n".join(texts)
    if is_gibberish(everything) or (len(everything) > 500 and poverty(everything) > _DOUBTFUL):
        warnings.append(DOUBTFUL)
    headings, recorded = _about(reader)
    blocks = list(blocks_of(pages, headings))
    opening = next((block.text for block in blocks[:3] if block.is_heading), None)
    return build(
        blocks,
        title=choose_title(recorded, title_of(pages), opening),
        warnings=warnings,
        pages=len(pages),
        image_pages=empty,
    )


def _opened(path: Path) -> tuple[pypdf.PdfReader | None, int]:
    """pypdf's reader (None where only PDFium can open the file) and the number of pages."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument(path.name, LOCKED)
        return reader, len(reader.pages)
    except _PYPDF_FAILS:
        with _pdfium(path) as document:
            return None, len(document)


def _best(path: Path, reader: pypdf.PdfReader | None, count: int) -> list[Lines]:
    """The lines of each page, from whichever library reads them better."""
    with_pdfium = _Pdfium(path)
    if reader is None:
        return with_pdfium.pages(range(count))
    is_long = count > _LONG
    sample = range(0, count, count // _SAMPLE) if is_long else range(count)
    try:
        ours = [_pypdf_page(reader, number) for number in sample]
    except _PYPDF_FAILS:
        return with_pdfium.pages(range(count))
    poor = poverty(_joined(ours))
    try:
        theirs = with_pdfium.pages(sample)
    except UnreadableDocument:
        theirs = []
    other = poverty(_joined(theirs))
    if theirs and (other <= poor if is_long else other < _BETTER * poor):
        return with_pdfium.pages(range(count)) if is_long else theirs
    return [_pypdf_page(reader, number) for number in range(count)] if is_long else ours


def _joined(pages: Sequence[Lines]) -> str:
    return "\n".join(line.text for page in pages for line in page)


def _no_text(empty: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in empty[:12]) + ("…" if len(empty) > 12 else "")
    pages = f"pages {shown}" if len(empty) > 1 else f"page {shown}"
    return f"{pages} sans texte (images ?) ; lancez la reconnaissance de caractères"


def _about(reader: pypdf.PdfReader | None) -> tuple[frozenset[str], str | None]:
    """The bookmarks and the recorded title; damaged ones are done without."""
    if reader is None:
        return frozenset(), None
    try:
        title = reader.metadata.title if reader.metadata else None
    except _PYPDF_FAILS:
        title = None
    try:
        outline = frozenset(_titles(reader.outline))
    except _PYPDF_FAILS:
        outline = frozenset()
    return outline, title if isinstance(title, str) else None


def _titles(entries: Any) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _titles(entry)
        elif isinstance(entry.title, str) and clean(entry.title):
            yield entry.title


def _pypdf_page(reader: pypdf.PdfReader, number: int) -> Lines:
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


class _Pdfium:
    """The same pages as PDFium reads them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pages(self, numbers: Sequence[int]) -> list[Lines]:
        """The lines of these pages (from 0). Raise UnreadableDocument if PDFium cannot open the file."""
        with _pdfium(self.path) as document:
            return [lines_of(document, number) for number in numbers]


def _pdfium(path: Path) -> Any:
    try:
        return opened(path)
    except ValueError as error:
        cause = LOCKED if "password" in str(error).lower() else BROKEN
        raise UnreadableDocument(path.name, cause) from error
