"""A watched folder: taken in at once, then whenever it changed and came to rest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kb.ingest.watch import changes
from kb.settings import ROOT


class Clock:
    """What happens at each wait of the watcher; ends it when nothing is left to happen."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self.events = list(events)

    def __call__(self, seconds: float) -> None:
        if not self.events:
            raise StopIteration
        self.events.pop(0)()
        time.sleep(0.06)


def rounds(
    folder: Path, *events: Callable[[], object], quiet_s: float = 0.0, lost: Callable[[], None] = lambda: None
) -> int:
    """How many times a folder is taken in while these events happen, one a look."""
    count = 0
    try:
        for _ in changes([folder], quiet_s=quiet_s, lost=lost, wait=Clock(*events)):
            count += 1
    except RuntimeError:  # what a StopIteration becomes inside a generator
        return count
    raise AssertionError("the watch ended by itself")


def nothing() -> None:
    pass


def test_a_folder_is_taken_in_at_once_and_not_again_while_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("un")
    assert rounds(tmp_path, nothing, nothing, nothing) == 1


def test_a_new_a_changed_and_a_removed_file_each_count(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    assert rounds(tmp_path, lambda: file.write_text("un"), lambda: file.write_text("deux"), file.unlink) == 4


def test_a_file_that_grows_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"

    def grow() -> None:
        with file.open("a") as stream:
            stream.write("encore")

    assert rounds(tmp_path, grow, grow, grow, nothing, nothing, nothing, nothing, quiet_s=0.15) == 2


def test_a_drive_that_goes_away_is_told_once_and_is_no_empty_folder(tmp_path: Path) -> None:
    drive, told = tmp_path / "drive", []
    drive.mkdir()
    (drive / "a.txt").write_text("un")
    away = tmp_path / "away"
    events = (lambda: drive.rename(away), nothing, lambda: away.rename(drive), nothing)
    assert rounds(drive, *events, lost=lambda: told.append(1)) == 1
    assert told == [1]


def test_the_command_takes_in_what_is_dropped_and_stops_on_interruption(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("La commune ouvre un guichet numérique.", encoding="utf-8")
    environment = os.environ | {"KB_CORPUS": str(corpus), "KB_INDEX": str(tmp_path / "i"), "KB_WATCH_SECONDS": "0.2"}
    command = [sys.executable, str(ROOT / "ingest.py"), "--watch"]
    log = tmp_path / "log"
    with log.open("w") as written:
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            until(lambda: "1 passage" in log.read_text(), log)
            shutil.copy(corpus / "a.txt", tmp_path / "b.txt")
            (tmp_path / "b.txt").write_text("Le préfet ferme la préfecture en août.", encoding="utf-8")
            (tmp_path / "b.txt").rename(corpus / "b.txt")
            until(lambda: "2 passages" in log.read_text(), log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    assert "Interrompu" in log.read_text()
    assert "Traceback" not in log.read_text()


def until(happened: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 40
    while not happened():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
