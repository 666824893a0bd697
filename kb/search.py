"""A question in French to the passages that answer it: parse, candidates from both sides, fuse, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import explain
from kb.domain import NO_FILTERS, Document, Facets, Filters, Hit, Mode, Passage, Viewer
from kb.library import Library
from kb.query import ParsedQuery, parse
from kb.store import Candidate, Scope, Store, Vectors, Words

CANDIDATES = 200
"""How many passages each side proposes."""
DENSE_WEIGHT = 0.65
"""Share of meaning in the fused score; see docs/quality.md for how it was chosen."""


@dataclass(frozen=True, slots=True)
class Results:
    """Hits best first, with the facets of the pool of candidates that they head. `pool`: its size."""

    hits: tuple[Hit, ...]
    pool: int
    facets: Facets


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Fused scores in [0, 1], best first, and the cosine of each passage where meaning was asked."""

    ranked: list[Candidate]
    cosines: Mapping[int, float]


def search(
    library: Library,
    question: str,
    *,
    viewer: Viewer,
    filters: Filters = NO_FILTERS,
    mode: Mode = Mode.HYBRID,
    k: int = 10,
) -> Results:
    """The k passages that best answer, of those the viewer may see and the filters keep; raises InvalidQuery."""
    query = parse(question)
    scope = Scope(viewer, filters)
    ranking = _rank(library, query, scope, mode)
    library.refresh()
    pool = [key for key, _ in ranking.ranked]
    found = library.store.fetch(pool[: k + 10])  # a few more, as some may go out meanwhile
    hits = [_hit(library, query, (key, score), ranking, found[key]) for key, score in ranking.ranked if key in found]
    return Results(tuple(hits[:k]), len(pool), library.store.facets(pool))


def rank(library: Library, question: str, *, viewer: Viewer, mode: Mode, k: int) -> list[Candidate]:
    """The keys and scores of the k best passages, without their texts: what an evaluation needs."""
    return _rank(library, parse(question), Scope(viewer), mode).ranked[:k]


def _rank(library: Library, query: ParsedQuery, scope: Scope, mode: Mode) -> _Ranking:
    if mode is Mode.WORDS:
        found = library.store.lexical(query.words, scope, CANDIDATES)
        return _Ranking(_scaled(found), {})
    vector = library.encoder.encode_query(query.text)
    nearest = library.store.dense(vector, scope, CANDIDATES, among=_among(library.store, query.words, scope))
    if mode is Mode.MEANING:
        return _Ranking([(key, _unit(cosine)) for key, cosine in nearest], dict(nearest))
    return _fused(library.store, vector, library.store.lexical(query.words, scope, CANDIDATES), nearest)


def _among(store: Store, words: Words, scope: Scope) -> NDArray[np.int64] | None:
    """The passages that phrases and exclusions allow: a constraint on meaning too, before the cut."""
    return store.matching(words, scope) if words.constrains else None


def _fused(store: Store, vector: Vectors, lexical: Sequence[Candidate], nearest: Sequence[Candidate]) -> _Ranking:
    """Both lists' union, each passage with its true cosine and its BM25 (0 when not among the best by words)."""
    bm25, cosines = dict(lexical), dict(nearest)
    unseen = [key for key in bm25 if key not in cosines]
    cosines.update(zip(unseen, store.similarities(vector, unseen), strict=True))
    keys = sorted(cosines)
    by_meaning = _normalise([cosines[key] for key in keys], low=min((c for _, c in nearest), default=0.0))
    by_words = _normalise([bm25.get(key, 0.0) for key in keys], low=0.0)
    weight = DENSE_WEIGHT if bm25 else 1.0
    scores = weight * by_meaning + (1 - weight) * by_words
    ranked = sorted(zip(keys, scores.tolist(), strict=True), key=lambda c: (-c[1], c[0]))
    return _Ranking(ranked[:CANDIDATES], cosines)


def _normalise(scores: Sequence[float], *, low: float) -> NDArray[np.float64]:
    """Scores brought to [0, 1], `low` and below to 0, the best to 1 (convex fusion: Bruch, Gai, Ingber, 2023)."""
    values = np.asarray(scores, dtype=np.float64)
    span = (values.max() - low) if len(values) else 0.0
    return np.clip((values - low) / span, 0.0, 1.0) if span > 0 else np.zeros(len(values))


def _scaled(found: Sequence[Candidate]) -> list[Candidate]:
    best = max((score for _, score in found), default=1.0) or 1.0
    return [(key, score / best) for key, score in found]


def _unit(cosine: float) -> float:
    return min(1.0, max(0.0, (1.0 + cosine) / 2.0))


def _hit(
    library: Library, query: ParsedQuery, candidate: Candidate, ranking: _Ranking, found: tuple[Passage, Document]
) -> Hit:
    key, score = candidate
    passage, document = found
    cosine = ranking.cosines.get(key)
    why = explain.why(passage.text, query.words, meaning=None if cosine is None else _unit(cosine))
    return Hit(passage, round(score, 4), document, library.session(document.session), why)
