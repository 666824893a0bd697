"""MHTML (.mht, .mhtml): a web page that a browser or Word saved as one file. The page is read, its pictures are not."""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.html import read_page

TOO_DEEP = "la page enregistrée (MHTML) est trop imbriquée pour être lue ; enregistrez-la à nouveau, ou en PDF"

_PAGES = ("text/html", "application/xhtml+xml")


def read(path: Path) -> ReadDocument:
    """Read the page of an MHTML file, as `html` reads one. Raise UnreadableDocument if it holds none."""
    try:
        message = message_from_bytes(path.read_bytes())
        page = _page(message)
    except RecursionError as error:
        raise UnreadableDocument(path.name, TOO_DEEP) from error
    data = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(data, bytes) or not data.strip():
        raise UnreadableDocument(
            path.name, "la page enregistrée (MHTML) est vide ou incomplète ; enregistrez-la à nouveau, ou en PDF"
        )
    return read_page(data, path.name, charset=page.get_content_charset(), subject=_subject(message))


def _page(message: Message) -> Message | None:
    """The part that is the page: the one the file names as its start or at its own address, else the first."""
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    start = _bare(message.get_param("start"))
    address = _bare(message.get("Snapshot-Content-Location") or message.get("Content-Location"))
    for name, wanted in (("Content-ID", start), ("Content-Location", address)):
        named = [part for part in pages if wanted and part is not message and _bare(part.get(name)) == wanted]
        if named:
            return named[0]
    return pages[0] if pages else None


def _bare(value: object) -> str:
    return str(value or "").strip().strip("<>")


def _subject(message: Message) -> str | None:
    try:
        return str(make_header(decode_header(message.get("Subject", ""))))
    except (MessageError, LookupError, ValueError):
        return None  # a damaged title is no title
