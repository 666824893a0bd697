"""Files of the index that were cut, altered, lost or left over: the store is sound, or made again and says so."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from kb.domain import STAFF
from kb.errors import UnusableIndex
from kb.ingest import ingest
from kb.library import open_library
from kb.search import search
from kb.settings import Settings
from kb.store import Scope, Words, wording
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, copy_tree, make_record, put

EVERYTHING = Scope(STAFF)
WORDS = "mairie école pont rivière budget vote transport eau énergie jardin numérique santé logement marché".split()
VECTOR = LetterEncoder().encode_query
Damage = Callable[[Path], object]


def alter(path: Path, seed: int = 1) -> None:
    """Other bytes in a row, in the middle of a file; its size stays."""
    raw = bytearray(path.read_bytes())
    start, length = len(raw) // 3, max(1, len(raw) // 3)
    raw[start : start + length] = random.Random(seed).randbytes(length)
    path.write_bytes(raw)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES: dict[str, Damage] = {
    "cut": cut,
    "altered": alter,
    "emptied": lambda path: path.write_bytes(b""),
    "replaced": lambda path: path.write_bytes(b"n'importe quoi " * 300),
    "lost": Path.unlink,
}


def said(store: LocalStore, *stems: str) -> list[str]:
    found = store.lexical(Words(stems=stems), EVERYTHING, 5)
    return [store.fetch([key])[key][0].text for key, _ in found]


def near(store: LocalStore, text: str) -> list[str]:
    found = store.dense(VECTOR(text), EVERYTHING, 3, among=None)
    passages = store.fetch([key for key, _ in found])
    return [passages[key][0].text for key, _ in found]


# --- rows


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of three notes, one of them reserved, and its index, to be copied."""
    home = tmp_path_factory.mktemp("prepared")
    dice = random.Random(1)
    session = home / "corpus" / "seance"
    session.mkdir(parents=True)
    (session / "session.toml").write_text(
        'title = "Séance"\n[[documents]]\nfile = "document-2.md"\nvisibility = "staff"\n', encoding="utf-8"
    )
    for number in range(3):
        body = "\n\n".join(f"La fibre {number}, {' '.join(dice.choices(WORDS, k=60))}." for i in range(8))
        (session / f"document-{number}.md").write_text(f"# Titre {number}\n\n{body}\n", encoding="utf-8")
    library = open_library(Settings(corpus=home / "corpus", index=home / "index"), LetterEncoder())
    ingest(library)
    library.store.close()
    return home


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    home = copy_tree(prepared, tmp_path / "home")
    return Settings(corpus=home / "corpus", index=home / "index")


def answers(settings: Settings) -> list[tuple[str, float]]:
    library = open_library(settings, LetterEncoder())
    return [(hit.passage.id, hit.score) for hit in search(library, "la fibre", viewer=STAFF, k=10).hits]


def aside(index: Path) -> list[Path]:
    return [path for path in index.glob("*.damaged-*") if not path.name.endswith("-wal")]


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_rows_are_said_and_made_again_by_the_next_ingest(
    settings: Settings, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = answers(settings)
    path = settings.index / "index.sqlite"
    DAMAGES[name](path)
    with pytest.raises(UnusableIndex, match=r"L’index est abîmé .* lancez « kb ingest »"):
        answers(settings)
    report = ingest(open_library(settings, LetterEncoder()))
    assert (len(report.accepted), report.refused) == (3, [])
    assert "il est refait à partir du corpus" in caplog.text
    assert answers(settings) == before
    assert open_library(settings, LetterEncoder()).store.problems() == []
    assert len(aside(settings.index)) == (name != "lost")


def test_only_the_last_damaged_rows_are_kept(settings: Settings) -> None:
    path = settings.index / "index.sqlite"
    for length in (1, 2):
        path.write_bytes(b"x" * length)
        ingest(open_library(settings, LetterEncoder()))
    assert [kept.stat().st_size for kept in aside(settings.index)] == [2]


def test_vectors_are_saved_from_damaged_rows(settings: Settings) -> None:
    path = settings.index / "index.sqlite"
    with sqlite3.connect(path) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='sketches'").fetchone()[0]
        kept = connection.execute("SELECT count(*) FROM embeddings").fetchone()[0]
    connection.close()
    raw = bytearray(path.read_bytes())
    raw[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(raw)
    with pytest.raises(UnusableIndex):
        ingest(open_library(settings, LetterEncoder()), force=True)

    class Forgetful(LetterEncoder):
        def encode_passages(self, texts: object) -> object:  # type: ignore[override]
            raise AssertionError("nothing is left to encode")

    assert kept
    assert len(ingest(open_library(settings, Forgetful())).accepted) == 3


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_in_the_rows_never_show_a_traceback(settings: Settings, seed: int) -> None:
    path = settings.index / "index.sqlite"
    dice = random.Random(seed)
    raw = bytearray(path.read_bytes())
    for _ in range(40):
        at = dice.randrange(100, len(raw) - 200)
        raw[at : at + 100] = dice.randbytes(100)
    path.write_bytes(raw)
    for use in (answers, lambda s: open_library(s, LetterEncoder()).store.documents(EVERYTHING)):
        with suppress(UnusableIndex):
            use(settings)
    library = open_library(settings, LetterEncoder())
    assert library.store.problems() != []
    ingest(open_library(settings, LetterEncoder()))
    assert open_library(settings, LetterEncoder()).store.problems() == []


def test_a_reader_that_is_open_sees_the_rows_that_were_made_again(settings: Settings) -> None:
    reader = open_library(settings, LetterEncoder())
    before = [hit.passage.id for hit in search(reader, "la fibre", viewer=STAFF).hits]
    (settings.index / "index.sqlite.suspect").touch()
    ingest(open_library(settings, LetterEncoder()))
    assert [hit.passage.id for hit in search(reader, "la fibre", viewer=STAFF).hits] == before
    assert reader.store.problems() == []


def test_nothing_is_answered_from_rows_that_are_made_again_in_part(settings: Settings) -> None:
    (settings.index / "index.sqlite").write_bytes(b"x")
    ingest(open_library(settings, LetterEncoder()), [settings.corpus / "seance" / "document-1.md"])
    with pytest.raises(UnusableIndex, match="pas encore refait en entier"):
        answers(settings)
    ingest(open_library(settings, LetterEncoder()))
    assert answers(settings)


def test_rows_whose_journal_was_lost_or_damaged_are_caught_up_by_the_next_ingest(settings: Settings) -> None:
    before = answers(settings)
    for number, damage in enumerate((Path.unlink, lambda path: path.write_bytes(b"x" * 9000))):
        library = open_library(settings, LetterEncoder())
        (settings.corpus / "nouveau.md").write_text(f"# Neuf\n\nUn texte neuf {number}.\n", encoding="utf-8")
        ingest(library)
        journal = settings.index / "index.sqlite-wal"
        copy = settings.index.with_name(f"copie-{number}")
        shutil.copytree(settings.index, copy)
        library.store.close()
        damage(copy / journal.name)
        (copy / "index.sqlite-shm").unlink(missing_ok=True)
        again = settings.model_copy(update={"index": copy})
        store = open_library(again, LetterEncoder()).store
        assert store.problems() == []
        ingest(open_library(again, LetterEncoder()))
        assert open_library(again, LetterEncoder()).store.problems() == []
        (settings.corpus / "nouveau.md").unlink()
        ingest(open_library(again, LetterEncoder()))
        assert answers(again) == before


def test_files_left_by_a_killed_process_are_in_nobodys_way(settings: Settings) -> None:
    before = answers(settings)
    for name in ("writing.lock", ".vectors-x-1.1.npz", "index.sqlite-shm"):
        (settings.index / name).touch()
    words = next(settings.index.glob("words-*"))
    for name in (".tantivy-writer.lock", ".tantivy-meta.lock", ".manifest.json"):
        (words / name).touch()
    ingest(open_library(settings, LetterEncoder()))
    assert answers(settings) == before


def test_two_processes_may_make_the_same_index(tmp_path: Path) -> None:
    stores = [LocalStore(tmp_path / "index", 26) for _ in range(2)]
    assert stores[0]._rows.meta("uuid") == stores[1]._rows.meta("uuid")


def test_an_index_of_a_later_version_is_refused(settings: Settings) -> None:
    with sqlite3.connect(settings.index / "index.sqlite") as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(UnusableIndex, match="version plus récente"):
        answers(settings)


def test_an_altered_visibility_is_reported_and_read_again(settings: Settings) -> None:
    store = open_library(settings, LetterEncoder()).store
    store._rows.query("UPDATE documents SET visibility='public' WHERE visibility='staff'")
    assert [problem.partition(" : ")[0] for problem in store.problems()] == ["seance/document-2.md"]
    ingest(open_library(settings, LetterEncoder()), force=True)
    assert store.problems() == []


def test_an_altered_text_is_not_shown(settings: Settings) -> None:
    store = open_library(settings, LetterEncoder()).store
    store._rows.query("UPDATE documents SET text=replace(text, 'fibre 1', 'fibre 9')")
    texts = [hit.passage.text for hit in search(open_library(settings, LetterEncoder()), "fibre", viewer=STAFF).hits]
    assert texts
    assert not any("fibre 1" in text or "fibre 9" in text for text in texts)


@pytest.mark.parametrize("altered", ["CAST(x'007e' || substr(vector, 3) AS BLOB)", "substr(vector, 3)", "'texte'"])
def test_altered_vectors_are_reported_and_made_again(settings: Settings, altered: str) -> None:
    store = open_library(settings, LetterEncoder()).store
    store._rows.query(f"UPDATE embeddings SET vector={altered} WHERE hash < '8'")
    assert any("vecteurs ont été altérés" in problem for problem in store.problems())
    with pytest.raises(UnusableIndex, match="des vecteurs ont été altérés"):
        answers(settings)
    ingest(open_library(settings, LetterEncoder()))
    assert open_library(settings, LetterEncoder()).store.problems() == []
    assert answers(settings)


# --- words


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize(
    "pattern", ["*.term", "*.idx", "*.pos", "*.fast", "*.fieldnorm", "*.store", "*.del", "m*.json", ".managed.json"]
)
def test_a_damaged_word_file_never_changes_what_is_found(
    store: LocalStore, pattern: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "_SWEPT_AT_ONCE", 0)  # a large index keeps what went out for a while
    put(store, *(make_record(f"d{i}", f"fibre optique {i}", "eau") for i in range(30)))
    put(store, make_record("d1", "route"))
    before, count = said(store, "fibr"), len(store.lexical(Words(("fibr",)), EVERYTHING, 99))
    store.close()
    files = list(next(store.folder.glob("words-*")).glob(pattern))
    assert files
    for file in files:
        DAMAGES[name](file)
    again = LocalStore(store.folder, 26)
    assert said(again, "fibr") == before
    assert len(again.lexical(Words(("fibr",)), EVERYTHING, 99)) == count == 29
    assert again.problems() == []
    put(again, make_record("d2", "fibre neuve"))
    assert said(LocalStore(store.folder, 26), "neuv") == ["fibre neuve"]


def test_a_word_folder_that_is_lost_is_made_again(store: LocalStore, caplog: pytest.LogCaptureFixture) -> None:
    put(store, make_record("a", "fibre"))
    store.close()
    shutil.rmtree(next(store.folder.glob("words-*")))
    assert said(LocalStore(store.folder, 26), "fibr") == ["fibre"]
    assert "est reconstruit" in caplog.text


# --- vectors


@pytest.fixture
def large(store: LocalStore) -> LocalStore:
    """More passages than are left out of a snapshot."""
    put(store, make_record("a", *(f"mot {'abcdefghijklmnop'[i % 16] * (1 + i % 7)} {i}" for i in range(2100))))
    assert len(list(store.folder.glob("vectors-*"))) == 2
    return store


@pytest.mark.parametrize("suffix", [".faiss", ".npz"])
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_snapshot_is_made_again_from_the_rows(
    large: LocalStore, suffix: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = near(large, "mot abc"), large.background(VECTOR("mot"))
    large.close()
    DAMAGES[name](next(large.folder.glob(f"vectors-*{suffix}")))
    again = LocalStore(large.folder, 26)
    assert near(again, "mot abc") == before[0]
    assert again.background(VECTOR("mot")) == pytest.approx(before[1])
    assert ("l’index du sens est reconstruit" in caplog.text) == ((suffix, name) != (".npz", "lost"))
    put(again, make_record("b", "bbb"))
    assert len(list(large.folder.glob("vectors-*"))) == 2
    assert LocalStore(large.folder, 26).problems() == []


def test_a_snapshot_is_left_alone_until_it_lacks_a_share(large: LocalStore) -> None:
    snapshot = sorted(path.name for path in large.folder.glob("vectors-*"))
    put(large, make_record("b", "bbb"))
    assert sorted(path.name for path in large.folder.glob("vectors-*")) == snapshot
    again = LocalStore(large.folder, 26)
    assert near(again, "bbb")[0] == "bbb"
    large.delete("a")
    large.sync()
    assert sorted(path.name for path in large.folder.glob("vectors-*")) != snapshot
    assert near(again, "bbb") == near(LocalStore(large.folder, 26), "bbb") == ["bbb"]


def test_vectors_are_not_loaded_to_add_a_document(large: LocalStore) -> None:
    again = LocalStore(large.folder, 26)
    put(again, make_record("b", "bbb"))
    again.counts()
    assert not again._meaning.is_loaded
