"""The passages nearest in meaning to one passage, where other people said it in other places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kb.domain import Document, Filters, Passage, Viewer
from kb.library import Library
from kb.store import Scope, Words
from kb.twins import Repeats

_LOOKED_AT = 60
_NEAR = 2.0
"""From how many standard deviations above chance a passage is near another in meaning."""
_NEIGHBOURS = 2
"""How many passages before and after one are near it by their place, which everybody sees."""
_PER_DOCUMENT = 2
_LEAST = 80
"""Characters of a passage that says something: a title or a reply of a few words is near everything."""


def alike(library: Library, passage: Passage, *, viewer: Viewer, k: int = 5) -> list[tuple[Passage, Document]]:
    """At most k passages, nearest first, those of other documents before those of its own.

    Neither itself, nor what says the same, nor its neighbours, nor what is no nearer than chance has it.
    """
    store = library.store
    key = _key(library, passage, viewer)
    vectors = store.vectors([] if key is None else [key])
    if not len(vectors):
        return []
    vector = np.ascontiguousarray(vectors[0])
    nearest = store.dense(vector, Scope(viewer), _LOOKED_AT, among=None)
    mean, deviation = store.background(vector)
    bound = mean + _NEAR * deviation
    rows = store.fetch([key for key, cosine in nearest if cosine >= bound])
    found = [rows[key] for key, _ in nearest if key in rows and len(rows[key][0].text) >= _LEAST]
    others = [each for each in found if each[1].id != passage.document]
    own = [each for each in found if each[1].id == passage.document and _is_apart(each[0], passage)]
    return list(_once(passage, [*_spread(others), *own]))[:k]


def _key(library: Library, passage: Passage, viewer: Viewer) -> int | None:
    """The key of a passage, in the store, of what the viewer may see."""
    keys = library.store.matching(Words(), Scope(viewer, Filters(documents=(passage.document,))))
    place = passage.ordinal - 1
    return int(keys[place]) if 0 <= place < len(keys) else None


def _is_apart(other: Passage, passage: Passage) -> bool:
    return abs(other.ordinal - passage.ordinal) > _NEIGHBOURS


def _spread(found: Sequence[tuple[Passage, Document]]) -> Iterator[tuple[Passage, Document]]:
    """At most two of one document."""
    shown: dict[str, int] = {}
    for passage, document in found:
        shown[document.id] = shown.get(document.id, 0) + 1
        if shown[document.id] <= _PER_DOCUMENT:
            yield passage, document


def _once(passage: Passage, found: Sequence[tuple[Passage, Document]]) -> Iterator[tuple[Passage, Document]]:
    """Those that say something that neither the passage nor one before says."""
    said = [Repeats(passage.text)]
    for other, document in found:
        if not any(other.text in each for each in said):
            said.append(Repeats(other.text))
            yield other, document
