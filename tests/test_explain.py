from kb import explain
from kb.query import parse

TEXT = "Les habitants l’ont dit. Ce n’est pas l’outil qui inspire la confiance, c’est l’accompagnement des HABITANTS."


def test_matched_words_are_shown_as_they_stand_in_the_text() -> None:
    why = explain.why(TEXT, parse("confiances habitant").words, meaning=None)
    assert why.words == ("habitants", "confiance", "HABITANTS")
    assert [TEXT[s:e] for s, e in why.spans] == ["habitants", "confiance", "HABITANTS"]


def test_a_phrase_is_marked_whole() -> None:
    why = explain.why(TEXT, parse('"l\'outil qui inspire"').words, meaning=None)
    assert why.words == ("l’outil qui inspire",)


def test_the_best_sentence_has_the_most_words_of_the_query() -> None:
    start, end = explain.why(TEXT, parse("confiance habitants").words, meaning=None).best_sentence or (0, 0)
    assert TEXT[start:end].startswith("Ce n’est pas l’outil")


def test_no_sentence_stands_out_when_no_word_matches() -> None:
    assert explain.why(TEXT, parse("géothermie").words, meaning=0.9).best_sentence is None
