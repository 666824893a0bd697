"""An index where nothing may be written, and a disk with no room left. Needs the right to mount a small disk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.domain import STAFF
from kb.errors import UnusableIndex
from kb.ingest import ingest
from kb.library import open_library
from kb.search import search
from kb.settings import Settings
from kb.store import Scope, Words
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put

EVERYTHING = Scope(STAFF)


@contextmanager
def mounted(at: Path, *options: str) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(at)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no right to mount a disk here: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@contextmanager
def closed(folder: Path) -> Iterator[Path]:
    """The folder, where nothing may be written."""
    at = folder.with_name("lecture-seule")
    with mounted(at, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(at)], check=True)
        yield at


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disque", "-t", "tmpfs", "-o", "size=3m", "tmpfs") as at:
        yield at


def answers(settings: Settings) -> list[tuple[str, float]]:
    library = open_library(settings, LetterEncoder())
    found = [(hit.passage.id, hit.score) for hit in search(library, "la fibre", viewer=STAFF).hits]
    library.store.close()
    return found


def fill(disk: Path, leave: int = 0) -> Path:
    """Leave so many bytes of room, or none."""
    file = disk / "plein"
    with file.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"0" * 4096)
        except OSError:
            pass
    if leave:
        with file.open("r+b") as stream:
            stream.truncate(file.stat().st_size - leave)
    return file


# --- where nothing may be written


def test_an_index_is_searched_where_nothing_may_be_written(config: Settings) -> None:
    ingest(open_library(config, LetterEncoder()))
    before = answers(config)
    with closed(config.index) as folder:
        settings = config.model_copy(update={"index": folder})
        assert answers(settings) == before
        assert open_library(settings, LetterEncoder()).store.problems() == []
        with pytest.raises(UnusableIndex, match="lecture seule"):
            ingest(open_library(settings, LetterEncoder()))


def test_an_index_that_another_account_writes_is_seen_as_it_becomes(config: Settings) -> None:
    writer = open_library(config, LetterEncoder())
    ingest(writer)
    with closed(config.index) as folder:
        reader = open_library(config.model_copy(update={"index": folder}), LetterEncoder())
        for number in range(3):
            (config.corpus / "neuf.md").write_text(f"# Neuf\n\nLa géothermie numéro {number}.\n", encoding="utf-8")
            ingest(writer)
            assert f"numéro {number}" in search(reader, "géothermie numéro", viewer=STAFF).hits[0].passage.text


def test_an_index_at_rest_is_seen_as_another_account_changes_it(config: Settings) -> None:
    writer = open_library(config, LetterEncoder())
    ingest(writer)
    writer.store.close()
    with closed(config.index) as folder:
        reader = open_library(config.model_copy(update={"index": folder}), LetterEncoder())
        for number in range(3):
            (config.corpus / "neuf.md").write_text(f"# Neuf\n\nLa géothermie numéro {number}.\n", encoding="utf-8")
            writer = open_library(config, LetterEncoder())
            ingest(writer)
            if number != 1:
                writer.store.close()
            assert f"numéro {number}" in search(reader, "géothermie numéro", viewer=STAFF).hits[0].passage.text


def test_damaged_words_are_made_again_elsewhere_where_nothing_may_be_written(config: Settings) -> None:
    ingest(open_library(config, LetterEncoder()))
    before = answers(config)
    for file in config.index.glob("words-*/*.idx"):
        file.write_bytes(file.read_bytes()[:-1])
    with closed(config.index) as folder:
        assert answers(config.model_copy(update={"index": folder})) == before


def test_a_folder_without_an_index_where_nothing_may_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    with closed(tmp_path / "vide") as folder, pytest.raises(UnusableIndex, match="aucun index ici"):
        LocalStore(folder, 26)


# --- no room left


@pytest.mark.parametrize("leave", [0, 8 << 10, 60 << 10, 200 << 10, 400 << 10, 700 << 10])
def test_a_full_disk_is_said_and_nothing_is_half_in(small_disk: Path, leave: int) -> None:
    store = LocalStore(small_disk / "index", 26)
    store.reset("letters")
    put(store, make_record("a", "fibre"))
    filled = fill(small_disk, leave)
    records = [make_record(f"d{i}", *(f"mot {i} {j} {'abcdefgh'[j % 8] * 40}" for j in range(60))) for i in range(12)]
    with pytest.raises(UnusableIndex, match="le disque est plein"):
        put(store, *records)
    assert LocalStore(small_disk / "index", 26).fetch([1])[1][0].text == "fibre"
    filled.unlink()
    again = LocalStore(small_disk / "index", 26)
    assert again.problems() == []
    put(again, *records)
    assert again.problems() == []
    assert again.counts().documents == 13
    put(store, make_record("e", "encore"))
    assert store.problems() == again.problems() == []


def test_an_index_is_searched_on_a_full_disk(small_disk: Path) -> None:
    store = LocalStore(small_disk / "index", 26)
    store.reset("letters")
    put(store, make_record("a", "fibre"))
    store.close()
    fill(small_disk)
    again = LocalStore(small_disk / "index", 26)
    assert len(again.lexical(Words(("fibr",)), EVERYTHING, 3)) == 1


def test_vectors_that_cannot_be_put_aside_are_said_and_missed_by_nobody(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = LocalStore(small_disk / "index", 26)
    store.reset("letters")
    record = make_record("a", *("abcdefghijklmnopqrstuvwxyz"[i % 26] * 2 for i in range(2100)))
    with store.writing():
        store.remember(record.embedded, LetterEncoder().encode_passages([p.text for p in record.passages]))
        store.upsert(record)
        store.sync(snapshot=False)
        fill(small_disk, 100 << 10)
        store.sync()
    assert "n’ont pas pu être mis de côté (le disque est plein)" in caplog.text
    assert list(store.folder.glob("*vectors-*")) == []
    assert store.problems() == []
