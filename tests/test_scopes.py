"""What a scope leaves: remembered as long as nothing changes, and the same answers as without remembering."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from kb.domain import PUBLIC, STAFF, Filters, Visibility
from kb.store import Scope, Words
from kb.store.local import LocalStore
from kb.store.scopes import common, matching_speakers, reach
from kb.store.words import Subset
from tests.conftest import LetterEncoder, make_record, put

EVERYTHING, OPEN = Scope(STAFF), Scope(PUBLIC)
EAU = Words(stems=("eau",))
VECTOR = LetterEncoder().encode_query


def keys(store: LocalStore, scope: Scope) -> list[int]:
    found = reach(store._rows, scope).keys
    assert found is not None
    return found.tolist()


def mixed(store: LocalStore, hidden_every: int = 10) -> None:
    """Forty documents of two passages, of which one in ten is for staff."""
    for i in range(40):
        seen = Visibility.STAFF if i % hidden_every == 0 else Visibility.PUBLIC
        record = make_record(f"d{i:02}", "eau " * (i % 7 + 1) + "mot " * (i % 5), f"rien {i}", season=i % 4)
        put(store, replace(record, document=replace(record.document, visibility=seen)))


def test_a_scope_is_resolved_once_while_nothing_changes(store: LocalStore) -> None:
    put(store, make_record("a", "un", "deux"))
    assert reach(store._rows, OPEN) is reach(store._rows, Scope(PUBLIC, Filters()))


def test_a_document_that_comes_in_or_goes_out_is_seen_at_once(store: LocalStore) -> None:
    put(store, make_record("a", "un", "deux"))
    assert keys(store, OPEN) == [1, 2]
    put(store, make_record("b", "trois"))
    store.upsert(make_record("c"))  # a twin that says nothing of its own
    assert keys(store, OPEN) == [1, 2, 3]
    store.delete("a")
    assert keys(store, OPEN) == [3]


def test_what_is_remembered_cannot_be_altered(store: LocalStore) -> None:
    put(store, make_record("a", "un"))
    found = reach(store._rows, OPEN).keys
    assert found is not None
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 7


def test_two_stores_are_not_taken_for_each_other(store: LocalStore, letters: LetterEncoder) -> None:
    other = LocalStore(store.folder.parent / "other", letters.dimensions)
    put(store, make_record("a", "un"))
    put(other, make_record("a", "un", "deux"))
    assert (keys(store, OPEN), keys(other, OPEN)) == ([1], [1, 2])
    other.close()


def test_speakers_are_found_among_all_and_kept_within_the_other_filters(store: LocalStore) -> None:
    put(store, make_record("a", "un", "deux", speaker="Anne Roy", season=1))
    put(store, make_record("b", "trois", speaker="Anne Roy", season=2), make_record("c", "quatre", season=2))
    assert keys(store, Scope(STAFF, Filters(speakers=("roy",)))) == [1, 2, 3]
    assert keys(store, Scope(STAFF, Filters(speakers=("roy",), seasons=(2,)))) == [3]
    assert matching_speakers(store._rows, ("personne",)) == []


def test_a_memory_where_nobody_speaks_has_no_speaker(store: LocalStore) -> None:
    put(store, make_record("a", "un"))
    assert matching_speakers(store._rows, ("roy",)) == []


@pytest.mark.parametrize("k", [1, 5, 30, 200])
def test_a_scope_that_keeps_most_is_answered_as_the_whole_without_the_rest(store: LocalStore, k: int) -> None:
    mixed(store)
    visible = set(keys(store, OPEN))
    whole = [candidate for candidate in store.lexical(EAU, EVERYTHING, 200) if candidate[0] in visible]
    assert len(whole) == 36
    assert [score for _, score in store.lexical(EAU, OPEN, k)] == [score for _, score in whole[:k]]
    assert {key for key, _ in store.lexical(EAU, OPEN, k)} <= visible


def test_a_scope_that_keeps_most_but_not_the_best_still_answers(store: LocalStore) -> None:
    best = [make_record(f"s{i}", "eau eau eau", visibility=Visibility.STAFF) for i in range(8)]
    rest = [make_record(f"p{i}", "une eau parmi bien des mots", *["rien"] * 3) for i in range(8)]
    put(store, *best, *rest)
    found = store.lexical(EAU, OPEN, 3)
    assert len(found) == 3
    assert all(store.fetch([key])[key][1].path.startswith("p") for key, _ in found)


def test_a_document_that_comes_in_after_the_scope_was_resolved_is_not_found(store: LocalStore) -> None:
    put(store, make_record("a", "eau"), make_record("b", "eau"))
    before = reach(store._rows, OPEN)
    put(store, make_record("s", "eau eau", visibility=Visibility.STAFF))
    store.lexical(EAU, OPEN, 1)  # the words are read again
    subset = Subset(before.documents, before.speakers, before.keys)
    assert {key for key, _ in store._wording.ask(lambda index: index.search(EAU, subset, 10))} == {1, 2}


def test_an_exclusion_leaves_what_does_not_say_the_word_of_what_the_scope_keeps(store: LocalStore) -> None:
    mixed(store)
    words = Words(stems=("eau",), excluded_stems=("mot",))
    visible = keys(store, OPEN)
    expected = [key for key in visible if "mot" not in store.fetch([key])[key][0].text]
    assert 36 < len(expected) < len(visible)
    assert store.matching(words, OPEN).tolist() == expected
    found = store.dense(VECTOR("eau"), OPEN, 100, among=store.matching(words, OPEN))
    assert sorted(key for key, _ in found) == expected


def test_an_exclusion_lets_nothing_through_whose_words_are_not_known_yet(store: LocalStore) -> None:
    put(store, make_record("a", "eau"), make_record("b", "eau et mot"))
    words, ahead = Words(stems=("eau",), excluded_stems=("mot",)), Subset(keys=np.array([1, 2, 3]))
    assert store._wording.ask(lambda index: index.matching(words, ahead)).tolist() == [1]


def test_a_filter_is_worked_out_again_when_vectors_come_and_go(store: LocalStore) -> None:
    put(store, make_record("a", "aaa", "aab"), make_record("b", "aac"))
    among = np.array([1, 2, 3, 4])

    def near() -> list[int]:
        return sorted(key for key, _ in store.dense(VECTOR("aaa"), EVERYTHING, 10, among=among))

    assert near() == near() == [1, 2, 3]
    put(store, make_record("c", "aad"))
    assert near() == [1, 2, 3, 4]
    store.delete("a")
    assert near() == [3, 4]


def test_what_two_sorted_lists_have_in_common() -> None:
    for one, other in (([1, 4, 9], [0, 1, 5, 9, 12]), ([], [1]), ([1], []), ([7], [2, 3])):
        a, b = (np.array(each, dtype=np.int64) for each in (one, other))
        assert common(a, b).tolist() == np.intersect1d(a, b).tolist()


def test_overview_and_facets_count_alike(store: LocalStore) -> None:
    mixed(store)
    put(store, make_record("e", "un", "deux", speaker="Anne Roy", season=3, session="s", themes=("eau", "air")))
    for scope in (OPEN, Scope(PUBLIC, Filters(seasons=(3,))), Scope(PUBLIC, Filters(speakers=("roy",)))):
        assert store.overview(scope) == store.facets(keys(store, scope))
    assert store.overview(OPEN).themes == {"air": 2, "eau": 2}
    assert next(iter(store.overview(OPEN).seasons.items())) == (3, 22)


def test_threads_that_ask_while_documents_come_in_find_every_one_that_was_in(store: LocalStore) -> None:
    put(store, *(make_record(f"a{i}", "aaa") for i in range(5)))

    def ask(_: int) -> int:
        least = len(keys(store, OPEN))
        return len(store.dense(VECTOR("aaa"), OPEN, 100, among=None)) - least

    with ThreadPoolExecutor(4) as pool:
        found = pool.map(ask, range(200))
        for i in range(20):
            store.remember(make_record(f"b{i}", "aaa").embedded, VECTOR("aaa")[np.newaxis])
            store.upsert(make_record(f"b{i}", "aaa"))
        assert min(found) >= 0
    assert len(store.dense(VECTOR("aaa"), OPEN, 100, among=None)) == 25
