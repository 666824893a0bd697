"""How long does a search take from the question to the answer, in a whole memory of each size, and what does it cost?

    python benchmarks/end_to_end.py 1000 12000 100000 1000000 --from FOLDER [--from FOLDER …] --work FOLDER

FOLDER is a retrieval set in BEIR layout; `grown.py` says how its passages are grown. The memories are made in the
working folder and kept there: rows, words and vectors, put in by the ways an ingest has, and a corpus folder with the
sessions. A million passages take 4 GB of disk. Vectors are made by the encoder of the settings (KB_MODEL, KB_ADAPTER).

A search is `kb.search.search`: parse, encode, both candidate lists, fusion, texts, reasons, counts of the filters; ten
hits, for someone who may see nine documents in ten. Questions are real ones, as many of each set, one after another;
all are asked once before, untimed, then twice: the round with the better 95th of 100 is kept, as other programs may
run. The time of the encoder alone, for the same questions, is given beside. The filter keeps one session of fifty. Some
sets ask in whole speeches, so that the same figures are given for questions of eight words to look for, or fewer.

Each size is searched in a process of its own: its resident memory after all answers is that of Python, the model, the
vectors, and what it used of the files of words and rows, which the system can take back. Cold: `kb search` in a new
process, from its start to its end, the files being in the memory of the system. Adding: one Markdown file of 20 real
passages by `kb.ingest`, in a process that searches nothing; and what the store alone has to do for such a document.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import grown
import numpy as np
import scale
from machine import machine
from scale import head

from kb.domain import PUBLIC, Filters, Mode
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.query import parse
from kb.search import search
from kb.settings import Settings

FILTERS = {"none": Filters(), "2 %": Filters(sessions=(grown.SESSION,))}
ADDED, ADDED_PASSAGES = 9, 20
SHORT = 8
"""Words to look for in a question that is not a speech."""
COLD = 5
_LONGEST = 700
_CORE = ("faiss-cpu", "numpy", "onnxruntime", "tantivy")


@dataclass(frozen=True)
class Costs:
    """Of a memory in use: seconds and megabytes. files: of the resident memory, what comes from mapped files."""

    open_s: float
    resident_mb: float
    files_mb: float
    cold_s: float
    disk_mb: dict[str, float]


def percentiles(times: Sequence[float]) -> list[float]:
    return [float(ms) for ms in np.percentile(times, [50, 95, 99])]


def timed(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of each, in the round with the better 95th of 100."""
    rounds = []
    for _ in range(3):
        times = []
        for question in questions:
            started = time.perf_counter()
            ask(question)
            times.append((time.perf_counter() - started) * 1000)
        rounds.append(times)
    return min(rounds[1:], key=lambda times: percentiles(times)[1])


def use(where: Settings, questions: Sequence[str]) -> tuple[list[str], Costs]:
    """Rows of the table of times, and the costs but for those of adding."""
    started = time.perf_counter()
    library = open_library(where)
    search(library, questions[0], viewer=PUBLIC)
    open_s = time.perf_counter() - started
    passages = library.store.counts().passages
    encoding = timed(library.encoder.encode_query, questions)
    short = [len(parse(question).words.stems) <= SHORT for question in questions]
    rows = _rows(passages, "encoder alone", "", encoding, short)
    for mode in Mode:
        for name, filters in FILTERS.items():
            rows += _rows(passages, mode, name, timed(_asking(library, mode, filters), questions), short)
    memory = scale.memory_mb("VmRSS"), scale.memory_mb("RssFile")
    return rows, Costs(open_s, *memory, cold(where, questions), disk_mb(where.index))


def _asking(library: Library, mode: Mode, filters: Filters) -> Callable[[str], object]:
    return lambda question: search(library, question, viewer=PUBLIC, mode=mode, filters=filters)


def _rows(passages: int, mode: str, name: str, times: Sequence[float], short: Sequence[bool]) -> list[str]:
    """Of all questions, and of the short ones."""
    brief = [ms for ms, is_short in zip(times, short, strict=True) if is_short]
    figures = " | ".join(f"{ms:.1f}" for ms in (*percentiles(times), *percentiles(brief)))
    return [f"| {passages:,} | {mode} | {name} | {figures} |"]


def cold(where: Settings, questions: Sequence[str]) -> float:
    """Median seconds of a new process that answers one question, and ends."""
    places = {f"KB_{name.upper()}": str(getattr(where, name)) for name in ("corpus", "index", "models", "adapter")}
    times = []
    for question in questions[:COLD]:
        started = time.perf_counter()
        command = [sys.executable, "-m", "kb.cli", "search", question]
        subprocess.run(command, env=os.environ | places, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def disk_mb(index: Path) -> dict[str, float]:
    """By what the files hold."""
    found = dict.fromkeys(("index.sqlite", "words", "vectors"), 0.0)
    for path in index.rglob("*"):
        kind = next((kind for kind in found if path.relative_to(index).parts[0].startswith(kind)), None)
        if kind and path.is_file():
            found[kind] += path.stat().st_size / 1e6
    return found


@dataclass(frozen=True)
class Added:
    """Seconds of each addition: of a file by an ingest, and of a document by the store alone."""

    ingest: list[float]
    store: list[float]


def add(made_of: grown.Material, places: Sequence[Settings]) -> list[Added]:
    """What one more costs to each memory, by turns, so that a busy machine is as busy for each."""
    libraries = [open_library(where) for where in places]
    costs = [Added([], []) for _ in libraries]
    for library in libraries:
        library.encoder.encode_query("pour charger le modèle")
        _add_file(library, _markdown(made_of, 0))
    for turn in range(1, ADDED + 1):
        for library, cost in zip(libraries, costs, strict=True):
            cost.ingest.append(_add_file(library, _markdown(made_of, turn)))
            cost.store.append(_add_document(library, made_of, turn))
    return costs


def _markdown(made_of: grown.Material, turn: int) -> str:
    """Of real passages that no document of the memory has side by side: it is nobody's twin."""
    chosen = np.random.default_rng([7, turn]).choice(len(made_of.texts), ADDED_PASSAGES, replace=False)
    return f"# Ajout {turn}\n\n" + "\n\n".join(made_of.texts[i][:_LONGEST] for i in chosen)


def _add_file(library: Library, text: str) -> float:
    file = library.corpus / grown.SESSION / "ajout.md"
    file.write_text(text, encoding="utf-8")
    started = time.perf_counter()
    report = ingest(library, [file])
    spent = time.perf_counter() - started
    assert len(report.accepted) == 1, report
    file.unlink()
    assert len(ingest(library, [file]).removed) == 1
    return spent


def _add_document(library: Library, made_of: grown.Material, turn: int) -> float:
    """All that an ingest of one file asks of the store."""
    number = 900_000 + turn
    made = grown.record(number, made_of.texts[turn * ADDED_PASSAGES : (turn + 1) * ADDED_PASSAGES])
    vectors = made_of.vectors[turn * ADDED_PASSAGES : (turn + 1) * ADDED_PASSAGES]
    store = library.store
    started = time.perf_counter()
    with store.writing():
        store.sources(), store.refusals(), store.alike(made.sketch, len(made.sketch) // 2)
        assert store.missing(made.embedded)
        store.remember(made.embedded, vectors)
        store.upsert(made)
        store.sync()
    store.counts()
    spent = time.perf_counter() - started
    with store.writing():
        store.delete(made.document.path)
        store.sync()
    return spent


def whole() -> str:
    """The machine, and all that a search goes through."""
    return f"{machine(os.cpu_count() or 1, *_CORE)}, SQLite {sqlite3.sqlite_version}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--from", dest="folders", action="append", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, help="where the memories are made, and kept")
    parser.add_argument("--only", choices=("build", "search", "add"), help="one of the three parts")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    made_of = grown.material(asked.folders)
    places = [grown.settings_of(asked.work, size) for size in asked.sizes]
    for size in asked.sizes:
        grown.build(asked.work, size, made_of)
    print(f"{whole()}\n{len(made_of.texts)} real passages, {len(made_of.questions)} real questions\n")
    costs = _search_all(places, made_of.questions) if asked.only in (None, "search") else []
    if costs:
        _tell_costs(asked.sizes, costs)
    if asked.only in (None, "add"):
        _tell_added(asked.sizes, add(made_of, places))


def _search_all(places: Sequence[Settings], questions: Sequence[str]) -> list[Costs]:
    """Each in its own process, so that memory is that of one library in use."""
    print(head("passages", "mode", "filter", "p50 ms", "p95 ms", "p99 ms", "short p50", "p95", "p99"))
    costs = []
    for where in places:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows, cost = pool.apply(use, (where, questions))
        print("\n".join(rows), flush=True)
        costs.append(cost)
    return costs


def _tell_costs(sizes: Sequence[int], costs: Sequence[Costs]) -> None:
    kinds = list(costs[0].disk_mb)
    columns = (
        "passages",
        "first answer s",
        "cold s",
        "resident MB",
        "of which files",
        *(f"{kind} MB" for kind in kinds),
    )
    print(f"\n{head(*columns)}")
    for size, cost in zip(sizes, costs, strict=True):
        figures = [f"{size:,}", f"{cost.open_s:.2f}", f"{cost.cold_s:.2f}"]
        figures += [f"{mb:.0f}" for mb in (cost.resident_mb, cost.files_mb, *cost.disk_mb.values())]
        print(f"| {' | '.join(figures)} |")


def _tell_added(sizes: Sequence[int], costs: Sequence[Added]) -> None:
    print(f"\n{head('passages', 'ingest of a file ms', 'times the first', 'store alone ms', 'times the first')}")
    first = costs[0]
    for size, cost in zip(sizes, costs, strict=True):
        whole, store = statistics.median(cost.ingest), statistics.median(cost.store)
        ratios = whole / statistics.median(first.ingest), store / statistics.median(first.store)
        print(f"| {size:,} | {whole * 1000:.0f} | {ratios[0]:.2f} | {store * 1000:.1f} | {ratios[1]:.2f} |")


if __name__ == "__main__":
    main()
