from __future__ import annotations

import pytest

from kb.domain import Anchor
from kb.readers.blocks import Block, Naming
from kb.readers.names import is_full_name, is_person, may_be_label
from kb.readers.turns import attribute, card_name


def speakers(*texts: str) -> list[str | None]:
    return [block.speaker for block in attribute([Block(text) for text in texts])]


DEBATE = (
    "Animatrice : Bonjour à tous.",
    "Maire d’une commune rurale : Merci de votre accueil.",
    "Question de la salle : Combien cela coûte-t-il ?",
    "Maire d’une commune rurale : Douze mille euros.",
)


def test_labels_of_a_debate_name_its_speakers() -> None:
    rural = "Maire d’une commune rurale"
    assert speakers(*DEBATE) == ["Animatrice", rural, "Question de la salle", rural]


def test_the_label_stays_in_the_text_and_out_of_what_is_said() -> None:
    first = attribute([Block(text) for text in DEBATE])[0]
    assert first.text == DEBATE[0]
    assert first.said == "Bonjour à tous."


def test_a_speaker_holds_until_the_next_label() -> None:
    assert speakers(DEBATE[0], "Nous commençons.", *DEBATE[1:])[1] == "Animatrice"


def test_a_paragraph_between_parentheses_is_nobodys_and_ends_no_turn() -> None:
    assert speakers(DEBATE[0], "(Applaudissements.)", "Nous commençons.", *DEBATE[1:])[1:3] == [None, "Animatrice"]


def test_two_quotes_in_a_note_make_no_debate() -> None:
    note = ["La séance a porté sur l’eau."] * 40
    assert set(speakers(*note, "Maire : Nous avons agi.", "Habitante : Je doute.", "Maire : Venez voir.")) == {None}


def test_sections_of_a_note_are_not_speakers() -> None:
    note = (
        "Objectif : Réduire la consommation.",
        "Recommandation n° 3 : Il faut mutualiser.",
        "Attention : Le délai est court.",
        "Questions : Elles ont porté sur le coût.",
        "Objectif : Informer les habitants.",
        "14 h 30 : Ouverture de la séance.",
    )
    assert set(speakers(*note)) == {None}


def test_fields_of_a_form_are_not_speakers() -> None:
    form = ("Maire : Jean Dupont", "Responsable : la commune", "Directeur : poste vacant") * 3
    assert set(speakers(*form)) == {None}


def test_a_section_word_inside_a_debate_leaves_the_turn_to_who_speaks() -> None:
    assert speakers(*DEBATE, "Recommandation n° 1 : Il faut compter.")[-1] == "Maire d’une commune rurale"


def test_a_label_that_is_no_person_on_its_face_counts_if_it_comes_back_in_a_debate() -> None:
    assert speakers(*DEBATE, "GRTgaz : Nous avons investi.", "Animatrice : Merci.", "GRTgaz : Merci.")[4] == "GRTgaz"


def test_a_full_name_followed_by_a_role_is_the_name() -> None:
    found = attribute([
        Block("Loïc BUFFARD, sous-direction de l’air", naming=Naming.SURE), Block("Deux avis."),
        Block("Loïc BUFFARD", naming=Naming.SURE), Block("Merci."),
    ])  # fmt: skip
    assert [block.speaker for block in found if block.said] == ["Loïc BUFFARD", "Loïc BUFFARD"]


def test_a_name_that_the_format_marks_is_believed_even_once() -> None:
    found = attribute([Block("Un intervenant", naming=Naming.SURE), Block("Bonjour.")])
    assert found[1].speaker == "Un intervenant"


def test_names_alone_on_their_line_are_believed_where_they_come_back() -> None:
    names = ["le président", "Patrick Ollier", "le président", "Hervé Mariton"]
    blocks = [block for name in names for block in (Block(name, naming=Naming.MAYBE), Block("On y arrive."))]
    assert [block.speaker for block in attribute(blocks)][1::2] == names


def test_a_heading_ends_the_turn_where_the_document_names_who_speaks_after_it() -> None:
    blocks = [
        Block(DEBATE[0]), Block(DEBATE[1]), Block("Partie", is_heading=True), Block(DEBATE[2]),
        Block("Partie", is_heading=True), Block(DEBATE[3]), Block("Fin", is_heading=True), Block("Le bilan est lu."),
    ]  # fmt: skip
    assert attribute(blocks)[-1].speaker is None


def test_a_heading_inside_a_speech_ends_no_turn() -> None:
    blocks = [*map(Block, DEBATE), Block("Un", is_heading=True), Block("Je poursuis."), Block("Deux", is_heading=True),
              Block("Je finis.")]  # fmt: skip
    assert attribute(blocks)[-1].speaker == "Maire d’une commune rurale"


def test_an_unnamed_voice_ends_the_turn() -> None:
    assert attribute([*map(Block, DEBATE), Block("Pardon ?", breaks=True)])[-1].speaker is None


def test_emphasised_labels_ended_by_a_full_stop_are_labels() -> None:
    lines = [("M. le président.", "La séance est ouverte."), ("M. Patrick Ollier.", "On y arrive."),
             ("M. le président.", "Je vois.")]  # fmt: skip
    found = attribute([Block(f"{lead} {said}", lead=lead) for lead, said in lines])
    assert [(block.speaker, block.said) for block in found][1] == ("M. Patrick Ollier", "On y arrive.")


def test_voices_that_the_format_names_are_left_as_they_are() -> None:
    blocks = [Block("Animatrice : Bonjour.", speaker="Voix A"), Block("Maire : Bonjour."), Block("Maire : Oui.")]
    assert attribute(blocks) == blocks


def test_subtitles_need_no_full_stop_at_the_end_of_a_label() -> None:
    timed = Anchor(start_s=1.0)
    texts = ("Animatrice : Bonjour à", "toutes et tous", "Maire : Merci de", "Animatrice : De rien")
    assert [block.speaker for block in attribute([Block(text, timed) for text in texts])][1] == "Animatrice"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Eve JULLIEN", "Déléguée à la protection des données", "Direction de la Sécurité sociale"], "Eve JULLIEN"),
        (["Eve JULLIEN"], None),
        (["Une phrase entière.", "Une autre."], None),
        (["Numérique responsable", "Guide"], None),
    ],
)
def test_a_card_is_a_full_name_above_a_role(lines: list[str], name: str | None) -> None:
    assert card_name(lines) == name


@pytest.mark.parametrize(
    "label",
    ["Directrice d’une SEM d’énergie", "Question de la salle", "Question posée en ligne", "M. Haddad (maire)",
     "INTERVENANT 2", "Jean-Guy de GABRIAC", "Mme Léa", "Vice-présidente d’une intercommunalité"],
)  # fmt: skip
def test_names_roles_and_voices_from_the_floor_are_persons(label: str) -> None:
    assert may_be_label(label)
    assert is_person(label)


@pytest.mark.parametrize(
    "words",
    ["Objectif", "Recommandation n° 3", "Attention", "Questions", "14 h 30", "Pour les élus", "Il faut retenir ceci",
     "Les communes", "Coût total", "http", "Ce que dit le maire est simple"],
)  # fmt: skip
def test_sections_and_sentences_are_no_labels(words: str) -> None:
    assert not (may_be_label(words) and is_person(words))


def test_a_full_name_has_two_capitals_and_only_particles_between() -> None:
    assert is_full_name("Etienne de VANSSAY")
    assert not is_full_name("Bilan du Gaz")
