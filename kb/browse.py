"""Reading rather than searching: a passage, what surrounds it, what the memory holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb import french
from kb.domain import NO_FILTERS, Document, Facets, Filters, Passage, Segment, Session, Viewer
from kb.errors import UnknownItem
from kb.library import Library
from kb.store import Scope

_ANY_ORDINAL = 10**9


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with its neighbours, in order, and where it comes from."""

    passage: Passage
    before: tuple[Passage, ...]
    after: tuple[Passage, ...]
    document: Document
    session: Session | None


@dataclass(frozen=True, slots=True)
class FullText:
    """A document's canonical text and its segments.

    twins: the other files of the memory that hold the same text. warnings: what was said of it when it was taken in.
    """

    document: Document
    text: str
    segments: tuple[Segment, ...]
    twins: tuple[Document, ...] = ()
    warnings: tuple[str, ...] = ()


def around(library: Library, identifier: str, *, viewer: Viewer, width: int = 1) -> Reading:
    """A passage and `width` passages before and after it in its document; raises UnknownItem."""
    passage, document = library.store.passage(identifier, viewer)
    near = library.store.passages(document.id, passage.ordinal - width, passage.ordinal + width, viewer)
    before = tuple(p for p in near if p.ordinal < passage.ordinal)
    after = tuple(p for p in near if p.ordinal > passage.ordinal)
    return Reading(passage, before, after, document, library.session(document.session))


def full_text(library: Library, passage_id: str, *, viewer: Viewer) -> FullText:
    """The whole document a passage is in; raises UnknownItem."""
    _, document = library.store.passage(passage_id, viewer)
    text, segments = library.store.text(document.id, viewer)
    twins = library.store.twins(document, viewer)
    return FullText(document, text, segments, tuple(twins), library.store.warnings(document.id, viewer))


def overview(library: Library, *, viewer: Viewer) -> Facets:
    """How many passages each season, session, speaker, type and theme has, for this viewer."""
    return library.store.overview(Scope(viewer))


def documents(library: Library, *, viewer: Viewer, filters: Filters = NO_FILTERS) -> list[Document]:
    """The documents this viewer may see, of those the filters keep, by path; each text once."""
    return [found for found in library.store.documents(Scope(viewer, filters)) if found.twin_of is None]


def spoken(library: Library, *, viewer: Viewer, filters: Filters) -> list[tuple[Passage, Document]]:
    """What the speakers of the filters said: session by session, the oldest first, each document in order."""
    asked = [set(french.forms(name)) for name in filters.speakers]
    found = library.store.documents(Scope(viewer, filters))
    found.sort(key=lambda d: (d.date is None, d.date, d.session or "", d.type, d.path))
    return [
        (passage, document)
        for document in found
        for passage in library.store.passages(document.id, 1, _ANY_ORDINAL, viewer)
        if passage.speaker and any(words <= set(french.forms(passage.speaker)) for words in asked if words)
    ]


def document(library: Library, identifier: str, *, viewer: Viewer) -> Document:
    """One document by its public id; raises UnknownItem."""
    return library.store.document(identifier, viewer)


def original(library: Library, found: Document) -> Path:
    """The file of a document, inside the corpus; raises UnknownItem when it is no longer there."""
    root = library.corpus.resolve()
    path = (root / found.path).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise UnknownItem(f"{found.path} : ce fichier n’est plus dans le corpus. Lancez « kb ingest ».")
    return path
