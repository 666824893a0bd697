"""Which of several documents that hold the same text is shown, and what the others keep.

A twin is hidden behind a document only if whoever may see the twin may see that document too, if it is in the same
session or in none, and if their dates do not differ. Of two that could stand for each other, the one shown is described
in `session.toml`, is filed in a session, says who speaks, has a format whose places a person can open best, or has the
shorter path (« rapport.pdf » before « rapport (1).pdf »), in that order: the choice does not hang on which came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from kb import twins
from kb.domain import STAFF, Document, Passage, ReadDocument, Segment, Visibility
from kb.library import Library
from kb.store import Store

_FORMATS = (
    *(".vtt", ".srt", ".pdf", ".pptx", ".odp", ".docx", ".odt", ".html", ".htm", ".epub", ".md", ".mhtml", ".mht"),
    *(".doc", ".ppt", ".rtf", ".txt", ".xml", ".json", ".csv"),
)

_Rank = tuple[bool, bool, bool, tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Kinship:
    """A document among those of the same text: it knows the one it is hidden behind, or those it is shown in place of.

    passages: those that are its own to show.
    """

    document: Document
    passages: tuple[Passage, ...]
    supersedes: tuple[str, ...] = ()


def order(path: str) -> tuple[int, int, str]:
    """Sorts paths so that, of twins, the one that will be shown is mostly read first."""
    suffix = PurePosixPath(path).suffix.lower()
    return (_FORMATS.index(suffix) if suffix in _FORMATS else len(_FORMATS), len(path), path)


def settle(
    library: Library, document: Document, read: ReadDocument, cut: tuple[Passage, ...], sketch: twins.Sketch
) -> Kinship:
    """Find where a document stands among its twins that are in, and which of its passages only it has."""
    own = _rank(library, document, read.segments)
    before: list[tuple[_Rank, Document, str]] = []
    behind: list[str] = []
    for other in _alike(library.store, document, sketch):
        text, segments = library.store.text(other.id, STAFF)
        rank = _rank(library, other, segments)
        if _may_stand_for(other, document) and (rank < own or not _may_stand_for(document, other)):
            before.append((rank, other, text))
        elif _may_stand_for(document, other):
            behind.append(other.path)
    if not before:
        return Kinship(document, cut, tuple(behind))
    _, shown, text = min(before, key=lambda each: each[0])
    repeats = twins.Repeats(text)
    return Kinship(replace(document, twin_of=shown.path), tuple(p for p in cut if p.text not in repeats))


def _alike(store: Store, document: Document, sketch: twins.Sketch) -> list[Document]:
    found = store.alike(sketch, max(1, len(sketch) // 2))
    return [
        other
        for other, its_sketch in found
        if other.path != document.path and twins.resemblance(sketch, its_sketch) >= twins.ALIKE
    ]


def _may_stand_for(shown: Document, hidden: Document) -> bool:
    narrowness = list(Visibility).index
    return (
        narrowness(shown.visibility) <= narrowness(hidden.visibility)
        and hidden.session in (None, shown.session)
        and (hidden.season in (None, shown.season))
        and (None in (shown.date, hidden.date) or shown.date == hidden.date)
    )


def _rank(library: Library, document: Document, segments: Sequence[Segment]) -> _Rank:
    is_described = library.catalogue.describes(document.path)
    says_who = any(segment.speaker for segment in segments)
    return (not is_described, document.session is None, not says_who, order(document.path))
