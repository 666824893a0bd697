from kb.catalogue.people import unify
from kb.domain import Anchor, ReadDocument, Segment, Session, Speaker

SESSION = Session(
    "s",
    "Séance",
    speakers=(
        Speaker("Marie DUPONT", role="maire", aliases=("Mme le maire",), announced=True),
        Speaker("Jean Martin"),
        Speaker("Paul Martin", aliases=("Le rapporteur",)),
        Speaker("Directrice d’une SEM", aliases=("Le rapporteur",)),
    ),
)


def named(*labels: str) -> list[str | None]:
    segments = tuple(Segment(i, i + 1, Anchor(), label) for i, label in enumerate(labels))
    return [s.speaker for s in unify(ReadDocument("x" * len(labels), segments), SESSION).segments]


def test_every_form_of_an_announced_name_becomes_that_name() -> None:
    forms = ("Mme Dupont", "Dupont", "DUPONT Marie", "Marie DUPONT, maire de Saint-Avit", "Mme\u00a0le maire")
    assert set(named(*forms)) == {"Marie DUPONT"}


def test_a_surname_that_two_announced_speakers_bear_stays_as_written() -> None:
    assert named("M. Martin", "Paul Martin, géographe") == ["M. Martin", "Paul Martin"]


def test_a_surname_that_somebody_else_in_the_document_bears_stays_as_written() -> None:
    assert named("M. Dupont", "Pierre DUPONT") == ["M. Dupont", "Pierre DUPONT"]


def test_an_alias_of_two_speakers_is_nobodys() -> None:
    assert named("Le rapporteur") == ["Le rapporteur"]


def test_a_role_is_nobodys_name_unless_an_alias_says_so() -> None:
    assert named("M. le président", "Maire", "Directrice d’une SEM") == [
        "M. le président",
        "Maire",
        "Directrice d’une SEM",
    ]
