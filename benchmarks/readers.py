"""How long do searches take when several people search at once, while an ingest runs; and do they stay right?

    python benchmarks/readers.py 12000 1000000 --from FOLDER [--from FOLDER …] --work FOLDER

The memories are those of `end_to_end.py`, in the same working folder; each is copied first, as the ingest adds to it.
Readers are threads of one process that share one library, as the pages of the application do: they share its Python
lock too, so that only what the libraries in C do goes on side by side. Each asks as soon as it has its answer, which
people do not: sixteen such readers are some hundreds of people. Searches are hybrid, every second one in one session of
fifty. The ingest is one `kb ingest` of a folder of files of 20 passages, in another process, at the same priority, on
the same processors; it is killed when the readers are done.

Every answer given meanwhile is checked: its texts are what their documents hold, and no document is shown that its
viewer may not see or that the filter does not keep. The files added say nothing but made-up words, so that the answers
must stay as they were; the share of hits that were among the ten before is printed. Once the ingest was killed, the
same library must answer as one that another process opens.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grown
import numpy as np
from end_to_end import FILTERS, whole
from scale import head

from kb.domain import PUBLIC
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.search import Results, search
from kb.settings import Settings

READERS = (1, 4, 16)
ASKED = 160
ADDED = "season-99/ajouts"
FILES, PASSAGES, WORDS = 2000, 20, 90
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "lé", "mo", "ni", "pu", "ra", "so", "ti", "va", "zé")
_SPAWN = multiprocessing.get_context("spawn")
_FILTERS = tuple(FILTERS.values())

Asked = tuple[str, int]
"""A question and the place of its filter."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each search, and what was answered."""

    times: list[float]
    results: list[Results]
    spent_s: float


def asked_of(questions: Sequence[str]) -> list[Asked]:
    return [(question, place % len(_FILTERS)) for place, question in enumerate(questions[:ASKED])]


def ask(library: Library, one: Asked) -> tuple[float, Results]:
    started = time.perf_counter()
    found = search(library, one[0], viewer=PUBLIC, filters=_FILTERS[one[1]])
    return (time.perf_counter() - started) * 1000, found


def measure(library: Library, asked: Sequence[Asked], readers: int) -> Measured:
    started = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool:
        found = list(pool.map(lambda one: ask(library, one), asked))
    times, results = zip(*found, strict=True)
    return Measured(list(times), list(results), time.perf_counter() - started)


def check(library: Library, asked: Sequence[Asked], results: Sequence[Results]) -> None:
    """Raise unless every hit is a span of its document, visible, and kept by the filter."""
    for (_, place), found in zip(asked, results, strict=True):
        for hit in found.hits:
            text, _ = library.store.text(hit.document.id, PUBLIC)  # raises where it may not be seen
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text, hit.passage.id
            assert not _FILTERS[place].sessions or hit.document.session == grown.SESSION, hit.passage.id


def ids(results: Sequence[Results]) -> list[list[str]]:
    return [[hit.passage.id for hit in found.hits] for found in results]


def kept(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> float:
    """Share of the hits that were there before."""
    return float(np.mean([len(set(b) & set(a)) / len(b) for b, a in zip(before, after, strict=True) if b]))


def write_files(corpus: Path) -> None:
    """Of made-up words, each file of its own."""
    dice = np.random.default_rng(11)
    vocabulary = [a + b + c + "x" for a in _SYLLABLES for b in _SYLLABLES for c in _SYLLABLES]
    folder = corpus / ADDED
    folder.mkdir(parents=True)
    for number in range(FILES):
        paragraphs = [" ".join(dice.choice(vocabulary, WORDS)) + "." for _ in range(PASSAGES)]
        (folder / f"ajout-{number:04}.md").write_text("\n\n".join(paragraphs), encoding="utf-8")


def take_in(where: Settings) -> None:
    """The other process."""
    ingest(open_library(where), [where.corpus / ADDED])


@contextmanager
def ingesting(where: Settings, library: Library) -> Iterator[None]:
    """From the first document that is in."""
    process = _SPAWN.Process(target=take_in, args=(where,))
    before = library.store.revision
    process.start()
    while library.store.revision == before:
        assert process.is_alive()
        time.sleep(0.1)
    yield
    assert process.is_alive(), "the ingest was over before the readers"
    process.kill()
    process.join()


def answers_elsewhere(where: Settings, asked: Sequence[Asked]) -> list[list[str]]:
    library = open_library(where)
    return ids([ask(library, one)[1] for one in asked])


def measured(where: Settings, questions: Sequence[str]) -> list[str]:
    """Rows of the table of one memory."""
    library, asked = open_library(where), asked_of(questions)
    before = ids(measure(library, asked, 1).results)
    rows = [_row(library, readers, "none", measure(library, asked, readers), 0, 1.0) for readers in READERS]
    documents = library.store.counts().documents
    with ingesting(where, library):
        for readers in READERS:
            found = measure(library, asked, readers)
            check(library, asked, found.results)
            now = library.store.counts().documents
            rows.append(_row(library, readers, "running", found, now - documents, kept(before, ids(found.results))))
            documents = now
    here = ids([ask(library, one)[1] for one in asked])
    with _SPAWN.Pool(1) as pool:
        assert here == pool.apply(answers_elsewhere, (where, asked)), "another process answers otherwise"
    return rows


def _row(library: Library, readers: int, ingest_is: str, found: Measured, added: int, share: float) -> str:
    p50, p95 = np.percentile(found.times, [50, 95])
    return (
        f"| {library.store.counts().passages:,} | {ingest_is} | {readers} | {p50:.0f} | {p95:.0f} "
        f"| {len(found.times) / found.spent_s:.0f} | {added} | {100 * share:.1f} % |"
    )


def copied(work: Path, size: int) -> Settings:
    where, copy = grown.settings_of(work, size), work / f"readers-{size}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(where.index, copy / "index")
    shutil.copytree(where.corpus, copy / "corpus")
    write_files(copy / "corpus")
    return where.model_copy(update={"corpus": copy / "corpus", "index": copy / "index"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--from", dest="folders", action="append", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, help="where the memories are made, and kept")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    made_of = grown.material(asked.folders)
    for size in asked.sizes:
        grown.build(asked.work, size, made_of)
    print(f"{whole()}\n")
    print(head("passages", "ingest", "readers", "p50 ms", "p95 ms", "answers/s", "documents added", "hits as before"))
    for size in asked.sizes:
        where = copied(asked.work, size)
        print("\n".join(measured(where, made_of.questions)), flush=True)
        shutil.rmtree(where.index.parent)


if __name__ == "__main__":
    main()
