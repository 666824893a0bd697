"""The route that draws a page of a PDF with a passage marked on it, in the sandbox of the readers."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore

from starlette.requests import Request
from starlette.responses import Response

from kb import browse
from kb.domain import Document
from kb.errors import KbError, UnknownItem, UnreadableDocument
from kb.library import Library
from kb.readers.worker import work
from kb.ui import memory
from kb.ui.links import is_pdf

log = logging.getLogger(__name__)

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_SECONDS = 15.0
"""How long a page may take to draw."""
_LONGEST = 20_000
_LAST_PAGE = 100_000
_KEPT = 64
"""Pictures kept: of 0.2 MB most often, and never of more than the pixels of a page allow."""
_AT_ONCE = BoundedSemaphore(2)
_WAIT_S = 20.0
_VERSION = "1"
"""Changes when pages are drawn otherwise."""
_CACHE = "private, no-cache"


def picture(request: Request) -> Response:
    """A page as a PNG. `?passage=120-340` marks the words that stand there in the text of the document."""
    number = request.path_params["number"]
    try:
        library = memory.library()
        document = browse.document(library, request.path_params["document"], viewer=memory.VIEWER)
        path = browse.original(library, document)
        quote = _quote(library, document, request.query_params.get("passage", ""))
    except UnknownItem:
        return _none(404)
    except KbError:
        return _none(503)
    if not is_pdf(document.path) or not 0 < number <= _LAST_PAGE:
        return _none(404)
    stamp = path.stat()
    asked = (str(path), f"{stamp.st_mtime_ns}-{stamp.st_size}", number, quote)
    tag = f'"{sha256(repr((_VERSION, *asked)).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": _CACHE})
    if not _AT_ONCE.acquire(timeout=_WAIT_S):
        return _none(503)
    try:
        drawn = _drawn(*asked)
    finally:
        _AT_ONCE.release()
    return (
        Response(drawn, media_type="image/png", headers={"ETag": tag, "Cache-Control": _CACHE}) if drawn else _none(404)
    )


def _quote(library: Library, document: Document, asked: str) -> str:
    """The words of a span of a document; none where the address says none."""
    span = _SPAN.fullmatch(asked)
    if not span:
        return ""
    text, _ = library.store.text(document.id, memory.VIEWER)
    start, end = int(span[1]), int(span[2])
    return text[start : min(end, start + _LONGEST)]


@lru_cache(maxsize=_KEPT)
def _drawn(path: str, _stamp: str, number: int, quote: str) -> bytes | None:
    """The picture; None for a page that cannot be drawn, which is not tried again until its file changes."""
    settings = memory.library().settings
    bounded = settings.model_copy(update={"read_seconds": min(_SECONDS, settings.read_seconds)})
    try:
        return work(Path(path), bounded, page=number, quote=quote)
    except UnreadableDocument as error:
        log.info("page %d : %s", number, error)
        return None


def _none(status: int) -> Response:
    return Response(status_code=status, headers={"Cache-Control": "no-store"})
