"""What a file is, by its first bytes (and, for a zip, the names inside it). Nothing is interpreted.

A nature that the table reads is found there by its value; `FOREIGN` says what to do with the others.
"""

from __future__ import annotations

import re
import zipfile
from enum import Enum
from pathlib import Path

_HEAD = 4096
_PDF_WITHIN = 1024


class Nature(Enum):
    """What the content says it is. The values of formats that are read are their names in the table."""

    EMPTY = "empty"
    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    VTT = "vtt"
    SRT = "srt"
    HTML = "html"
    JSON = "jsontext"
    TEI = "tei"
    CTM = "ctm"
    SPREADSHEET = "xlsx"
    ODT = "odt"
    ODP = "odp"
    ODS = "ods"
    EPUB = "epub"
    ZIP = "zip"
    BROKEN_ZIP = "broken zip"
    OLD_OFFICE = "legacy"
    OLD_OTHER = "old office"
    LOCKED_OFFICE = "locked office"
    RTF = "rtf"
    MHTML = "mhtml"
    IMAGE = "image"
    MEDIA = "media"
    PROGRAM = "program"
    ARCHIVE = "archive"


FOREIGN: dict[Nature, str] = {
    Nature.SPREADSHEET: "le contenu est un classeur Excel, qui n’est pas pris en charge ; exportez-le en PDF",
    Nature.ODS: "le contenu est un classeur OpenDocument ; exportez-le en PDF",
    Nature.ZIP: "le contenu est une archive zip, pas un document ; déposez les fichiers qu’elle contient",
    Nature.BROKEN_ZIP: "le fichier est abîmé ou incomplet ; copiez-le à nouveau depuis son origine",
    Nature.OLD_OTHER: "ancien format Office (avant 2007) ; enregistrez le document en DOCX, en PPTX ou en PDF",
    Nature.LOCKED_OFFICE: "protégé par mot de passe ; enlevez la protection puis réessayez",
    Nature.IMAGE: "le contenu est une image ; lancez la reconnaissance de caractères et déposez le PDF obtenu",
    Nature.MEDIA: "le contenu est un son ou une vidéo ; déposez sa transcription (VTT, SRT, TXT…)",
    Nature.PROGRAM: "le contenu est binaire, ce n’est pas un document",
    Nature.ARCHIVE: "le contenu est une archive compressée ; déposez les fichiers qu’elle contient",
}

DAMAGED = frozenset((Nature.BROKEN_ZIP, Nature.OLD_OTHER, Nature.LOCKED_OFFICE))
"""Natures that may well be what the extension says, but cannot be read."""

OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCUMENT_STREAM, PRESENTATION_STREAM = ("WordDocument", "PowerPoint Document")

_MAGIC = (
    (b"{\\rtf", Nature.RTF),
    (b"\x89PNG", Nature.IMAGE),
    (b"\xff\xd8\xff", Nature.IMAGE),
    (b"GIF8", Nature.IMAGE),
    (b"II*\0", Nature.IMAGE),
    (b"MM\0*", Nature.IMAGE),
    (b"ID3", Nature.MEDIA),
    (b"\xff\xfb", Nature.MEDIA),
    (b"OggS", Nature.MEDIA),
    (b"fLaC", Nature.MEDIA),
    (b"RIFF", Nature.MEDIA),
    (b"\x1aE\xdf\xa3", Nature.MEDIA),
    (b"\x7fELF", Nature.PROGRAM),
    (b"MZ", Nature.PROGRAM),
    (b"SQLite format 3", Nature.PROGRAM),
    (b"\x1f\x8b", Nature.ARCHIVE),
    (b"7z\xbc\xaf", Nature.ARCHIVE),
    (b"Rar!", Nature.ARCHIVE),
    (b"BZh", Nature.ARCHIVE),
    (b"\xfd7zXZ", Nature.ARCHIVE),
)
_ZIP_TYPES = (
    (b"opendocument.text", Nature.ODT),
    (b"opendocument.presentation", Nature.ODP),
    (b"opendocument.spreadsheet", Nature.ODS),
    (b"epub", Nature.EPUB),
)
_WITH_TEXT_LOOK = frozenset((b"MZ", b"BZh", b"RIFF", b"ID3", b"GIF8"))
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_SRT = re.compile(r"\s*(?:\d+\s*\n)?\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d", re.M)
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"(?:[^"\\\n]|\\.){1,200}"\s*:')
_TEI = re.compile(
    r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*+"
    r"<(?:[\w.-]+:)?(?:TEI|TEI\.2|teiCorpus|akomaNtoso)[\s>]",
    re.S,
)
_CTM = re.compile(
    r"(?:;;[^\n]*\n|[ \t]*\n)*+(?:\S+[ \t]+\w{1,3}[ \t]+\d+(?:\.\d+)?[ \t]+\d+(?:\.\d+)?[ \t]+\S[^\n]*\n){3}"
)
_MHTML = re.compile(r"(?:From|MIME-Version|Subject):", re.I)
_RELATED = re.compile(r"^Content-Type:\s*multipart/related", re.I | re.M)


def nature_of(path: Path) -> Nature:
    """What the file is. OSError if it cannot be opened."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return Nature.EMPTY
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Nature.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_nature(path)
    if head.startswith(OLD_CONTAINER):
        return _office_nature(path)
    if head[4:8] == b"ftyp":
        return Nature.MEDIA
    for magic, nature in _MAGIC:
        if head.startswith(magic) and (magic not in _WITH_TEXT_LOOK or _has_binary(head)):
            return nature
    return _text_nature(head)


def is_pdf(path: Path) -> bool:
    """Whether the file is a PDF, by its first bytes only: safe for a process without limits."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(_PDF_WITHIN)


def _has_binary(head: bytes) -> bool:
    return any(byte < 9 for byte in head)


def _zip_nature(path: Path) -> Nature:
    """Office documents name their kind in the zip. A zip without a directory cannot be read at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            kind = _declared_type(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError):
        return Nature.BROKEN_ZIP
    for word, nature in _ZIP_TYPES:
        if word in kind:
            return nature
    for marker, nature in (("word/", Nature.DOCX), ("ppt/", Nature.PPTX), ("xl/", Nature.SPREADSHEET)):
        if "[Content_Types].xml" in names and any(name.startswith(marker) for name in names):
            return nature
    return Nature.ZIP


def _declared_type(archive: zipfile.ZipFile, names: set[str]) -> bytes:
    if "mimetype" not in names:
        return b""
    with archive.open("mimetype") as file:
        return file.read(200)


def _office_nature(path: Path) -> Nature:
    """An encrypted .docx is an old-style container too."""
    if holds(path, "EncryptedPackage"):
        return Nature.LOCKED_OFFICE
    is_read = holds(path, DOCUMENT_STREAM) or holds(path, PRESENTATION_STREAM)
    return Nature.OLD_OFFICE if is_read else Nature.OLD_OTHER


def holds(path: Path, stream: str) -> bool:
    """Whether a container of before 2007 has a stream of that name: its directory, in UTF-16, may stand anywhere."""
    wanted, before = stream.encode("utf-16-le"), b""
    with path.open("rb") as file:  # not mapped: a file that is cut meanwhile would end the process that looks
        while block := file.read(1 << 20):
            if wanted in before + block:
                return True
            before = block[-len(wanted) :]
    return False


def _text_nature(head: bytes) -> Nature:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("WEBVTT"):
        return Nature.VTT
    if _SRT.match(text):
        return Nature.SRT
    if _HTML.match(text):
        return Nature.HTML
    if _MHTML.match(text) and _RELATED.search(text):
        return Nature.MHTML
    for pattern, nature in ((_JSON, Nature.JSON), (_TEI, Nature.TEI), (_CTM, Nature.CTM)):
        if pattern.match(text):
            return nature
    return Nature.TEXT
