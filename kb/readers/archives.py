"""Office documents are zips of XML parts: what is checked before any library opens one."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from kb.errors import UnreadableDocument

_MOST_PARTS = 20_000
_MOST_BYTES = 400 << 20
_MOST_XML_BYTES = 120 << 20
_XML = (".xml", ".rels")
_HEAD = 2048
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)

BROKEN = "le fichier est abîmé ou incomplet ; copiez-le à nouveau depuis son origine"
TOO_LARGE = "le document est démesuré une fois décompressé ; il est refusé par sécurité"
ENTITIES = "le document déclare des entités XML, ce qu’aucun traitement de texte ne fait ; il est refusé par sécurité"
LOCKED = "protégé par mot de passe ; enlevez la protection puis réessayez"


def check(path: Path, *, doctypes: bool = False) -> None:
    """Refuse a zip that is broken, encrypted, out of proportion, or whose XML declares entities.

    doctypes: its parts may name their document type, as pages and old OpenDocument files do.
    Sizes are those the zip declares: `zipfile` never gives more than that, and fails on the checksum of a part that
    lied. Parts are only looked at, never written anywhere.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive.infolist())
            for part in archive.infolist():
                if part.filename.endswith(_XML):
                    _check_part(path, archive, part, _ENTITY if doctypes else _DOCTYPE)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableDocument(path.name, BROKEN) from error


def part(path: Path, name: str) -> bytes | None:
    """One part of a zip; None where there is none of that name or it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
        return None


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if any(each.flag_bits & 1 for each in parts):
        raise UnreadableDocument(path.name, LOCKED)
    xml = sum(each.file_size for each in parts if each.filename.endswith(_XML))
    everything = sum(each.file_size for each in parts)
    if len(parts) > _MOST_PARTS or xml > _MOST_XML_BYTES or everything > _MOST_BYTES:
        raise UnreadableDocument(path.name, TOO_LARGE)


def _check_part(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, refused: re.Pattern[bytes]) -> None:
    with archive.open(info) as file:
        head = file.read(_HEAD)
    if refused.search(head.replace(b"\0", b"")):
        raise UnreadableDocument(path.name, ENTITIES)
