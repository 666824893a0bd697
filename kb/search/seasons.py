"""A question asked of each season apart: what answers there, and whether the season may be said to take it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from kb.domain import Filters, Hit, Viewer
from kb.library import Library
from kb.search import Results, coverage, search

_LOOKED = 6
"""Out of how many of a season's best passages those shown are chosen, so that they come from several documents."""


class Standing(Enum):
    """How surely a season takes a question up."""

    COVERED = auto()
    DOUBTFUL = auto()
    ABSENT = auto()


@dataclass(frozen=True, slots=True)
class SeasonAnswer:
    """What a season says of a question. hits: the best, best first, of as many documents as can be."""

    season: int
    results: Results
    standing: Standing
    hits: tuple[Hit, ...]


def by_season(
    library: Library, question: str, *, viewer: Viewer, seasons: Iterable[int], k: int = 3
) -> list[SeasonAnswer]:
    """Ask each season apart, in this order, by words and meaning; raises InvalidQuery."""
    found = {
        season: search(library, question, viewer=viewer, filters=Filters(seasons=(season,)), k=_LOOKED)
        for season in seasons
    }
    best = max((_likelihood(results) for results in found.values()), default=0.0)
    return [
        SeasonAnswer(season, results, standing(_likelihood(results), best), spread(results.hits, k))
        for season, results in found.items()
    ]


def standing(likelihood: float, best: float) -> Standing:
    """How surely a season answers, from its own likelihood and that of the season that answers best.

    docs/quality.md says how often each is right, which `benchmarks/seasons.py` measures.
    """
    keeps_up = likelihood >= coverage.SHARE_OF_BEST * best
    if likelihood >= coverage.LEAST:
        return Standing.COVERED if keeps_up else Standing.DOUBTFUL
    return Standing.DOUBTFUL if likelihood >= coverage.DOUBTFUL and keeps_up else Standing.ABSENT


def spread(hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """k hits in their order, of as many documents as can be."""
    of_document: Counter[str] = Counter()
    turns = []
    for rank, hit in enumerate(hits):
        turns.append((of_document[hit.document.id], rank))
        of_document[hit.document.id] += 1
    return tuple(hits[rank] for rank in sorted(rank for _, rank in sorted(turns)[:k]))


def _likelihood(results: Results) -> float:
    return results.coverage or 0.0
