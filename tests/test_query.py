import pytest

from kb.errors import InvalidQuery
from kb.query import parse


def test_plain_words_become_stems_without_stop_words() -> None:
    assert parse("les habitants de la commune").words.stems == parse("habitant commune").words.stems


@pytest.mark.parametrize(
    "raw", ['"Captation de l’Attention"', "« captation de l'attention »", "“CAPTATION de l’attention”"]
)
def test_a_phrase_is_the_same_whatever_its_quotation_marks_and_case(raw: str) -> None:
    assert parse(raw).words.phrases == (("captation", "de", "l", "attention"),)


def test_a_quotation_in_a_question_is_wished_for_and_not_required() -> None:
    words = parse("Que veut dire « captation de l’attention » dans une école ?").words
    assert (words.phrases, words.wished) == ((), (("captation", "de", "l", "attention"),))
    assert not words.constrains


def test_words_that_may_be_misspelt_are_neither_quoted_nor_names() -> None:
    assert parse('Budjet de la Loire "taxe fonciere"').loose == ("budjet", "de", "la")


def test_a_minus_excludes_a_word_or_a_phrase_and_leaves_the_meaning() -> None:
    query = parse('eau -déchets -"taxe foncière"')
    assert query.text == "eau"
    assert query.words.excluded_stems == parse("déchets").words.stems
    assert query.words.excluded_phrases == (("taxe", "fonciere"),)


def test_a_hyphen_inside_a_word_excludes_nothing() -> None:
    query = parse("e-administration vice-président")
    assert not query.words.constrains


def test_a_quotation_mark_left_open_is_ignored() -> None:
    assert parse('le "guichet ouvert').words.phrases == ()


def test_a_query_of_stop_words_alone_still_searches_them() -> None:
    assert parse("qui est-ce").words.stems


@pytest.mark.parametrize("raw", ["", "   ", "?!", '""'])
def test_a_query_with_nothing_to_look_for_is_refused_in_french(raw: str) -> None:
    with pytest.raises(InvalidQuery, match="La recherche est vide"):
        parse(raw)


def test_an_exclusion_alone_is_told_what_it_lacks() -> None:
    with pytest.raises(InvalidQuery, match="Une exclusion"):
        parse("-eau")
