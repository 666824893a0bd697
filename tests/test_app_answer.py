"""What stands above the hits: how many, how sure, and what was looked for beside the words."""

from __future__ import annotations

import html
import re

import pytest

from kb.domain import Anchor, Document, DocumentType, Facets, Filters, Hit, Mode, Passage, Why
from kb.search import Related, Results
from kb.ui.address import Asked
from kb.ui.answer import beside, end, has_more, head, headline, inside

NOTE = Document("n", "note.md", "Note", DocumentType.PAPER)
SURE, UNSURE = 1.0, 0.0
SPL = (
    Related("SPL", "société publique locale"),
    Related("SPL", "Epl"),
    Related("SPL", "quasi-régie"),
    Related("SPL", "<b>SPLA</b>"),
)


def results(*words: str, coverage: float | None = SURE, **more: object) -> Results:
    """One hit that says these words, of a document of which twelve passages answer, out of thirty-four."""
    passage = Passage("n.1", "n", 1, 0, 4, "Oui.", Anchor())
    facets = Facets(sessions={"a": 34}, documents={"n": 12})
    return Results((Hit(passage, 0.9, NOTE, None, Why(words)),), 34, facets, coverage, **more)  # type: ignore[arg-type]


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup)).replace("\u00a0", " ")


def test_a_sure_answer_says_how_many_passages_and_where_else_to_look_and_nothing_more() -> None:
    said, _, ways = plain(head(Asked("oui"), results("oui"))).partition("Saisons")
    assert said.strip() == "34 passages, 1 séance · voici le premier"
    assert ways.split() == ["en", "regard", "→", "Chronologie", "→"]


def test_an_unsure_answer_says_so_and_counts_nothing() -> None:
    said = plain(head(Asked("oui"), results("oui", coverage=UNSURE)))
    assert "La mémoire ne semble pas couvrir cette question." in said
    assert "Voici les passages les plus proches ; ils ne répondent peut-être pas." in said
    assert "34" not in said


def test_an_unsure_answer_is_announced_and_can_take_the_focus() -> None:
    assert '<section class="notice doubt" role="status" tabindex="-1">' in head(Asked("a"), results(coverage=UNSURE))


def test_an_unsure_answer_among_filters_leads_to_the_whole_memory() -> None:
    asked = Asked("oui", filters=Filters(seasons=(2,)), is_wide=True)
    made = head(asked, results("oui", coverage=UNSURE))
    assert "avec ces filtres" in made
    assert '<a href="./?q=oui&amp;glossaire=oui">Chercher dans toute la mémoire</a>' in made


@pytest.mark.parametrize("coverage", [SURE, UNSURE])
def test_words_that_are_nowhere_are_said_in_one_warning(coverage: float) -> None:
    made = head(Asked("xylophone"), results(coverage=coverage))
    assert made.count("Aucun de ces passages ne contient les mots de la question.") == 1
    assert made.count("caution") + made.count("notice") == 1


@pytest.mark.parametrize("mode", [Mode.WORDS, Mode.MEANING])
def test_no_doubt_is_cast_where_only_words_or_only_meaning_are_asked(mode: Mode) -> None:
    made = head(Asked("oui", mode=mode), results(coverage=None))
    assert made == head(Asked("oui", mode=mode), results("oui", coverage=None))
    assert "headline" in made


def test_a_word_that_nobody_wrote_is_said_and_escaped() -> None:
    made = beside(Asked("<i>confience"), results(spellings={"confience": "confiance"}))
    assert "Personne n’a écrit « confience »" in plain(made)
    assert "<i>" not in beside(Asked("<i>"), results(spellings={"i": "il"}))


def test_the_glossary_is_offered_by_a_link_that_names_its_first_terms() -> None:
    asked = Asked("une SPL", filters=Filters(seasons=(2,), documents=("n",)), shown=30)
    assert beside(asked, results(related=SPL)) == (
        '<p class="beside"><a href="./?q=une+SPL&amp;saison=2&amp;document=n&amp;glossaire=oui">'
        "Chercher aussi\u00a0: <bdi>société publique locale, Epl, quasi-régie…</bdi></a></p>"
    )


def test_a_wider_search_says_what_was_added_and_how_to_do_without() -> None:
    made = beside(Asked("une SPL", is_wide=True), results(related=SPL, is_wide=True))
    assert "quasi-régie, &lt;b&gt;SPLA&lt;/b&gt;</bdi>." in made
    assert '<a href="./?q=une+SPL">Chercher sans</a>' in made


def test_a_document_of_which_more_answers_can_be_looked_into() -> None:
    asked = Asked("oui", filters=Filters(seasons=(2,)), is_wide=True, shown=20)
    assert inside(asked, results("oui"), NOTE) == (12, "./?q=oui&saison=2&document=n&glossaire=oui")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked("oui", filters=Filters(documents=("n",))), results("oui")),
        (Asked("oui"), results("oui", coverage=UNSURE)),
    ],
)
def test_a_document_is_not_offered_inside_itself_nor_for_what_may_not_answer(asked: Asked, found: Results) -> None:
    assert inside(asked, found, NOTE) is None


def test_a_document_that_is_wholly_shown_is_not_offered() -> None:
    whole = Results(results("oui").hits, 1, Facets(documents={"n": 1}), SURE)
    assert inside(Asked("oui"), whole, NOTE) is None


def test_passages_behind_those_shown_are_not_left_to_be_seen() -> None:
    assert "premiers" in headline(12, 1, 4)
    assert "premiers" not in headline(12, 1, 4, repeats=8)
    assert (has_more(12, 4), has_more(12, 4, 8)) == (True, False)
    assert "Tous les passages sont montrés." in end(12, 4, 8)


def test_beyond_what_a_page_holds_the_list_says_what_it_leaves_out() -> None:
    assert not has_more(300, 100, 20)
    assert "Seuls les 100 premiers passages" in end(300, 100, 20)


@pytest.mark.parametrize(("coverage", "said"), [(0.2, ""), (0.07, "ne répond peut-être pas"), (0.01, "ne semble pas")])
def test_what_may_not_answer_is_told_with_care_before_it_is_denied(coverage: float, said: str) -> None:
    assert said in head(Asked("boutiques"), results("boutiques", coverage=coverage))
    assert ("headline" in head(Asked("boutiques"), results("boutiques", coverage=coverage))) is (coverage >= 0.05)
