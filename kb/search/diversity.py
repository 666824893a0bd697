"""What is shown of what answers: the same words once, and no document alone in the first ten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.domain import Document, Passage
from kb.store import Candidate
from kb.twins import Repeats

FIRST = 10
"""How many hits are spread over documents: those after them stand by their score."""
WINDOW = 40
"""Out of how many of the best the first are chosen, however many are asked for: asking for more moves none of them."""
SPARE = 10
"""How many more than asked for are looked at, as some may go out meanwhile and some repeat others."""
_SHARED = 0.6
"""Passages that repeat one another share at least this part of their words, as they stand."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that answers, with its score. repeats: those, less good, that say nothing that it does not say."""

    candidate: Candidate
    passage: Passage
    document: Document
    repeats: tuple[Found, ...] = ()

    @property
    def key(self) -> int:
        """The key of the passage."""
        return self.candidate[0]

    @property
    def score(self) -> float:
        """The fused score, in [0, 1]."""
        return self.candidate[1]


def spread(found: Sequence[Found], *, per_document: int) -> list[Found]:
    """Passages best first, each text once; at most `per_document` of one document in the first ten (0: no limit).

    Those beyond the limit follow, unless there is nothing else to show in their place. Costs about 0.1 ms a passage.
    """
    once = _collapsed(found)
    if not per_document:
        return once
    chosen: list[int] = []
    of_document: Counter[str] = Counter()
    best = {each.key for each in found[:WINDOW]}
    for place, each in enumerate(once):
        if each.key in best and len(chosen) < FIRST and of_document[each.document.id] < per_document:
            of_document[each.document.id] += 1
            chosen.append(place)
    others = [place for place in range(len(once)) if place not in chosen]
    lacking = FIRST - len(chosen)
    first = sorted(chosen + others[:lacking])
    return [once[place] for place in (*first, *others[lacking:])]


def is_spread(found: Sequence[Found], *, per_document: int) -> bool:
    """Whether the first ten of these are of as many documents as asked: then further passages change none of them."""
    of_document = Counter(each.document.id for each in found[:FIRST])
    return not per_document or max(of_document.values(), default=0) <= per_document


def _collapsed(found: Sequence[Found]) -> list[Found]:
    """The passages, those that repeat a better one put behind it."""
    kept: list[Found] = []
    words: list[frozenset[str]] = []
    texts: dict[int, Repeats] = {}
    for each in found:
        said = frozenset(each.passage.text.split())
        place = next((i for i, other in enumerate(words) if _repeats(each, said, kept[i], other, texts)), None)
        if place is None:
            kept.append(each)
            words.append(said)
        else:
            kept[place] = replace(kept[place], repeats=(*kept[place].repeats, each))
    return kept


def _repeats(each: Found, said: frozenset[str], other: Found, heard: frozenset[str], texts: dict[int, Repeats]) -> bool:
    """Whether a passage repeats another. The cheap question first: few pairs share most of their words."""
    if len(said & heard) < _SHARED * len(said):
        return False
    if other.key not in texts:
        texts[other.key] = Repeats(other.passage.text)
    return each.passage.text in texts[other.key]
