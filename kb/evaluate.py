"""How good and how fast is the search: standard measures on a retrieval set in BEIR layout."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from kb.catalogue import Catalogue
from kb.domain import STAFF, Anchor, Document, DocumentType, Mode, Passage, Segment
from kb.encoder import Encoder, Vectors
from kb.encoder.load import load_encoder
from kb.errors import KbError
from kb.library import Library
from kb.search import TUNED, Tuning, rank
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
_DEPTH = 100

Run = dict[str, dict[str, float]]
"""Scores by query and passage."""


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


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A set as it was read: passages (id, text to index), queries by id, grades by query and passage.

    dates: day of each query, "" where the set names none.
    """

    name: str
    passages: tuple[tuple[str, str], ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]
    dates: Mapping[str, str]

    def asked(self, since: str = "") -> list[str]:
        """The queries with an answer, in order. since: a day; those dated before it are left out."""
        return [query for query in self.queries if query in self.relevant and not "" < self.dates[query] < since]

    def truth(self, queries: Iterable[str]) -> dict[str, Mapping[str, int]]:
        """The grades of these queries."""
        return {query: self.relevant[query] for query in queries}


@dataclass(frozen=True, slots=True)
class Indexed:
    """A set taken in by the product. names: the set's id of each passage key; passages_per_s: encoding and writing."""

    data: RetrievalSet
    library: Library
    names: Mapping[int, str]
    passages_per_s: float

    def ask(self, queries: Iterable[str], mode: Mode, tuning: Tuning = TUNED) -> tuple[Run, list[float]]:
        """The hundred best passages of each of these queries, and how long each took, in milliseconds."""
        run: Run = {}
        times = []
        for query in queries:
            started = time.perf_counter()
            found = rank(self.library, self.data.queries[query], viewer=STAFF, mode=mode, k=_DEPTH, tuning=tuning)
            times.append((time.perf_counter() - started) * 1000)
            run[query] = {self.names[key]: score for key, score in found}
        return run, times


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
    data = read_set(folder)
    asked = data.asked()[:limit]
    with indexed(data, settings, tell=tell) as taken_in:
        run, times = taken_in.ask(asked, mode)
    means = ir_measures.calc_aggregate(MEASURES.values(), data.truth(asked), run)
    p50, p95 = np.percentile(times, [50, 95])
    return Scores(
        set=data.name,
        mode=mode,
        queries=len(asked),
        passages=len(data.passages),
        measures={name: round(float(means[m]), 4) for name, m in MEASURES.items()},
        passages_per_s=round(taken_in.passages_per_s, 1),
        query_p50_ms=round(float(p50), 2),
        query_p95_ms=round(float(p95), 2),
    )


def read_set(folder: Path) -> RetrievalSet:
    """A set in BEIR layout; a passage's text is its title and its text. Raises KbError when it is not one."""
    passages = [(str(row["_id"]), f"{row.get('title') or ''} {row['text']}".strip()) for row in rows(folder, "corpus")]
    queries = list(rows(folder, "queries"))
    return RetrievalSet(
        name=folder.resolve().name,
        passages=tuple(passages),
        queries={str(row["_id"]): str(row["text"]) for row in queries},
        relevant=relevance(folder),
        dates={str(row["_id"]): str(row.get("date") or "") for row in queries},
    )


@contextmanager
def indexed(
    data: RetrievalSet,
    settings: Settings,
    *,
    cache: Path | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[Indexed]:
    """Take a set in, in a temporary place that goes with the block. cache: a folder that keeps vectors between runs."""
    with TemporaryDirectory(prefix="kb-eval-") as temporary:
        library = _library(settings, Path(temporary))
        encoder = Remembering(library.encoder, cache / f"{library.encoder.name}.npz") if cache else None
        library.encoder = encoder or library.encoder
        started = time.perf_counter()
        _index(library, data.passages, tell)
        per_second = len(data.passages) / (time.perf_counter() - started)
        found = library.store.fetch(range(1, len(data.passages) + 1))
        yield Indexed(data, library, {key: d.id for key, (_, d) in found.items()}, per_second)
        if encoder:
            encoder.keep()


def measured(truth: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """nDCG@10 by query; 0 for one that found nothing."""
    found = {m.query_id: float(m.value) for m in ir_measures.iter_calc([nDCG @ 10], truth, run)}
    return {query: found.get(query, 0.0) for query in truth}


class Remembering:
    """An encoder that keeps its vectors in a file, as runs that compare settings ask for the same ones."""

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self.name, self.dimensions, self.max_tokens = encoder.name, encoder.dimensions, encoder.max_tokens
        self.token_counts = encoder.token_counts
        self._encoder = encoder
        self._file = file
        self._known: dict[str, Vectors] = {}
        if file.is_file():
            with np.load(file) as kept:
                self._known = dict(zip(kept["hashes"].tolist(), kept["vectors"], strict=True))
        self._kept = len(self._known)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, in order: (len(texts), dimensions)."""
        hashes = [_hash("passage", text) for text in texts]
        unknown = [i for i, digest in enumerate(hashes) if digest not in self._known]
        if unknown:
            fresh = self._encoder.encode_passages([texts[i] for i in unknown])
            self._known |= {hashes[i]: vector for i, vector in zip(unknown, fresh, strict=True)}
        return np.stack([self._known[digest] for digest in hashes])

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of a query: (dimensions,)."""
        digest = _hash("query", text)
        if digest not in self._known:
            self._known[digest] = self._encoder.encode_query(text)
        return self._known[digest]

    def keep(self) -> None:
        """Write down what is known, if there is more than before."""
        if len(self._known) > self._kept:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, hashes=list(self._known), vectors=np.stack(list(self._known.values())))


def _hash(kind: str, text: str) -> str:
    return sha256(f"{kind}\n{text}".encode()).hexdigest()


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of a set, gzipped or not. Raises KbError when it is missing or not JSON lines."""
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


def relevance(folder: Path) -> dict[str, dict[str, int]]:
    """Grades by query and passage. Raises KbError when the file is missing."""
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
