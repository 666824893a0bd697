"""What adding one document of 20 passages costs to stores of several sizes: it should not depend on the size.

    python benchmarks/add_cost.py 1000 30000 300000

Through the store alone: synthetic passages of 60 words, random unit vectors of 384 numbers. Each addition is what an
ingest does to the store: open it, ask what is in, keep the vectors, put the document in, bring the indexes up to date.
Opening for search is measured apart: it reads the vectors, and so grows with them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb.domain import PUBLIC, Anchor, Document, DocumentType, Passage, Segment
from kb.store import Record, Scope, Vectors, Words
from kb.store.local import LocalStore

DIMENSIONS = 384
PASSAGES = 20
WORDS_EACH = 60
TIMES = 9
_DICE = np.random.default_rng(1)
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "lé", "mo", "ni", "pu", "ra", "so", "ti", "va", "zé")
_VOCABULARY = [a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES]


@dataclass
class Cost:
    """Of one addition: seconds, seconds of processor, bytes given to the system to write."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)

    @contextmanager
    def measured(self) -> Iterator[None]:
        started, processor, written = time.perf_counter(), time.process_time(), _written()
        yield
        self.wall.append(time.perf_counter() - started)
        self.processor.append(time.process_time() - processor)
        self.written.append(_written() - written)

    def __str__(self) -> str:
        wall, processor, written = map(statistics.median, (self.wall, self.processor, self.written))
        return f"{wall * 1000:8.1f} ms {processor * 1000:8.1f} ms {written / 1000:9.0f} kB"


def _written() -> int:
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])


def record(name: str) -> Record:
    texts = [" ".join(_DICE.choice(_VOCABULARY, WORDS_EACH)) for _ in range(PASSAGES)]
    passages, at = [], 0
    for ordinal, text in enumerate(texts, 1):
        span = (at, at + len(text))
        passages.append(Passage(f"{name}.{ordinal}", name, ordinal, *span, text, Anchor(page=ordinal)))
        at += len(text) + 2
    return Record(
        Document(name, f"{name}.md", name, DocumentType.OTHER),
        sha256="0" * 64,
        fingerprint="f" * 64,
        text="\n\n".join(texts),
        segments=tuple(Segment(p.start, p.end, p.anchor) for p in passages),
        passages=tuple(passages),
        contexts=("Titre",) * PASSAGES,
        embedded=tuple(sha256(text.encode()).hexdigest() for text in texts),
        sketch=tuple(int(n) for n in _DICE.integers(0, 1 << 62, 256)),
    )


def vectors() -> Vectors:
    found = _DICE.standard_normal((PASSAGES, DIMENSIONS), dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def put(store: LocalStore, made: Record) -> None:
    store.missing(made.embedded)
    store.remember(made.embedded, vectors())
    store.upsert(made)


def fill(folder: Path, size: int) -> None:
    store = LocalStore(folder, DIMENSIONS)
    with store.writing():
        store.reset("synthetic")
        for number in range(size // PASSAGES):
            put(store, record(f"d{number}"))
        store.complete()
        store.sync()
    store.close()


def add(folder: Path, made: Record) -> None:
    store = LocalStore(folder, DIMENSIONS)
    with store.writing():
        store.alike(made.sketch, 128)
        put(store, made)
        store.sync()
    store.counts()
    store.close()


def first_answers(folder: Path) -> tuple[float, float]:
    """Seconds from a closed store to the first answer by words, then by meaning."""
    started = time.perf_counter()
    store = LocalStore(folder, DIMENSIONS)
    store.lexical(Words((_VOCABULARY[7],)), Scope(PUBLIC), 10)
    by_words = time.perf_counter() - started
    store.dense(vectors()[0], Scope(PUBLIC), 10, among=None)
    store.close()
    return by_words, time.perf_counter() - started - by_words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 30_000, 300_000])
    parser.add_argument("--at", type=Path, help="folder for the stores, else a temporary one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.at) as place:
        folders = {size: Path(place, str(size)) for size in asked.sizes}
        for size, folder in folders.items():
            fill(folder, size)
        costs = {size: Cost() for size in folders}
        for turn in range(TIMES):  # by turns, so that a busy machine is as busy for each
            for size, folder in folders.items():
                made = record(f"n{turn}")
                with costs[size].measured():
                    add(folder, made)
        print("passages        wall    processor      written | first answer by words, by meaning | verify")
        for size, folder in folders.items():
            by_words, by_meaning = first_answers(folder)
            started = time.perf_counter()
            problems = LocalStore(folder, DIMENSIONS).problems()
            verify = time.perf_counter() - started
            print(f"{size:8} {costs[size]} | {by_words:6.2f} s {by_meaning:6.2f} s | {verify:.1f} s {problems}")
        first, last = costs[asked.sizes[0]], costs[asked.sizes[-1]]
        for name in ("wall", "processor", "written"):
            ratio = statistics.median(getattr(last, name)) / statistics.median(getattr(first, name))
            print(f"{name}: {ratio:.2f} times as much at {asked.sizes[-1]} as at {asked.sizes[0]}")


if __name__ == "__main__":
    main()
