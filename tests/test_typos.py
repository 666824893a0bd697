"""Typing errors read as what somebody wrote, and never as what the viewer may not read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.domain import PUBLIC, STAFF, Filters, Visibility
from kb.store import Scope
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put

EVERYTHING = Scope(STAFF)


def read(store: LocalStore, *forms: str, scope: Scope = EVERYTHING) -> dict[str, str]:
    return store.spellings(forms, scope)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("numerique", None),
        ("numerqiue", "numerique"),
        ("nuumerique", "numerique"),
        ("bumerique", "numerique"),
        ("umerique", "numerique"),
        ("guchet", "guichet"),
        ("lecole", "ecole"),
        ("geuchit", None),
    ],
)
def test_a_word_that_nobody_wrote_is_read_as_the_nearest_that_somebody_did(
    store: LocalStore, typed: str, meant: str | None
) -> None:
    put(store, make_record("a", "Le numérique à l’école et au guichet"))
    assert read(store, typed).get(typed) == meant


def test_an_inflection_of_a_written_word_is_no_error(store: LocalStore) -> None:
    put(store, make_record("a", "Un impayé, une illectronisme"))
    assert read(store, "impayes", "impayee", "illectronismes") == {}


def test_a_name_in_a_title_or_of_a_speaker_is_known(store: LocalStore) -> None:
    put(store, replace(make_record("a", "La Gironde attend"), contexts=("Séance de Giroude",)))
    assert read(store, "giroude", "giroide") == {"giroide": "gironde"}


def test_a_french_word_that_nobody_wrote_stays_as_it_is(store: LocalStore) -> None:
    put(store, make_record("a", "Le marché du numérique, une grave insertion"))
    assert read(store, "marchez", "arche", "greve", "intention", "numerisme") == {}


def test_a_word_of_a_hidden_document_is_neither_known_nor_offered(store: LocalStore) -> None:
    put(
        store,
        make_record("a", "Le budget de la commune"),
        make_record("h", "Le xylobudgeteur", visibility=Visibility.STAFF),
    )
    assert read(store, "xylobudgeteux", "xylobudgeteur") == {"xylobudgeteux": "xylobudgeteur"}
    assert read(store, "xylobudgeteux", "xylobudgeteur", scope=Scope(PUBLIC)) == {}


def test_a_hidden_word_changes_nothing_for_who_may_not_read_it(store: LocalStore) -> None:
    """Neither a hidden word that is nearer, nor one that is written more often."""
    put(store, make_record("a", "illectronismes, habitats"), make_record("b", "habitans"))
    alone = read(store, "illectrionsmes", "habitazs", "habitaxts", "habitaqs", scope=Scope(PUBLIC))
    hidden = make_record("h", "illectrionsme", *["habitants habitaqt"] * 40, visibility=Visibility.STAFF)
    put(store, hidden)
    assert read(store, "illectrionsmes", "habitazs", "habitaxts", "habitaqs", scope=Scope(PUBLIC)) == alone
    assert read(store, "illectrionsmes", "habitaqs") == {"habitaqs": "habitaqt"}


def test_a_word_that_many_hidden_passages_and_one_open_have_is_known(store: LocalStore) -> None:
    hidden = make_record("h", *["le fabmanageur", "le fabmanagere"] * 50, visibility=Visibility.STAFF)
    put(store, hidden, make_record("a", "le fabmanageur"))
    assert read(store, "fabmanageuq", "fabmanageur", scope=Scope(PUBLIC)) == {"fabmanageuq": "fabmanageur"}


def test_a_word_is_read_as_what_the_filters_keep_and_known_from_the_rest(store: LocalStore) -> None:
    put(store, make_record("a", "méthaniseur", season=1), make_record("b", "méthanoduc", season=2))
    scope = Scope(STAFF, Filters(seasons=(2,)))
    assert read(store, "methanodux", "methaniseuz", "methaniseur", scope=scope) == {"methanodux": "methanoduc"}
    assert read(store, "methanodux", scope=Scope(STAFF, Filters(seasons=(9,)))) == {}


def test_a_speaker_filter_holds_too(store: LocalStore) -> None:
    put(store, make_record("a", "méthaniseur", speaker="Maire"), make_record("b", "guichet", speaker="Préfète"))
    assert read(store, "methaniseuz", scope=Scope(STAFF, Filters(speakers=("Préfète",)))) == {}


def test_short_words_numbers_and_stop_words_are_left_alone(store: LocalStore) -> None:
    put(store, make_record("a", "fibre, 2021, a4b5c6, entrez, laquell"))
    assert read(store, "fibr", "2012", "a4b5c7", "entre", "entrex", "laquelel") == {}


def test_a_stop_word_is_never_offered(store: LocalStore) -> None:
    put(store, make_record("a", "lesquelles communes"))
    assert read(store, "lesquellse", "commnunes") == {"commnunes": "communes"}


def test_two_errors_are_read_in_long_words_only(store: LocalStore) -> None:
    put(store, make_record("a", "illectronisme habitats"))
    assert read(store, "ilectronimse", "habttias", "habtits") == {"ilectronimse": "illectronisme"}


def test_one_error_goes_before_two_and_the_same_first_letter_before_the_most_passages(store: LocalStore) -> None:
    put(
        store,
        make_record("a", "zarbolines karbolinex"),
        make_record("b", "karbolinex"),
        make_record("c", "zarbolinettes"),
    )
    assert read(store, "zarbolinex") == {"zarbolinex": "zarbolines"}


def test_of_equals_the_most_written_then_the_alphabet(store: LocalStore) -> None:
    put(store, make_record("a", "zarbolin zarbolir"), make_record("b", "zarbolit", "zarbolit"))
    assert read(store, "zarbolix") == {"zarbolix": "zarbolit"}
    store.delete("b")
    store.sync()
    assert read(store, "zarbolix") == {"zarbolix": "zarbolin"}


def test_the_same_is_read_whatever_the_order_in_which_documents_came(tmp_path: Path) -> None:
    records = [make_record(name, text) for name, text in zip("abc", ("zarbolin", "zarbolir", "zarbolit"), strict=True)]
    answers = []
    for order in (records, records[::-1]):
        store = LocalStore(tmp_path / order[0].document.path, LetterEncoder.dimensions)
        store.reset(LetterEncoder.name)
        for record in order:
            put(store, record)
        answers.append(read(store, "zarbolix", "zarbolix"))
        store.close()
    assert answers == [{"zarbolix": "zarbolin"}] * 2


def test_a_word_that_went_out_is_no_longer_known_nor_offered(store: LocalStore) -> None:
    put(store, make_record("a", "méthaniseur"), make_record("b", "guichet"))
    store.delete("a")
    store.sync()
    assert read(store, "methaniseuz") == {}


def test_an_empty_store_reads_nothing(store: LocalStore) -> None:
    assert read(store, "methaniseur") == {}
