"""One suite for every implementation of the Store protocol; today there is one."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.domain import PUBLIC, STAFF, DocumentType, Filters, Viewer, Visibility
from kb.errors import UnknownItem, UnusableIndex
from kb.store import Scope, Words
from kb.store.local import LocalStore
from kb.store.schema import MIGRATIONS
from tests.conftest import LetterEncoder, make_record, put

EVERYTHING = Scope(STAFF)
VECTOR = LetterEncoder().encode_query


def texts(store: LocalStore, candidates: list[tuple[int, float]]) -> list[str]:
    found = store.fetch([key for key, _ in candidates])
    return [found[key][0].text for key, _ in candidates]


def said(store: LocalStore, *stems: str, scope: Scope = EVERYTHING) -> list[str]:
    return texts(store, store.lexical(Words(stems=stems), scope, 10))


def near(store: LocalStore, text: str, scope: Scope = EVERYTHING, k: int = 10) -> list[str]:
    return texts(store, store.dense(VECTOR(text), scope, k, among=None))


def test_words_rank_the_passage_that_says_it_most(store: LocalStore) -> None:
    put(store, make_record("a", "fibre fibre fibre", "fibre et routes", "rien"))
    assert said(store, "fibr") == ["fibre fibre fibre", "fibre et routes"]


def test_meaning_ranks_the_nearest_vector_first(store: LocalStore) -> None:
    put(store, make_record("a", "aaa", "aab", "zzz"))
    assert near(store, "aaa") == ["aaa", "aab", "zzz"]


def test_a_document_replaces_its_version_before_everywhere(store: LocalStore, caplog: pytest.LogCaptureFixture) -> None:
    put(store, make_record("a", "ancien", "texte"), make_record("b", "autre"))
    put(store, make_record("a", "nouveau"))
    assert said(store, "ancien") == []
    assert sorted(near(store, "ancien")) == ["autre", "nouveau"]
    assert store.counts().passages == store.counts().in_words == store.counts().in_vectors == 2
    assert caplog.messages == []  # nothing had to be rebuilt


def test_a_deleted_document_is_gone_everywhere(store: LocalStore, caplog: pytest.LogCaptureFixture) -> None:
    put(store, make_record("a", "fibre"), make_record("b", "route"))
    store.delete("a")
    store.sync()
    assert (said(store, "fibr"), near(store, "fibre")) == ([], ["route"])
    assert store.counts().in_words == 1
    assert caplog.messages == []


def test_an_index_of_a_version_before_is_read_and_its_documents_have_themes_to_come(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = sqlite3.connect(tmp_path / "index.sqlite")
    for script in MIGRATIONS[:3]:
        before.executescript(script)
    before.executescript(
        """PRAGMA user_version=3; INSERT INTO meta VALUES ('model', 'letters');
        INSERT INTO documents VALUES (1, 'a', 'a', 'A', 'note', NULL, NULL, NULL, '["eau"]', 'public', 'fr', 0, 's',
            'f', '[]', 'une eau', '[]', 1, 1, NULL, '', 'd');
        INSERT INTO document_themes VALUES (1, 'eau');
        INSERT INTO embeddings VALUES ('h', zeroblob(52));
        INSERT INTO passages VALUES (1, 1, 1, 0, 7, '', '{}', NULL, '', 'h');
        INSERT INTO changes VALUES (1, NULL, NULL, NULL, 1, 1, 1);"""
    )
    before.close()
    store = LocalStore(tmp_path, LetterEncoder.dimensions)
    assert store.passage("a.1", STAFF)[0].themes == ()
    assert (store.sources()["a"].filing, store.overview(EVERYTHING).themes) == ("", {})
    assert store.file_again("a", [("eau",)], "mark")
    store.sync()
    assert len(store.lexical(Words(("eau",)), Scope(STAFF, Filters(themes=("eau",))), 9)) == 1
    assert caplog.messages == []


FILTERS = [
    Filters(seasons=(2,)),
    Filters(sessions=("saison-2/s",)),
    Filters(sessions=("s",)),
    Filters(speakers=("préfete",)),
    Filters(types=(DocumentType.SLIDES,)),
    Filters(themes=("eau",)),
    Filters(since=date(2020, 1, 1)),
    Filters(since=date(2020, 1, 1), until=date(2020, 12, 31), seasons=(1, 2)),
]


@pytest.mark.parametrize("filters", FILTERS)
def test_each_filter_is_applied_before_the_cut_on_both_sides(store: LocalStore, filters: Filters) -> None:
    many = [make_record(f"x{i}", "eau eau eau", season=1, day=date(2019, 1, 1)) for i in range(20)]
    kept = make_record(
        "y", "une eau", season=2, session="saison-2/s", speaker="La Préfète", kind=DocumentType.SLIDES,
        themes=("eau", "air"), day=date(2020, 5, 1),
    )  # fmt: skip
    put(store, *many, kept)
    scope = Scope(STAFF, filters)
    assert texts(store, store.lexical(Words(("eau",)), scope, 1)) == ["une eau"]
    assert near(store, "eau eau eau", scope, k=1) == ["une eau"]
    assert [d.path for d in store.documents(scope)] == ["y"]


def test_a_filter_that_nothing_meets_finds_nothing(store: LocalStore) -> None:
    put(store, make_record("a", "eau"))
    scope = Scope(STAFF, Filters(speakers=("Personne",)))
    assert (said(store, "eau", scope=scope), near(store, "eau", scope)) == ([], [])


def test_nothing_reveals_a_document_that_its_viewer_may_not_see(store: LocalStore) -> None:
    secret = make_record("secret", "budget", speaker="Maire", season=3, visibility=Visibility.STAFF, themes=("eau",))
    put(store, secret, make_record("ouvert", "autre chose", season=1))
    scope = Scope(PUBLIC)
    assert (said(store, "budget", scope=scope), near(store, "budget", scope)) == ([], ["autre chose"])
    assert [d.path for d in store.documents(scope)] == ["ouvert"]
    overview = store.overview(scope)
    assert (overview.seasons, overview.speakers, overview.themes) == ({1: 1}, {}, {})
    with pytest.raises(UnknownItem):
        store.passage("secret.1", PUBLIC)
    with pytest.raises(UnknownItem):
        store.text("secret", PUBLIC)
    with pytest.raises(UnknownItem):
        store.passage(f"secret.{'9' * 40}", PUBLIC)
    assert store.passages("secret", 1, 9, PUBLIC) == []
    assert store.passage("secret.1", Viewer(frozenset(Visibility)))[0].text == "budget"


def test_a_phrase_is_its_words_in_order_without_accents_or_case(store: LocalStore) -> None:
    put(store, make_record("a", "La Captation de l’Attention", "l’attention, sa captation"))
    words = Words(stems=("capt",), phrases=(("captation", "de", "l", "attention"),))
    assert texts(store, store.lexical(words, EVERYTHING, 10)) == ["La Captation de l’Attention"]
    assert len(store.matching(words, EVERYTHING)) == 1


def test_an_excluded_word_is_out_of_both_sides(store: LocalStore) -> None:
    put(store, make_record("a", "eau potable", "eau usée"))
    words = Words(stems=("eau",), excluded_stems=("pot",))
    allowed = store.matching(Words(excluded_stems=("potabl",)), EVERYTHING)
    assert texts(store, store.dense(VECTOR("eau potable"), EVERYTHING, 10, among=allowed)) == ["eau usée"]
    assert texts(store, store.lexical(replace(words, excluded_stems=("potabl",)), EVERYTHING, 10)) == ["eau usée"]


def test_a_document_is_whole_or_absent_when_putting_it_in_fails(store: LocalStore) -> None:
    put(store, make_record("a", "eau"))
    broken = make_record("b", "air", "feu")
    store.remember(broken.embedded[:1], LetterEncoder().encode_passages(["air"]))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.upsert(broken)
    store.sync()
    assert [d.path for d in store.documents(EVERYTHING)] == ["a"]
    assert store.problems() == []


def test_what_was_written_is_there_when_opened_again(store: LocalStore) -> None:
    put(store, make_record("a", "fibre"))
    again = LocalStore(store.folder, 26)
    assert (said(again, "fibr"), near(again, "fibre"), again.model) == (["fibre"], ["fibre"], "letters")


def test_an_index_left_behind_by_a_killed_process_catches_up(store: LocalStore) -> None:
    put(store, make_record("a", "fibre"))
    record = make_record("b", "route")
    store.remember(record.embedded, LetterEncoder().encode_passages(["route"]))
    store.upsert(record)  # no sync: as if killed here
    store.close()
    again = LocalStore(store.folder, 26)
    assert (said(again, "rout"), near(again, "route")[0]) == (["route"], "route")
    assert again.problems() == []


@pytest.mark.parametrize("damage", ["words", "vectors"])
def test_a_lost_or_damaged_index_is_made_again_from_the_rows(store: LocalStore, damage: str) -> None:
    put(store, make_record("a", "fibre"))
    store.close()
    for path in store.folder.glob(f"{damage}-*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.write_bytes(b"damaged")
    again = LocalStore(store.folder, 26)
    assert (said(again, "fibr"), near(again, "fibre")) == (["fibre"], ["fibre"])


def test_a_reader_sees_what_another_process_wrote(store: LocalStore) -> None:
    reader = LocalStore(store.folder, 26)
    put(store, make_record("a", "fibre"))
    assert (said(reader, "fibr"), near(reader, "fibre")) == (["fibre"], ["fibre"])


def test_only_one_process_writes_at_a_time(store: LocalStore) -> None:
    other = LocalStore(store.folder, 26)
    with store.writing(), pytest.raises(UnusableIndex, match="une autre ingestion"), other.writing():
        pass


def test_an_emptied_store_is_not_whole_until_the_whole_corpus_was_taken_in(store: LocalStore) -> None:
    store.reset("lettres")
    put(store, make_record("a", "fibre"))
    assert not store.is_whole
    store.complete()
    assert store.is_whole


def test_an_altered_text_is_reported(store: LocalStore) -> None:
    put(store, make_record("a", "fibre"))
    store._rows.query("UPDATE documents SET text = 'fibra'")
    assert store.problems() == ["a : le passage a.1 n’est plus le texte de son document ; lancez « kb rebuild »."]


def test_vectors_that_no_passage_uses_are_forgotten_on_demand(store: LocalStore) -> None:
    record = make_record("a", "fibre")
    put(store, record)
    store.delete("a")
    assert store.missing(record.embedded) == set()
    store.remake()
    assert store.missing(record.embedded) == set(record.embedded)


def test_facets_count_the_passages_each_value_would_keep(store: LocalStore) -> None:
    put(
        store,
        make_record("a", "un", "deux", season=1, speaker="Maire", themes=("eau",)),
        make_record("b", "trois", season=2, kind=DocumentType.SLIDES),
    )
    overview = store.overview(EVERYTHING)
    assert (overview.seasons, overview.speakers, overview.themes) == ({1: 2, 2: 1}, {"Maire": 2}, {"eau": 2})
    assert overview.types == {DocumentType.OTHER: 2, DocumentType.SLIDES: 1}


def test_a_folder_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableIndex, match="ne peut pas recevoir"):
        LocalStore(tmp_path / "file" / "index", 26)


@pytest.mark.parametrize("suffix", [".pos", ".term", ".idx", ".fieldnorm", ".fast"])
def test_a_word_file_that_is_lost_or_cut_is_made_again(store: LocalStore, suffix: str) -> None:
    put(store, make_record("a", "fibre optique"))
    store.close()
    for number, file in enumerate(sorted(store.folder.glob(f"words-*/*{suffix}"))):
        file.write_bytes(file.read_bytes()[:-1]) if number else file.unlink()
    again = LocalStore(store.folder, 26)
    phrase = Words(stems=("fibr",), phrases=(("fibre", "optique"),))
    assert texts(again, again.lexical(phrase, EVERYTHING, 10)) == ["fibre optique"]
    assert again.problems() == []


def test_a_word_file_with_other_bytes_is_named_and_made_again_on_demand(store: LocalStore) -> None:
    put(store, make_record("a", "fibre optique"))
    file = next(store.folder.glob("words-*/*.fieldnorm"))
    file.write_bytes(bytes(byte ^ 1 for byte in file.read_bytes()))
    assert file.name in store.problems()[0]
    store.remake()
    assert store.problems() == []


def test_words_that_point_at_a_replaced_document_break_nothing(store: LocalStore) -> None:
    put(store, make_record("a", "fibre"))
    reader = LocalStore(store.folder, 26)
    changed = make_record("a", "fibre noire")
    with store.writing():
        store.remember(changed.embedded, LetterEncoder().encode_passages(["fibre noire"]))
        store.upsert(changed)  # the words are not brought up to date yet
        old = [key for key, _ in reader.lexical(Words(("fibr",)), EVERYTHING, 10)]
        assert reader.similarities(VECTOR("fibre"), old) == {}
        assert near(reader, "fibre") == ["fibre noire"]
