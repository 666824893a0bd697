from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import french


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in french.sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "La loi, en son art. 12 et à la p. 14, le dit.",
        "M. le maire et Mme. Martin arrivent à 14 h 30.",
        "J. Dupont a parlé de 1,5 million d’habitants.",
        "Cf. la note n° 3, chap. 2, fig. 4.",
        "Il hésite… puis répond.",
    ],
)
def test_abbreviations_initials_and_hesitations_do_not_end_a_sentence(text: str) -> None:
    assert split(text) == [text]


def test_a_sentence_ends_at_its_mark_even_before_a_quotation() -> None:
    assert split("C’est fini ! « Vraiment ? » dit-elle. Oui…\nNon") == [
        "C’est fini !",
        "« Vraiment ? » dit-elle.",
        "Oui…",
        "Non",
    ]


def test_a_year_ends_a_sentence_and_a_leading_number_does_not() -> None:
    assert split("Nous étions en 2019. Les élus ont voté.") == ["Nous étions en 2019.", "Les élus ont voté."]
    assert split("3. Les communes devraient agir.") == ["3. Les communes devraient agir."]


@given(st.text(max_size=300))
def test_sentences_are_ordered_spans_without_surrounding_blanks(text: str) -> None:
    spans = french.sentences(text)
    assert all(text[s:e] == text[s:e].strip() != "" for s, e in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join(text.split()) == "".join("".join(text[s:e].split()) for s, e in spans)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("l’Œuvre", "oeuvre"),
        ("ÉNERGIES", "energie"),
        ("d'énergie", "énergie"),
        ("adoptées", "adopte"),
        ("S.P.L.", "SPL"),
        ("12 000", "12000"),
        ("37.000", "37 000"),
        ("cœur", "coeur"),
    ],
)
def test_accents_case_ligatures_elision_and_grouping_never_change_what_is_searched(written: str, typed: str) -> None:
    assert french.stems(written) == french.stems(typed)


def test_stop_words_are_not_searched_for() -> None:
    assert french.stems("comment la commune a-t-elle fait ?") == french.stems("commune")


def test_tokens_point_at_the_words_as_they_stand() -> None:
    text = "L’énergie : 12 000 € !"
    assert [text[t.start : t.end] for t in french.tokens(text)] == ["L", "énergie", "12 000"]


def test_dates_numbers_and_times_read_as_in_french() -> None:
    assert french.long_date(date(2021, 5, 1)) == "1er mai 2021"
    assert french.number(1234.5, 1) == "1\u00a0234,5"
    assert (french.count(1, "passage"), french.count(0, "passage"), french.count(2, "passage")) == (
        "1 passage",
        "0 passage",
        "2 passages",
    )
    assert (french.clock(751.9), french.clock(3723)) == ("12:31", "1:02:03")
