"""What is suggested while someone types in the search field: names of the memory, each with where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kb.catalogue import Catalogue
from kb.domain import Filters, Viewer
from kb.errors import KbError
from kb.library import Library
from kb.suggest import Kind, Names, Suggestion, gather
from kb.ui import memory
from kb.ui.address import Asked, link
from kb.ui.links import passage_link, session_link, speaker_link


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The names of one state of the memory: gathering them at every letter would count all its passages."""

    catalogue: Catalogue
    revision: int
    viewer: Viewer
    names: Names


_kept: list[_Gathered] = []


def suggestions(request: Request) -> Response:
    """Names that begin like `q`, as JSON; none while the memory cannot be read, which its pages say."""
    try:
        found = names(memory.library()).like(request.query_params.get("q", ""))
    except KbError:
        found = []
    return JSONResponse([_told(each) for each in found], headers={"Cache-Control": "no-store"})


def names(library: Library) -> Names:
    """All that can be suggested, gathered anew when the memory changed."""
    library.refresh()
    catalogue, revision, viewer = library.catalogue, library.store.revision, memory.VIEWER
    for each in _kept:
        if each.catalogue is catalogue and (each.revision, each.viewer) == (revision, viewer):
            return each.names
    found = _Gathered(catalogue, revision, viewer, gather(library, viewer=viewer))
    _kept[:] = [found]
    return found.names


def _told(found: Suggestion) -> dict[str, str]:
    return {"kind": found.kind.value, "name": found.name, "detail": found.detail, "href": address(found)}


def address(found: Suggestion) -> str:
    """Where a suggestion leads; nowhere for a term, which is written into the field."""
    match found.kind:
        case Kind.SPEAKER:
            return speaker_link(found.key)
        case Kind.SESSION:
            return session_link(found.key)
        case Kind.THEME:
            return link(Asked(filters=Filters(themes=(found.key,))))
        case Kind.DOCUMENT:
            return passage_link(f"{found.key}.1")
        case Kind.TERM:
            return ""
