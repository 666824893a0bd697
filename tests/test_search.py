from __future__ import annotations

from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.domain import PUBLIC, STAFF, Filters, Mode, Visibility
from kb.errors import ModelMismatch
from kb.library import Library
from kb.search import Results, search
from kb.settings import Settings
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put


@pytest.fixture
def library(store: LocalStore, tmp_path: Path) -> Library:
    catalogue = Catalogue(tmp_path, {}, {}, {}, (), {}, {})
    return Library(Settings(corpus=tmp_path), catalogue, store, LetterEncoder())


def shown(results: Results) -> list[str]:
    return [hit.passage.text for hit in results.hits]


def ask(library: Library, question: str, mode: Mode = Mode.HYBRID, filters: Filters | None = None) -> list[str]:
    return shown(search(library, question, viewer=STAFF, mode=mode, filters=filters or Filters()))


def test_words_find_only_what_says_the_words(library: Library) -> None:
    put(library.store, make_record("a", "la fibre optique", "le réseau"))
    assert ask(library, "fibre", Mode.WORDS) == ["la fibre optique"]


def test_meaning_finds_what_is_near_without_the_words(library: Library) -> None:
    put(library.store, make_record("a", "zzzz", "niche chien"))
    assert ask(library, "chiens niches", Mode.MEANING)[0] == "niche chien"


def test_hybrid_puts_first_what_both_sides_favour(library: Library) -> None:
    put(library.store, make_record("a", "guichet ouvert", "touchier guve", "guichet xxxxxxxxxxxxxxxxxx"))
    assert ask(library, "guichet ouvert")[0] == "guichet ouvert"


def test_scores_lie_between_0_and_1_and_fall(library: Library) -> None:
    put(library.store, make_record("a", "guichet ouvert", "guichet", "ouvert", "fermé"))
    scores = [hit.score for hit in search(library, "guichet ouvert", viewer=STAFF).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_phrase_and_an_exclusion_hold_in_every_mode(library: Library, mode: Mode) -> None:
    put(library.store, make_record("a", "eau potable", "potable, cette eau", "eau potable chère"))
    assert ask(library, '"eau potable" -chère', mode) == ["eau potable"]


@pytest.mark.parametrize("mode", list(Mode))
def test_accents_case_and_apostrophes_change_nothing(library: Library, mode: Mode) -> None:
    put(library.store, make_record("a", "l’énergie", "la gare"))
    assert ask(library, "énergie", mode)[0] == ask(library, "ENERGIE", mode)[0] == "l’énergie"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_viewer_never_gets_what_is_not_theirs(library: Library, mode: Mode) -> None:
    put(library.store, make_record("a", "budget secret", visibility=Visibility.MEMBERS), make_record("b", "budget"))
    results = search(library, "budget secret", viewer=PUBLIC, mode=mode)
    assert shown(results) == ["budget"]
    assert results.pool == 1


def test_the_facets_count_the_pool(library: Library) -> None:
    put(library.store, make_record("a", "eau", "eau pure", season=1), make_record("b", "eau", season=2))
    assert search(library, "eau", viewer=STAFF, mode=Mode.WORDS, k=1).facets.seasons == {1: 2, 2: 1}


@pytest.mark.parametrize("mode", list(Mode))
def test_the_counts_of_the_values_of_a_filter_add_up_and_are_kept_by_choosing_one(library: Library, mode: Mode) -> None:
    for season, letters in ((1, "eau"), (2, "air"), (3, "feu")):
        texts = [f"{letters} {chr(97 + i) * (i % 5)} numero {i}" for i in range(40)]
        put(library.store, make_record(f"s{season}", *texts, season=season))
    whole = search(library, "eau feu", viewer=STAFF, mode=mode)
    assert sum(whole.facets.seasons.values()) == whole.pool
    for season, count in whole.facets.seasons.items():
        assert search(library, "eau feu", viewer=STAFF, mode=mode, filters=Filters(seasons=(season,))).pool == count


def test_an_index_of_another_model_is_refused_with_the_way_out(library: Library) -> None:
    library.store.reset("un-autre-modele")
    with pytest.raises(ModelMismatch, match="kb rebuild"):
        library.require_same_model()
