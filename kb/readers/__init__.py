"""From a file to its canonical text, segments, anchors and speakers: one file a format, one table here.

The content decides before the extension. A binary document whose extension lies is refused, and the refusal says what
it is; a text whose content says more than its extension (a page named .txt) is read as what it is.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.scans import SCANNED, Scans, without_text
from kb.readers.sniffing import DAMAGED, FOREIGN, Nature, nature_of


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read: module `kb.readers.<name>` has `read(path) -> ReadDocument`."""

    name: str
    called: str
    extensions: tuple[str, ...]
    is_text: bool = False


FORMATS = (
    Format("pdf", "un PDF", (".pdf",)),
    Format("docx", "un document Word (.docx)", (".docx", ".docm", ".dotx")),
    Format("pptx", "une présentation PowerPoint (.pptx)", (".pptx", ".pptm", ".ppsx")),
    Format("odt", "un texte OpenDocument (.odt)", (".odt", ".ott")),
    Format("odp", "une présentation OpenDocument (.odp)", (".odp", ".otp")),
    Format("legacy", "un ancien document Office (.doc, .ppt)", (".doc", ".dot", ".ppt", ".pps", ".pot")),
    Format("rtf", "un document RTF", (".rtf",), is_text=True),
    Format("epub", "un livre EPUB", (".epub",)),
    Format("vtt", "des sous-titres WebVTT", (".vtt",), is_text=True),
    Format("srt", "des sous-titres SRT", (".srt",), is_text=True),
    Format("html", "une page HTML", (".html", ".htm", ".xhtml"), is_text=True),
    Format("mhtml", "une page web enregistrée (MHTML)", (".mht", ".mhtml"), is_text=True),
    Format("delimited", "un tableau CSV", (".csv", ".tsv"), is_text=True),
    Format("jsontext", "du JSON", (".json", ".jsonl", ".ndjson"), is_text=True),
    Format("tei", "du XML (TEI)", (".xml", ".tei"), is_text=True),
    Format("ctm", "une transcription CTM", (".ctm",), is_text=True),
    Format("markdown", "un texte Markdown", (".md", ".markdown"), is_text=True),
    Format("txt", "un texte", (".txt", ".text"), is_text=True),
)
SUPPORTED = tuple(extension for each in FORMATS for extension in each.extensions)

_BY_EXTENSION = {extension: each for each in FORMATS for extension in each.extensions}
_BY_NAME = {each.name: each for each in FORMATS}
_IGNORED = (".*", "~$*", "*~", "*.tmp", "*.part", "*.crdownload", "thumbs.db", "desktop.ini", "ehthumbs.db", "*.toml")
_OFFICE = frozenset(("docx", "pptx", "legacy"))
_NO_EXTENSION = re.compile(r"\.(?:\d+|.*\s.*)", re.DOTALL)
EXPORT = "exportez le document en PDF ou en DOCX"


def is_ignorable(path: Path) -> bool:
    """Whether a file is no document but a trace of software: passed over without a word."""
    name = path.name.lower()
    return "__MACOSX" in path.parts or any(fnmatch.fnmatchcase(name, pattern) for pattern in _IGNORED)


def read(path: Path) -> ReadDocument:
    """Read a document in this process. Raise UnreadableDocument, with its cause, if it cannot be taken in.

    Files that come from elsewhere are read by `sandbox.read_safely`, which calls this in a process with limits.
    """
    document = understood(path)
    if not document.segments:
        raise UnreadableDocument(path.name, SCANNED)
    if format_of(path).name == "pdf" and document.image_pages:
        return replace(document, warnings=(*document.warnings, without_text(document.image_pages)))
    return document


def understood(path: Path, scans: Scans | None = None) -> ReadDocument:
    """The same, of which nothing is said yet where pages of a PDF are pictures: their characters may be recognised.

    scans: the lines that were, by page of a PDF.
    """
    chosen = format_of(path)
    module = import_module(f"kb.readers.{chosen.name}")
    document: ReadDocument = module.read(path, scans) if scans else module.read(path)
    if not document.segments and not (chosen.name == "pdf" and document.image_pages):
        raise UnreadableDocument(path.name, "le fichier ne contient aucun texte")
    named = _BY_EXTENSION.get(path.suffix.strip().lower(), chosen)
    if chosen is not named and named.is_text and named.name != "txt":
        warning = f"malgré son extension, le fichier a été lu comme {chosen.called}"
        return replace(document, warnings=(*document.warnings, warning))
    return document


def format_of(path: Path) -> Format:
    """The format to read this file as. Raise UnreadableDocument if there is none."""
    extension = path.suffix.strip().lower()
    if _NO_EXTENSION.fullmatch(extension):
        extension = ""  # « Séance du 13.04.2021 » has none
    named = _BY_EXTENSION.get(extension)
    try:
        nature = nature_of(path)
    except OSError as error:
        raise UnreadableDocument(path.name, f"lecture impossible ({error.strerror})") from error
    if nature is Nature.EMPTY:
        raise UnreadableDocument(path.name, "fichier vide")
    found = _BY_NAME.get(nature.value)
    if extension and named is None and found is None:
        raise UnreadableDocument(path.name, f"format non pris en charge ({extension}) ; {EXPORT}")
    if nature in FOREIGN and nature.value not in _BY_NAME:
        wrong = f"ce n’est pas {named.called} : " if named and nature not in DAMAGED else ""
        raise UnreadableDocument(path.name, wrong + FOREIGN[nature])
    if named is None:
        return found or _BY_NAME["txt"]
    return _agreed(path, named, found)


def _agreed(path: Path, named: Format, found: Format | None) -> Format:
    """What the extension names and what the content is, brought together."""
    if found is None or found is named:
        if found is None and not named.is_text:
            raise UnreadableDocument(path.name, f"ce n’est pas {named.called} ; {EXPORT}")
        return named
    if named.is_text and found.is_text:
        return named if named.name == "markdown" or (named.name, found.name) == ("vtt", "srt") else found
    if _is_as_good(named, found):
        return found
    raise UnreadableDocument(
        path.name,
        f"ce n’est pas {named.called} : le contenu est {found.called.replace('un ', 'celui d’un ', 1)} ; "
        f"renommez le fichier en « {found.extensions[0]} » ou exportez-le à nouveau",
    )


def _is_as_good(named: Format, found: Format) -> bool:
    """Whether Office opens the one under the name of the other: « .doc » stands for all that Word ever wrote."""
    if named.name == "legacy":
        return found.is_text or found.name in _OFFICE
    return found.name == "legacy" and named.name in _OFFICE
