"""The speakers of a document under the names that `session.toml` gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kb import french, persons
from kb.domain import ReadDocument, Session, Speaker


def unify(read: ReadDocument, session: Session | None) -> ReadDocument:
    """Give each speaker the name `session.toml` gives them, where their label can only be theirs.

    That is: the label is the name or an alias of exactly one speaker of the session; or it is another form of the name
    of exactly one (« M. Dupont », « DUPONT Marie », « Marie DUPONT, maire ») by the rule of `kb.persons`, and nobody
    else of that surname speaks in the document. A role (« Mme le maire ») is somebody's only as an alias. Any other
    label stays as it is written.
    """
    if session is None:
        return read
    labels = {segment.speaker for segment in read.segments if segment.speaker}
    names = _names(labels, session.speakers)
    segments = tuple(replace(s, speaker=names.get(s.speaker, s.speaker)) if s.speaker else s for s in read.segments)
    return replace(read, segments=segments)


def _names(labels: Iterable[str], speakers: Iterable[Speaker]) -> dict[str, str]:
    forms = {speaker.name: (speaker.name, *speaker.aliases) for speaker in speakers}
    written: dict[str, set[str]] = defaultdict(set)
    for name, known in forms.items():
        for form in known:
            written[_plain(form)].add(name)
    named = {label: next(iter(found)) for label in labels if len(found := written.get(_plain(label), set())) == 1}
    others = [label for label in labels if _plain(label) not in written]
    strangers = _surnames([label for label in others if persons.only_one(label, forms) is None])
    guessed = {label: whose for label in others if (whose := persons.only_one(label, forms))}
    return named | {label: whose for label, whose in guessed.items() if not _is_shared(label, strangers)}


def _surnames(labels: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """The surnames of the full names among the labels."""
    people = [person for label in labels if (person := persons.parse(label)) and person.is_full]
    return frozenset(person.surname or person.words[-1:] for person in people)


def _is_shared(label: str, surnames: frozenset[tuple[str, ...]]) -> bool:
    """Whether a label is a surname alone, and somebody whom the session does not name bears it too."""
    person = persons.parse(label)
    return person is not None and person.words in surnames


def _plain(label: str) -> str:
    return " ".join(french.fold(label).replace("\u00a0", " ").split())
