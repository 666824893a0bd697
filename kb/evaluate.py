"""How good and how fast is the search: standard measures on a retrieval set in BEIR layout."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from kb.catalogue import Catalogue
from kb.domain import STAFF, Anchor, Document, DocumentType, Mode, Passage, Segment
from kb.encoder.load import load_encoder
from kb.errors import KbError
from kb.library import Library
from kb.search import rank
from kb.settings import Settings
from kb.store import Record
from kb.store.local import LocalStore

MEASURES = {
    "ndcg@10": nDCG @ 10,
    "mrr@10": RR @ 10,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "success@1": Success @ 1,
    "success@10": Success @ 10,
}
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Scores:
    """What `kb eval` prints. Times in milliseconds; `passages_per_s` covers encoding and writing."""

    set: str
    mode: Mode
    queries: int
    passages: int
    measures: Mapping[str, float]
    passages_per_s: float
    query_p50_ms: float
    query_p95_ms: float


def evaluate(
    folder: Path,
    settings: Settings,
    *,
    mode: Mode = Mode.HYBRID,
    limit: int | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Scores:
    """Index a set in a temporary place, ask its questions, score the answers (trec_eval's measures).

    limit: ask only the first questions. Raises KbError when the folder is not a set.
    """
    passages, queries, relevant = _read(folder)
    asked = [q for q in queries if q in relevant][:limit]
    with TemporaryDirectory(prefix="kb-eval-") as temporary:
        library = _library(settings, Path(temporary))
        started = time.perf_counter()
        _index(library, passages, tell)
        per_second = len(passages) / (time.perf_counter() - started)
        names = {key: d.id for key, (_, d) in library.store.fetch(range(1, len(passages) + 1)).items()}
        run, times = _ask(library, {q: queries[q] for q in asked}, names, mode)
    measured = ir_measures.calc_aggregate(MEASURES.values(), {q: relevant[q] for q in asked}, run)
    p50, p95 = np.percentile(times, [50, 95])
    return Scores(
        set=folder.resolve().name,
        mode=mode,
        queries=len(asked),
        passages=len(passages),
        measures={name: round(float(measured[m]), 4) for name, m in MEASURES.items()},
        passages_per_s=round(per_second, 1),
        query_p50_ms=round(float(p50), 2),
        query_p95_ms=round(float(p95), 2),
    )


def _read(folder: Path) -> tuple[list[tuple[str, str]], dict[str, str], dict[str, dict[str, int]]]:
    """Passages (id, text), queries by id, relevance by query id and passage id."""
    passages = [(str(row["_id"]), f"{row.get('title') or ''} {row['text']}".strip()) for row in _rows(folder, "corpus")]
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder, "queries")}
    return passages, queries, _relevance(folder)


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    for path, opened in ((folder / f"{name}.jsonl", open), (folder / f"{name}.jsonl.gz", gzip.open)):
        if path.is_file():
            with opened(path, "rt", encoding="utf-8") as stream:
                try:
                    yield from (json.loads(line) for line in stream if line.strip())
                except (json.JSONDecodeError, KeyError) as error:
                    raise KbError(f"{path} : chaque ligne doit être un objet JSON ({error}).") from error
            return
    raise KbError(
        f"{folder} : il manque {name}.jsonl (ou .jsonl.gz). Un jeu BEIR a un corpus, des questions, des qrels."
    )


def _relevance(folder: Path) -> dict[str, dict[str, int]]:
    found = [p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()]
    if not found:
        raise KbError(f"{folder} : il manque qrels.tsv.")
    relevant: dict[str, dict[str, int]] = {}
    with found[0].open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t"):
            if len(row) == 3 and row[2].lstrip("-").isdigit():
                relevant.setdefault(row[0], {})[row[1]] = int(row[2])
    return relevant


def _library(settings: Settings, folder: Path) -> Library:
    encoder = load_encoder(settings)
    store = LocalStore(folder, encoder.dimensions)
    store.reset(encoder.name)
    return Library(settings, Catalogue(folder, {}, {}, {}, (), {}, {}), store, encoder)


def _index(library: Library, passages: Sequence[tuple[str, str]], tell: Callable[[str], None]) -> None:
    with library.store.writing():
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            hashes = [sha256(text.encode()).hexdigest() for _, text in batch]
            library.store.remember(hashes, library.encoder.encode_passages([text for _, text in batch]))
            for (name, text), embedded in zip(batch, hashes, strict=True):
                library.store.upsert(_record(name, text, embedded))
            tell(f"{min(start + _BATCH, len(passages))} / {len(passages)} passages")
        library.store.sync()


def _record(name: str, text: str, embedded: str) -> Record:
    anchor = Anchor()
    return Record(
        document=Document(name, name, name, DocumentType.OTHER),
        sha256=embedded,
        fingerprint=embedded,
        text=text,
        segments=(Segment(0, len(text), anchor),),
        passages=(Passage(f"{name}.1", name, 1, 0, len(text), text, anchor),),
        contexts=("",),
        embedded=(embedded,),
    )


def _ask(
    library: Library, queries: Mapping[str, str], names: Mapping[int, str], mode: Mode
) -> tuple[dict[str, dict[str, float]], list[float]]:
    run: dict[str, dict[str, float]] = {}
    times = []
    for identifier, text in queries.items():
        started = time.perf_counter()
        ranked = rank(library, text, viewer=STAFF, mode=mode, k=100)
        times.append((time.perf_counter() - started) * 1000)
        run[identifier] = {names[key]: score for key, score in ranked}
    return run, times
