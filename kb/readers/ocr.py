"""Recognising the characters of pages that are pictures, where tesseract and its French are installed.

Each page is drawn by the limited process that reads files, recognised by tesseract under limits, and handed to a second
reading of the file, so that paragraphs, headings and anchors come out of the same code as everywhere.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import programs
from kb.readers.hocr import Recognition, recognition_of
from kb.readers.legibility import is_gibberish
from kb.readers.scans import ALL_PICTURES, DOUBTFUL, DPI, GARBLED, SCANNED, WAY_OUT, garbled, numbered, without_text
from kb.readers.sniffing import is_pdf
from kb.readers.worker import read_in_child, work

if TYPE_CHECKING:
    from kb.settings import Settings

Tell = Callable[[int, int], None]

_SURE = 70.0

OFF = "la reconnaissance de caractères est éteinte (KB_OCR=off)"
AGAIN = "exportez le document à nouveau"
TO_CHECK = "texte obtenu par reconnaissance de caractères, à vérifier"
READS_BADLY = "la reconnaissance de caractères se lit mal ; vérifiez le texte, ou numérisez à nouveau"
FAILED = "la reconnaissance de caractères a échoué"
NOTHING = "aucune page ne contient de texte, et la reconnaissance de caractères n’en a pas trouvé"


@dataclass(slots=True)
class _Found:
    """What came of each page."""

    pages: dict[int, Recognition] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    undone: Sequence[int] = ()


def recognised(path: Path, document: ReadDocument, settings: Settings, tell: Tell | None = None) -> ReadDocument:
    """The document with the text of those pages of a PDF that are pictures or cannot be read as they are written.

    What could not be recognised, and what was, is said in the warnings. Raise UnreadableDocument if no text is left.
    """
    if not is_pdf(path):
        return document
    illegible = garbled(document)
    wanted = sorted({*document.image_pages, *illegible})
    if not wanted:
        return document
    if settings.ocr == "off":
        return _checked(path, document, _left(document.image_pages, illegible, OFF), f"{ALL_PICTURES} ; {OFF}")
    if not is_installed():
        return _checked(path, document, _left(document.image_pages, illegible, WAY_OUT), SCANNED)
    found = _recognise(path, wanted, settings, tell)
    texts = {
        page: each for page, each in found.pages.items() if each.lines and not (page in illegible and _is_worse(each))
    }
    if texts:
        document = read_in_child(path, settings, scans={page: _sent(each) for page, each in texts.items()})
    still = [page for page in illegible if page not in texts and page not in found.undone]
    warnings = [*_outcome(found, texts, settings), *_left((), still, AGAIN)]
    return _checked(path, document, warnings, " ; ".join(warnings) or NOTHING, lasting=not found.undone)


def _sent(recognition: Recognition) -> list[tuple[str, float, float, float, float]]:
    return [(line.text, line.size, line.left, line.base, line.right) for line in recognition.lines]


def is_installed() -> bool:
    """Whether tesseract is here, with its French."""
    return "fra" in _languages(shutil.which("tesseract"))


@lru_cache(maxsize=4)
def _languages(program: str | None) -> frozenset[str]:
    if program is None:
        return frozenset()
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(listed.stdout.decode("utf-8", "replace").split())


def _recognise(path: Path, wanted: Sequence[int], settings: Settings, tell: Tell | None) -> _Found:
    """One page after the other, until all are done or the document's time is over."""
    found = _Found()
    end = time.monotonic() + settings.ocr_seconds
    for done, page in enumerate(wanted):
        if tell:
            tell(done, len(wanted))
        left = end - time.monotonic()
        if left <= 0:
            found.undone = wanted[done:]
            break
        try:
            found.pages[page] = _page(path, page, min(left, settings.read_seconds), settings)
        except UnreadableDocument:
            if time.monotonic() >= end:
                found.undone = wanted[done:]
                break
            found.failed.append(page)
    if tell:
        tell(len(wanted), len(wanted))
    return found


def _page(path: Path, page: int, seconds: float, settings: Settings) -> Recognition:
    """The text of a page, counted from 1. Raise UnreadableDocument if it cannot be drawn or recognised in time."""
    image = work(path, settings, page=page)
    if not image:
        return Recognition()
    program = shutil.which("tesseract")
    orientation = "1" if "osd" in _languages(program) else "3"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.pgm").write_bytes(image)
        command = [str(program), "page.pgm", "page", "-l", "fra", "--psm", orientation, "--dpi", str(DPI), "hocr"]
        try:
            if programs.run(command, folder=folder, seconds=seconds, megabytes=settings.read_megabytes):
                return recognition_of((folder / "page.hocr").read_bytes(), DPI)
        except (OSError, ValueError) as error:
            raise UnreadableDocument(path.name, FAILED) from error
    raise UnreadableDocument(path.name, FAILED)


def _is_worse(recognition: Recognition) -> bool:
    """Whether what was recognised is no better than a text of no language."""
    return recognition.confidence < _SURE or is_gibberish("\n".join(line.text for line in recognition.lines))


def _left(pictures: Sequence[int], illegible: Sequence[int], way_out: str) -> list[str]:
    """What is said of pages that stay as they are."""
    warnings = [without_text(pictures, way_out)] if pictures else []
    return warnings + ([f"{numbered(illegible)} : {GARBLED} ; {way_out}"] if illegible else [])


def _outcome(found: _Found, texts: dict[int, Recognition], settings: Settings) -> list[str]:
    """What is said of pages that were tried."""
    doubtful = [page for page, each in texts.items() if each.confidence < _SURE]
    slow = (
        f"la reconnaissance de caractères a dépassé {math.ceil(settings.ocr_seconds)} s ; augmentez KB_OCR_SECONDS "
        "ou découpez le document"
    )
    said = (
        (tuple(texts), TO_CHECK),
        (doubtful, READS_BADLY),
        (found.failed, FAILED),
    )
    warnings = [f"{numbered(pages)} : {words}" for pages, words in said if pages]
    return warnings + ([f"{numbered(found.undone)} sans texte : {slow}"] if found.undone else [])


def _checked(
    path: Path, document: ReadDocument, warnings: Sequence[str], cause: str, *, lasting: bool = True
) -> ReadDocument:
    """The document with these warnings; refused for this cause if it holds no text."""
    if not document.segments:
        raise UnreadableDocument(path.name, cause, lasting=lasting)
    is_told = any(GARBLED in warning for warning in warnings)
    kept = [warning for warning in document.warnings if not (is_told and warning == DOUBTFUL)]
    return replace(document, warnings=(*kept, *warnings))
