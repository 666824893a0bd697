"""Are the sentences that recommend found, and the others left? Beside labels that a person gave.

    python benchmarks/recommendations.py [--weights]

Reads the documents of tests/data/recommendations.tsv (those under ../shared/realdocs if that folder is there), then
prints precision and recall of the logistic model by cross-validation in five folds, no document in two of them: with
all signs, without meaning, with meaning alone; by type of document and by how the sentences were drawn; how often
addressees are right; and the same of the weights that ship. --weights prints those weights, fitted on all the labels.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from kb import readers
from kb.domain import Addressee
from kb.encoder import Encoder
from kb.encoder.load import load_encoder
from kb.recommendations import EXAMPLES, LEAST, SIGNS, Candidate, candidates, confidences, evidence
from kb.settings import ROOT, settings

LABELS = ROOT / "tests" / "data" / "recommendations.tsv"
ELSEWHERE = "realdocs/"
REAL = ROOT.parent / "shared" / "realdocs"
FOLDS = 5
UNSEEN = "unseen"
"""How those were drawn that were judged when all was fitted: they are fitted on by nobody."""
_STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence that a person judged. candidate: what the program saw of it, None where it did not look."""

    path: str
    type: str
    drawn: str
    recommends: bool
    addressees: frozenset[str]
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Score:
    """How right some sentences told to recommend are."""

    labels: int
    recommending: int
    precision: float
    recall: float


def labelled() -> list[Labelled]:
    """The labels whose document is at hand, in order; raises ValueError where one is of another text than was read."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    found: list[Labelled] = []
    read: dict[str, tuple[str, dict[tuple[int, int], Candidate]]] = {}
    for row in rows:
        path = row["path"]
        if not _file(path).is_file():
            continue
        if path not in read:
            document = readers.read(_file(path))
            seen = candidates(document.text, document.segments)
            read[path] = (document.text, {(each.sentence.start, each.sentence.end): each for each in seen})
        text, by_span = read[path]
        span = int(row["start"]), int(row["end"])
        if sha256(text[slice(*span)].encode()).hexdigest()[:8] != row["sha8"]:
            raise ValueError(f"{path} {span}: this is no longer the sentence that was labelled")
        judged = (row["label"] == "recommends", frozenset(row["addressees"].split()))
        found.append(Labelled(path, row["type"], row["drawn"], *judged, by_span.get(span)))
    return found


def _file(path: str) -> Path:
    return REAL / path.removeprefix(ELSEWHERE) if path.startswith(ELSEWHERE) else ROOT / "corpus" / path


def signs(labels: Sequence[Labelled], encoder: Encoder) -> NDArray[np.float64]:
    """What is seen of those that are candidates: (candidates, signs)."""
    seen = [label.candidate for label in labels if label.candidate]
    vectors = encoder.encode_passages([each.sentence.text for each in seen])
    return evidence(seen, vectors, encoder.encode_passages(EXAMPLES))


def cross_validated(labels: Sequence[Labelled], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """The confidence in each label, by weights fitted without its document; 0 where it is no candidate."""
    judged = [label for label in labels if label.candidate]
    told = cross_val_predict(
        _model(),
        seen,
        [label.recommends for label in judged],
        groups=[label.path for label in judged],
        cv=GroupKFold(FOLDS),
        method="predict_proba",
    )[:, 1]
    return _spread(labels, told)


def shipped(labels: Sequence[Labelled], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """The confidence in each label by the weights that ship."""
    return _spread(labels, confidences(seen))


def _spread(labels: Sequence[Labelled], told: NDArray[np.float64]) -> NDArray[np.float64]:
    sure = np.zeros(len(labels))
    sure[[label.candidate is not None for label in labels]] = told
    return sure


def score(labels: Sequence[Labelled], sure: NDArray[np.float64], least: float = LEAST) -> Score:
    """How right those told with this confidence are."""
    truth = np.array([label.recommends for label in labels], dtype=bool)
    told = sure >= least
    right = int((truth & told).sum())
    return Score(len(truth), int(truth.sum()), right / max(int(told.sum()), 1), right / max(int(truth.sum()), 1))


def addressed(labels: Sequence[Labelled]) -> tuple[float, float, float]:
    """Of the candidates that recommend: the share with the right addressees; precision and recall of each one."""
    pairs = [
        (label.addressees, frozenset(map(str, label.candidate.addressees)))
        for label in labels
        if label.recommends and label.candidate
    ]
    right = sum(len(wanted & told) for wanted, told in pairs)
    exact = sum(wanted == told for wanted, told in pairs) / len(pairs)
    return exact, right / sum(len(told) for _, told in pairs), right / sum(len(wanted) for wanted, _ in pairs)


def main(weights: Annotated[bool, typer.Option(help="Print the weights, fitted on all labels.")] = False) -> None:
    """Print the tables."""
    every, encoder = labelled(), load_encoder(settings())
    labels = [label for label in every if label.drawn != UNSEEN]
    seen = signs(labels, encoder)
    if weights:
        _print_weights(labels, seen)
        return
    sure = cross_validated(labels, seen)
    print(f"{FOLDS} folds by document{'':22} labels  recommend  precision  recall")
    for least in (0.4, LEAST, 0.6, 0.7, 0.8):
        _print(f"all signs, confidence {least}", score(labels, sure, least))
    _print("without meaning", score(labels, cross_validated(labels, seen[:, :-1])))
    _print("meaning alone", score(labels, cross_validated(labels, seen[:, -1:])))
    _print_parts("type", labels, sure, lambda label: label.type)
    _print_parts("drawn", labels, sure, lambda label: label.drawn)
    _print_parts(
        "from", labels, sure, lambda label: "elsewhere" if label.path.startswith(ELSEWHERE) else "demonstration"
    )
    _print("weights that ship, on the same labels", score(labels, shipped(labels, seen)))
    unseen = [label for label in every if label.drawn == UNSEEN]
    _print("weights that ship, on unseen labels", score(unseen, shipped(unseen, signs(unseen, encoder))))
    print("addressees: exactly right {:.3f}, precision {:.3f}, recall {:.3f}".format(*addressed(labels)))
    for who in Addressee:
        own = [replace(each, addressees=each.addressees & {str(who)}) for each in labels]
        print(f"  {who}: {sum(bool(each.addressees) for each in own)} labels")


def _print_parts(
    name: str, labels: Sequence[Labelled], sure: NDArray[np.float64], part: Callable[[Labelled], str]
) -> None:
    for value in sorted({part(label) for label in labels}):
        places = [place for place, label in enumerate(labels) if part(label) == value]
        _print(f"{name}: {value}", score([labels[place] for place in places], sure[places]))


def _print_weights(labels: Sequence[Labelled], seen: NDArray[np.float64]) -> None:
    model = _model().fit(seen, [label.recommends for label in labels if label.candidate])
    print(f"BIAS = {model.intercept_[0]:.2f}\nWEIGHTS = {{")
    for sign, weight in zip(SIGNS, model.coef_[0].tolist(), strict=True):
        print(f'    "{sign}": {weight:.2f},')
    print("}")


def _model() -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=2000)


def _print(name: str, found: Score) -> None:
    print(f"{name:41} {found.labels:6}  {found.recommending:9}  {found.precision:9.3f}  {found.recall:6.3f}")


if __name__ == "__main__":
    typer.run(main)
