"""Ingests that are killed, doubled, watched while they run: the long version is benchmarks/faults.py."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from kb.domain import STAFF
from kb.errors import UnusableIndex
from kb.ingest import Report, ingest
from kb.library import Library, open_library
from kb.search import search
from kb.settings import ROOT, Settings
from kb.store import Scope, Words
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder

SLOW_INGEST = """
import sys, time
from pathlib import Path
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import Settings
from tests.conftest import LetterEncoder
class Slow(LetterEncoder):
    def encode_passages(self, texts):
        time.sleep({pause})
        return super().encode_passages(texts)
for _ in range({times}):
    ingest(open_library(Settings(corpus=Path({corpus!r}), index=Path({index!r})), Slow()), force=True)
"""
EVERYTHING = Scope(STAFF)


def killed(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "faults.py"), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_ten_killed_ingests_lose_nothing_double_nothing_and_end_as_undisturbed_ones() -> None:
    done = killed("--kills", "10", "--small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 kills, 0 faults" in done.stdout


@pytest.mark.long
def test_two_hundred_killed_ingests_lose_nothing_double_nothing_and_end_as_undisturbed_ones() -> None:
    done = killed("--kills", "200")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    for number in range(6):
        body = "\n\n".join(f"Paragraphe {number} {i} sur la commune et la fibre. " * 9 for i in range(9))
        (corpus / f"document-{number}.md").write_text(f"# Titre {number}\n\n{body}\n", encoding="utf-8")
    return Settings(corpus=corpus, index=tmp_path / "index")


def slow_ingest(settings: Settings, times: int = 1, pause: float = 0.15) -> subprocess.Popen[bytes]:
    """An ingest in another process; `times`: all again, each document in the place of itself."""
    script = SLOW_INGEST.format(corpus=str(settings.corpus), index=str(settings.index), times=times, pause=pause)
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)


def wait_for(settings: Settings, child: subprocess.Popen[bytes], documents: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        if (settings.index / "writing.lock").exists():
            store = LocalStore(settings.index, LetterEncoder.dimensions)
            count = len(store.documents(EVERYTHING))
            store.close()
            if count >= documents:
                return
        time.sleep(0.05)
    raise AssertionError("the ingest ended before it could be watched")


def test_a_second_ingest_at_the_same_time_is_told_so_and_harms_nothing(settings: Settings) -> None:
    child = slow_ingest(settings, pause=0.7)
    wait_for(settings, child, 1)
    with pytest.raises(UnusableIndex, match="une autre ingestion écrit dans cet index"):
        ingest(open_library(settings, LetterEncoder()))
    assert child.wait() == 0
    library = open_library(settings, LetterEncoder())
    assert library.store.problems() == []
    assert library.store.counts().documents == 10


def worded(library: Library) -> dict[str, int]:
    """How many passages of each document say a word that is in most."""
    found = library.store.fetch([key for key, _ in library.store.lexical(Words(("fibr",)), EVERYTHING, 999)])
    return Counter(passage.document for passage, _ in found.values())


def test_searching_goes_on_during_an_ingest_and_sees_whole_documents_only(settings: Settings) -> None:
    ingest(open_library(settings, LetterEncoder()))
    reader = open_library(settings, LetterEncoder())
    whole = worded(reader)
    child = slow_ingest(settings, times=2)
    looks = 0
    while child.poll() is None:
        looks += 1
        assert search(reader, "la fibre de la commune", viewer=STAFF).hits
        assert worded(reader).items() <= whole.items()
        assert len(reader.store.documents(EVERYTHING)) == 10
    assert child.wait() == 0
    assert looks > 3


def test_verifying_during_an_ingest_gives_no_false_alarm(settings: Settings) -> None:
    ingest(open_library(settings, LetterEncoder()))
    child = slow_ingest(settings, times=2)
    looks = 0
    while child.poll() is None:
        looks += 1
        store = LocalStore(settings.index, LetterEncoder.dimensions)
        assert store.problems() == []
        store.close()
    assert child.wait() == 0
    assert looks > 3


def content(index: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(index / "index.sqlite") as connection:
        return connection.execute(
            'SELECT d.path, d.text, p.ordinal, p.start, p."end", p.anchor, p.speaker, p.context, e.vector '
            "FROM passages p "
            "JOIN documents d ON d.key = p.document JOIN embeddings e ON e.hash = p.embedded ORDER BY d.path, p.ordinal"
        ).fetchall()


def many_documents(corpus: Path) -> None:
    for i in range(12):
        body = "\n\n".join(f"Paragraphe {i} {j} sur la commune et la fibre." for j in range(6))
        (corpus / f"document-{i:02}.md").write_text(f"# Titre {i}\n\n{body}\n", encoding="utf-8")


def ask(library: Library) -> list[tuple[str, float]]:
    return [(h.passage.id, h.score) for h in search(library, "la fibre de la commune", viewer=STAFF).hits]


@pytest.mark.parametrize("documents_in", [0, 3, 8])
def test_killed_at_any_time_and_run_again_it_gives_the_index_of_an_undisturbed_run(
    corpus: Path, tmp_path: Path, documents_in: int
) -> None:
    many_documents(corpus)
    calm = open_library(Settings(corpus=corpus, index=tmp_path / "calm"), LetterEncoder())
    ingest(calm)
    index = tmp_path / "killed"
    child = slow_ingest(Settings(corpus=corpus, index=index))
    wait_for_documents(index, documents_in, child)
    child.send_signal(signal.SIGKILL)
    child.wait()
    again = open_library(Settings(corpus=corpus, index=index), LetterEncoder())
    assert again.store.problems() == []
    assert 0 <= again.store.counts().documents < 16
    report: Report = ingest(again)
    assert report.refused == []
    assert content(index) == content(tmp_path / "calm")
    assert ask(again) == ask(calm)
    assert again.store.problems() == []


def wait_for_documents(index: Path, wanted: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        if (index / "index.sqlite").exists():
            try:
                with sqlite3.connect(f"file:{index}/index.sqlite?mode=ro", uri=True) as connection:
                    if connection.execute("SELECT count(*) FROM documents").fetchone()[0] >= wanted:
                        return
            except sqlite3.OperationalError:
                pass
        time.sleep(0.01)
    raise AssertionError("the ingest ended before it could be killed")
