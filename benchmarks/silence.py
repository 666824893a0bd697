"""Does the memory know when it does not know? Questions that a set answers, and as many that other sets answer.

    python benchmarks/silence.py SET SET SET… [--cache FOLDER] [--each 500]

Prints, set by set, the area under the ROC curve of the likelihood that kb/search/coverage.py gives, of a model fitted
without that set, and of each sign alone; what the threshold lets through and holds back; and the coefficients of a fit
on all sets, each with the same weight.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from kb.domain import STAFF, Mode
from kb.evaluate import RetrievalSet, indexed, read_set
from kb.query import parse
from kb.search import coverage
from kb.search.ranking import near, ranking
from kb.settings import settings
from kb.store import Scope

_SEED = 7
Signs = NDArray[np.float64]
"""A row a question: said, near, and the likelihood as the product gives it."""
Labelled = tuple[Signs, NDArray[np.bool_]]


def main(
    folders: Annotated[list[Path], typer.Argument(help="Three sets or more, in BEIR layout.")],
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors from one run to the next.")] = None,
    each: Annotated[int, typer.Option(help="Questions of each kind, of each set.")] = 500,
) -> None:
    """Measure and fit."""
    data = [read_set(folder) for folder in folders]
    chance = random.Random(_SEED)
    drawn = {one.name: chance.sample(sorted(one.asked()), each) for one in data}
    with TemporaryDirectory(prefix="kb-silence-") as temporary:
        found = {one.name: _looked_at(one, data, drawn, each, cache or Path(temporary)) for one in data}
    print("| set | product | fitted without it | said alone | near alone | held back: answerable | unanswerable |")
    print("|---|---|---|---|---|---|---|")
    for name, (signs, covered) in found.items():
        others = [labelled for other, labelled in found.items() if other != name]
        without = _fit(others).decision_function(signs[:, :2])
        areas = [roc_auc_score(covered, scores) for scores in (signs[:, 2], without, signs[:, 0], signs[:, 1])]
        silent = signs[:, 2] < coverage.LEAST
        print(
            f"| {name} | {' | '.join(f'{area:.3f}' for area in areas)} "
            f"| {silent[covered].mean():.1%} | {silent[~covered].mean():.1%} |"
        )
    fitted = _fit(list(found.values()))
    said, near = fitted.coef_[0]
    print(f"\nFitted on all: bias {fitted.intercept_[0]:.2f}, said {said:.2f}, near {near:.2f}")


def _looked_at(
    one: RetrievalSet, data: Sequence[RetrievalSet], drawn: Mapping[str, Sequence[str]], each: int, cache: Path
) -> Labelled:
    """The signs of a set's own questions and of as many of the other sets', and which are its own."""
    foreign = [other.queries[q] for other in data if other is not one for q in drawn[other.name]]
    asked = [one.queries[q] for q in drawn[one.name]] + random.Random(_SEED).sample(foreign, each)
    signs = np.zeros((len(asked), 3))
    with indexed(one, settings(), cache=cache) as taken_in:
        store, encoder = taken_in.library.store, taken_in.library.encoder
        for row, question in enumerate(asked):
            query = parse(question)
            meaning = partial(near, store, query.words, encoder.encode_query(query.text), Scope(STAFF))
            found = ranking(store, query.words, meaning, Scope(STAFF), Mode.HYBRID)
            seen = coverage.signs(store, query.words, found)
            signs[row] = seen.said, seen.near, coverage.likelihood(store, query.words, found)
    return signs, np.arange(len(asked)) < each


def _fit(labelled: Sequence[Labelled]) -> LogisticRegression:
    signs = np.concatenate([rows[:, :2] for rows, _ in labelled])
    return LogisticRegression(C=100.0).fit(signs, np.concatenate([covered for _, covered in labelled]))


if __name__ == "__main__":
    typer.run(main)
