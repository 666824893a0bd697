"""Hostile and broken files: each is read or refused as it should be, and none touches another.

A spread of them in every run; all of them with `pytest -m bad_inputs` or `python benchmarks/bad_inputs.py`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from kb.ingest import Report, ingest
from kb.library import open_library
from kb.readers import worker
from kb.settings import Settings
from tests import bad_inputs
from tests.bad_ingest import disagreement, final, taken_in
from tests.conftest import LetterEncoder

TABLE = bad_inputs.expectations()
_BY_INGEST = ("noms/", "special/")
_SLOW = ("bomb", "10Mo", "million", "boucle_contenu", "guillemet_non_ferme", "divs_100000")
NAMES = [row for row in TABLE if row.file.startswith(_BY_INGEST)]
SPREAD = [row for row in TABLE[::4] if row not in NAMES and not any(word in row.file for word in _SLOW)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    if not (shared / "badinputs" / "make.py").is_file():
        pytest.skip("../shared/badinputs is absent: no hostile files here")
    folder = tmp_path_factory.mktemp("hostile") / "mauvais"
    assert bad_inputs.make(folder) == [row.file for row in TABLE]
    return folder


def wrong(rows: Sequence[bad_inputs.Expected], got: Sequence[bad_inputs.Got]) -> dict[str, list[str]]:
    found = {row.file: bad_inputs.problems(row, each) for row, each in zip(rows, got, strict=True)}
    return {file: problems for file, problems in found.items() if problems}


def test_a_spread_of_hostile_files_is_read_or_refused_as_expected(made: Path) -> None:
    with bad_inputs.nothing_leaves(made) as incidents:
        got, printed = bad_inputs.measure(made, [row.file for row in SPREAD])
    assert wrong(SPREAD, got) == {}
    assert (incidents, printed) == ([], "")


def test_odd_names_links_and_pipes_are_taken_or_refused_as_expected(made: Path, tmp_path: Path) -> None:
    files = [row.file for row in NAMES]
    with bad_inputs.nothing_leaves(made) as incidents:
        taken = taken_in(made, tmp_path / "index", files, below=("noms", "special"))
    assert wrong(NAMES, [taken[file] for file in files]) == {}
    assert incidents == []


@pytest.mark.long
@pytest.mark.bad_inputs
def test_every_hostile_file_is_as_expected_alone_and_among_the_others(made: Path, tmp_path: Path) -> None:
    files = [row.file for row in TABLE]
    with bad_inputs.nothing_leaves(made) as incidents:
        measured, printed = bad_inputs.measure(made, files)
        taken = taken_in(made, tmp_path / "index", files)
    assert wrong(TABLE, [final(got, taken[got.file]) for got in measured]) == {}
    assert {got.file: d for got in measured if (d := disagreement(got, taken[got.file]))} == {}
    assert (incidents, printed) == ([], "")


# A judge that could not say no would be no judge


@pytest.mark.parametrize(
    ("got", "problem"),
    [
        (bad_inputs.Got("f", "refuse", "trop grand"), "refuse"),
        (bad_inputs.Got("f", "read", text="autre chose"), "sans"),
        (bad_inputs.Got("f", "read", text="TEMOIN-001 <script>"), "avec"),
        (bad_inputs.Got("f", "read", text="TEMOIN-001", seconds=11), "11.0 s"),
        (bad_inputs.Got("f", "read", text="TEMOIN-001", megabytes=1200), "1200 Mo"),
        (bad_inputs.Got("f", "read", text=f"TEMOIN-001 {bad_inputs.SECRET}"), "avec"),
    ],
)
def test_what_is_not_as_expected_is_said(got: bad_inputs.Got, problem: str) -> None:
    expected = bad_inputs.Expected("f", frozenset({"read"}), has=("TEMOIN-001",), lacks=("script",))
    assert bad_inputs.problems(expected, bad_inputs.Got("f", "read", text="TEMOIN-001")) == []
    assert problem in " ".join(bad_inputs.problems(expected, got))


def test_a_refusal_for_another_cause_is_not_as_expected() -> None:
    expected = bad_inputs.Expected("f", frozenset({"refuse"}), said=("fichier vide",))
    assert bad_inputs.problems(expected, bad_inputs.Got("f", "refuse", "fichier abîmé")) != []


# One file among others


def taken_with(corpus: Path, index: Path, **limits: float) -> Report:
    library = open_library(Settings.model_validate({"corpus": corpus, "index": index, **limits}), LetterEncoder())
    try:
        return ingest(library)
    finally:
        library.store.close()


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Three ordinary files and one that takes seconds and memory."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, words in (("a.txt", "La fibre arrive."), ("m.txt", "Le guichet reste."), ("z.txt", "L’eau manque.")):
        (corpus / name).write_text(words)
    (corpus / "lourd.txt").write_text("mot " * 6_000_000)
    return corpus


def cause_of_the_heavy_one(report: Report) -> str:
    """Why the heavy file was refused; the three others were taken."""
    assert report.accepted == ["a.txt", "m.txt", "z.txt"]
    assert [note.file for note in report.refused] == ["lourd.txt"]
    return report.refused[0].cause


def when_a_reader_is_heavy(act: Callable[[int], None]) -> threading.Event:
    """Act once on the first child of this process that holds more than 120 MB; the event ends the watch."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            with suppress(OSError, IndexError):
                for child in children():
                    pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
                    if pages * os.sysconf("SC_PAGE_SIZE") > 120_000_000 and b"readers.child" in command(child):
                        act(child)
                        return

    threading.Thread(target=watch, daemon=True).start()
    return over


def children() -> list[int]:
    lists = (task / "children" for task in Path("/proc/self/task").iterdir())
    return [int(child) for each in lists for child in each.read_text().split()]


def command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir() or not list(Path("/proc/self/task").glob("*/children")),
    reason="the reading process is found in /proc",
)


@needs_proc
@pytest.mark.parametrize("blow", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_reader_that_dies_leaves_the_others_taken_in(batch: Path, tmp_path: Path, blow: signal.Signals) -> None:
    over = when_a_reader_is_heavy(lambda process: os.kill(process, blow))
    cause = cause_of_the_heavy_one(taken_with(batch, tmp_path / "index"))
    over.set()
    assert "exportez-le à nouveau" in cause


@needs_proc
def test_a_reader_that_hangs_leaves_the_others_taken_in(batch: Path, tmp_path: Path) -> None:
    over = when_a_reader_is_heavy(lambda process: os.kill(process, signal.SIGSTOP))
    began = time.monotonic()
    cause = cause_of_the_heavy_one(taken_with(batch, tmp_path / "index", read_seconds=6))
    over.set()
    assert "la lecture a dépassé 6 s" in cause
    assert time.monotonic() - began < 30


def test_a_reader_without_memory_leaves_the_others_taken_in(batch: Path, tmp_path: Path) -> None:
    cause = cause_of_the_heavy_one(taken_with(batch, tmp_path / "index", read_megabytes=120))
    assert "mémoire" in cause


def test_an_answer_without_end_leaves_the_others_taken_in(
    batch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LARGEST_ANSWER", 1 << 20)
    assert cause_of_the_heavy_one(taken_with(batch, tmp_path / "index")) == worker.TOO_LONG


def test_a_link_to_another_file_of_the_corpus_is_not_shown_twice(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "note.md").write_text("# Note\n\nLa régie de l’eau garde un guichet ouvert dans chaque commune.\n")
    (corpus / "lien.md").symlink_to("note.md")
    report = taken_with(corpus, tmp_path / "index")
    assert [{twin.file, twin.same_as} for twin in report.twins] == [{"lien.md", "note.md"}]
    assert report.passages == 1
