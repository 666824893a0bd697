"""Whether the memory covers a question at all: how much of it one passage says, and how near the nearest is."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from kb.search.ranking import Ranking
from kb.store import Store, Words

LEAST = 0.1
"""From which likelihood the memory may be said to answer. Low, since the sets have as many questions that it answers as
others, and members ask mostly the former: docs/quality.md says how often it is right."""
DOUBTFUL = 0.05
"""From which it may answer: a reader is told to take care, and not that there is nothing."""
SHARE_OF_BEST = 0.3
"""For a season beside others: from which share of the likelihood of the best one it keeps up with it."""

_BIAS, _SAID, _NEAR = -6.2, 4.1, 0.54


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells that a question is covered.

    said: the best passage's BM25 over the sum of the weights (idf) of the question's words: about 0 to 2.2.
    near: the nearest passage's cosine above the mean of all, in standard deviations.
    """

    said: float
    near: float


def signs(store: Store, words: Words, found: Ranking) -> Signs:
    """The signs of a ranking in which both words and meaning were asked."""
    asked = store.rarity(words.stems)
    said = max(found.bm25.values(), default=0.0) / asked if asked else 0.0
    top = max(found.cosines.values(), default=found.mean)
    return Signs(said, (top - found.mean) / found.deviation if found.deviation else 0.0)


def likelihood(store: Store, words: Words, found: Ranking) -> float:
    """How likely it is that the memory answers, in [0, 1]: a logistic model of the signs, fitted on French sets.

    `benchmarks/silence.py` fits it again, and judges it on sets that it was not fitted on.
    """
    seen = signs(store, words, found)
    return 1 / (1 + exp(-(_BIAS + _SAID * seen.said + _NEAR * seen.near)))
