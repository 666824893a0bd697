"""The store on one machine: SQLite rows, with words (tantivy) and meaning (FAISS) made from them at will.

`index.sqlite` is written first, in one transaction a document, and logs each change. The two other indexes remember
the last change they took in and catch up from the log, so that a process killed at any instant leaves nothing to mend.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from kb.domain import Document, Facets, Passage, Segment, Viewer
from kb.errors import UnusableIndex
from kb.store import Candidate, Counts, Record, Refusal, Scope, Source, Vectors, Words, browsing
from kb.store import vectors as vector_files
from kb.store import words as word_files
from kb.store.rows import Change, Rows
from kb.store.scopes import Reach, reach
from kb.store.vectors import VectorIndex
from kb.store.words import DamagedWords, Subset, WordIndex

log = logging.getLogger(__name__)
T = TypeVar("T")

_PATIENCE_S = 3.0
"""How long a writer waits for a reader that is finishing what a killed ingest left."""


class LocalStore:
    """See `kb.store.Store`. `dimensions` is the length of the vectors."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnusableIndex(f"{folder} : ce dossier ne peut pas recevoir l’index ({error.strerror}).") from error
        self.folder = folder
        self._dimensions = dimensions
        self._guard = threading.RLock()
        self._lock = FileLock(str(folder / "writing.lock"), timeout=_PATIENCE_S)
        self._rows = Rows(folder / "index.sqlite")
        self._tag = self._rows.meta("uuid")
        self._words = self._open_words()
        self._vectors, self._vectors_at = vector_files.latest(folder, self._tag, dimensions)
        self._words_at = int(self._rows.meta("words_revision") or 0)
        self._unsaved = False
        if self._words_at != self.revision or len(self._words) != browsing.passage_count(self._rows):
            self._catch_up_if_free()

    def close(self) -> None:
        """Let the files go."""
        self._rows.close()

    # --- writing

    @property
    def model(self) -> str:
        """Name of the encoder whose vectors are kept; empty when nothing is kept yet."""
        return self._rows.meta("model")

    @property
    def revision(self) -> int:
        """Grows by one with each document in or out."""
        return self._rows.revision

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write; raises UnusableIndex when another process has it."""
        try:
            with self._lock:
                yield
        except Timeout as error:
            raise UnusableIndex(
                f"{self.folder} : une autre ingestion écrit dans cet index. Attendez qu’elle finisse puis relancez."
            ) from error

    def reset(self, model: str) -> None:
        """Empty the store and bind it to an encoder."""
        self._rows.clear()
        self._rows.set_meta("model", model)
        self.sync()

    def sources(self) -> dict[str, Source]:
        """Every file that is in, by path."""
        return self._rows.sources()

    def refusals(self) -> dict[str, Refusal]:
        """Every file that was refused, by path."""
        return self._rows.refusals()

    def refuse(self, path: str, refusal: Refusal) -> None:
        """Remember why a file was not taken in."""
        self._rows.refuse(path, refusal)

    def forget_refusal(self, path: str) -> None:
        """Forget a file that was refused, if it was."""
        self._rows.forget_refusal(path)

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the embedded texts whose vector is not kept."""
        return self._rows.missing(hashes)

    def remember(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors: (len(hashes), dimensions)."""
        self._rows.remember(hashes, vectors)

    def alike(self, sketch: Sequence[int], least: int) -> list[tuple[Document, tuple[int, ...]]]:
        """The documents, twins aside, whose sketch shares `least` hashes or more with this one, with their sketch."""
        return self._rows.alike(sketch, least)

    def upsert(self, record: Record) -> None:
        """Put a document in, in place of the version before, in one transaction."""
        self._rows.upsert(record)

    def delete(self, path: str) -> None:
        """Take a document out, in one transaction."""
        self._rows.delete(path)

    def remake(self) -> None:
        """Make words and vectors again from the rows, and forget the embeddings that no passage uses."""
        self._rows.prune()
        with self.writing(), self._guard:
            self._remake_words()
            self._vectors, self._vectors_at = VectorIndex.empty(self._dimensions), 0
            self.sync()

    def sync(self, *, snapshot: bool = True) -> None:
        """Bring words and vectors up to date with the rows, and save them. The caller holds `writing`."""
        with self._guard:
            self._sync_words()
            self._unsaved = self._sync_vectors() or self._unsaved
            if self._unsaved and snapshot:
                self._unsaved = False
                vector_files.save(self._vectors, self.folder, self._tag, self._vectors_at)

    def _catch_up_if_free(self) -> None:
        """Finish what a killed ingest left, unless an ingest is at work: it will."""
        try:
            with self._lock.acquire(timeout=0):
                self.sync()
        except (Timeout, PermissionError):
            log.info("L’index est en cours d’écriture : la recherche porte sur ce qui est déjà prêt.")

    def _open_words(self) -> WordIndex:
        folder = self.folder / f"words-{self._tag}"
        try:
            return WordIndex(folder)
        except DamagedWords as error:
            log.warning("L’index des mots est abîmé (%s) ; il est reconstruit.", error)
            word_files.remove(folder)
            return WordIndex(folder)

    def _sync_words(self) -> None:
        self._words_at = int(self._rows.meta("words_revision") or 0)
        changes = self._rows.changes(self._words_at)
        if changes:
            self._apply_to_words(changes)
        if len(self._words) != browsing.passage_count(self._rows):
            log.warning("L’index des mots ne correspond pas aux passages ; il est reconstruit.")
            self._remake_words()

    def _remake_words(self) -> None:
        word_files.remove(self._words.folder)
        self._words = self._open_words()
        self._words.apply([], browsing.entries(self._rows))

    def _apply_to_words(self, changes: Sequence[Change]) -> None:
        removed = [c.removed[0] for c in changes if c.removed] + [c.added[0] for c in changes if c.added]
        added = (entry for c in changes if c.added for entry in browsing.entries(self._rows, c.added[0]))
        self._words.apply(removed, added)
        self._words_at = changes[-1].revision
        self._rows.set_meta("words_revision", str(self._words_at))

    def _sync_vectors(self) -> bool:
        changes = self._rows.changes(self._vectors_at)
        for change in changes:
            if change.removed:
                self._vectors.remove(change.removed[1], change.removed[2])
            if change.added:
                self._vectors.add(*browsing.vectors(self._rows, change.added[1], change.added[2], self._dimensions))
            self._vectors_at = change.revision
        return bool(changes)

    def _refresh(self) -> None:
        """See what another process wrote, or finish what it left unfinished when it died."""
        with self._guard:
            revision = self.revision
            if revision != self._vectors_at:
                self._unsaved = self._sync_vectors() or self._unsaved
            at = int(self._rows.meta("words_revision") or 0)
            if at != self._words_at:
                self._words.reload()
                self._words_at = at
            if at != revision:
                self._catch_up_if_free()

    # --- candidates

    def lexical(self, words: Words, scope: Scope, k: int) -> list[Candidate]:
        """The k passages with the highest BM25, best first."""
        self._refresh()
        subset = _subset(reach(self._rows, scope))
        return self._mending(lambda: self._words.search(words, subset, k))

    def matching(self, words: Words, scope: Scope) -> NDArray[np.int64]:
        """Keys of all passages that a query's phrases and exclusions allow, sorted."""
        self._refresh()
        subset = _subset(reach(self._rows, scope))
        return self._mending(lambda: self._words.matching(words, subset))

    def _mending(self, ask: Callable[[], T]) -> T:
        """Ask the word index; when its files turn out to be damaged, make it again and ask once more."""
        try:
            return ask()
        except DamagedWords as error:
            log.warning("L’index des mots est abîmé (%s) ; il est reconstruit.", error)
            with self.writing(), self._guard:
                self._remake_words()
            return ask()

    def dense(self, vector: Vectors, scope: Scope, k: int, *, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k passages nearest in meaning by cosine, best first, all of them among the given keys if any."""
        self._refresh()
        keys = reach(self._rows, scope).keys
        if among is not None:
            keys = among if keys is None else np.intersect1d(keys, among, assume_unique=True)
        with self._guard:
            return self._vectors.search(vector, k, keys)

    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all passages: what chance alone gives."""
        with self._guard:
            return self._vectors.background(vector)

    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine of a query with given passages; those that went out meanwhile are absent."""
        with self._guard:
            return self._vectors.similarities(vector, keys)

    def lengths(self, keys: Sequence[int]) -> dict[int, int]:
        """How many characters each of these passages has."""
        return self._rows.lengths(keys)

    def fetch(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Document]]:
        """Passages with their documents; keys that went out meanwhile are absent."""
        return self._rows.fetch(keys)

    # --- reading

    def facets(self, keys: Sequence[int]) -> Facets:
        """How many of these passages each value would keep."""
        return browsing.facets(self._rows, keys)

    def overview(self, scope: Scope) -> Facets:
        """How many passages of the whole scope each value would keep."""
        return browsing.overview(self._rows, scope)

    def passage(self, identifier: str, viewer: Viewer) -> tuple[Passage, Document]:
        """One passage by its public id; raises UnknownItem."""
        return browsing.passage(self._rows, identifier, viewer)

    def passages(self, document: str, first: int, last: int, viewer: Viewer) -> list[Passage]:
        """The passages of a document with ordinals in [first, last]."""
        return browsing.passages(self._rows, document, first, last, viewer)

    def text(self, document: str, viewer: Viewer) -> tuple[str, tuple[Segment, ...]]:
        """The canonical text of a document and its segments; raises UnknownItem."""
        return browsing.text(self._rows, document, viewer)

    def document(self, identifier: str, viewer: Viewer) -> Document:
        """One document by its public id; raises UnknownItem."""
        return browsing.document(self._rows, identifier, viewer)

    def warnings(self, document: str, viewer: Viewer) -> tuple[str, ...]:
        """What was said of a document when it was taken in; raises UnknownItem."""
        return browsing.warnings(self._rows, document, viewer)

    def twins(self, document: Document, viewer: Viewer) -> list[Document]:
        """The other documents that hold the same text, by path."""
        return browsing.twins(self._rows, document, viewer)

    def documents(self, scope: Scope) -> list[Document]:
        """The documents of a scope, by path."""
        return browsing.documents(self._rows, scope)

    def counts(self) -> Counts:
        """How much is in."""
        self._refresh()
        documents = int(self._rows.query("SELECT count(*) FROM documents")[0][0])
        return Counts(documents, browsing.passage_count(self._rows), len(self._words), len(self._vectors))

    def problems(self) -> list[str]:
        """What is not as it should be, in French, one sentence each; empty when all is sound."""
        counts = self.counts()
        found = browsing.broken_spans(self._rows)
        altered = self._words.altered()
        found += [
            f"{self._words.folder.name}/{name} : ce fichier est abîmé ; « kb rebuild » le refait." for name in altered
        ]
        for name, size in (("mots", counts.in_words), ("sens", counts.in_vectors)):
            if size != counts.passages:
                found.append(f"L’index des {name} compte {size} passages au lieu de {counts.passages}.")
        return found


def _subset(found: Reach) -> Subset:
    return Subset(found.documents, found.speakers)
