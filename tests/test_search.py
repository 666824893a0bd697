from __future__ import annotations

from dataclasses import replace
from importlib import import_module
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


def test_an_index_made_again_by_another_model_meanwhile_is_refused(library: Library) -> None:
    put(library.store, make_record("a", "eau"))
    search(library, "eau", viewer=STAFF)
    library.store.reset("un-autre-modele")
    put(library.store, make_record("b", "eau"), make_record("c", "eau"))
    with pytest.raises(ModelMismatch, match="kb rebuild"):
        search(library, "eau", viewer=STAFF)


def test_a_word_nobody_wrote_is_looked_for_under_the_one_that_was_meant(library: Library) -> None:
    put(library.store, make_record("a", "la confiance des habitants", "le réseau de chaleur"))
    results = search(library, "confience", viewer=STAFF, mode=Mode.WORDS)
    assert (shown(results), results.spellings) == (["la confiance des habitants"], {"confience": "confiance"})
    assert results.hits[0].why.corrected == (("confience", "confiance"),)
    assert results.hits[0].why.words == ("confiance",)


def test_an_exact_phrase_is_never_corrected(library: Library) -> None:
    put(library.store, make_record("a", "la confiance des habitants"))
    results = search(library, '"la confience des"', viewer=STAFF)
    assert (results.hits, results.spellings) == ((), {})


def test_a_correction_tells_nothing_of_what_the_viewer_may_not_see(library: Library) -> None:
    put(library.store, make_record("a", "budget confidentiel", visibility=Visibility.STAFF), make_record("b", "eau"))
    assert search(library, "confidentiol", viewer=PUBLIC, mode=Mode.WORDS).spellings == {}


GLOSSARY = """
[[terms]]
term = "SPL"
expansion = "société publique locale"
definition = "Une société."
related = ["Epl"]

[[terms]]
term = "Epl"
definition = "Une entreprise."
"""


@pytest.fixture
def glossary(library: Library) -> Library:
    (library.corpus / "glossary.toml").write_text(GLOSSARY)
    library.reread()
    return library


def test_terms_of_the_glossary_are_proposed_and_looked_for_only_when_asked(glossary: Library) -> None:
    put(glossary.store, make_record("a", "la société publique locale du port", "le réseau de chaleur"))
    bare = search(glossary, "spl", viewer=STAFF, mode=Mode.WORDS)
    wide = search(glossary, "spl", viewer=STAFF, mode=Mode.WORDS, wide=True)
    assert [each.term for each in bare.related] == ["société publique locale", "Epl"]
    assert (bare.hits, bare.is_wide) == ((), False)
    assert (shown(wide), wide.is_wide) == (["la société publique locale du port"], True)
    assert wide.hits[0].why.related == (("SPL", "société publique locale"),)


def test_an_edited_glossary_counts_from_the_next_question(glossary: Library) -> None:
    put(glossary.store, make_record("a", "le réseau de chaleur"))
    search(glossary, "spl", viewer=STAFF)
    (glossary.corpus / "glossary.toml").write_text(GLOSSARY.replace("publique locale", "du port"))
    assert search(glossary, "spl", viewer=STAFF).related[0].term == "société du port"


def test_a_word_of_the_question_weighs_more_than_a_term_of_the_glossary(glossary: Library) -> None:
    put(glossary.store, make_record("a", "une société publique locale du port", "une SPL nommée ainsi du port"))
    wide = search(glossary, "SPL", viewer=STAFF, mode=Mode.WORDS, wide=True)
    assert shown(wide)[0] == "une SPL nommée ainsi du port"


def test_a_word_as_it_was_typed_comes_before_others_of_its_stem(library: Library) -> None:
    put(library.store, make_record("a", "il faut loger ici", "un logement ici"))
    assert ask(library, "logement", Mode.WORDS)[0] == "un logement ici"
    assert ask(library, "loger", Mode.WORDS)[0] == "il faut loger ici"


def test_one_document_does_not_fill_the_first_ten_and_nothing_is_lost(library: Library) -> None:
    many = [f"guichet {chr(97 + i) * 3} ouvert" for i in range(12)]
    put(library.store, make_record("a", *many), *(make_record(f"b{i}", f"un guichet {i}{i} fermé") for i in range(9)))
    results = search(library, "guichet ouvert", viewer=STAFF, k=21)
    first = [hit.document.id for hit in results.hits[:10]]
    assert first.count("a") == library.settings.per_document
    assert len(results.hits) == results.pool == 21
    assert results.facets.documents["a"] == 12


def test_a_document_can_be_searched_alone(library: Library) -> None:
    put(library.store, make_record("a", "eau un", "eau deux"), make_record("b", "eau trois"))
    assert ask(library, "eau", Mode.WORDS, Filters(documents=("b",))) == ["eau trois"]


def test_a_passage_that_repeats_another_stands_behind_it(library: Library) -> None:
    text = "la confiance des habitants se gagne au guichet avec une personne"
    put(library.store, make_record("a", text), make_record("b", text))
    results = search(library, "confiance guichet", viewer=STAFF, mode=Mode.WORDS)
    assert [(hit.passage.id, hit.repeats) for hit in results.hits] == [("a.1", ("b.1",))]


def test_passages_beyond_many_repeats_are_shown(library: Library) -> None:
    text = "la confiance des habitants se gagne au guichet avec une personne"
    others = [make_record(f"c{i:02}", f"la confiance numero {chr(97 + i) * 5} ailleurs") for i in range(12)]
    put(library.store, *(make_record(f"b{i:02}", text) for i in range(60)), *others)
    results = search(library, "confiance guichet", viewer=STAFF, mode=Mode.WORDS)
    assert (len(results.hits), len(results.hits[0].repeats)) == (10, 59)


def test_a_typing_error_does_not_make_a_question_look_uncovered(library: Library) -> None:
    texts = ["la confiance des habitants au guichet", *(f"le sujet {chr(97 + i) * 4} numero {i}" for i in range(30))]
    put(library.store, make_record("a", *texts))
    right, wrong = (search(library, q, viewer=STAFF).coverage or 0 for q in ("confiance guichet", "confience guichet"))
    assert wrong > right / 2


def test_a_question_on_something_else_is_less_covered(library: Library) -> None:
    texts = ["la confiance des habitants au guichet", *(f"le sujet {chr(97 + i) * 4} numero {i}" for i in range(30))]
    put(library.store, make_record("a", *texts))
    covered, other = (search(library, q, viewer=STAFF).coverage for q in ("confiance guichet", "zythologie wallonne"))
    assert covered is not None
    assert other is not None
    assert covered > other
    assert search(library, "confiance", viewer=STAFF, mode=Mode.WORDS).coverage is None


def test_a_word_of_the_title_alone_brings_a_passage_and_is_not_counted_as_said(library: Library) -> None:
    record = make_record("a", "zzz", "eau zzz")
    put(library.store, replace(record, contexts=("eau", "eau")), make_record("b", *(f"feu {n}" for n in range(40))))
    pools = {
        mode: search(library, "eau", viewer=STAFF, mode=mode, filters=Filters(documents=("a",))).pool for mode in Mode
    }
    assert (pools[Mode.WORDS], pools[Mode.HYBRID]) == (2, 1)


def test_a_heading_that_stands_alone_keeps_half_of_what_a_passage_of_its_words_would(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Une eau que la ville rend, et dont chacun use à sa table"
    put(library.store, make_record("a", "Une eau rare"), make_record("b", said))

    def share() -> float:
        scores = {hit.passage.text: hit.score for hit in search(library, "eau de la ville à table", viewer=STAFF).hits}
        return scores["Une eau rare"] / scores[said]

    bare = share()
    monkeypatch.setattr(import_module("kb.search.ranking"), "_BARE", 0)
    assert bare == pytest.approx(share() / 2, abs=0.01)
