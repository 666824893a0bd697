"""Telling that two documents hold the same text: the report in ODT and in PDF, a copy saved again.

A document is sketched by the smallest hashes of its runs of four words (bottom-k sketch: A. Broder, « On the
resemblance and containment of documents », 1997). The share of a joint sketch that both hold estimates the Jaccard
similarity of the runs with a standard deviation of 0.03 at most, whatever the length of the documents.

Nothing is lost for being repeated: a passage of a twin whose words, or figures, the other does not have is kept.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from kb import french

Sketch = tuple[int, ...]
"""Ascending 63-bit hashes, at most `SIZE` of them; empty when the text has no word."""

SIZE = 256
ALIKE = 0.8
"""See docs/ingestion.md for what real twins, and real successive versions, resemble."""

_RUN = 4
_PASSAGE_RUN = 3
_REPEATED = 0.9
_PASSAGES = 256


def sketch(text: str) -> Sketch:
    """The sketch of a text. Time grows with its words: about 0.1 s for 100,000 of them."""
    return tuple(heapq.nsmallest(SIZE, {_hash(run) for run in _runs(french.forms(text), _RUN)}))


def resemblance(one: Sketch, other: Sketch) -> float:
    """Estimated share, in [0, 1], of the runs of words of two texts that both have."""
    joint = heapq.nsmallest(SIZE, set(one) | set(other))
    both = set(one) & set(other)
    return sum(1 for each in joint if each in both) / len(joint) if joint else 0.0


class Repeats:
    """Which passages say nothing that a text does not say."""

    def __init__(self, text: str) -> None:
        forms = french.forms(text)
        self._runs = set(_runs(forms, _PASSAGE_RUN))
        self._pairs = set(_runs(forms, 2))

    def __contains__(self, passage: str) -> bool:
        """Whether nine tenths of a passage's runs of three words are in the text, each figure beside the same word."""
        forms, runs = _said(passage)
        known = sum(1 for run in runs if run in self._runs)
        return known >= _REPEATED * len(runs) and all(self._has_figure(forms, i) for i in range(len(forms)))

    def _has_figure(self, forms: Sequence[str], place: int) -> bool:
        if not any(character.isdigit() for character in forms[place]) or len(forms) < 2:
            return True
        before, after = " ".join(forms[max(0, place - 1) : place + 1]), " ".join(forms[place : place + 2])
        return before in self._pairs or after in self._pairs


@lru_cache(maxsize=_PASSAGES)
def _said(passage: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a passage and its runs of three: the same one is compared with several texts in a row."""
    forms = french.forms(passage)
    return tuple(forms), tuple(_runs(forms, _PASSAGE_RUN))


def _runs(forms: Sequence[str], size: int) -> Iterator[str]:
    """Every run of `size` words; the whole where it is shorter."""
    for start in range(max(1, len(forms) - size + 1) if forms else 0):
        yield " ".join(forms[start : start + size])


def _hash(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest()) >> 1
