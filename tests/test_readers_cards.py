from __future__ import annotations

from kb.readers.blocks import Block, Naming
from kb.readers.cards import with_cards

SPEECH = (
    "Jeanne Exemple Directrice adjointe Agence de l’eau",
    "Bonjour, je suis ravie d’être là.",
    "Le réseau tient bon.",
    "Paul Modèle Maire de Saint-Modèle",
    "Merci, j’ajoute un mot.",
)


def names(*texts: str) -> list[str]:
    return [block.lead for block in with_cards(map(Block, texts)) if block.naming is Naming.CARD]


def test_lines_that_name_who_speaks_next_are_cards() -> None:
    assert names(*SPEECH) == ["Jeanne Exemple", "Paul Modèle"]


def test_one_person_alone_has_no_card() -> None:
    assert names(*SPEECH[:3]) == []


def test_a_list_of_members_has_no_cards() -> None:
    assert names(SPEECH[0], SPEECH[3], "Je souhaite que le comité se réunisse.") == []


def test_a_report_that_ends_on_signatures_has_no_cards() -> None:
    assert names("Un.", "Deux.", "Trois.", *SPEECH) == []
    assert names(*(text.replace("je", "elle").replace("j’", "elle ") for text in SPEECH)) == []


def test_a_sentence_that_begins_with_a_name_is_no_card() -> None:
    assert names("Jeanne Exemple directrice de l’agence, a ouvert la séance.", *SPEECH[1:]) == []
