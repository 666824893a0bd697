"""What the server answers beside Streamlit: the originals, our style and script, a French shell, careful headers."""

from __future__ import annotations

import base64
import html
import logging
import re
from collections.abc import MutableMapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from kb import browse
from kb.errors import KbError, UnknownItem
from kb.ui import memory
from kb.ui.links import is_pdf
from kb.ui.pages import PAGES, TITLE
from kb.ui.pictures import picture
from kb.ui.suggestions import suggestions

log = logging.getLogger(__name__)

_NO_SOURCE = "L’adresse est incomplète, ou le document a été retiré ou remplacé depuis."
_ASSETS = {
    "style.css": ("*.css", "text/css"),
    "app.js": ("*.js", "text/javascript"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
"""Each file that is served, the files of `assets/` it is put together from (by name, base first), its type."""
_STARTED = token_hex(8)
"""What tells this server from the one before: a page that was open when it was restarted is loaded again."""
_SHELLS = frozenset(f"/{page.url}" for page in PAGES)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_OUTSIDE = re.compile(r'<link\s+rel="(?:preload|service-desc|shortcut icon)"[^>]*>')
_NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_ARRIVING = """<noscript><style>.arriving { display: none }</style>
<div class="plain"><p>Cette page a besoin de JavaScript pour s’afficher.</p></div></noscript>
<div class="arriving" role="status"><p>La page arrive…</p>
<p class="late">C’est plus long que d’habitude. Si rien ne vient, rechargez la page.</p></div>"""
"""What is seen until the page is there: nothing at first, then a word, which the style sheet brings."""

_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def source(request: Request) -> Response:
    """The original of a document, found by its id in the store. Only a PDF is shown; anything else is downloaded."""
    try:
        library = memory.library()
        document = browse.document(library, request.path_params["document"], viewer=memory.VIEWER)
        path = browse.original(library, document)
    except UnknownItem as error:
        log.info("%s", error)
        return _page(plain("Ce document n’est pas dans la mémoire", _NO_SOURCE, "../"), 404)
    except KbError as error:
        return _page(plain("La mémoire ne peut pas être ouverte", str(error), "../"), 503)
    if is_pdf(document.path) and _starts_as_pdf(path):
        # No sandbox here: browsers refuse to open their PDF viewer in one.
        return FileResponse(
            path,
            media_type="application/pdf",
            filename=path.name,
            content_disposition_type="inline",
            headers={"Content-Security-Policy": "frame-ancestors 'self'", "Cache-Control": "no-cache"},
        )
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=path.name,
        headers={"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-cache"},
    )


def asset(request: Request) -> Response:
    """A file of ours, out of a closed list."""
    name = request.path_params["name"]
    if name not in _ASSETS:
        return _page(plain("Ce fichier n’existe pas", "L’adresse est peut-être incomplète.", "../"), 404)
    return Response(_asset(name), media_type=_ASSETS[name][1], headers={"Cache-Control": "no-cache"})


def state(_request: Request) -> Response:
    """Whether the memory can answer, and from the whole corpus: what a page that waits for it asks."""
    try:
        library = memory.library()
        is_whole = library.store.is_whole
        library.refresh()
        said = {"ready": library.store.counts().passages > 0, "whole": is_whole}
    except KbError:
        said = {"ready": False, "whole": False}
    return JSONResponse(said | {"server": _STARTED}, headers={"Cache-Control": "no-store"})


ROUTES = (
    Route("/etat", state),
    Route("/source/{document}", source),
    Route("/source/{document}/page/{number:int}", picture),
    Route("/assets/{name}", asset),
    Route("/suggestions", suggestions),
)


class Reception:
    """Middleware: pages get our shell, addresses that are no page get a 404, every answer gets careful headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        careful = _careful(send)
        if scope["path"] in _SHELLS and scope["method"] in {"GET", "HEAD"}:
            await _page(shell(), 200)(scope, receive, careful)
            return
        await self._app(scope, receive, _without_fallback(scope, receive, careful))


@lru_cache(maxsize=1)
def shell() -> str:
    """Streamlit's index page in French, with our style, script, title and icon."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    page = _OUTSIDE.sub("", page).replace('<html lang="en">', '<html lang="fr">')
    page = page.replace("<title>Streamlit</title>", f"<title>{TITLE}</title>")
    page = _NO_SCRIPT.sub(_ARRIVING, page)
    ours = (
        f'<meta name="color-scheme" content="light dark"><meta name="server" content="{_STARTED}">'
        '<link rel="shortcut icon" href="./assets/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="./assets/style.css"><script src="./assets/app.js" defer></script>'
    )
    return page.replace("</head>", f"{ours}</head>")


@lru_cache(maxsize=1)
def policy() -> str:
    """What a page may load: only what this server has. Streamlit writes styles as it goes; its script is named."""
    named = " ".join(
        f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'" for script in _INLINE.findall(shell())
    )
    return (
        f"default-src 'self'; script-src 'self' {named}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    )


def plain(title: str, words: str, home: str) -> str:
    """A page that needs no script, whose address is no page of the app: what is wrong, and the way home."""
    return (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)} · {TITLE}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{home}assets/style.css"></head>'
        f'<body class="plain"><main><h1>{html.escape(title)}</h1>'
        f'<p>{html.escape(words)}</p><p><a href="{home}">Aller à la recherche</a></p></main></body></html>'
    )


def _page(body: str, status: int) -> HTMLResponse:
    return HTMLResponse(body, status, headers={"Cache-Control": "no-cache"})


def _starts_as_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


@lru_cache(maxsize=len(_ASSETS))
def _asset(name: str) -> bytes:
    files = (Path(__file__).parent / "assets").glob(_ASSETS[name][0])
    return b"\n".join(file.read_bytes() for file in sorted(files))


def _careful(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=_raw(message))
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", policy())
        await send(message)

    return with_headers


def _raw(message: Message) -> MutableMapping[str, Any]:
    message.setdefault("headers", [])
    return message


def _without_fallback(scope: Scope, receive: Receive, send: Send) -> Send:
    """Streamlit answers any unknown address with its own page and 200: say instead that there is no such page."""
    replaced = False

    async def checked(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            kind = MutableHeaders(scope=_raw(message)).get("content-type", "")
            replaced = message["status"] == 200 and kind.startswith("text/html")
            if replaced:
                await _page(plain("Cette page n’existe pas", "L’adresse est peut-être incomplète.", "/"), 404)(
                    scope, receive, send
                )
                return
        if not replaced:
            await send(message)

    return checked
