"""Quotations: how they are cut out of a text, what is typography and what is another word, what is found where."""

from __future__ import annotations

import random
import re
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kb.domain import PUBLIC, STAFF, Anchor
from kb.encoder import Encoder
from kb.errors import InvalidQuery
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.quotes import LONGEST, MOST, Checked, Part, Report, Verdict, check, saying
from kb.quotes.cutting import quotations
from kb.settings import Settings
from tests import quote_cases

HEAT = (
    "On parle d’électricité du matin au soir, alors que la chaleur représente près de la moitié de l’énergie "
    "consommée dans le pays."
)
"""What the host says in the demonstration corpus, in two cues."""


def one(library: Library, quote: str) -> Checked:
    """The only quotation of a text."""
    (found,) = check(library, quote, viewer=PUBLIC).checked
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Il dit : « Nous gardons le guichet », puis “les écoles d’abord ici”.", 2),
        ('Il dit : "Nous gardons le guichet ouvert".', 1),
        ("« Il a dit “nous gardons le guichet” hier »", 1),
        ("« Nous gardons « le bon guichet » ouvert »", 1),
        ("> Nous gardons un guichet\n> ouvert le samedi.\n>\n> — Maire, 2021\n\nSuite.", 1),
        ("Nous gardons un guichet ouvert. Les écoles sont raccordées à la fibre.", 2),
        ("Nous gardons un « guichet » ouvert le samedi.", 1),
        ("« Nous gardons un guichet ouvert", 1),
        ("oui", 0),
    ],
)
def test_quotations_are_what_marks_or_margins_set_off_or_else_the_sentences(text: str, found: int) -> None:
    assert len(quotations(text)[0]) == found


def test_a_quotation_in_a_margin_loses_who_signs_it() -> None:
    assert quotations("> Nous gardons un guichet\n> ouvert.\n>\n> — Maire, 2021")[0] == [
        "Nous gardons un guichet\nouvert."
    ]


@pytest.mark.parametrize(
    "quote",
    [
        HEAT,
        HEAT.replace("’", "'"),
        HEAT.replace(" ", "\n"),
        HEAT.upper(),
        HEAT[0].lower() + HEAT[1:],
        "On parle d'electricite du matin au soir, alors que la chaleur represente pres de la moitie de l'energie",
        "On parle d’électri-\ncité du matin au soir",
        "On parle d’électricité […] alors que la chaleur représente près de la moitié de l’énergie",
        "[Le pays] parle d’électricité du matin au soir, alors que la chaleur [des réseaux] représente près de",
        "[o]n parle d’électricité du matin au soir",
        "... du matin au soir, alors que la chaleur …",
    ],
)
def test_typography_cuts_and_brackets_leave_a_quotation_verbatim(demo: Library, quote: str) -> None:
    found = one(demo, f"« {quote} »")
    assert found.verdict is Verdict.VERBATIM
    assert found.source is not None
    assert found.source.speakers == ("Animatrice du think tank",)


def test_a_word_before_a_colon_is_not_taken_for_the_name_of_who_speaks(demo: Library) -> None:
    quote = "« La cinquième celle qui fâche : le droit de choisir une autre voie que l’écran. »"
    assert one(demo, quote).verdict is Verdict.ALTERED  # « est » was left out


@pytest.mark.parametrize(
    "quote",
    [
        HEAT.replace("On parle", "On ne parle pas"),
        HEAT.replace("moitié", "totalité"),
        HEAT.replace("la chaleur", "le chaleur"),
        HEAT.replace("du matin au soir", "du soir au matin"),
        HEAT.replace("près de ", ""),
        HEAT.replace("représente", "représenté"),
        HEAT.replace("pays.", "pays ?"),
        HEAT.replace("alors que", "alorsque"),
        HEAT.replace("moitié", "moitié (57 %)"),
    ],
)
def test_one_word_that_differs_makes_a_quotation_altered(demo: Library, quote: str) -> None:
    assert one(demo, f"« {quote} »").verdict is Verdict.ALTERED


def test_the_difference_is_told_word_by_word(demo: Library) -> None:
    found = one(demo, f"« {HEAT.replace('près de la moitié', 'le tiers')} »")
    assert found.judgement is not None
    told = [(piece.part, piece.text.strip()) for piece in found.judgement.pieces]
    assert (Part.MISSING, "près de la moitié") in told
    assert (Part.ADDED, "le tiers") in told
    assert list(saying.remarks(found)) == ["«\u00a0près de la moitié\u00a0» est devenu «\u00a0le tiers\u00a0»."]


def test_a_misread_letter_is_told_as_such_and_is_not_verbatim(demo: Library) -> None:
    found = one(demo, f"« {HEAT.replace('consommée', 'consornmée')} »")
    assert saying.verdict(found) == "Modifiée (peut-être une faute de reconnaissance)"


def test_a_cut_that_takes_a_negation_away_is_an_alteration(demo: Library) -> None:
    said = next(s for s in quote_cases.said(demo).sentences if s.startswith("Ce n’est pas rien, mais"))
    assert one(demo, f"« {said.replace('n’est pas rien', 'n’est … rien')} »").verdict is Verdict.ALTERED


def test_words_of_two_people_that_are_joined_are_said_to_be_so(demo: Library) -> None:
    found = one(demo, "« À quoi ressemble-t-il ? À un chantier, surtout ! »")
    assert found.verdict is Verdict.VERBATIM
    assert next(saying.remarks(found)) == (
        "Ces mots sont de plusieurs personnes, réunis ici\u00a0: Animatrice du think tank, puis Directrice d’une SEM "
        "d’énergie."
    )


def test_the_source_is_the_span_of_the_words_and_is_marked_in_what_surrounds_it(demo: Library) -> None:
    found = one(demo, HEAT.upper())
    assert found.source is not None
    text, _ = demo.store.text(found.source.document.id, PUBLIC)
    assert text[found.source.passage.start : found.source.passage.end] == found.source.passage.text == HEAT
    ((start, end),) = found.source.marks
    assert found.source.around[start:end] == HEAT.rstrip(".")


@pytest.fixture
def mixed(config: Settings, encoder: Encoder) -> Library:
    """A memory in which a document is reserved for staff."""
    library = open_library(config, encoder)
    assert not ingest(library).refused
    return library


def test_a_hidden_document_is_not_found_as_if_nobody_had_written_it(mixed: Library) -> None:
    quote = "« Le budget confidentiel du guichet est de 45 000 €. »"
    assert one(mixed, quote) == Checked(quote.strip("« »"), Verdict.NOT_FOUND)
    (found,) = check(mixed, quote, viewer=STAFF).checked
    assert found.verdict is Verdict.VERBATIM


def test_a_quotation_over_two_cues_of_one_speaker_is_whole(mixed: Library) -> None:
    found = one(mixed, "inspire confiance, c'est la personne qui accompagne")
    assert found.verdict is Verdict.VERBATIM
    assert found.source is not None
    assert found.source.passage.anchor == Anchor(start_s=1.0, end_s=15.0)


def test_the_figures_of_the_generated_cases_hold(demo: Library) -> None:
    seed, held = random.Random(7), quote_cases.said(demo)
    cases = [
        *quote_cases.verbatim(held, 130, seed),
        *quote_cases.altered(held, 130, seed),
        *quote_cases.paraphrased(),
        *quote_cases.foreign(),
    ]
    assert len(cases) > 300
    got = Counter((case.right, one(demo, case.quote).verdict) for case in cases)
    assert got[Verdict.VERBATIM, Verdict.VERBATIM] >= 0.99 * 130
    assert got[Verdict.ALTERED, Verdict.VERBATIM] == 0
    assert got[Verdict.ALTERED, Verdict.ALTERED] >= 0.9 * 130
    assert got[Verdict.PARAPHRASE, Verdict.VERBATIM] == 0
    assert got[Verdict.PARAPHRASE, Verdict.PARAPHRASE] >= 0.5 * len(quote_cases.PARAPHRASED)
    assert got[Verdict.NOT_FOUND, Verdict.NOT_FOUND] >= 0.95 * len(quote_cases.FOREIGN)


@given(
    st.lists(st.sampled_from((" ", "\n", "  ", "\u00a0", "\u202f", "\t")), min_size=40, max_size=40),
    st.sampled_from(("’", "'", "ʼ")),
    st.sampled_from((str.upper, str.lower, str.title, str)),
)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_blank_apostrophe_or_case_changes_a_verdict(demo: Library, blanks: list[str], mark: str, case: type) -> None:
    noisy = case(HEAT.replace("’", mark))
    left = iter(blanks)
    noisy = re.sub(" ", lambda _: next(left), noisy)
    assert one(demo, f"«{noisy}»").verdict is Verdict.VERBATIM


@given(st.integers(0, 21), st.sampled_from(("ne", "pas", "zygomatique", "12", "le", "très")))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_that_is_slipped_in_goes_unseen(demo: Library, place: int, word: str) -> None:
    words = HEAT.split(" ")
    words.insert(min(place, len(words)), word)
    assert one(demo, f"« {' '.join(words)} »").verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    "hostile", ["le " * 33_333, "«" * 50_000, '"' * 99_999, "[" * 99_999, "… " * 40_000, "a" * LONGEST, "> \n" * 30_000]
)
def test_hostile_texts_are_answered_in_bounded_time(demo: Library, hostile: str) -> None:
    begin = time.process_time()
    try:
        report = check(demo, hostile, viewer=PUBLIC)
    except InvalidQuery:
        report = Report(())
    assert len(report.checked) <= MOST
    assert time.process_time() - begin < 10


def test_a_text_with_nothing_to_verify_is_told_so() -> None:
    with pytest.raises(InvalidQuery, match="trois mots"):
        check(None, "oui", viewer=PUBLIC)  # type: ignore[arg-type]  # nothing is looked for


def test_a_text_that_is_too_long_is_told_so() -> None:
    with pytest.raises(InvalidQuery, match="trop long"):
        check(None, "a" * (LONGEST + 1), viewer=PUBLIC)  # type: ignore[arg-type]  # nothing is looked for


def test_what_is_too_short_or_too_many_is_counted(demo: Library) -> None:
    many = check(demo, "« oui » " + "« Le grimoire du sorcier » " * (MOST + 2), viewer=PUBLIC)
    assert (len(many.checked), many.short, many.left) == (MOST, 1, 2)
    assert list(saying.left_out(many))[1].startswith("2 citations n’ont pas été vérifiées")
