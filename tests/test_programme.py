"""Seasons, sessions and people as a viewer may know them."""

from __future__ import annotations

import pytest

from kb.domain import PUBLIC, STAFF
from kb.encoder import Encoder
from kb.errors import UnknownItem
from kb.library import Library, open_library
from kb.programme import Programme, place, programme
from kb.programme.people import Person, named, people, subjects
from tests.programme_room import HEAT, NEXT, furnish
from tests.reading_room import INCLUSION, RESERVED


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Library:
    return open_library(furnish(tmp_path_factory.mktemp("programme"), encoder), encoder)


@pytest.fixture(scope="module")
def known(library: Library) -> Programme:
    return programme(library, viewer=PUBLIC)


@pytest.fixture(scope="module")
def everybody(library: Library, known: Programme) -> tuple[Person, ...]:
    return people(library, known, viewer=PUBLIC)


def test_sessions_are_in_their_seasons_by_date_and_an_announced_one_is_there_without_documents(
    known: Programme,
) -> None:
    assert [cycle.season.number for cycle in known.cycles if cycle.season] == [1, 2, 3]
    assert [(m.session.id, len(m.documents)) for m in known.cycles[2].meetings] == [(INCLUSION, 3), (NEXT, 0)]


def test_a_session_that_the_viewer_may_not_know_of_is_as_one_that_is_not_there(
    library: Library, known: Programme
) -> None:
    for identifier in (RESERVED, "nulle-part", ""):
        with pytest.raises(UnknownItem):
            place(known, identifier)
    assert place(programme(library, viewer=STAFF), RESERVED).meeting.session.title == "Séance à huis clos"


def test_a_session_has_its_neighbours_across_seasons(known: Programme) -> None:
    found = place(known, HEAT)
    assert [each.session.title for each in (found.before, found.after) if each] == [
        "Vitrines vides",
        "Inclure tous les habitants",
    ]


def test_documents_of_no_session_are_to_be_filed(known: Programme) -> None:
    assert [held.document.path for held in known.unfiled] == ["notes/carnet.md"]


def test_an_alias_heard_and_the_forms_of_a_full_name_are_one_person(everybody: tuple[Person, ...]) -> None:
    person = named(everybody, "martine duval")
    assert [(each.session.id, each.passages) for each in person.appearances if each.session] == [(HEAT, 1), (NEXT, 0)]
    assert [(role.role, role.organisation) for role in person.roles] == [
        ("directrice", "SEM d’énergie"),
        ("présidente", "Agence de l’énergie"),
    ]
    assert person.sphere == "etat"
    assert named(everybody, "La directrice de la SEM") is person


def test_a_name_that_begins_another_is_another_person(library: Library, everybody: tuple[Person, ...]) -> None:
    short, long = named(everybody, "Maire"), named(everybody, "Maire d’une commune rurale")
    assert short.passages == 1
    assert [each.session.id for each in long.appearances if each.session] == [HEAT, INCLUSION]
    assert set(subjects(library, short, viewer=PUBLIC).values()) <= {1}


def test_somebody_announced_is_known_without_a_word(everybody: tuple[Person, ...]) -> None:
    assert [each.invited.announced for each in named(everybody, "Jean Absent").appearances if each.invited] == [True]
    assert named(everybody, "Jean Absent").passages == 0


@pytest.mark.parametrize("name", ["", "Personne Réservée", "Inconnue"])
def test_nobody_is_told_of_whom_the_viewer_may_not_know(name: str, everybody: tuple[Person, ...]) -> None:
    with pytest.raises(UnknownItem):
        named(everybody, name)


def test_what_is_fictional_is_told_by_what_somebody_is_heard_in(everybody: tuple[Person, ...]) -> None:
    demo = {person.name: person.is_demo for person in everybody}
    assert (demo["Maire"], demo["Sociologue des usages"], demo["Jean Absent"]) == (True, True, True)
    assert not demo["<b onclick=alert(1)>Nom piégé</b>"]
