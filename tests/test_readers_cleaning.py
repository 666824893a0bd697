from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.readers.cleaning import clean, clean_lines, join_lines, words_of

ANYTHING = st.text(max_size=200)


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANYTHING)
def test_a_cleaned_text_is_one_line_of_nfc_without_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in cleaned)
    assert cleaned == cleaned.strip()


@given(st.lists(st.text(alphabet="abcé-­ ’", max_size=12), max_size=8))
def test_joining_lines_loses_no_letter(lines: list[str]) -> None:
    letters = [character for line in lines for character in line if character.isalpha()]
    assert [character for character in join_lines(lines) if character.isalpha()] == letters


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("déve\u00adloppement", "développement"),
        ("zé\u200bro", "zéro"),
        ("eﬃcacité, inﬂuence", "efficacité, influence"),
        ("\uf0b7Texte", "• Texte"),
        ("\uf0b7 Texte", "• Texte"),
        ("e\u0301nergie", "énergie"),
        ("un\t  deux\n trois", "un deux trois"),
        ("coût\u00a0: 3\u202f100", "coût\u00a0: 3\u202f100"),
        ("coût \u00a0: 3", "coût\u00a0: 3"),
        ("\x1b[31mrouge\x07", "rouge"),
        ("avant\x00après", "avantaprès"),
        ("a\ud800b", "ab"),
    ],
)
def test_each_kind_of_dirt_is_removed(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_every_line_end_is_a_line_end() -> None:
    assert clean_lines("a\r\nb\rc\u2028d") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["les collectivi-", "tés locales"], "les collectivités locales"),
        (["peut-", "être"], "peut-être"),
        (["le vice-", "président"], "le vice-président"),
        (["en Île-de-", "France"], "en Île-de-France"),
        (["c’est-à-", "dire"], "c’est-à-dire"),
        (["doit-", "il agir"], "doit-il agir"),
        (["ceux-", "ci"], "ceux-ci"),
        (["dévelop\u00ad", "pement"], "développement"),
        (["deux lignes", "de texte"], "deux lignes de texte"),
        (["une pause -", "puis la suite"], "une pause - puis la suite"),
        (["2019-", "2020"], "2019-2020"),
    ],
)
def test_a_hyphen_at_a_line_end_stays_only_where_it_belongs_to_the_word(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_the_form_that_the_document_uses_elsewhere_decides() -> None:
    known = words_of(["une co-construction réussie", "le coût de la coconception"])
    assert join_lines(["la co-", "construction"], known) == "la co-construction"
    assert join_lines(["la co-", "conception"], known) == "la coconception"
