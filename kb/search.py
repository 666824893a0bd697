"""A question in French to the passages that answer it: parse, candidates from both sides, fuse, explain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kb import explain
from kb.domain import NO_FILTERS, Document, Facets, Filters, Hit, Mode, Passage, Viewer
from kb.library import Library
from kb.query import ParsedQuery, parse
from kb.store import Candidate, Scope, Store, Vectors, Words

BY_MEANING, BY_WORDS = 200, 1000
"""How many passages each side proposes."""
DENSE_WEIGHT = 0.7
"""Share of meaning in the fused score, both sides in standard deviations; see docs/quality.md."""
_LEAST_SPREAD = 0.1
_FULL_LENGTH, _BREVITY_COST = 250, 0.3
"""A passage shorter than this many characters loses up to this share of its score."""
_NEAR = 2.0
"""From how many standard deviations above chance a passage is near a question in meaning."""
_AT_LEAST = 20
"""How many passages are near in any case, as the deviations of a small memory say little."""


@dataclass(frozen=True, slots=True)
class Results:
    """Hits best first, out of a pool that does not depend on the filters but for being cut by them.

    pool: how many passages say a word of the question or are near it in meaning; facets: how they are spread.
    """

    hits: tuple[Hit, ...]
    pool: int
    facets: Facets


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Fused scores in [0, 1], best first, the cosine of each passage where meaning was asked, and who says a word."""

    ranked: list[Candidate]
    cosines: Mapping[int, float]
    worded: Collection[int]


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
    vector = None if mode is Mode.WORDS else library.encoder.encode_query(query.text)
    filters = replace(filters, speakers=library.speakers(filters.speakers))
    ranking = _rank(library.store, query.words, vector, Scope(viewer, filters), mode)
    library.refresh()
    bound = 0.0 if vector is None else _near_from(library.store, query.words, vector, viewer)
    pool = [c for c in ranking.ranked if c[0] in ranking.worded or ranking.cosines[c[0]] >= bound]
    found = library.store.fetch([key for key, _ in pool[: k + 10]])  # a few more, as some may go out meanwhile
    shown = sorted((c for c in pool if c[0] in found), key=lambda c: (-c[1], *_place(found[c[0]])))[:k]
    hits = tuple(_hit(library, query, candidate, ranking, found[candidate[0]]) for candidate in shown)
    return Results(hits, len(pool), library.store.facets([key for key, _ in pool]))


def _place(found: tuple[Passage, Document]) -> tuple[str, int]:
    """Where equal answers stand: keys say in what order documents came in, which must not show."""
    passage, document = found
    return document.path, passage.ordinal


def rank(library: Library, question: str, *, viewer: Viewer, mode: Mode, k: int) -> list[Candidate]:
    """The keys and scores of the k best passages, near or not, without their texts: what an evaluation needs."""
    query = parse(question)
    vector = None if mode is Mode.WORDS else library.encoder.encode_query(query.text)
    return _rank(library.store, query.words, vector, Scope(viewer), mode).ranked[:k]


def _rank(store: Store, words: Words, vector: Vectors | None, scope: Scope, mode: Mode) -> _Ranking:
    lexical = [] if mode is Mode.MEANING else store.lexical(words, scope, BY_WORDS)
    worded = {key for key, _ in lexical}
    if vector is None:
        return _Ranking(_scaled(lexical), {}, worded)
    nearest = store.dense(vector, scope, BY_MEANING, among=_among(store, words, scope))
    if mode is Mode.MEANING:
        return _Ranking([(key, _unit(cosine)) for key, cosine in nearest], dict(nearest), worded)
    return _fused(store, vector, lexical, nearest)


def _among(store: Store, words: Words, scope: Scope) -> NDArray[np.int64] | None:
    """The passages that phrases and exclusions allow: a constraint on meaning too, before the cut."""
    return store.matching(words, scope) if words.constrains else None


def _near_from(store: Store, words: Words, vector: Vectors, viewer: Viewer) -> float:
    """The cosine from which a passage is near, whatever the filters: so that the counts of filters add up."""
    scope = Scope(viewer)
    nearest = store.dense(vector, scope, _AT_LEAST, among=_among(store, words, scope))
    if len(nearest) < _AT_LEAST:
        return -1.0
    mean, deviation = store.background(vector)
    return min(mean + _NEAR * deviation, nearest[-1][1])


def _fused(store: Store, vector: Vectors, lexical: Sequence[Candidate], nearest: Sequence[Candidate]) -> _Ranking:
    """Both lists' union, each passage with its true cosine and its BM25 (0 when not among the best by words)."""
    cosines = dict(nearest)
    cosines |= store.similarities(vector, [key for key, _ in lexical if key not in cosines])
    bm25 = {key: score for key, score in lexical if key in cosines}
    keys = sorted(cosines)
    mean, deviation = store.background(vector)
    by_meaning = (np.array([cosines[key] for key in keys]) - mean) / (deviation or 1.0)
    by_words = np.array([bm25.get(key, 0.0) for key in keys]) / _spread([score for _, score in lexical[:BY_MEANING]])
    fused = (DENSE_WEIGHT * by_meaning + (1 - DENSE_WEIGHT) * by_words) * _substance(store, keys)
    return _Ranking(_scaled(list(zip(keys, fused.tolist(), strict=True))), cosines, bm25.keys())


def _spread(scores: Sequence[float]) -> float:
    """The standard deviation of the BM25 scores, not let down to nothing where few passages match."""
    return max(float(np.std(scores)), _LEAST_SPREAD * max(scores)) if scores else 1.0


def _substance(store: Store, keys: Sequence[int]) -> NDArray[np.float64]:
    """What a title or a reply of a few words keeps of its score: they are near everything and answer little."""
    lengths = store.lengths(keys)
    shares = np.array([min(1.0, lengths.get(key, 0) / _FULL_LENGTH) for key in keys])
    return 1 - _BREVITY_COST * (1 - shares)


def _scaled(found: Sequence[Candidate]) -> list[Candidate]:
    """Best first, the best at 1 and what is worth nothing at 0; ties by key."""
    best = max((score for _, score in found), default=1.0)
    scale = best if best > 0 else 1.0
    ordered = sorted(found, key=lambda c: (-c[1], c[0]))
    return [(key, min(1.0, max(0.0, score / scale))) for key, score in ordered]


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
