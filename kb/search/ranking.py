"""Candidates by words and by meaning made one list: both in standard deviations, then once more beside the best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kb.domain import Mode
from kb.store import Candidate, Scope, Store, Vectors, Words

BY_MEANING, BY_WORDS = 200, 1000
"""How many passages each side proposes."""
_LEAST_SPREAD = 0.1
_FULL_LENGTH, _BARE = 250, 30
"""Characters: from which a passage keeps its whole score; below which it is a heading that stands alone, « Annexe »."""

_Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is weighed, and how much; docs/quality.md says what each gives and costs.

    meaning: share of meaning in the fused score of a question of five words whose nearest passage is half a standard
    deviation ahead. per_word: what each word more takes from it, from three to ten words: a long question says in words
    what it wants. margin: what each standard deviation more gives to it, up to one. forms: whether words count a little
    more as they were typed. feedback: share of the best passage's vector added to the question's. brevity: what a
    passage of no length loses of its score; one of 250 characters loses nothing.
    """

    meaning: float = 0.78
    per_word: float = 0.02
    margin: float = 0.15
    forms: bool = True
    feedback: float = 0.3
    brevity: float = 0.3


TUNED = Tuning()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages with a score in [0, 1], best first; the cosine of each with the question, BM25 where it says a word.

    nearest: those nearest in meaning, best first. mean, deviation: of the question's cosine over the whole memory.
    """

    ranked: Sequence[Candidate]
    cosines: Mapping[int, float] = field(default_factory=dict)
    bm25: Mapping[int, float] = field(default_factory=dict)
    nearest: Sequence[Candidate] = ()
    mean: float = 0.0
    deviation: float = 0.0


@dataclass(frozen=True, slots=True)
class Near:
    """A question's vector, and the passages nearest to it, best first."""

    vector: Vectors
    nearest: Sequence[Candidate]


def near(store: Store, words: Words, vector: Vectors, scope: Scope) -> Near:
    """Of a scope, and of what phrases and exclusions allow."""
    return Near(vector, store.dense(vector, scope, BY_MEANING, among=allowed(store, words, scope)))


def ranking(
    store: Store,
    words: Words,
    meaning: Callable[[], Near] | None,
    scope: Scope,
    mode: Mode,
    tuning: Tuning = TUNED,
) -> Ranking:
    """The passages of a scope that may answer. meaning: asked for after the words; None in words mode."""
    words = words if tuning.forms else replace(words, forms=())
    lexical = [] if mode is Mode.MEANING else store.lexical(words, scope, BY_WORDS)
    if meaning is None:
        return Ranking(_scaled(lexical), bm25=dict(lexical))
    found = meaning()
    vector, nearest = found.vector, found.nearest
    mean, deviation = chance = store.background(vector)
    if mode is Mode.MEANING:
        return Ranking([(key, unit(cosine)) for key, cosine in nearest], dict(nearest), {}, nearest, mean, deviation)
    cosines = dict(nearest)
    cosines |= store.similarities(vector, [key for key, _ in lexical if key not in cosines])
    bm25 = {key: score for key, score in lexical if key in cosines}
    ahead = (nearest[0][1] - nearest[1][1]) / deviation if len(nearest) > 1 and deviation else 0.0
    share = _share(len(words.stems), ahead, tuning)
    ranked = _fused(store, vector, chance, cosines, bm25, share, tuning)
    return Ranking(_scaled(ranked), cosines, bm25, nearest, mean, deviation)


def unit(cosine: float) -> float:
    """A cosine brought to [0, 1]."""
    return min(1.0, max(0.0, (1.0 + cosine) / 2.0))


def allowed(store: Store, words: Words, scope: Scope) -> NDArray[np.int64] | None:
    """The passages that phrases and exclusions allow: a constraint on meaning too, before the cut."""
    return store.matching(words, scope) if words.constrains else None


def _share(words: int, ahead: float, tuning: Tuning) -> float:
    """The share of meaning for a question of so many words, whose nearest passage is so many deviations ahead."""
    more = min(max(words, 3), 10) - 5
    return min(0.95, max(0.3, tuning.meaning - tuning.per_word * more + tuning.margin * (min(ahead, 1.0) - 0.5)))


def _fused(
    store: Store,
    vector: Vectors,
    chance: tuple[float, float],
    cosines: Mapping[int, float],
    bm25: Mapping[int, float],
    share: float,
    tuning: Tuning,
) -> list[Candidate]:
    """Both sides' passages with their fused scores, the meaning of the best one being taken into the question's.

    chance: mean and standard deviation of the question's cosine over the whole memory.
    """
    keys = sorted(cosines)
    if not keys:
        return []
    spread = _spread(sorted(bm25.values(), reverse=True)[:BY_MEANING])
    by_words = np.array([bm25.get(key, 0.0) for key in keys]) / spread
    substance = _substance(store, keys, tuning.brevity)

    def scores(near: Mapping[int, float], mean: float, deviation: float) -> _Scores:
        by_meaning = (np.array([near.get(key, mean) for key in keys]) - mean) / (deviation or 1.0)
        fused: _Scores = (share * by_meaning + (1 - share) * by_words) * substance
        return fused

    found = scores(cosines, *chance)
    if tuning.feedback:
        moved = _towards(vector, store.vectors([keys[int(found.argmax())]]), tuning.feedback)
        found = scores(store.similarities(moved, keys), *store.background(moved))
    return list(zip(keys, found.tolist(), strict=True))


def _towards(vector: Vectors, passages: Vectors, share: float) -> Vectors:
    """The question's vector moved towards passages that answer it (pseudo-relevance feedback, Rocchio 1971)."""
    moved = vector + share * passages.sum(axis=0)
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def _spread(scores: Sequence[float]) -> float:
    """The standard deviation of the best BM25 scores, not let down to nothing where few passages match."""
    return max(float(np.std(scores)), _LEAST_SPREAD * max(scores)) if scores else 1.0


def _substance(store: Store, keys: Sequence[int], brevity: float) -> _Scores:
    """What a title or a reply of a few words keeps of its score: they are near everything and answer little."""
    lengths = store.lengths(keys)
    shares = np.array([min(1.0, lengths.get(key, 0) / _FULL_LENGTH) for key in keys])
    kept: _Scores = 1 - brevity * (1 - shares)
    return np.where(shares < _BARE / _FULL_LENGTH, kept / 2, kept)


def _scaled(found: Sequence[Candidate]) -> list[Candidate]:
    """Best first, the best at 1 and what is worth nothing at 0; ties by key."""
    best = max((score for _, score in found), default=1.0)
    scale = best if best > 0 else 1.0
    ordered = sorted(found, key=lambda c: (-c[1], c[0]))
    return [(key, min(1.0, max(0.0, score / scale))) for key, score in ordered]
