from kb.catalogue.glossary import Related
from kb.domain import Why
from kb.query import parse
from kb.search.why import Reasons

TEXT = "Les habitants l’ont dit. Ce n’est pas l’outil qui inspire la confiance, c’est l’accompagnement des HABITANTS."


def why(question: str, meaning: float | None = None) -> Why:
    return Reasons(parse(question).words).of(TEXT, meaning=meaning)


def test_matched_words_are_shown_as_they_stand_in_the_text() -> None:
    reasons = why("confiances habitant")
    assert reasons.words == ("habitants", "confiance", "HABITANTS")
    assert [TEXT[s:e] for s, e in reasons.spans] == ["habitants", "confiance", "HABITANTS"]


def test_a_phrase_is_marked_whole() -> None:
    reasons = why('"l\'outil qui inspire"')
    assert reasons.words == reasons.phrases == ("l’outil qui inspire",)


def test_the_best_sentence_has_the_most_words_of_the_query() -> None:
    start, end = why("confiance habitants").best_sentence or (0, 0)
    assert TEXT[start:end].startswith("Ce n’est pas l’outil")


def test_no_sentence_stands_out_when_no_word_matches() -> None:
    assert why("géothermie", meaning=0.9).best_sentence is None


def test_a_term_of_the_glossary_is_told_apart_as_it_stands_and_marked() -> None:
    reasons = Reasons(parse("aide").words, related=[Related("aide", "accompagnement"), Related("aide", "SPL")])
    found = reasons.of(TEXT, meaning=None)
    assert (found.words, found.related) == ((), (("aide", "accompagnement"),))
    assert [TEXT[start:end] for start, end in found.spans] == ["accompagnement"]


def test_a_corrected_word_is_told_where_it_was_found() -> None:
    words = parse("confience confiance").words
    spellings = {"confience": "confiance", "guichat": "guichet"}
    assert Reasons(words, spellings).of(TEXT, meaning=None).corrected == (("confience", "confiance"),)
