"""Is a season that answers told from one that does not? The golden questions, and sets cut into seasons by subject.

    python benchmarks/seasons.py [SET…] [--cache FOLDER] [--parts 3] [--asked 300]

The golden questions are asked of the memory of the settings (KB_CORPUS, KB_INDEX), season by season: that of the
document expected should be covered, and the others not; a question that nobody answers, in no season. A set has no
seasons: its passages are put in as many parts as asked by what they mean (k-means of their vectors), and the part that
holds an answer takes the place of the season. Parts of one set are nearer to each other than seasons are, and may
answer what nobody labelled: what is said of them is a lower bound.

Prints how many of each are said to be covered, doubtful and absent.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sklearn.cluster import KMeans

from kb.catalogue.golden import read_golden
from kb.domain import STAFF, Filters
from kb.evaluate import Indexed, indexed, read_set
from kb.library import open_library
from kb.search import search
from kb.search.seasons import Standing, by_season, standing
from kb.settings import settings
from kb.store import Scope

_SEED = 7
Judged = tuple[bool, Standing]
"""Whether a season holds the answer, and what is said of it."""


def main(
    folders: Annotated[list[Path] | None, typer.Argument(help="Sets in BEIR layout.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors from one run to the next.")] = None,
    parts: Annotated[int, typer.Option(help="Into how many a set is cut.")] = 3,
    asked: Annotated[int, typer.Option(help="Questions of each set.")] = 300,
) -> None:
    """Measure."""
    print("| | seasons that answer: covered | doubtful | absent | others: covered | doubtful | absent |")
    print("|---|---|---|---|---|---|---|")
    answered, unanswered = _golden()
    _tell("golden questions", answered)
    _tell("golden questions that nobody answers", unanswered)
    with TemporaryDirectory(prefix="kb-seasons-") as temporary:
        for folder in folders or ():
            with indexed(read_set(folder), settings(), cache=cache or Path(temporary)) as taken_in:
                _tell(f"{taken_in.data.name}, {parts} parts", list(_cut(taken_in, parts, asked)))


def _golden() -> tuple[list[Judged], list[Judged]]:
    """What is said of each season for the questions that a document answers, then for the others."""
    library = open_library(settings())
    seasons = sorted(library.catalogue.seasons)
    answered: list[Judged] = []
    unanswered: list[Judged] = []
    documents = {document.path: document for document in library.store.documents(Scope(STAFF))}
    for question in read_golden(library.corpus):
        home = documents[question.document].season if question.document else None
        found = by_season(library, question.question, viewer=STAFF, seasons=seasons)
        into = unanswered if home is None else answered
        into += [(each.season == home, each.standing) for each in found]
    return answered, unanswered


def _cut(taken_in: Indexed, parts: int, asked: int) -> Iterator[Judged]:
    """What is said of each part of a set, for questions drawn at random."""
    keys = sorted(taken_in.names)
    labels = KMeans(parts, n_init=3, random_state=_SEED).fit_predict(taken_in.library.store.vectors(keys))
    part_of = {taken_in.names[key]: int(label) for key, label in zip(keys, labels, strict=True)}
    filters = [Filters(documents=tuple(n for n, label in part_of.items() if label == part)) for part in range(parts)]
    for query in random.Random(_SEED).sample(sorted(taken_in.data.asked()), asked):
        answering = {part_of[name] for name in taken_in.data.relevant[query] if name in part_of}
        found = [_likelihood(taken_in, query, each) for each in filters]
        yield from ((part in answering, standing(one, max(found))) for part, one in enumerate(found))


def _likelihood(taken_in: Indexed, query: str, filters: Filters) -> float:
    results = search(taken_in.library, taken_in.data.queries[query], viewer=STAFF, filters=filters, k=1)
    return results.coverage or 0.0


def _tell(name: str, judged: Sequence[Judged]) -> None:
    counts = Counter(judged)
    cells = []
    for answers in (True, False):
        total = sum(n for (home, _), n in counts.items() if home is answers)
        cells += [f"{counts[answers, each]} of {total}" if total else "" for each in Standing]
    print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    typer.run(main)
