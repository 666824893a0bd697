from itertools import pairwise, zip_longest

from hypothesis import given
from hypothesis import strategies as st

from kb import passages
from kb.domain import Anchor, Passage, ReadDocument, Segment
from tests.conftest import LetterEncoder

COUNT = LetterEncoder().token_counts
NOTED = "noted, not said"


def read(*parts: tuple[str, Anchor, str | None]) -> ReadDocument:
    text, segments = "", []
    for content, anchor, speaker in parts:
        start = len(text)
        heading, aside = content.startswith("# "), speaker == NOTED
        text += content + "\n\n"
        segments.append(Segment(start, start + len(content), anchor, None if aside else speaker, heading, aside))
    return ReadDocument(text, tuple(segments))


def cut(document: ReadDocument, target: int = 20, limit: int = 30) -> list[Passage]:
    return passages.cut(document, "doc", COUNT, target_tokens=target, max_tokens=limit)


def test_a_passage_is_exactly_its_span() -> None:
    document = read(("Une phrase. Une autre.", Anchor(page=1), None), ("La fin.", Anchor(page=2), None))
    assert all(p.text == document.text[p.start : p.end] for p in cut(document))


def test_two_speakers_never_share_a_passage() -> None:
    document = read(("Oui.", Anchor(), "Maire"), ("Non.", Anchor(), "Préfète"))
    assert [(p.speaker, p.text) for p in cut(document)] == [("Maire", "Oui."), ("Préfète", "Non.")]


def test_a_sentence_said_over_several_cues_stays_whole_with_all_its_time() -> None:
    document = read(
        ("Ce n’est pas l’outil", Anchor(start_s=1, end_s=5), "Maire"),
        ("qui inspire confiance.", Anchor(start_s=5, end_s=9), "Maire"),
    )
    [passage] = cut(document)
    assert (passage.anchor.start_s, passage.anchor.end_s) == (1, 9)


def test_a_page_ends_a_passage_unless_the_sentence_goes_on() -> None:
    ended = read(("Fin de page.", Anchor(page=1), None), ("Nouvelle page.", Anchor(page=2), None))
    running = read(("Cette phrase", Anchor(page=1), None), ("continue ici.", Anchor(page=2), None))
    assert [p.anchor.page for p in cut(ended)] == [1, 2]
    assert [p.anchor.page for p in cut(running)] == [1]


def test_a_heading_is_the_context_of_its_body_and_a_passage_when_it_has_none() -> None:
    document = read(
        ("# Le guichet", Anchor(heading="Le guichet"), None),
        ("Il reste ouvert.", Anchor(heading="Le guichet"), None),
        ("# Titre seul", Anchor(heading="Titre seul"), None),
    )
    assert [(p.text, p.anchor.heading) for p in cut(document)] == [
        ("Il reste ouvert.", "Le guichet"),
        ("# Titre seul", "Titre seul"),
    ]


def test_long_speech_is_laid_into_passages_of_about_equal_size() -> None:
    speech = " ".join(f"Phrase numéro {i} du discours." for i in range(20))
    sizes = [len(p.text.split()) for p in cut(read((speech, Anchor(), None)))]
    assert max(sizes) <= 30
    assert max(sizes) - min(sizes) <= 5


def test_an_aside_inside_a_turn_stays_in_its_span_and_is_nobodys() -> None:
    document = read(("Oui.", Anchor(), "Maire"), ("(Rires.)", Anchor(), NOTED), ("Merci.", Anchor(), "Maire"))
    assert [(p.speaker, p.text) for p in cut(document)] == [("Maire", "Oui.\n\n(Rires.)\n\nMerci.")]


def test_an_aside_between_two_turns_is_in_no_passage() -> None:
    document = read(
        ("(La séance est ouverte.)", Anchor(), NOTED),
        ("Oui.", Anchor(), "Maire"),
        ("(Rires.)", Anchor(), NOTED),
        ("Non.", Anchor(), "Préfète"),
        ("(Vifs applaudissements.)", Anchor(), NOTED),
    )
    assert [(p.speaker, p.text) for p in cut(document)] == [("Maire", "Oui."), ("Préfète", "Non.")]


def test_an_aside_is_never_the_end_of_a_passage_inside_a_long_turn() -> None:
    turn = [("Nous avons ouvert un guichet dans chaque bourg.", Anchor(), "Maire"), ("(Rires.)", Anchor(), NOTED)] * 12
    found = cut(read(*turn))
    assert len(found) > 3
    assert not any(p.text.startswith("(") or p.text.endswith(")") for p in found)
    assert all(len(p.text.split()) <= 30 for p in found)


def test_a_sentence_that_an_aside_interrupts_is_not_cut() -> None:
    document = read(
        ("Ce n’est pas l’outil", Anchor(start_s=1, end_s=5), "Maire"),
        ("(Rires)", Anchor(start_s=5, end_s=6), NOTED),
        ("qui inspire confiance.", Anchor(start_s=6, end_s=9), "Maire"),
    )
    assert [p.anchor.end_s for p in cut(document, target=5, limit=12)] == [9]


def test_a_document_of_asides_alone_is_still_found() -> None:
    assert [p.text for p in cut(read(("(Musique)", Anchor(start_s=1), NOTED)))] == ["(Musique)"]


def test_an_endless_sentence_is_cut_between_words() -> None:
    speech = " ".join(["mot"] * 100)
    found = cut(read((speech, Anchor(), None)))
    assert all(len(p.text.split()) <= 30 for p in found)
    assert " ".join(p.text for p in found) == speech


@given(st.lists(st.tuples(st.text(min_size=1, max_size=80), st.sampled_from(["A", "B", None])), max_size=12))
def test_every_word_is_in_exactly_one_passage(parts: list[tuple[str, str | None]]) -> None:
    document = read(*[(content.strip(), Anchor(), who) for content, who in parts if content.strip()])
    found = cut(document)
    assert all(a.end <= b.start for a, b in pairwise(found))
    bodies = [
        s
        for s, after in zip_longest(document.segments, document.segments[1:])
        if not (s.is_heading and after and not after.is_heading)
    ]
    expected = "".join("".join(document.text[s.start : s.end].split()) for s in bodies)
    assert "".join("".join(p.text.split()) for p in found) == expected


def test_a_numbered_recommendation_keeps_its_number_and_addressee() -> None:
    speech = " ".join(
        f"Recommandation n° {i} : aux communes. Ouvrir un guichet, avec une personne formée, dans chaque bourg."
        for i in (1, 2, 3)
    )
    found = cut(read((speech, Anchor(page=1), None)), target=25, limit=40)
    assert [p.text.split(" : ")[0] for p in found] == [f"Recommandation n° {i}" for i in (1, 2, 3)]
    assert all(p.text.endswith("bourg.") for p in found)


def test_a_text_without_a_blank_is_cut_all_the_same() -> None:
    text = "é" * 50_000
    made = passages.cut(
        ReadDocument(text, (Segment(0, len(text), Anchor()),)), "d", lambda texts: [len(t) for t in texts]
    )
    assert "".join(p.text for p in made) == text
    assert max(len(p.text) for p in made) <= 1000


def test_a_line_of_very_many_words_is_cut_without_losing_one() -> None:
    text = " ".join(f"mot{number}" for number in range(20_000))
    made = passages.cut(
        ReadDocument(text, (Segment(0, len(text), Anchor()),)), "d", lambda texts: [len(t.split()) for t in texts]
    )
    assert " ".join(p.text for p in made) == text
    assert max(len(p.text.split()) for p in made) <= 240
