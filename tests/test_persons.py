import pytest

from kb.persons import only_one, parse, unite


def shown(*labels: str) -> list[str]:
    names = unite({label: labels.count(label) for label in labels})
    return [names[label] for label in labels]


def test_civility_role_and_order_of_one_full_name_are_one_person() -> None:
    forms = ("M. Martial SADDIER", "Martial SADDIER", "Martial SADDIER, président du CNA", "SADDIER Martial")
    assert set(shown(*forms, "Martial SADDIER")) == {"Martial SADDIER"}


def test_a_surname_alone_is_the_only_full_name_that_bears_it() -> None:
    assert shown("Martial SADDIER", "M. SADDIER", "SADDIER", "Laure de La Raudière", "Mme de La Raudière") == [
        *["Martial SADDIER"] * 3,
        *["Laure de La Raudière"] * 2,
    ]


def test_a_surname_that_two_bear_stays_as_it_is_written() -> None:
    assert shown("Andrée BUCHMANN", "Renée BUCHMANN", "Mme BUCHMANN")[2] == "Mme BUCHMANN"


def test_a_civility_that_contradicts_keeps_names_apart() -> None:
    assert shown("M. Dominique Martin", "Mme Martin") == ["M. Dominique Martin", "Mme Martin"]
    assert shown("Dominique Martin", "Mme Martin", "M. Martin") == ["Dominique Martin", "Mme Martin", "M. Martin"]
    assert len(set(shown("M. Dominique Martin", "Mme Dominique Martin"))) == 2


def test_two_towns_keep_namesakes_apart_and_one_town_does_not() -> None:
    assert shown("Jean Martin (Lyon)", "Jean Martin (Brest)") == ["Jean Martin (Lyon)", "Jean Martin (Brest)"]
    assert shown("Olivier PAZ (Merville)", "Olivier PAZ") == ["Olivier PAZ"] * 2


def test_two_given_names_in_another_order_are_two_people_unless_capitals_tell_the_surname() -> None:
    assert len(set(shown("Martin Bernard", "Bernard Martin"))) == 2
    assert len(set(shown("MARTIN Bernard", "BERNARD Martin"))) == 2
    assert len(set(shown("MARTIN Bernard", "Bernard Martin"))) == 1


def test_a_forgotten_particle_or_another_case_makes_no_other_person() -> None:
    assert shown("Jean-Guy de GABRIAC", "Jean-Guy de GABRIAC", "Jean-Guy GABRIAC")[2] == "Jean-Guy de GABRIAC"
    assert len(set(shown("M. Dupont", "M. DUPONT", "M. Dupont"))) == 1


def test_roles_and_voices_are_nobodys_name() -> None:
    roles = ("M. le président", "le président", "Animatrice", "Un intervenant", "De la salle", "Maire", "Intervenant 2")
    assert [parse(role) for role in roles] == [None] * len(roles)
    assert shown(*roles, "Jean MAIRE") == [*roles, "Jean MAIRE"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("M. Dupont", "Marie DUPONT"),
        ("DUPONT Marie", "Marie DUPONT"),
        ("Marie Dupont, maire de Saint-Avit", "Marie DUPONT"),
        ("Dupont", "Marie DUPONT"),
        ("M. Martin", None),
        ("Mme le maire", None),
        ("Durand", None),
    ],
)
def test_a_label_is_somebodys_if_it_can_be_nobody_elses(label: str, name: str | None) -> None:
    known = {each: (each,) for each in ("Marie DUPONT", "Jean Martin", "Paul Martin", "Maire d’une commune rurale")}
    assert only_one(label, known) == name
