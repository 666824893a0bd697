"""How long does a search take, warm and cold? On the corpus and index of the settings (KB_CORPUS, KB_INDEX).

usage: python benchmarks/latency.py [QUESTIONS] [COLD_RUNS]

Warm: server time of a whole search (parse, both candidate lists, fusion, texts, facets, reasons), by mode, with and
without a filter. Cold: wall time and peak memory of `kb search` in a new process.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

from kb.domain import PUBLIC, Filters, Mode
from kb.library import Library, open_library
from kb.search import search
from kb.settings import settings

QUESTIONS = (
    "comment redonner confiance aux habitants dans le numérique",
    "prix de la chaleur pour les locataires",
    "logements vacants centre ancien",
    '"un mariage sans divorce"',
    "Que recommande-t-on aux communes sur les mots de passe ?",
    "stationnement recettes -amende",
)


def warm(library: Library, mode: Mode, filters: Filters, repeats: int) -> np.ndarray:
    times = []
    for question in QUESTIONS * repeats:
        started = time.perf_counter()
        search(library, question, viewer=PUBLIC, mode=mode, filters=filters)
        times.append((time.perf_counter() - started) * 1000)
    return np.percentile(times, [50, 95, 100])


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    library = open_library(settings())
    print(f"{library.store.counts().passages} passages")
    print("| mode | filter | p50 ms | p95 ms | max ms |\n|---|---|---|---|---|")
    search(library, QUESTIONS[0], viewer=PUBLIC)
    for mode in Mode:
        for name, filters in (("none", Filters()), ("season 2", Filters(seasons=(2,)))):
            figures = " | ".join(f"{ms:.1f}" for ms in warm(library, mode, filters, repeats))
            print(f"| {mode} | {name} | {figures} |")
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "kb.cli", "search", QUESTIONS[0]], stdout=subprocess.DEVNULL, check=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"cold: {time.perf_counter() - started:.2f} s, {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
