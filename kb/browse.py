"""Reading rather than searching: a passage, what surrounds it, what the memory holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kb import french
from kb.domain import NO_FILTERS, Anchor, Document, Facets, Filters, Passage, Segment, Session, Viewer
from kb.errors import UnknownItem
from kb.library import Library
from kb.selectors import Resolved, Selector, State, resolve, select
from kb.store import Scope, Words

_ANY_ORDINAL = 10**9
_BESIDE = 3
"""How many characters may part neighbours for one to tell where the other is: a line end or two."""
_RENAMED = 20
"""Passages that are looked at for those of a document that is no more under its name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with its neighbours, in order, and where it comes from."""

    passage: Passage
    before: tuple[Passage, ...]
    after: tuple[Passage, ...]
    document: Document
    session: Session | None

    @property
    def selector(self) -> Selector:
        """What finds the passage again after its document was corrected or cut anew."""
        passage = self.passage
        near = [p for p in self.before[-1:] if passage.start - p.end <= _BESIDE]
        following = [p for p in self.after[:1] if p.start - passage.end <= _BESIDE]
        return select(passage, "".join(p.text for p in near), "".join(p.text for p in following))


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


def _whole(library: Library, document: Document, viewer: Viewer) -> FullText:
    text, segments = library.store.text(document.id, viewer)
    twins = library.store.twins(document, viewer)
    return FullText(document, text, segments, tuple(twins), library.store.warnings(document.id, viewer))


@dataclass(frozen=True, slots=True)
class Located:
    """A span that an address names, where it is today.

    reading: the passage of today that it is, or one made of it (without ordinal) where there is none; the passages
    before and after it. nearest: the passage of today that it is, or that has most of it. state: what became of it.
    instead_of: the document that was named, where another one of the same text is shown. was_renamed: the file has
    another name, or another folder, today.
    """

    reading: Reading
    whole: FullText
    nearest: Passage | None
    state: State = State.SAME
    instead_of: Document | None = None
    was_renamed: bool = False

    @property
    def selector(self) -> Selector:
        """What finds it again, with the text that stands around it today."""
        passage, text = self.reading.passage, self.whole.text
        return select(passage, text[max(0, passage.start - 200) : passage.start], text[passage.end : passage.end + 200])


def opened(library: Library, passage_id: str, *, viewer: Viewer) -> Located:
    """A passage of today by its public id, in its document; raises UnknownItem."""
    found = around(library, passage_id, viewer=viewer)
    return Located(found, _whole(library, found.document, viewer), found.passage)


def locate(library: Library, selector: Selector, *, viewer: Viewer) -> Located:
    """The span that an address names, wherever it is today; raises UnknownItem when its document is gone.

    A document shown by its twin gives its place to it; one whose file was renamed is found by the words of the span.
    """
    try:
        named = library.store.document(selector.document, viewer)
    except UnknownItem:
        renamed = _renamed(library, selector, viewer)
        if renamed is None:
            raise
        return replace(renamed, was_renamed=True)
    shown = next((twin for twin in library.store.twins(named, viewer) if twin.path == named.twin_of), named)
    whole = _whole(library, shown, viewer)
    found = _located(library, whole, resolve(whole.text, selector), viewer)
    return found if shown is named else replace(found, instead_of=named)


def _renamed(library: Library, selector: Selector, viewer: Viewer) -> Located | None:
    """The same words in another document: that of the same file, most likely, under its name of today."""
    phrase = tuple(french.forms(selector.first))
    if not phrase:
        return None
    found = library.store.lexical(
        Words(stems=tuple(map(french.stem, phrase)), phrases=(phrase,)), Scope(viewer), _RENAMED
    )
    documents = {document.id: document for _, document in library.store.fetch([key for key, _ in found]).values()}
    for document in documents.values():
        whole = _whole(library, document, viewer)
        now = resolve(whole.text, selector)
        if now.state in (State.SAME, State.MOVED):
            return _located(library, whole, replace(now, state=State.MOVED), viewer)
    return None


def _located(library: Library, whole: FullText, now: Resolved, viewer: Viewer) -> Located:
    """A span of a text, as the passage that it is or among those around it."""
    passages = _passages(library, whole.document.id, now, viewer)
    exact = next((p for p in passages if (p.start, p.end) == (now.start, now.end)), None)
    passage = exact or span(whole, now.start, now.end)
    before = tuple(p for p in passages if p.end <= passage.start)[-1:]
    after = tuple(p for p in passages if p.start >= passage.end)[:1]
    session = library.session(whole.document.session)
    nearest = exact or max(passages, key=lambda p: min(p.end, now.end) - max(p.start, now.start), default=None)
    return Located(Reading(passage, before, after, whole.document, session), whole, nearest, now.state)


def _passages(library: Library, document: str, now: Resolved, viewer: Viewer) -> list[Passage]:
    """The passages in a span, one before and one after: to cut them all out of a long text takes a second."""

    def first(is_reached: Callable[[Passage], bool]) -> int:
        """The ordinal of the first passage of which something is true, as it is of those that follow."""

        def is_past(ordinal: int) -> bool:
            return all(map(is_reached, library.store.passages(document, ordinal, ordinal, viewer)))

        most = next(size for size in (4**power for power in range(20)) if is_past(size))
        return bisect_left(range(1, most), True, key=is_past) + 1

    begin = first(lambda passage: passage.end > now.start)
    return library.store.passages(document, begin - 1, first(lambda passage: passage.start >= now.end), viewer)


def span(whole: FullText, start: int, end: int) -> Passage:
    """Any span of a document as a passage: who speaks and where it stands are told by its segments."""
    inside = [s for s in whole.segments if s.start < end and s.end > start]
    said = [s for s in inside if not s.is_aside and not s.is_heading] or inside
    anchor = _anchor(said)
    document = whole.document.id
    speaker = said[0].speaker if said else None
    return Passage(f"{document}.{start}-{end}", document, 0, start, end, whole.text[start:end], anchor, speaker)


def _anchor(segments: Sequence[Segment]) -> Anchor:
    if not segments:
        return Anchor()
    first, last = segments[0].anchor, segments[-1].anchor
    return replace(first, end_s=last.end_s) if first.start_s is not None else first


def overview(library: Library, *, viewer: Viewer, filters: Filters = NO_FILTERS) -> Facets:
    """How many passages of each season, session, speaker, type and theme this viewer sees, of those filters keep."""
    return library.store.overview(Scope(viewer, filters))


def documents(library: Library, *, viewer: Viewer, filters: Filters = NO_FILTERS) -> list[Document]:
    """The documents this viewer may see, of those the filters keep, by path; each text once."""
    return [found for found in library.store.documents(Scope(viewer, filters)) if found.twin_of is None]


def spoken(library: Library, *, viewer: Viewer, filters: Filters) -> list[tuple[Passage, Document]]:
    """What the speakers of the filters said: session by session, the oldest first, each document in order."""
    asked = [set(french.forms(name)) for name in filters.speakers]
    return [
        (passage, document)
        for passage, document in filed(library, viewer=viewer, filters=filters)
        if passage.speaker and any(words <= set(french.forms(passage.speaker)) for words in asked if words)
    ]


def filed(library: Library, *, viewer: Viewer, filters: Filters) -> Iterator[tuple[Passage, Document]]:
    """The passages of the themes of the filters, if any, in the documents that the filters keep, in the same order.

    A document is read when its passages are asked for.
    """
    found = library.store.documents(Scope(viewer, filters))
    found.sort(key=lambda d: (d.date is None, d.date, d.session or "", d.type, d.path))
    for document in found:
        if document.twin_of is None:
            for passage in library.store.passages(document.id, 1, _ANY_ORDINAL, viewer):
                if not filters.themes or set(filters.themes) & set(passage.themes):
                    yield passage, document


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
