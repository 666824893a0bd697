"""Who was invited and who is heard, each person once, whatever the forms of the name.

A transcript has had the names of its session's `session.toml` since it was taken in. From one session to another, a
name that is written the same is one person, and so are the forms of a full name, by the rule of `kb.persons`. A surname
alone or a role (« La présidente ») is never somebody of another session for sure, and stays apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb import french, persons
from kb.domain import Facets, Filters, Session, Speaker, Viewer
from kb.errors import UnknownItem
from kb.library import Library
from kb.programme import Held, Programme
from kb.store import Scope

_ROOM = ("question de la salle", "questions de la salle", "question du public", "la salle", "le public", "salle")
"""How the names begin that transcripts give to whoever speaks from the floor."""
_IN_SESSION = 10**6
"""What a name of `session.toml` weighs, beside a label of one passage: it is the one to show."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Somebody in one session, or in the documents of none.

    invited: what `session.toml` says of them there; passages: how many of it they speak;
    is_demo: whether all that they are in there is fictional.
    """

    session: Session | None
    invited: Speaker | None
    passages: int
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who, under all the names that the memory has for them; their appearances in order of date."""

    name: str
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    appearances: tuple[Appearance, ...]

    @property
    def passages(self) -> int:
        """How many passages they speak."""
        return sum(each.passages for each in self.appearances)

    @property
    def is_demo(self) -> bool:
        """Whether they are fictional wherever they are heard; wherever they are invited, if they are never heard."""
        heard = [each for each in self.appearances if each.passages]
        return all(each.is_demo for each in heard or self.appearances)

    @property
    def roles(self) -> tuple[Speaker, ...]:
        """What they were invited as, the oldest first, each role once."""
        known = [each.invited for each in self.appearances if each.invited]
        return tuple({(s.role, s.organisation): s for s in known if s.role or s.organisation}.values())

    @property
    def may_be_several(self) -> bool:
        """Whether it is the name of a whole room, or a role to which sessions give different organisations or roles.

        Somebody with a full name has had several roles.
        """
        if (found := persons.parse(self.name)) and found.is_full:
            return False
        roles = {french.fold(each.role) for each in self.roles if each.role}
        organisations = {french.fold(each.organisation) for each in self.roles if each.organisation}
        return len(roles) > 1 or len(organisations) > 1 or french.fold(self.name).startswith(_ROOM)

    @property
    def sphere(self) -> str | None:
        """The last one they were invited for."""
        spheres = [each.invited.sphere for each in self.appearances if each.invited and each.invited.sphere]
        return spheres[-1] if spheres else None


@dataclass(frozen=True, slots=True)
class _Part:
    """The real documents, or the fictional ones, of a session: how many passages each label speaks there."""

    session: Session | None
    labels: Mapping[str, int]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class _Trace:
    """One thing that is known of a label; `at`: the place of its session among the others."""

    at: int
    appearance: Appearance


def people(library: Library, known: Programme, *, viewer: Viewer) -> tuple[Person, ...]:
    """Everybody this viewer may know of, by name. known: the programme, for the same viewer."""
    parts = list(_parts(library, known, viewer))
    sessions = [meeting.session for meeting in known.meetings]
    labels: dict[str, list[str]] = defaultdict(list)
    for label, name in _shown(parts, sessions).items():
        labels[name].append(label)
    traces = _traces(parts, sessions)
    found = [_person(name, own, [trace for label in own for trace in traces[label]]) for name, own in labels.items()]
    return tuple(sorted(found, key=lambda person: french.fold(person.name)))


def named(everybody: Iterable[Person], name: str) -> Person:
    """The one who bears a name, or whose alias it is; raises UnknownItem when it is nobody's, or several's."""
    key, known = _plain(name), list(everybody)
    bearers = [each for each in known if key in map(_plain, (each.name, *each.names))]
    found = bearers or [each for each in known if key in map(_plain, each.aliases)]
    if not key or len(found) != 1:
        raise UnknownItem(f"Personne ne porte le nom « {name} ».")
    return found[0]


def subjects(library: Library, person: Person, *, viewer: Viewer) -> dict[str, int]:
    """How many of their passages are on each theme, most first.

    A filter on a name keeps every name that has its words: what those others say is taken off.
    """
    whole = _spoken_by(library, viewer, person.names)
    strangers = tuple(name for name in whole.speakers if name not in person.names)
    others = _spoken_by(library, viewer, strangers).themes if strangers else {}
    counts = Counter(whole.themes)
    counts.subtract(others)
    return {theme: n for theme, n in counts.most_common() if n > 0}


def _spoken_by(library: Library, viewer: Viewer, names: tuple[str, ...]) -> Facets:
    return library.store.overview(Scope(viewer, Filters(speakers=names)))


def _parts(library: Library, known: Programme, viewer: Viewer) -> Iterator[_Part]:
    for meeting in known.meetings:
        yield from _of(library, meeting.session, meeting.documents, viewer)
    yield from _of(library, None, known.unfiled, viewer)


def _of(library: Library, session: Session | None, documents: Collection[Held], viewer: Viewer) -> Iterator[_Part]:
    for is_demo in (False, True):
        chosen = tuple(each.document.id for each in documents if each.document.demo is is_demo)
        if chosen:
            labels = library.store.overview(Scope(viewer, Filters(documents=chosen))).speakers
            yield _Part(session, labels, is_demo)


def _shown(parts: Iterable[_Part], sessions: Iterable[Session]) -> dict[str, str]:
    """The name to show for each label that is heard and each name of a session."""
    weights: Counter[str] = Counter()
    for part in parts:
        weights.update(part.labels)
    invited = {speaker.name for session in sessions for speaker in session.speakers}
    weights.update(dict.fromkeys(invited, _IN_SESSION))
    full = {label: n for label, n in weights.items() if (found := persons.parse(label)) and found.is_full}
    united = persons.unite(full)
    alike: dict[str, str] = {}
    for label in sorted(weights.keys() - full.keys(), key=lambda each: -weights[each]):
        united[label] = alike.setdefault(_plain(label), label)
    return united


def _traces(parts: Iterable[_Part], sessions: Iterable[Session]) -> Mapping[str, list[_Trace]]:
    """All that is known of each label, session by session, the oldest first."""
    order = {session.id: n for n, session in enumerate(sessions)}
    found: dict[str, list[_Trace]] = defaultdict(list)
    for session in sessions:
        for speaker in session.speakers:
            found[speaker.name].append(_Trace(order[session.id], Appearance(session, speaker, 0, session.demo)))
    for part in parts:
        at = order[part.session.id] if part.session else len(order)
        for label, n in part.labels.items():
            found[label].append(_Trace(at, Appearance(part.session, None, n, part.is_demo)))
    return found


def _person(name: str, labels: Collection[str], traces: Iterable[_Trace]) -> Person:
    by_session: dict[int, list[Appearance]] = defaultdict(list)
    for trace in traces:
        by_session[trace.at].append(trace.appearance)
    invited = [each.invited for found in by_session.values() for each in found if each.invited]
    aliases = dict.fromkeys(alias for speaker in invited for alias in speaker.aliases)
    return Person(name, tuple(labels), tuple(aliases), tuple(_whole(by_session[at]) for at in sorted(by_session)))


def _whole(found: Collection[Appearance]) -> Appearance:
    """What is known of somebody in one session: where they are heard, that is what tells whether it is fictional."""
    heard = [each for each in found if each.passages]
    return Appearance(
        session=next(iter(found)).session,
        invited=next((each.invited for each in found if each.invited), None),
        passages=sum(each.passages for each in heard),
        is_demo=all(each.is_demo for each in heard or found),
    )


def _plain(label: str) -> str:
    return " ".join(french.fold(label).replace("\u00a0", " ").split())
