"""The seasons and sessions that a viewer may know of, with the documents of each.

A session is known as soon as its `session.toml` lets the viewer see it, with or without documents: it may be announced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.domain import Document, DocumentType, Season, Session, Viewer
from kb.errors import UnknownItem
from kb.library import Library
from kb.store import Scope


@dataclass(frozen=True, slots=True)
class Held:
    """A document, how many passages it has."""

    document: Document
    passages: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session and what the viewer may see of it."""

    session: Session
    documents: tuple[Held, ...] = ()

    @property
    def passages(self) -> int:
        """How many passages its documents have."""
        return sum(held.passages for held in self.documents)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A season and its meetings in order of date; `season` is None for meetings of no season."""

    season: Season | None
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """All of it: seasons in order, and the documents of no session."""

    cycles: tuple[Cycle, ...]
    unfiled: tuple[Held, ...]

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """Every meeting, the oldest first, those without a date last."""
        return tuple(sorted((each for cycle in self.cycles for each in cycle.meetings), key=_day))


@dataclass(frozen=True, slots=True)
class Place:
    """A meeting among the others: its season, the ones before and after it."""

    meeting: Meeting
    season: Season | None
    before: Meeting | None
    after: Meeting | None


def programme(library: Library, *, viewer: Viewer) -> Programme:
    """What this viewer may know of the seasons and sessions."""
    seen = sessions(library, viewer=viewer)
    documents = _held(library, viewer)
    meetings = [Meeting(each, tuple(documents.get(identifier, ()))) for identifier, each in seen.items()]
    unfiled = [held for identifier, found in documents.items() if identifier not in seen for held in found]
    return Programme(tuple(_cycles(library.catalogue.seasons, meetings)), tuple(unfiled))


def sessions(library: Library, *, viewer: Viewer) -> dict[str, Session]:
    """The sessions that this viewer may know of, by id."""
    return {each.id: each for each in library.catalogue.sessions.values() if each.visibility in viewer.sees}


def place(known: Programme, identifier: str) -> Place:
    """A session with its neighbours; raises UnknownItem, the same for one that the viewer may not know of."""
    ordered = known.meetings
    at = next((n for n, each in enumerate(ordered) if each.session.id == identifier), None)
    if at is None:
        raise UnknownItem(f"Aucune séance n’a l’identifiant « {identifier} ».")
    season = next(cycle.season for cycle in known.cycles if ordered[at] in cycle.meetings)
    before = ordered[at - 1] if at else None
    return Place(ordered[at], season, before, next(iter(ordered[at + 1 : at + 2]), None))


def _held(library: Library, viewer: Viewer) -> Mapping[str | None, list[Held]]:
    """The documents, each text once, by session, in order; None for those whose session is none of the catalogue."""
    counts = library.store.overview(Scope(viewer)).documents
    found: dict[str | None, list[Held]] = defaultdict(list)
    documents = [each for each in library.store.documents(Scope(viewer)) if each.twin_of is None]
    for document in sorted(documents, key=_file_order):
        session = library.session(document.session)
        found[session.id if session else None].append(Held(document, counts.get(document.id, 0)))
    return found


def _file_order(document: Document) -> tuple[bool, str, int, str]:
    """By date, then announcements, transcripts and the rest, then by path."""
    day = document.date
    return day is None, day.isoformat() if day else "", list(DocumentType).index(document.type), document.path


def _cycles(seasons: Mapping[int, Season], meetings: Iterable[Meeting]) -> Iterable[Cycle]:
    by_number: dict[int | None, list[Meeting]] = defaultdict(list)
    for meeting in sorted(meetings, key=_day):
        by_number[meeting.session.season].append(meeting)
    for number in sorted(by_number, key=lambda n: (n is None, n)):
        season = None if number is None else seasons.get(number) or Season(number, f"Saison {number}")
        yield Cycle(season, tuple(by_number[number]))


def _day(meeting: Meeting) -> tuple[bool, str, str]:
    day = meeting.session.date
    return day is None, day.isoformat() if day else "", meeting.session.id
