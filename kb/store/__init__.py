"""Where documents, passages and vectors are kept and searched, behind one protocol.

A document goes in or out in one transaction. A scope (filters and viewer) travels with every read, so that nothing
a viewer may not see leaves the store. Passages are named inside by an integer key that is never reused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.domain import NO_FILTERS, Document, Facets, Filters, Passage, Recommendation, Segment, Viewer

Vectors = NDArray[np.float32]
Candidate = tuple[int, float]
"""A passage's key and its score."""


@dataclass(frozen=True, slots=True)
class Record:
    """A whole document on its way in.

    fingerprint: hash of all it was made from (bytes, metadata, pipeline): the same means nothing to do.
    contexts: what surrounds each passage (title, heading, speaker), searched but never shown as its text.
    embedded: hash of the text each passage's vector was made from; the vectors were given to `remember` before.
    sketch: hashes by which documents of the same text are recognised (kb.twins). A twin has few passages or none.
    supersedes: paths of the documents that turn out to be twins of this one, to be taken in again.
    stamp: what the file's size and date said when it was read.
    filing: hash of what the themes of its passages were told by; empty when that is yet to be done.
    advice: likewise, of what its recommendations were told by.
    """

    document: Document
    sha256: str
    fingerprint: str
    text: str
    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    contexts: tuple[str, ...]
    embedded: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    sketch: tuple[int, ...] = ()
    supersedes: tuple[str, ...] = ()
    stamp: str = ""
    filing: str = ""
    recommendations: tuple[Recommendation, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and in what part of the memory."""

    viewer: Viewer
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class Words:
    """A query in words: stems (any may match), phrases (folded forms in order; all must), and what must be absent.

    forms: the words as they were typed, folded. wished: phrases that count more where they are, and may be absent.
    related: terms of the glossary, as folded forms; any may match. only_said: whether the titles and headings of a
    passage are left out, and only its own words count.
    """

    stems: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    wished: tuple[tuple[str, ...], ...] = ()
    related: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded_stems: tuple[str, ...] = ()
    excluded_phrases: tuple[tuple[str, ...], ...] = ()
    only_said: bool = False

    @property
    def constrains(self) -> bool:
        """Whether some passages are ruled out whatever their score."""
        return bool(self.phrases or self.excluded_stems or self.excluded_phrases)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a file that is in: enough to say whether it changed. No fingerprint: to be taken in again."""

    document: str
    path: str
    sha256: str
    fingerprint: str
    warnings: tuple[str, ...]
    stamp: str
    filing: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken in, and why; as with a source, the same fingerprint means nothing to do."""

    sha256: str
    fingerprint: str
    cause: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the store; the three passage counts agree in a sound store."""

    documents: int
    passages: int
    in_words: int
    in_vectors: int


class Store(Protocol):
    """The catalogue of passages. Reads are safe from several threads; one process writes at a time."""

    @property
    def model(self) -> str:
        """Name of the encoder whose vectors are kept; empty when nothing is kept yet."""
        ...

    @property
    def revision(self) -> int:
        """Grows by one with each document in or out."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to write; raises UnusableIndex when another process has it."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether the whole corpus was taken in since the store was last emptied: until then it answers from a part."""
        ...

    def complete(self) -> None:
        """Say that the whole corpus was taken in: a store that had to be made again may answer."""
        ...

    def reset(self, model: str) -> None:
        """Empty the store and bind it to an encoder."""
        ...

    def sources(self) -> dict[str, Source]:
        """Every file that is in, by path."""
        ...

    def refusals(self) -> dict[str, Refusal]:
        """Every file that was refused, by path."""
        ...

    def refuse(self, path: str, refusal: Refusal) -> None:
        """Remember why a file was not taken in."""
        ...

    def forget_refusal(self, path: str) -> None:
        """Forget a file that was refused, if it was."""
        ...

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the embedded texts whose vector is not kept."""
        ...

    def remember(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors: (len(hashes), dimensions)."""
        ...

    def remembered(self, hashes: Sequence[str]) -> Vectors:
        """The vectors that are kept of these texts, in this order: (len(hashes), dimensions)."""
        ...

    def embedded(self, path: str) -> tuple[str, ...]:
        """The hash of the text that the vector of each passage of a document was made from, in order."""
        ...

    def alike(self, sketch: Sequence[int], least: int) -> list[tuple[Document, tuple[int, ...]]]:
        """The documents, twins aside, whose sketch shares `least` hashes or more with this one, with their sketch."""
        ...

    def upsert(self, record: Record) -> None:
        """Put a document in, in place of the version before, in one transaction."""
        ...

    def delete(self, path: str) -> None:
        """Take a document out, in one transaction."""
        ...

    def file_again(self, path: str, themes: Sequence[tuple[str, ...]], filing: str) -> bool:
        """Give the passages of a document other themes, in one transaction; whether they had others."""
        ...

    def advise_again(self, path: str, found: Sequence[Recommendation], mark: str) -> bool:
        """Give a document other recommendations, in one transaction; whether it had others."""
        ...

    def sync(self, *, snapshot: bool = True) -> None:
        """Bring words up to date with the rows, and vectors too; those are saved if due, unless `snapshot` is False."""
        ...

    def remake(self) -> None:
        """Make words and vectors again from the rows, and forget the embeddings that no passage uses."""
        ...

    def lexical(self, words: Words, scope: Scope, k: int) -> list[Candidate]:
        """The k passages with the highest BM25, best first."""
        ...

    def rarity(self, stems: Sequence[str]) -> float:
        """The sum of the weights (idf) that BM25 gives to these stems."""
        ...

    def matching(self, words: Words, scope: Scope) -> NDArray[np.int64]:
        """Keys of all passages that a query's phrases and exclusions allow, sorted."""
        ...

    def spellings(self, forms: Sequence[str], scope: Scope) -> dict[str, str]:
        """For each of these folded forms that is mistyped, the nearest that somebody wrote in the scope, if any.

        A French word is not mistyped, nor one of a stem that the viewer may read, be it outside the scope's filters.
        """
        ...

    def dense(self, vector: Vectors, scope: Scope, k: int, *, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k passages nearest in meaning by cosine, best first, all of them among the given keys if any."""
        ...

    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all passages: what chance alone gives."""
        ...

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine of a query with given passages; those that went out meanwhile are absent."""
        ...

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those of these passages that are still in, in this order: (at most len(keys), dimensions)."""
        ...

    def lengths(self, keys: Sequence[int]) -> dict[int, int]:
        """How many characters each of these passages has."""
        ...

    def fetch(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Document]]:
        """Passages with their documents; keys that went out meanwhile are absent."""
        ...

    def facets(self, keys: Sequence[int]) -> Facets:
        """How many of these passages each value would keep."""
        ...

    def overview(self, scope: Scope) -> Facets:
        """How many passages of the whole scope each value would keep."""
        ...

    def passage(self, identifier: str, viewer: Viewer) -> tuple[Passage, Document]:
        """One passage by its public id; raises UnknownItem."""
        ...

    def passages(self, document: str, first: int, last: int, viewer: Viewer) -> list[Passage]:
        """The passages of a document with ordinals in [first, last]."""
        ...

    def text(self, document: str, viewer: Viewer) -> tuple[str, tuple[Segment, ...]]:
        """The canonical text of a document and its segments; raises UnknownItem."""
        ...

    def document(self, identifier: str, viewer: Viewer) -> Document:
        """One document by its public id; raises UnknownItem."""
        ...

    def warnings(self, document: str, viewer: Viewer) -> tuple[str, ...]:
        """What was said of a document when it was taken in; raises UnknownItem."""
        ...

    def twins(self, document: Document, viewer: Viewer) -> list[Document]:
        """The other documents that hold the same text, by path."""
        ...

    def documents(self, scope: Scope) -> list[Document]:
        """The documents of a scope, by path."""
        ...

    def recommendations(self, scope: Scope) -> list[tuple[Recommendation, Passage, Document]]:
        """The recommendations of a scope, by path and place, with the passage in which each begins; each text once."""
        ...

    def counts(self) -> Counts:
        """How much is in."""
        ...

    def problems(self) -> list[str]:
        """What is not as it should be, in French, one sentence each; empty when all is sound."""
        ...
