"""What is counted of every passage is counted in memory, and is always what the rows say."""

from __future__ import annotations

import numpy as np
import pytest

from kb.domain import PUBLIC, DocumentType, Visibility
from kb.store import Scope, facts
from kb.store.disk import DamagedRows
from kb.store.facts import Facts
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put


def said_by_the_rows(store: LocalStore) -> dict[int, tuple[int, str | None, str]]:
    sql = 'SELECT p.key, p."end" - p.start, p.speaker, d.id FROM passages p JOIN documents d ON d.key = p.document'
    return {row[0]: (row[1], row[2], row[3]) for row in store._rows.query(sql)}


def check(store: LocalStore) -> None:
    """Lengths and counts are those of the rows, also for keys that are out or were never in."""
    rows = said_by_the_rows(store)
    asked = list(range(1, max(rows, default=0) + 9))
    assert store.lengths(asked) == {key: length for key, (length, _, _) in rows.items()}
    found = store.facets(asked)
    for counted, column in ((found.speakers, 1), (found.documents, 2)):
        names = [each[column] for each in rows.values() if each[column] is not None]
        assert counted == {name: names.count(name) for name in names}


def test_documents_that_come_go_and_change_are_followed(store: LocalStore) -> None:
    check(store)
    put(store, make_record("a", "un", "deux", speaker="Anne"), make_record("b", "trois", speaker="Luc"))
    check(store)
    put(store, make_record("a", "quatre", speaker="Luc"), make_record("c", "cinq"))
    check(store)
    store.delete("b")
    check(store)


def test_many_changes_at_once_are_followed_too(store: LocalStore) -> None:
    put(store, make_record("a", "un", "deux"))
    check(store)
    put(store, *(make_record(f"d{i}", f"texte {i}", speaker=f"S{i % 7}") for i in range(facts._FEW + 5)))
    store.delete("d3")
    check(store)


def test_the_most_comes_first_then_the_order_of_the_values(store: LocalStore) -> None:
    put(store, make_record("a", "un", season=9), make_record("b", "un", "deux", "trois", season=4))
    put(store, make_record("c", "un", season=2, themes=("eau", "air"), kind=DocumentType.SLIDES))
    found = store.facets([1, 2, 3, 4, 5])
    assert list(found.seasons.items()) == [(4, 3), (2, 1), (9, 1)]
    assert (found.themes, found.types[DocumentType.SLIDES]) == ({"air": 1, "eau": 1}, 1)


def test_an_overview_counts_what_its_viewer_may_see(store: LocalStore) -> None:
    put(store, make_record("a", "un", speaker="Anne"), make_record("s", "deux", visibility=Visibility.STAFF))
    assert store.overview(Scope(PUBLIC)).documents == {"a": 1}


def test_a_thousand_lengths_cost_no_query_of_the_passages(store: LocalStore) -> None:
    put(store, make_record("a", *(f"texte {i}" for i in range(1000))))
    store.lengths([1])
    asked: list[str] = []
    store._rows._opened.connection.set_trace_callback(asked.append)
    assert len(store.lengths(range(1, 1001))) == 1000
    assert not [sql for sql in asked if "passages" in sql]


@pytest.mark.parametrize(
    "damage",
    ["UPDATE passages SET themes = '[' WHERE key = 1", "UPDATE documents SET type = 'fable' WHERE key = 1"],
)
def test_a_document_that_cannot_be_read_is_damage(store: LocalStore, damage: str) -> None:
    put(store, make_record("a", "un"))
    with store._rows.transaction() as connection:
        connection.execute(damage)
    with pytest.raises(DamagedRows):
        Facts(store._rows).facets([1])


def test_passages_that_are_missing_are_damage(store: LocalStore) -> None:
    put(store, make_record("a", "un", "deux"))
    with store._rows.transaction() as connection:
        connection.execute("DELETE FROM passages WHERE key = 2")
    with pytest.raises(DamagedRows):
        Facts(store._rows).lengths([1])


def test_an_array_is_asked_for_as_well_as_a_list(store: LocalStore) -> None:
    store.remember(make_record("a", "un").embedded, LetterEncoder().encode_passages(["un"]))
    store.upsert(make_record("a", "un"))
    assert Facts(store._rows).facets(np.array([1])) == Facts(store._rows).facets(None) == store.facets([1])
