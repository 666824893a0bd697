"""A question in French to the passages that answer it: parse, candidates from both sides, fuse, spread, explain."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from kb import french
from kb.catalogue.glossary import Related, widened
from kb.domain import NO_FILTERS, Document, Facets, Filters, Hit, Mode, Passage, Viewer
from kb.library import Library
from kb.query import parse
from kb.search import coverage, diversity
from kb.search.diversity import Found
from kb.search.ranking import BY_WORDS, TUNED, Near, Ranking, Tuning, allowed, near, ranking, unit
from kb.search.why import Reasons
from kb.store import Candidate, Scope, Store, Vectors, Words

__all__ = ["TUNED", "Related", "Results", "Tuning", "rank", "search"]

_BESIDE = ThreadPoolExecutor(16, thread_name_prefix="kb-meaning")
"""The question is encoded, and what is near it found, while its words are looked for."""
_NEAR = 2.0
"""From how many standard deviations above chance a passage is near a question in meaning."""
_AT_LEAST = 20
"""How many passages are near in any case, as the deviations of a small memory say little."""


@dataclass(frozen=True, slots=True)
class Results:
    """Hits best first, out of a pool that does not depend on the filters but for being cut by them.

    pool: how many passages say a word of the question or are near it in meaning; a word of their titles counts by words
    alone. facets: how they are spread.
    coverage: how likely it is that they answer, in [0, 1]; None where only words or only meaning were asked.
    spellings: what was looked for beside words that nobody wrote, by those words. related: what the glossary holds
    beside the question; it was looked for if `is_wide`.
    """

    hits: tuple[Hit, ...]
    pool: int
    facets: Facets
    coverage: float | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    is_wide: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether the memory may be said to answer."""
        return self.coverage is None or self.coverage >= coverage.LEAST

    @property
    def is_silent(self) -> bool:
        """Whether the memory may be said not to answer. Between the two, what was found is to be read with care."""
        return self.coverage is not None and self.coverage < coverage.DOUBTFUL


def search(
    library: Library,
    question: str,
    *,
    viewer: Viewer,
    filters: Filters = NO_FILTERS,
    mode: Mode = Mode.HYBRID,
    k: int = 10,
    wide: bool = False,
) -> Results:
    """The k passages that best answer, of those the viewer may see and the filters keep; raises InvalidQuery.

    wide: look for the terms that the glossary puts beside those of the question, too.
    """
    query = parse(question)
    library.refresh()
    scope = Scope(viewer, replace(filters, speakers=library.speakers(filters.speakers)))
    related = widened(library.catalogue.terms, french.forms(query.text)) if mode is not Mode.MEANING else ()
    asked = "\n".join((query.text, *(each.term for each in related))) if wide else query.text
    meaning = None if mode is Mode.WORDS else _BESIDE.submit(_near, library, query.words, asked, scope)
    spellings = library.store.spellings(query.loose, scope) if mode is not Mode.MEANING else {}
    words = _with(query.words, spellings.values(), related if wide else ())
    said = _said(library.store, words, scope) if mode is Mode.HYBRID else frozenset()
    found = ranking(library.store, words, meaning.result if meaning else None, scope, mode)
    vector = meaning.result().vector if meaning else None
    library.refresh()  # what was found may have come in meanwhile
    pool = _pool(found, said, _near_from(library.store, words, vector, scope, found) if vector is not None else None)
    shown = _shown(library, pool, k)
    reasons = Reasons(words, spellings, related if wide else ())
    return Results(
        hits=tuple(_hit(library, each, found, reasons) for each in shown),
        pool=len(pool),
        facets=library.store.facets([key for key, _ in pool]),
        coverage=coverage.likelihood(library.store, _meant(words, spellings), found) if mode is Mode.HYBRID else None,
        spellings=spellings,
        related=related,
        is_wide=wide,
    )


def rank(
    library: Library, question: str, *, viewer: Viewer, mode: Mode, k: int, tuning: Tuning = TUNED
) -> Sequence[Candidate]:
    """The keys and scores of the k best passages, near or not, without their texts: what an evaluation needs."""
    query = parse(question)
    scope = Scope(viewer)
    meaning = None if mode is Mode.WORDS else partial(_near, library, query.words, query.text, scope)
    return ranking(library.store, query.words, meaning, scope, mode, tuning).ranked[:k]


def _near(library: Library, words: Words, asked: str, scope: Scope) -> Near:
    return near(library.store, words, library.encoder.encode_query(asked), scope)


def _with(words: Words, spellings: Iterable[str], related: Sequence[Related]) -> Words:
    """The words, those that were meant, and the terms of the glossary."""
    meant = tuple(spellings)
    return replace(
        words,
        stems=tuple(dict.fromkeys((*words.stems, *map(french.stem, meant)))),
        forms=tuple(dict.fromkeys((*words.forms, *meant))),
        related=tuple(dict.fromkeys(tuple(french.forms(each.term)) for each in related)),
    )


def _meant(words: Words, spellings: Mapping[str, str]) -> Words:
    """The words without the mistyped: what nobody wrote weighs most of all, and was not meant."""
    mistyped = {french.stem(form) for form in spellings}
    return replace(words, stems=tuple(stem for stem in words.stems if stem not in mistyped))


def _shown(library: Library, pool: Sequence[Candidate], k: int) -> list[Found]:
    """The k best of a pool, spread over documents, each text once; further passages are looked at while some repeat."""
    looked, limit = k + diversity.SPARE, library.settings.per_document
    while True:
        rows = library.store.fetch([key for key, _ in pool[:looked]])
        kept = sorted((c for c in pool[:looked] if c[0] in rows), key=lambda c: (-c[1], *_place(rows[c[0]])))
        shown = diversity.spread([Found(c, *rows[c[0]]) for c in kept], per_document=limit)
        enough = len(shown) >= k and (looked >= diversity.WINDOW or diversity.is_spread(shown, per_document=limit))
        if enough or looked >= len(pool):
            return shown[:k]
        looked *= 2


def _place(found: tuple[Passage, Document]) -> tuple[str, int]:
    """Where equal answers stand: keys say in what order documents came in, which must not show."""
    passage, document = found
    return document.path, passage.ordinal


def _said(store: Store, words: Words, scope: Scope) -> frozenset[int]:
    """The passages that say a word of the question themselves: a word of their session's title is not theirs."""
    return frozenset(key for key, _ in store.lexical(replace(words, only_said=True), scope, BY_WORDS))


def _pool(found: Ranking, said: Container[int], bound: float | None) -> Sequence[Candidate]:
    """The passages that say a word of the question, or are near it. bound: the cosine from which a passage is near."""
    if bound is None:
        return found.ranked
    return [c for c in found.ranked if c[0] in said or found.cosines[c[0]] >= bound]


def _near_from(store: Store, words: Words, vector: Vectors, scope: Scope, found: Ranking) -> float:
    """The cosine from which a passage is near, whatever the filters: so that the counts of filters add up.

    The twenty nearest of the memory are near in any case; they are asked for only where they are not known.
    """
    chance = found.mean + _NEAR * found.deviation
    nearest = found.nearest[:_AT_LEAST]
    if len(nearest) == _AT_LEAST and (scope.filters == NO_FILTERS or nearest[-1][1] >= chance):
        return min(chance, nearest[-1][1])
    if scope.filters != NO_FILTERS:
        whole = Scope(scope.viewer)
        nearest = store.dense(vector, whole, _AT_LEAST, among=allowed(store, words, whole))
    return min(chance, nearest[-1][1]) if len(nearest) == _AT_LEAST else -1.0


def _hit(library: Library, each: Found, found: Ranking, reasons: Reasons) -> Hit:
    cosine = found.cosines.get(each.key)
    return Hit(
        passage=each.passage,
        score=round(each.score, 4),
        document=each.document,
        session=library.session(each.document.session),
        why=reasons.of(each.passage.text, meaning=None if cosine is None else unit(cosine)),
        repeats=tuple(other.passage.id for other in each.repeats),
    )
