"""How does search by meaning grow with the number of passages: time, recall, memory, disk, opening, adding?

    python benchmarks/scale.py 1000 12000 100000 1000000 --from FOLDER [--from FOLDER …]

FOLDER is a retrieval set in BEIR layout (corpus.jsonl.gz, queries.jsonl.gz). Its passages and questions are embedded by
the real encoder, once: the vectors stay in the temporary folder, by hash of the texts and the encoder. Passages come in
documents of 20.

Larger sizes than the sets have are grown. The real passages come first. Each further vector is made of two of them, a
and b, drawn at random: the mean m of all, plus (a - m) cos t + (b - m) sin t, t between 15 and 60 degrees, brought to
length 1. It stays in the space that real texts occupy, which noise on each number would not, and its cosines spread
about as widely; but two texts on different subjects leave a passage on both, so that the nearest of a question are more
alike among themselves than real ones, and harder to tell from those that follow. The questions are real and not
perturbed. The spread is printed, so that one can judge.

Recall is against all products, taken apart from the index. Each time is of one question; all are asked twice and the
better round is kept, as other programs may run. Each index is made in one process, saved, and opened in another, whose
resident memory is shown: Python, numpy, FAISS and the index, without the encoder, the words and the rows. The filters
keep documents at random.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import faiss
import numpy as np
from machine import machine
from numpy.typing import NDArray

from kb.encoder.load import load_encoder
from kb.evaluate import rows
from kb.settings import settings
from kb.store import Candidate, Vectors, snapshots
from kb.store.vectors import VectorIndex

DOCUMENT = 20
ASKED = 200
QUESTIONS = 400
ADDED = 30
FILTERS = {"none": 1.0, "2 %": 0.02, "50 %": 0.5}
_PART = 20_000
_SEED = 1
_ANGLES = np.radians([15, 60])
Keys = NDArray[np.int64]
Ask = Callable[[Vectors, Keys | None], list[Candidate]]


@dataclass(frozen=True)
class Real:
    """Embedded passages and questions of real sets."""

    passages: Vectors
    questions: Vectors


@dataclass(frozen=True)
class Made:
    """What making and adding to an index cost."""

    build_s: float
    peak_mb: float
    add_ms: float
    replace_ms: float
    disk_mb: float


@dataclass(frozen=True)
class Answered:
    """What one filter gives: milliseconds at the 50th, 95th and 99th of 100, share found of the best 10 and 200."""

    times: tuple[float, float, float]
    recall_10: float
    recall_200: float


def texts(folder: Path, name: str) -> list[str]:
    return [f"{row.get('title') or ''} {row['text']}".strip() for row in rows(folder, name)]


def embedded(folder: Path) -> Real:
    encoder = load_encoder(settings())
    passages, questions = texts(folder, "corpus"), texts(folder, "queries")
    digest = sha256("\0".join([encoder.name, *passages, "", *questions]).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"kb-scale-{digest}.npz"
    if not kept.is_file():
        asked = np.stack([encoder.encode_query(text) for text in questions])
        np.savez(kept, passages=encoder.encode_passages(passages), questions=asked)
    with np.load(kept) as found:
        return Real(found["passages"], found["questions"])


def together(folders: Sequence[Path]) -> Real:
    """All passages, and a few hundred questions, shuffled."""
    dice = np.random.default_rng(_SEED)
    sets = [embedded(folder) for folder in folders]
    passages = np.concatenate([found.passages for found in sets])
    questions = np.concatenate([found.questions[:: max(1, len(found.questions) // QUESTIONS)] for found in sets])
    return Real(dice.permutation(passages), dice.permutation(questions)[:QUESTIONS])


def grown(real: Vectors, size: int) -> Iterator[tuple[Keys, Vectors]]:
    """The same vectors at each call, by parts, at the precision of the rows."""
    mean = real.mean(axis=0)
    for start in range(0, size, _PART):
        count = min(_PART, size - start)
        dice = np.random.default_rng([_SEED, start])
        first, second = (real[dice.integers(0, len(real), count)] - mean for _ in range(2))
        angles = dice.uniform(*_ANGLES, (count, 1)).astype(np.float32)
        part = mean + np.cos(angles) * first + np.sin(angles) * second
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        here = real[start : start + count]
        part[: len(here)] = here
        yield np.arange(start + 1, start + count + 1), part.astype(np.float16).astype(np.float32)


def subset(size: int, share: float) -> Keys | None:
    """The keys of a share of the documents; None for all."""
    if share == 1.0:
        return None
    documents = -(-size // DOCUMENT)
    chosen = np.random.default_rng(_SEED).permutation(documents)[: max(1, round(documents * share))]
    keys = (np.sort(chosen)[:, np.newaxis] * DOCUMENT + np.arange(1, DOCUMENT + 1)).ravel()
    return keys[keys <= size]


def truth(real: Real, size: int, share: float) -> Keys:
    """Keys of the best of all that the filter keeps, by question: (questions, up to ASKED)."""
    among = subset(size, share)
    keys, scores = np.empty((len(real.questions), 0), np.int64), np.empty((len(real.questions), 0), np.float32)
    for part, vectors in grown(real.passages, size):
        kept = np.ones(len(part), dtype=bool) if among is None else np.isin(part, among, assume_unique=True)
        scores = np.hstack([scores, real.questions @ vectors[kept].T])
        keys = np.hstack([keys, np.broadcast_to(part[kept], (len(keys), int(kept.sum())))])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :ASKED]
        keys, scores = np.take_along_axis(keys, best, 1), np.take_along_axis(scores, best, 1)
    return keys


def make(real: Real, size: int, folder: Path) -> Made:
    """An index of this size, saved in the folder; then what a document more costs."""
    started = time.perf_counter()
    index = VectorIndex.empty(real.passages.shape[1])
    for keys, vectors in grown(real.passages, size):
        index.add(keys, vectors)
    index.settle()
    build_s, peak_mb = time.perf_counter() - started, memory_mb("VmHWM")
    snapshots.save(index, folder, "scale", 1)
    disk_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    adding, replacing = [], []
    middle = size // 2 // DOCUMENT * DOCUMENT
    for turn in range(ADDED):
        document = real.passages[turn * DOCUMENT : (turn + 1) * DOCUMENT]
        adding.append(_ms(lambda document=document: _add(index, document)))
        gone = middle + turn * DOCUMENT
        replacing.append(_ms(lambda gone=gone: index.remove([(gone + 1, gone + DOCUMENT)])))
    return Made(build_s, peak_mb, float(np.median(adding)), float(np.median(adding) + np.median(replacing)), disk_mb)


def _add(index: VectorIndex, document: Vectors) -> None:
    index.add(np.arange(len(document)) + int(index.keys[-1]) + 1, document)
    index.settle()


def _ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def open_index(folder: Path, dimensions: int) -> tuple[VectorIndex, float]:
    """The saved index, and how many seconds it took to open and answer once."""
    started = time.perf_counter()
    index, _ = snapshots.latest(folder, "scale", dimensions, 1)
    index.search(np.full(dimensions, dimensions**-0.5, dtype=np.float32), 10, None)
    return index, time.perf_counter() - started


def answer(ask: Ask, questions: Vectors, among: Keys | None, expected: Keys) -> Answered:
    """Ask every question twice. `ask` may as well be a whole store."""
    rounds, found = [], []
    for _ in range(2):
        times = []
        found = []
        for question in questions:
            started = time.perf_counter()
            candidates = ask(question, among)
            times.append((time.perf_counter() - started) * 1000)
            found.append([key for key, _ in candidates])
        rounds.append(tuple(float(ms) for ms in np.percentile(times, [50, 95, 99])))
    return Answered(
        min(rounds, key=lambda times: times[1]), _recall(found, expected, 10), _recall(found, expected, 200)
    )


def _recall(found: Sequence[Sequence[int]], expected: Keys, k: int) -> float:
    """Share of the k truly best among all that the index proposes."""
    best = expected[:, :k]
    return float(np.mean([len(set(f) & set(b.tolist())) / len(b) for f, b in zip(found, best, strict=True)]))


def memory_mb(field: str) -> float:
    """VmRSS: resident now; VmHWM: resident at most so far."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields[field].split()[0]) / 1024


def use(
    questions: Vectors, size: int, folder: Path, expected: dict[str, Keys]
) -> tuple[str, float, float, dict[str, Answered]]:
    """Kind of index, seconds to open, resident MB after all answers, and the answers by filter."""
    index, open_s = open_index(folder, questions.shape[1])
    answers = {
        name: answer(
            lambda question, among: index.search(question, ASKED, among),
            questions,
            subset(size, share),
            expected[name],
        )
        for name, share in FILTERS.items()
    }
    return index.kind, open_s, memory_mb("VmRSS"), answers


def spread(real: Real) -> str:
    """How far above chance the nearest are, in standard deviations: real passages, and as many grown ones."""
    n = len(real.passages)
    made = np.concatenate([part for _, part in grown(real.passages, 3 * n)])[n : 2 * n]
    shown = []
    for name, passages in (("real", real.passages), ("grown", made)):
        cosines = real.questions @ passages.T
        mean, deviation = cosines.mean(axis=1), cosines.std(axis=1)
        above = (np.sort(cosines, axis=1)[:, [-1, -10, -200]] - mean[:, np.newaxis]) / deviation[:, np.newaxis]
        first, tenth, last = above.mean(axis=0)
        shown.append(
            f"{name}: cosine {mean.mean():.3f} ± {deviation.mean():.3f}, "
            f"1st at {first:.1f} deviations, 10th {tenth:.1f}, 200th {last:.1f}"
        )
    return f"{n} real passages, {len(real.questions)} questions. " + "; ".join(shown) + "."


def measure(real: Real, size: int, at: Path | None) -> tuple[list[str], str]:
    """Rows of the two tables. Each step has its own process, so that memory is that of one index in use."""
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(dir=at) as place, processes.Pool(1, maxtasksperchild=1) as pool:
        made = pool.apply(make, (real, size, Path(place)))
        expected = {name: pool.apply(truth, (real, size, share)) for name, share in FILTERS.items()}
        kind, open_s, memory, answers = pool.apply(use, (real.questions, size, Path(place), expected))
    rows = [
        f"| {size:,} | {kind} | {name} | {' | '.join(f'{ms:.1f}' for ms in found.times)} "
        f"| {found.recall_10:.4f} | {found.recall_200:.4f} |"
        for name, found in answers.items()
    ]
    cost = f"| {size:,} | {made.build_s:.1f} | {made.peak_mb:.0f} | {open_s:.2f} | {memory:.0f} | {made.disk_mb:.0f} "
    return rows, f"{cost}| {made.add_ms:.2f} | {made.replace_ms:.2f} |"


def head(*columns: str) -> str:
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--from", dest="folders", action="append", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--at", type=Path, help="folder for the indexes, else a temporary one")
    asked = parser.parse_args()
    real = together(asked.folders)
    print(f"{machine(faiss.omp_get_max_threads(), 'faiss-cpu', 'numpy')}\n{spread(real)}\n")
    print(head("passages", "index", "filter", "p50 ms", "p95 ms", "p99 ms", "recall@10", "recall@200"))
    costs = []
    for size in asked.sizes:
        rows, cost = measure(real, size, asked.at)
        print("\n".join(rows), flush=True)
        costs.append(cost)
    print()
    print(head("passages", "make s", "peak MB", "open s", "resident MB", "disk MB", "add 20 ms", "replace 20 ms"))
    print("\n".join(costs))


if __name__ == "__main__":
    main()
