"""What does the encoder chosen here gain over sentence-transformers with torch, and what does it cost in quality?

usage: python benchmarks/encoder.py SET… [--passages N] [--questions N] [--rounds N] [--threads N] [--no-quality]

SET: retrieval sets in BEIR layout. Both encoders read the same folder, the one that the settings choose (KB_MODEL or
KB_ADAPTER), and the same texts, with the same number of threads. Torch is measured at sentence-transformers' own batch
of 32 and at 8, which is better here; ratios are to the better of the two. Each measure is made in a new process, the
encoders by turns, after a warm-up; the figures are the medians of the rounds.

Quality is nDCG@10 of exact cosines, over all passages and questions of each set: no index, no words.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from machine import machine

from kb.encoder import Vectors, adapter, bundled
from kb.encoder.load import load_encoder
from kb.evaluate import RetrievalSet, measured, read_set
from kb.settings import settings

PRODUCT = 0
"""Stands for the product's encoder where torch has a batch size."""
TORCH_BATCHES = (32, 8)
PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "transformers", "numpy")
_SEED = 1
_WARM_UP = 16
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Embedding:
    """Two functions of texts: vectors of passages, and of questions put one by one or (torch) in batches."""

    passages: Callable[[Sequence[str]], Vectors]
    question: Callable[[str], Vectors]
    questions: Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Speed:
    passages_per_s: float
    p50_ms: float
    p95_ms: float


def folder() -> Path:
    """Where the model lies that these settings choose."""
    config = settings()
    if config.model:
        return Path(config.model)
    return config.models / bundled.folder_name(adapter.chosen(config.adapter, bundled.IDENTITY))


def embedding(batch: int, threads: int) -> Embedding:
    return _torch(batch, threads) if batch else _product(threads)


def _product(threads: int) -> Embedding:
    encoder = load_encoder(settings().model_copy(update={"threads": threads}))
    return Embedding(
        encoder.encode_passages,
        encoder.encode_query,
        lambda texts: np.stack([encoder.encode_query(text) for text in texts]),
    )


def _torch(batch: int, threads: int) -> Embedding:
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch  # here, so that the product's processes have the memory and threads they have in use
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(folder()), device="cpu")

    def encode(texts: Sequence[str], prompt: str) -> Vectors:
        return np.asarray(model.encode(list(texts), prompt_name=prompt, batch_size=batch, show_progress_bar=False))

    return Embedding(
        lambda texts: encode(texts, "passage"),
        lambda text: encode([text], "query")[0],
        lambda texts: encode(texts, "query"),
    )


def speed(batch: int, threads: int, passages: Sequence[str], questions: Sequence[str]) -> Speed:
    made = embedding(batch, threads)
    made.passages(passages[:_WARM_UP])
    made.questions(questions[:_WARM_UP])
    started = time.perf_counter()
    made.passages(passages)
    seconds = time.perf_counter() - started
    times = []
    for question in questions:
        started = time.perf_counter()
        made.question(question)
        times.append((time.perf_counter() - started) * 1000)
    return Speed(len(passages) / seconds, *(float(ms) for ms in np.percentile(times, [50, 95])))


def quality(batch: int, threads: int, sets: Sequence[RetrievalSet]) -> list[tuple[float, Vectors]]:
    """Of each set, nDCG@10 in points, and the vectors of its passages."""
    made = embedding(batch, threads)
    found = []
    for data in sets:
        passages = made.passages([text for _, text in data.passages])
        asked = data.asked()
        questions = made.questions([data.queries[query] for query in asked])
        run = {query: _best(data, passages @ vector) for query, vector in zip(asked, questions, strict=True)}
        ndcg = measured(data.truth(asked), run)
        found.append((100 * float(np.mean(list(ndcg.values()))), passages))
    return found


def _best(data: RetrievalSet, cosines: Vectors) -> dict[str, float]:
    return {data.passages[i][0]: float(cosines[i]) for i in np.argsort(-cosines, kind="stable")[:10]}


def sample(sets: Sequence[RetrievalSet], passages: int, questions: int) -> tuple[list[str], list[str]]:
    """As many from each set, evenly spaced, shuffled: lengths come mixed, as in an ingest."""
    dice = np.random.default_rng(_SEED)
    kept: tuple[list[str], list[str]] = ([], [])
    for data in sets:
        texts = [text for _, text in data.passages], list(data.queries.values())
        for chosen, some, wanted in zip(kept, texts, (passages, questions), strict=True):
            places = np.linspace(0, len(some) - 1, min(len(some), wanted // len(sets))).astype(int)
            chosen.extend(some[place] for place in places)
    return [kept[0][i] for i in dice.permutation(len(kept[0]))], [kept[1][i] for i in dice.permutation(len(kept[1]))]


def alone(action: Callable[..., T], *arguments: object) -> T:
    """In a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(action, arguments)


def name(batch: int) -> str:
    return f"sentence-transformers, torch fp32, batches of {batch}" if batch else "the product, onnxruntime"


def print_speeds(sets: Sequence[RetrievalSet], asked: argparse.Namespace) -> None:
    passages, questions = sample(sets, asked.passages, asked.questions)
    ways = (*TORCH_BATCHES, PRODUCT)
    rounds = [{way: alone(speed, way, asked.threads, passages, questions) for way in ways} for _ in range(asked.rounds)]
    typical = {
        way: Speed(
            *(
                float(np.median([getattr(measured[way], figure) for measured in rounds]))
                for figure in ("passages_per_s", "p50_ms", "p95_ms")
            )
        )
        for way in ways
    }
    best = max(typical[batch].passages_per_s for batch in TORCH_BATCHES)
    soonest = min(typical[batch].p50_ms for batch in TORCH_BATCHES)
    print(f"{len(passages)} passages, {len(questions)} questions, {asked.rounds} rounds.\n")
    print("| encoder | passages/s | ratio | query p50 ms | p95 ms | ratio |\n|---|---|---|---|---|---|")
    for way, found in typical.items():
        print(
            f"| {name(way)} | {found.passages_per_s:.1f} | {found.passages_per_s / best:.2f} × "
            f"| {found.p50_ms:.1f} | {found.p95_ms:.1f} | {soonest / found.p50_ms:.1f} × |"
        )


def print_quality(sets: Sequence[RetrievalSet], threads: int) -> None:
    theirs = alone(quality, TORCH_BATCHES[-1], threads, sets)
    ours = alone(quality, PRODUCT, threads, sets)
    print("\n| set | passages | questions | torch fp32 | the product | points lost | lowest cosine of a passage |")
    print("|---|---|---|---|---|---|---|")
    for data, (before, references), (after, vectors) in zip(sets, theirs, ours, strict=True):
        cosines = np.einsum("nd,nd->n", references, vectors)
        print(
            f"| {data.name} | {len(data.passages):,} | {len(data.asked()):,} "
            f"| {before:.2f} | {after:.2f} | {before - after:+.2f} | {cosines.min():.6f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--passages", type=int, default=512, help="passages timed")
    parser.add_argument("--questions", type=int, default=300, help="questions timed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-quality", action="store_true", help="times only")
    asked = parser.parse_args()
    load_encoder(settings())  # unpacks the model, so that torch finds it
    sets = [read_set(folder) for folder in asked.sets]
    print(f"{machine(asked.threads, *PACKAGES)}. Model: {folder().name}.", flush=True)
    print_speeds(sets, asked)
    if not asked.no_quality:
        print_quality(sets, asked.threads)


if __name__ == "__main__":
    main()
