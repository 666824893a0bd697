"""Names of the memory that begin like what is being typed: speakers, sessions, themes, documents, terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from kb import french, labels
from kb.domain import Document, Facets, Session, Viewer
from kb.library import Library
from kb.store import Scope

T = TypeVar("T")

MOST = 8
"""How many are suggested: what can be taken in at a glance."""
LEAST_TYPED = 2
"""Letters to begin with; one begins too many words."""
_LONGEST = 100


class Kind(StrEnum):
    """What a name names, in the order in which they are suggested."""

    SPEAKER = "intervenant"
    SESSION = "séance"
    THEME = "thème"
    DOCUMENT = "document"
    TERM = "glossaire"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name and what it names. key: its id in the memory; detail: what tells it from another of the same name."""

    kind: Kind
    name: str
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A suggestion, the folded words of each of its names, and how much of the memory it has."""

    suggestion: Suggestion
    names: tuple[tuple[str, ...], ...]
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """All that can be suggested to a viewer, in one revision of the memory."""

    entries: tuple[_Entry, ...]

    def like(self, typed: str, most: int = MOST) -> list[Suggestion]:
        """Those that have a word beginning with each one that is typed, kind by kind, every kind having its chance.

        In a kind, first those that begin as what is typed does, then those that have more in the memory.
        """
        asked = french.forms(typed[:_LONGEST])
        if sum(map(len, asked)) < LEAST_TYPED:
            return []
        found: dict[Kind, list[tuple[bool, int, Suggestion]]] = {kind: [] for kind in Kind}
        for entry in self.entries:
            ranks = [rank for name in entry.names if (rank := _rank(asked, name)) is not None]
            if ranks:
                found[entry.suggestion.kind].append((min(ranks), -entry.weight, entry.suggestion))
        for each in found.values():
            each.sort(key=lambda ranked: ranked[:2])
        return [suggestion for kept in _shared(list(found.values()), most) for _, _, suggestion in kept]


def gather(library: Library, *, viewer: Viewer) -> Names:
    """Everything in the memory that has a name and that this viewer may see."""
    scope = Scope(viewer)
    whole = library.store.overview(scope)
    shown = [document for document in library.store.documents(scope) if document.twin_of is None]
    return Names((*_people(library, whole), *_subjects(library, whole), *_documents(library, whole, shown)))


def _people(library: Library, whole: Facets) -> Iterator[_Entry]:
    for name, count in whole.speakers.items():
        said = french.count(count, "passage")
        yield _entry(Suggestion(Kind.SPEAKER, name, name, said), weight=count)
    for session in library.catalogue.sessions.values():
        if session.id in whole.sessions:
            detail = french.long_date(session.date) if session.date else ""
            yield _entry(Suggestion(Kind.SESSION, session.title, session.id, detail), weight=whole.sessions[session.id])


def _subjects(library: Library, whole: Facets) -> Iterator[_Entry]:
    for theme in library.catalogue.themes:
        if theme.key in whole.themes:
            detail = french.count(whole.themes[theme.key], "passage")
            yield _entry(Suggestion(Kind.THEME, theme.label, theme.key, detail), weight=whole.themes[theme.key])
    for term in library.catalogue.terms:
        yield _entry(Suggestion(Kind.TERM, term.term, term.term, term.expansion or ""), term.expansion or "")
        yield from (_entry(Suggestion(Kind.TERM, alias, alias, term.term)) for alias in term.aliases)


def _documents(library: Library, whole: Facets, shown: Sequence[Document]) -> Iterator[_Entry]:
    for document in shown:
        session = library.session(document.session)
        yield _entry(
            Suggestion(Kind.DOCUMENT, document.title, document.id, _detail(document, session)),
            weight=whole.documents.get(document.id, 0),
        )


def _detail(document: Document, session: Session | None) -> str:
    return ", ".join(filter(None, (labels.TYPES[document.type], labels.when(document, session))))


def _entry(suggestion: Suggestion, *others: str, weight: int = 0) -> _Entry:
    names = (suggestion.name, *others)
    return _Entry(suggestion, tuple(tuple(french.forms(name)) for name in names), weight)


def _rank(asked: Sequence[str], name: Sequence[str]) -> bool | None:
    """Whether a name has what is asked elsewhere than at its beginning; None when it does not have it."""
    if not all(any(word.startswith(form) for word in name) for form in asked):
        return None
    return not all(word.startswith(form) for form, word in zip(asked, name, strict=False)) or len(asked) > len(name)


def _shared(kinds: Sequence[Sequence[T]], most: int) -> list[Sequence[T]]:
    """The first of each kind, as many as there is room for, given out in turn."""
    kept = [0] * len(kinds)
    for turn in range(most):
        for at, found in enumerate(kinds):
            if sum(kept) < most and turn < len(found):
                kept[at] = turn + 1
    return [found[:count] for found, count in zip(kinds, kept, strict=True)]
