"""Pairs put together so that a batch is hard: beside most pairs stands one of an exchange that uses its words."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from kb.french import stems
from training.pairs import Pair, stream
from training.sets import TrainingSet

_SKIPPED, _KEPT = 2, 12
"""The very nearest exchanges often are about the same event, and would be negatives only in name."""


def batches(
    pairs: Sequence[Pair], neighbours: Mapping[str, Sequence[str]], chance: random.Random, *, size: int
) -> Iterator[list[Pair]]:
    """Batches without end, half of each drawn at large, half from neighbours of the first half.

    A neighbour's pair costs what any pair costs, and is a mined negative for all the others.
    """
    of_document: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_document[pair.document].append(pair)
    drawn = stream(pairs, chance)
    while True:
        batch: list[Pair] = []
        while len(batch) < size:
            pair = next(drawn)
            batch.append(pair)
            near = [name for name in neighbours.get(pair.document, ()) if name in of_document]
            if near and len(batch) < size:
                batch.append(_alike(of_document[chance.choice(near)], pair, chance))
        yield batch


def neighbours(data: TrainingSet) -> dict[str, list[str]]:
    """For each exchange those that share most of its rare words, never of the same subject heading."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in data.passages:
        texts[row.document].append(row.text)
    topics = {row.document: row.topic for row in data.queries.values() if row.topic}
    names = list(texts)
    if len(names) <= _SKIPPED:
        return {}
    weighed = TfidfVectorizer(analyzer=stems, sublinear_tf=True, dtype=np.float32)
    matrix = weighed.fit_transform(" ".join(texts[name]) for name in names)
    return {
        name: _nearest(position, (matrix[position] @ matrix.T).toarray()[0], names, topics)
        for position, name in enumerate(names)
    }


def _nearest(here: int, similarities: np.ndarray, names: Sequence[str], topics: Mapping[str, str]) -> list[str]:
    similarities[here] = -1.0
    order = np.argsort(-similarities, kind="stable")[:-1][_SKIPPED : _SKIPPED + _KEPT]
    topic = topics.get(names[here])
    return [names[i] for i in order if similarities[i] > 0 and (topic is None or topics.get(names[i]) != topic)]


def _alike(candidates: Sequence[Pair], pair: Pair, chance: random.Random) -> Pair:
    """One of the same kind where there is one: a title beside a title."""
    return chance.choice([c for c in candidates if c.kind is pair.kind] or candidates)
