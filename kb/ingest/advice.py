"""The recommendations of documents: told when a document comes in, and again when the code that tells them changes.

Nothing is read again for that: texts are in the store. Only the sentences that may recommend are encoded, and their
vectors not kept: they are one in eight, and serve once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from kb import recommendations
from kb.domain import STAFF, Passage, Recommendation, Segment
from kb.encoder import Vectors
from kb.library import Library
from kb.store import Record, Source

_ANY_ORDINAL = 10**9


@dataclass
class Advice:
    """How the documents of a library are told to recommend."""

    library: Library

    @cached_property
    def mark(self) -> str:
        """Hash of what recommendations are told by; the model is that of the whole store."""
        return _code()

    def of(self, record: Record) -> Record:
        """The record with its recommendations."""
        found = self._told(record.document.id, record.text, record.segments, record.passages)
        return replace(record, recommendations=tuple(found), advice=self.mark)

    def again(self) -> list[str]:
        """Tell again those of what is in by another mark; the paths of the documents where that changed any."""
        sources = self.library.store.sources()
        return [path for path, source in sources.items() if source.advice != self.mark and self._again(source)]

    def _again(self, source: Source) -> bool:
        store = self.library.store
        text, segments = store.text(source.document, STAFF)
        passages = store.passages(source.document, 1, _ANY_ORDINAL, STAFF)
        return store.advise_again(source.path, self._told(source.document, text, segments, passages), self.mark)

    def _told(
        self, document: str, text: str, segments: Sequence[Segment], passages: Sequence[Passage]
    ) -> list[Recommendation]:
        """Those that begin in a passage: a twin has few, and what it repeats is told once."""
        starts = [passage.start for passage in passages]

        def is_in(at: int) -> bool:
            place = bisect_right(starts, at) - 1
            return place >= 0 and at < passages[place].end

        inside = [each for each in recommendations.candidates(text, segments) if is_in(each.sentence.start)]
        if not inside:
            return []
        vectors = self.library.encoder.encode_passages([each.sentence.text for each in inside])
        return recommendations.judge(document, inside, vectors, self._examples)

    @cached_property
    def _examples(self) -> Vectors:
        return self.library.encoder.encode_passages(recommendations.EXAMPLES)


@lru_cache(maxsize=1)
def _code() -> str:
    """Hash of the code that tells recommendations."""
    files = sorted(Path(recommendations.__file__).parent.glob("*.py"))
    return sha256("".join(file.read_text(encoding="utf-8") for file in files).encode()).hexdigest()
