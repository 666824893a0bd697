"""Kill ingests at random instants and look at what is left: nothing lost, nothing doubled, the same answers at the end.

    python benchmarks/faults.py --kills 200

Real files, real readers, the real model, the code of `kb ingest`. The model is loaded once; each ingest runs in a
forked process that SIGKILL ends, either at a random time or just before its n-th write (SQL statement, file opened,
renamed or removed, tantivy commit, FAISS file). Each kill is followed by the checks of `kb verify` and, one time in
three, or when all kills of a stage are done, by an ingest that must end in the index of an undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import faiss
from fault_corpus import change, remove, write

from kb.domain import STAFF, Mode
from kb.encoder import Encoder
from kb.encoder.load import load_encoder
from kb.errors import UnusableIndex
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.search import search
from kb.settings import Settings
from kb.store import meaning, words

QUESTIONS = ("la fibre dans les écoles", "confiance des habitants", '"guichet ouvert"', "budget -piscine")
SQL_WRITES = ("BEGIN", "COMMIT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "PRAGMA journal")
FILE_WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
SCORE_TOLERANCE = 0.002
"""A vector depends, in its last bits, on those it was computed with: a resumed ingest makes other batches."""

Content = dict[str, str]
Answers = dict[str, list[tuple[str, float]]]


@dataclass(frozen=True)
class Stage:
    """What is killed: an ingest of a corpus by an index that is at another."""

    name: str
    start: Path | None
    corpus: Path
    force: bool = False


@dataclass
class Tally:
    kills: int = 0
    spared: int = 0
    faults: Counter[str] = field(default_factory=Counter)


# --- in the child


class Instants:
    """Calls `reach` before each write; the n-th of a kind may be fatal."""

    def __init__(self, index: Path, fatal: tuple[str, int] | None) -> None:
        self.index = str(index)
        self.fatal = fatal
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()

    def reach(self, kind: str) -> None:
        with self.lock:
            self.seen[kind] += 1
            if self.fatal == (kind, self.seen[kind]):
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        instants = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
                if sql.lstrip().startswith(SQL_WRITES):
                    instants.reach("sql " + sql.split()[0])
                return super().execute(sql, *values)

        plain = sqlite3.connect
        sqlite3.connect = lambda *a, **k: plain(*a, **{"factory": Connection, **k})  # type: ignore[assignment]
        for owner, name, kind in (
            *((words.WordIndex, "_record_manifest", "words committed"), (words, "_indexed", "words added")),
            (faiss, "write_index", "vectors"),
        ):
            setattr(owner, name, self._announced(getattr(owner, name), kind))
        sys.addaudithook(self._hear)

    def _announced(self, call: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def announced(*args: Any, **kwargs: Any) -> Any:
            self.reach(kind)
            return call(*args, **kwargs)

        return announced

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        writes = event in FILE_WRITES or (event == "open" and args[1] in ("w", "wb"))
        if writes and (event == "os.rmdir" or str(args[0]).startswith(self.index)):
            self.reach(event)


def child(work: Callable[[], object], seconds: float | None = None) -> tuple[bool, Any]:
    """Run in a forked process, killed after so many seconds; whether it ended by itself, and what it returned."""
    with tempfile.TemporaryFile("w+") as answer:
        pid = os.fork()
        if not pid:
            os.setsid()
            status = 1
            try:
                json.dump(work(), answer)
                answer.flush()
                status = 0
            except BaseException:  # noqa: BLE001 - told by the parent
                traceback.print_exc()
            finally:
                os._exit(status)
        if seconds is not None:
            killer = threading.Timer(seconds, lambda: os.killpg(pid, signal.SIGKILL))
            killer.start()
        status = os.waitpid(pid, 0)[1]
        if seconds is not None:
            killer.cancel()
            killer.join()
        if os.WIFSIGNALED(status):
            return False, None
        if os.WEXITSTATUS(status):
            raise SystemExit("a run that was not killed failed: see above")
        answer.seek(0)
        return True, json.load(answer)


def content(index: Path) -> Content:
    """A hash of all that is kept of each document but its vectors, by path."""
    found: dict[str, list[object]] = defaultdict(list)
    with closing(sqlite3.connect(index / "index.sqlite")) as connection:
        for path, *rest in connection.execute(
            'SELECT d.path, d.text, d.visibility, d.title, p.ordinal, p.start, p."end", p.anchor, p.speaker, p.context '
            "FROM passages p JOIN documents d ON d.key = p.document ORDER BY d.path, p.ordinal"
        ):
            found[path].append(rest)
    return {path: sha256(repr(rows).encode()).hexdigest()[:16] for path, rows in found.items()}


def answers(library: Library) -> Answers:
    found = {}
    for question in QUESTIONS:
        for mode in Mode:
            hits = search(library, question, viewer=STAFF, mode=mode, k=10).hits
            found[f"{mode} {question}"] = [(hit.passage.id, hit.score) for hit in hits]
    return found


# --- the harness


class Harness:
    def __init__(self, home: Path, encoder: Encoder, seed: int) -> None:
        self.home = home
        self.encoder = encoder
        self.dice = random.Random(seed)
        self.references: dict[Path, tuple[Content, Answers]] = {}
        self.measures: dict[str, tuple[float, Counter[str]]] = {}

    def library(self, corpus: Path, index: Path) -> Library:
        return open_library(Settings(corpus=corpus, index=index, threads=1), self.encoder)

    def run(self, stage: Stage, index: Path, fatal: tuple[str, int] | None) -> object:
        instants = Instants(index, fatal)
        instants.watch()
        library = self.library(stage.corpus, index)
        report = ingest(library, force=stage.force)
        if stage.force:
            library.store.remake()
        library.store.close()
        assert not report.refused, report.refused
        return dict(instants.seen)

    def begin(self, stage: Stage) -> Path:
        index = self.home / "index"
        shutil.rmtree(index, ignore_errors=True)
        if stage.start:
            shutil.copytree(stage.start, index)
        return index

    def measure(self, stage: Stage) -> None:
        """How long the stage takes undisturbed, and what it writes."""
        index = self.begin(stage)
        started = time.monotonic()
        _, seen = child(lambda: self.run(stage, index, None))
        self.measures[stage.name] = (time.monotonic() - started, Counter(seen))

    def refer(self, corpus: Path) -> Path:
        """The index of an undisturbed run over a corpus, and what it holds and answers."""
        index = self.home / f"reference-{corpus.name}"

        def make() -> object:
            library = self.library(corpus, index)
            ingest(library)
            found = [content(index), answers(library)]
            library.store.close()
            return found

        _, found = child(make)
        self.references[corpus] = (found[0], _tuples(found[1]))
        return index

    def kill(self, stage: Stage, index: Path) -> bool:
        """Whether the ingest was killed before it ended."""
        seconds, seen = self.measures[stage.name]
        if self.dice.random() < 0.5:
            return not child(lambda: self.run(stage, index, None), self.dice.uniform(0, seconds))[0]
        kind = self.dice.choice(sorted(seen))
        fatal = (kind, self.dice.randint(1, seen[kind]))
        return not child(lambda: self.run(stage, index, fatal))[0]

    def check(self, stage: Stage, index: Path, before: Content) -> list[str]:
        """What is wrong with what a kill left."""
        return list(child(lambda: self._faults(stage, index, before))[1])

    def _faults(self, stage: Stage, index: Path, before: Content) -> list[str]:
        library = self.library(stage.corpus, index)
        problems = library.store.problems()
        if stage.name == "mending" and any("lancez « kb ingest »" in problem for problem in problems):
            return []  # not made again yet, and it says so
        faults = [f"inconsistent: {problem}" for problem in problems]
        after = self.references[stage.corpus][0]
        for path, kept in content(index).items():
            if kept not in (before.get(path), after.get(path)):
                faults.append(f"half in: {path}")
        if stage.name != "mending":
            gone = before.keys() & after.keys() - content(index).keys()
            faults += [f"lost: {path}" for path in gone]
        return faults + _doubled(index) + self._unanswered(library, stage)

    def _unanswered(self, library: Library, stage: Stage) -> list[str]:
        try:
            answers(library)
        except UnusableIndex as error:
            return [] if stage.name == "mending" else [f"no answer: {error}"]
        return []

    def finish(self, stage: Stage, index: Path) -> list[str]:
        """What differs from an undisturbed run once the ingest ran to its end."""

        def work() -> object:
            self.run(stage, index, None)
            library = self.library(stage.corpus, index)
            return [content(index), answers(library), library.store.problems() + _doubled(index)]

        kept, found, problems = child(work)[1]
        reference = self.references[stage.corpus]
        faults = [f"inconsistent: {problem}" for problem in problems]
        faults += [] if kept == reference[0] else [f"lost: {sorted(set(reference[0].items()) ^ set(kept.items()))}"]
        return faults + [f"other answers: {name}" for name in _differing(_tuples(found), reference[1])]

    def stage(self, stage: Stage, kills: int) -> Tally:
        self.measure(stage)
        tally = Tally()
        before = self.references[self.home / "one"][0] if stage.start else {}
        index = self.begin(stage)
        while tally.kills < kills:
            killed = self.kill(stage, index)
            tally.kills += killed
            tally.spared += not killed
            faults = self.check(stage, index, before)
            if not killed or self.dice.random() < 1 / 3 or tally.kills == kills or faults:
                faults += self.finish(stage, index)
                index = self.begin(stage)
            for fault in faults:
                tally.faults[fault.partition(":")[0]] += 1
                print(f"  {stage.name}: {fault}", file=sys.stderr)
        return tally


def _tuples(found: Answers) -> Answers:
    return {name: [(id_, score) for id_, score in hits] for name, hits in found.items()}


def _differing(found: Answers, expected: Answers) -> Iterator[str]:
    """The questions whose hits are others, or have other scores; hits of nearly the same score may trade places."""
    for name, hits in expected.items():
        scores = [[score for _, score in each] for each in (found[name], hits)]
        same = len(scores[0]) == len(scores[1]) and all(
            abs(a - b) <= SCORE_TOLERANCE for a, b in zip(*scores, strict=True)
        )
        last = min(scores[1], default=0.0) + SCORE_TOLERANCE
        sure = [{id_ for id_, score in each if score > last} for each in (found[name], hits)]
        if not same or sure[0] ^ sure[1]:
            yield f"{name} {found[name][:4]} {hits[:4]}"


def _doubled(index: Path) -> list[str]:
    with closing(sqlite3.connect(index / "index.sqlite")) as connection:
        rows = connection.execute(
            "SELECT d.path, p.start, count(*) FROM passages p JOIN documents d ON d.key = p.document "
            "GROUP BY d.path, p.start, p.ordinal HAVING count(*) > 1"
        ).fetchall()
    return [f"doubled: {row}" for row in rows]


@contextmanager
def harness(seed: int, *, small: bool) -> Iterator[tuple[Harness, list[Stage]]]:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    meaning._SNAPSHOT_LACKS_LEAST = 0  # type: ignore[misc]  # so that each ingest writes a snapshot
    encoder = load_encoder(Settings(threads=1))
    encoder.encode_query("réveil")
    with tempfile.TemporaryDirectory(prefix="kb-faults-") as place:
        home = Path(place)
        one, other, fewer = home / "one", home / "other", home / "fewer"
        write(one, small=small)
        change(Path(shutil.copytree(one, other)))
        remove(Path(shutil.copytree(one, fewer)))
        made = Harness(home, encoder, seed)
        start = made.refer(one)
        made.refer(other)
        if not small:
            made.refer(fewer)
        damaged = Path(shutil.copytree(start, home / "damaged"))
        rows = damaged / "index.sqlite"
        rows.write_bytes(rows.read_bytes()[:-8192])
        stages = [
            Stage("first ingest", None, one),
            Stage("changed files", start, other),
            Stage("removed files", start, fewer),
            Stage("rebuild", start, one, force=True),
            Stage("mending", damaged, one),
        ]
        yield made, [stages[1], *stages[3:]] if small else stages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="five files instead of twelve, and three stages")
    asked = parser.parse_args()
    started, wrong, done = time.monotonic(), 0, 0
    with harness(asked.seed, small=asked.small) as (made, stages):
        print(f"{'stage':15} {'kills':>5} {'not in time':>11} {'s/ingest':>8}  faults")
        for number, stage in enumerate(stages):
            tally = made.stage(stage, asked.kills // len(stages) + (number < asked.kills % len(stages)))
            seconds = made.measures[stage.name][0]
            faults = dict(tally.faults) or "none"
            print(f"{stage.name:15} {tally.kills:5} {tally.spared:11} {seconds:8.1f}  {faults}", flush=True)
            wrong, done = wrong + sum(tally.faults.values()), done + tally.kills
    print(f"{done} kills, {wrong} faults, {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
