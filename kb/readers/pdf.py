"""PDF: PDFium reads it; pypdf gives a second opinion where that text is poor, and opens what PDFium cannot.

Which of the two is kept is measured, not guessed (`legibility.poverty`): both texts of the same pages are compared, on
all pages of a document of up to 60, on 12 spread pages of a longer one (pypdf takes 0.1 s a page). What nobody can see
is left out by PDFium's reading only, so a file with hidden text has no second opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import pdfium
from kb.readers.accents import mended
from kb.readers.builder import build, choose_title
from kb.readers.layout import Line
from kb.readers.legibility import is_gibberish, poverty
from kb.readers.pages import blocks_of, title_of
from kb.readers.pdfium import PageText
from kb.readers.pypdf_lines import Pypdf, PypdfFailed
from kb.readers.scans import DOUBTFUL, Scans, numbered, scanned_lines

_MOST_PAGES = 3000
_LONG = 60
_SAMPLE = 12
_POOR = 0.02
_BETTER = 0.9
_DOUBTFUL = 0.15

LOCKED = "protégé par mot de passe ; enlevez la protection puis réessayez"
BROKEN = "le PDF est abîmé ou incomplet ; copiez-le à nouveau depuis son origine"
NO_PAGE = "le PDF n’a aucune page"
BLANK = "le PDF ne contient aucun texte (pages blanches)"
HIDDEN = "texte masqué (invisible, blanc sur blanc, minuscule ou hors de la page) ignoré"


@dataclass(frozen=True, slots=True)
class _Content:
    """What a library understood of a file."""

    pages: Sequence[PageText]
    outline: frozenset[str] = frozenset()
    title: str | None = None


def read(path: Path, scans: Scans | None = None) -> ReadDocument:
    """Read a PDF. Anchors give the page and the paragraph's number on it.

    scans: what was recognised on some pages stands in for what the file says of them.
    A document whose pages are all pictures has no segment: its `image_pages` are what there is to recognise.
    Raise UnreadableDocument if it is broken, protected, too long, or blank.
    """
    content = _content(path)
    recognised = scanned_lines(scans)
    pages = [recognised.get(number) or mended(page.lines) for number, page in enumerate(content.pages, start=1)]
    texts = ["\n".join(line.text for line in page) for page in pages]
    empty = [number for number, text in enumerate(texts, 1) if not any(character.isalnum() for character in text)]
    pictures = [number for number in empty if content.pages[number - 1].is_drawn]
    if len(empty) == len(pages) and not pictures:
        raise UnreadableDocument(path.name, BLANK if pages else NO_PAGE)
    blocks = list(blocks_of(pages, content.outline))
    opening = next((block.text for block in blocks[:3] if block.is_heading), None)
    return build(
        blocks,
        title=choose_title(content.title, title_of(pages), opening),
        warnings=_warnings(content, "\n".join(texts)),
        pages=len(pages),
        image_pages=pictures,
    )


def _warnings(content: _Content, text: str) -> list[str]:
    hidden = [number for number, page in enumerate(content.pages, start=1) if page.has_hidden]
    warnings = [f"{HIDDEN}, {numbered(hidden)}"] if hidden else []
    if is_gibberish(text) or (len(text) > 500 and poverty(text) > _DOUBTFUL):
        warnings.append(DOUBTFUL)
    return warnings


def _content(path: Path) -> _Content:
    """What the file holds, from whichever library reads it better."""
    try:
        with pdfium.opened(path) as document:
            _check_length(path, len(document))
            pages = [pdfium.page_of(document, number) for number in range(len(document))]
            content = _Content(pages, *pdfium.about(document))
    except ValueError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument(path.name, LOCKED) from error
        return _Content(_rescued(path))
    if any(page.has_hidden for page in pages) or poverty(_text([page.lines for page in pages])) <= _POOR:
        return content
    return _Content(_second_opinion(path, pages), content.outline, content.title)


def _check_length(path: Path, count: int) -> None:
    if count > _MOST_PAGES:
        raise UnreadableDocument(path.name, f"plus de {_MOST_PAGES} pages ; découpez le document")


def _rescued(path: Path) -> list[PageText]:
    """The pages of a file that PDFium cannot open, as pypdf reads them."""
    try:
        reader = Pypdf(path)
        _check_length(path, reader.count)
        if reader.is_locked:
            raise UnreadableDocument(path.name, LOCKED)
        return [PageText(tuple(reader.lines(number)), is_drawn=True) for number in range(reader.count)]
    except PypdfFailed as error:
        raise UnreadableDocument(path.name, BROKEN) from error


def _second_opinion(path: Path, pages: Sequence[PageText]) -> Sequence[PageText]:
    """These pages, or the same as pypdf reads them where its text is clearly better."""
    sample = range(0, len(pages), len(pages) // _SAMPLE) if len(pages) > _LONG else range(len(pages))
    try:
        reader = Pypdf(path)
        if reader.is_locked or reader.count != len(pages):
            return pages
        theirs = poverty(_text([reader.lines(number) for number in sample]))
        if theirs >= _BETTER * poverty(_text([pages[number].lines for number in sample])):
            return pages
        return [PageText(tuple(reader.lines(number)), is_drawn=page.is_drawn) for number, page in enumerate(pages)]
    except PypdfFailed:
        return pages


def _text(pages: Sequence[Sequence[Line]]) -> str:
    return "\n".join(line.text for page in pages for line in page)
