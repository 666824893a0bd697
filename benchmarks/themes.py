"""Are the themes of passages right? Those of the demonstration corpus, beside labels that a person gave.

    python benchmarks/themes.py

Brings the index up to date, then prints precision and recall on the even lines of tests/data/themes.tsv: of what ships,
of each kind of evidence alone and of each left out (fitted on the odd lines), and of each theme (on all lines).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import typer
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kb import browse
from kb.domain import STAFF, Document, Passage
from kb.ingest import ingest
from kb.ingest.filing import Filing
from kb.library import Library, open_library
from kb.settings import ROOT, settings
from kb.themes import MOST

LABELS = ROOT / "tests" / "data" / "themes.tsv"
VARIANTS = {
    "filed, that is to say without any evidence": (),
    "words": ("said",),
    "words, filed": ("said", "filed"),
    "meaning": ("near", "length"),
    "meaning, filed": ("near", "length", "filed"),
    "words, meaning": ("near", "said", "length"),
    "words, meaning, filed": ("near", "said", "length", "filed"),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A passage, the themes that a person says it is about, and those it touches on."""

    passage: Passage
    document: Document
    about: frozenset[str]
    touches: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How right some themes are.

    precision: the share of those told that a passage is about; tolerant: or touches on; recall: the share of those that
    passages are about that were told.
    """

    told: int
    precision: float
    tolerant: float
    recall: float


def labelled(library: Library) -> list[Labelled]:
    """The labels, in order, with the passages of the demonstration corpus that they are of."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    found = {}
    for document in browse.documents(library, viewer=STAFF):
        for passage in library.store.passages(document.id, 1, 10**9, STAFF):
            found[document.path, str(passage.start), str(passage.end)] = (passage, document)
    return [
        Labelled(
            *found[row["path"], row["start"], row["end"]],
            frozenset(row["about"].split()),
            frozenset(row["touches"].split()),
        )
        for row in rows
    ]


def score(labels: Sequence[Labelled], told: Sequence[Sequence[str]]) -> Score:
    """How right these themes of these passages are."""
    pairs = [(label, theme) for label, themes in zip(labels, told, strict=True) for theme in themes]
    right = sum(theme in label.about for label, theme in pairs)
    fair = sum(theme in label.about | label.touches for label, theme in pairs)
    wanted = sum(len(label.about) for label in labels)
    return Score(len(pairs), right / max(len(pairs), 1), fair / max(len(pairs), 1), right / max(wanted, 1))


def main() -> None:
    """Print the tables."""
    library = open_library(settings())
    ingest(library)
    labels = labelled(library)
    print(f"{'even lines':44} told  precision  tolerant  recall")
    _print("ships", score(labels[1::2], [label.passage.themes for label in labels[1::2]]))
    for name, kinds in VARIANTS.items():
        _print(name, score(labels[1::2], _told(library, labels, kinds)))
    print("\nall lines")
    _print("ships", score(labels, [label.passage.themes for label in labels]))
    for theme in library.catalogue.themes:
        _print(theme.key, _of_theme(labels, theme.key))


def _told(library: Library, labels: Sequence[Labelled], kinds: Sequence[str]) -> list[list[str]]:
    """The themes of the even lines by some kinds of evidence, weighed on the odd lines."""
    keys = [theme.key for theme in library.catalogue.themes]
    if not kinds:
        return [list(label.document.themes) for label in labels[1::2]]
    signs = _signs(library, labels, kinds)
    truth = np.array([[key in label.about for key in keys] for label in labels])
    model = LogisticRegression(C=100.0, max_iter=1000)
    model.fit(signs[::2].reshape(-1, len(kinds)), truth[::2].ravel())
    scores = model.decision_function(signs[1::2].reshape(-1, len(kinds))).reshape(-1, len(keys))
    return [[keys[at] for at in np.argsort(-row, kind="stable")[:MOST] if row[at] >= 0] for row in scores]


def _signs(library: Library, labels: Sequence[Labelled], kinds: Sequence[str]) -> NDArray[np.float64]:
    """(passages, themes, kinds)."""
    sorter = Filing(library, library.catalogue).sorter
    hashes = [library.store.embedded(label.document.path)[label.passage.ordinal - 1] for label in labels]
    seen = sorter.evidence([label.passage.text for label in labels], library.store.remembered(hashes))
    filed = np.array([[theme.key in label.document.themes for theme in sorter.themes] for label in labels])
    length = np.broadcast_to(seen.length, filed.shape)
    every = {"near": seen.near, "said": seen.said, "length": length, "filed": filed}
    return np.stack([np.asarray(every[kind], dtype=np.float64) for kind in kinds], axis=-1)


def _of_theme(labels: Sequence[Labelled], theme: str) -> Score:
    own = [Labelled(each.passage, each.document, each.about & {theme}, each.touches & {theme}) for each in labels]
    return score(own, [[theme] if theme in each.passage.themes else [] for each in labels])


def _print(name: str, found: Score) -> None:
    print(f"{name:44} {found.told:4}  {found.precision:9.3f}  {found.tolerant:8.3f}  {found.recall:6.3f}")


if __name__ == "__main__":
    typer.run(main)
