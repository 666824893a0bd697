"""The store on one machine: SQLite rows, with words (tantivy) and meaning (FAISS) made from them at will.

`index.sqlite` is written first, in one transaction a document, and logs each change. The two other indexes remember
the last change they took in and catch up from the log, so that a process killed at any instant leaves nothing to mend.
Damaged words and vectors are made again from the rows; damaged rows are put aside, and the next ingest makes them again
from the corpus. Until then nothing is answered: half a memory looks like a whole one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from kb.domain import Document, Facets, Passage, Recommendation, Segment, Viewer
from kb.errors import UnusableIndex
from kb.store import (
    Candidate,
    Counts,
    Scope,
    Vectors,
    Words,
    advice,
    browsing,
    disk,
    mending,
    soundness,
    typos,
)
from kb.store.disk import DamagedRows
from kb.store.facts import Facts
from kb.store.keeping import Keeping
from kb.store.meaning import Meaning
from kb.store.rows import Rows
from kb.store.scopes import Reach, common, reach
from kb.store.wording import Wording
from kb.store.words import Subset

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE_S = 3.0
"""How long a writer waits for a reader that is finishing what a killed ingest left."""


def _answering(method: Callable[Concatenate[LocalStore, P], T]) -> Callable[Concatenate[LocalStore, P], T]:
    """A read: refused where the rows are known to be damaged or partial; damage met on the way is remembered."""

    @wraps(method)
    def answer(self: LocalStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        self._look()
        try:
            return method(self, *args, **kwargs)
        except DamagedRows as error:
            self._suspect(error)
            raise

    return answer


class LocalStore(Keeping):
    """See `kb.store.Store`. `dimensions` is the length of the vectors."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self.folder = folder
        self._dimensions = dimensions
        self._guard = threading.RLock()
        self._lock = FileLock(str(folder / "writing.lock"), timeout=_PATIENCE_S)
        self._open()
        if not self._damage and self._wording.is_behind:
            self._catch_up_if_free()

    def _open(self) -> None:
        """Open what is there. Damaged rows are not an error yet: a writer will mend them."""
        self._damage: DamagedRows | None = None
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
            self._opened = Rows(self.folder / "index.sqlite")
            self._wording = Wording(self.folder, self._opened, self._lock)
            self._meaning = Meaning(self.folder, self._opened, self._dimensions)
            self._facts = Facts(self._opened)
        except DamagedRows as error:
            self._damage = error
        except OSError as error:
            raise disk.of_system(self.folder, error) from error

    def close(self) -> None:
        """Let the files go."""
        if not self._damage:
            self._opened.close()

    @property
    def _rows(self) -> Rows:
        if self._damage:
            raise DamagedRows(self._damage.detail)
        return self._opened

    def _look(self) -> None:
        """Open again what an ingest made again, and refuse to answer from a part of the corpus."""
        with self._guard:
            if self._damage or not self._opened.is_current:
                self._open()
        if self._rows.meta(mending.PENDING) and not self._lock.is_locked:
            raise UnusableIndex(
                f"{self.folder} : l’index, qui était abîmé, n’est pas encore refait en entier. Lancez « kb ingest », "
                "ou attendez la fin de l’ingestion en cours."
            )

    def _suspect(self, error: DamagedRows) -> None:
        with self._guard:
            if not self._damage:
                self._opened.suspect(error.detail)
                self._damage = error

    # --- writing

    @property
    def model(self) -> str:
        """Name of the encoder whose vectors are kept; empty when nothing is kept yet, or can be read."""
        return "" if self._damage else self._rows.meta("model")

    @property
    def revision(self) -> int:
        """Grows by one with each document in or out."""
        return 0 if self._damage else self._rows.revision

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write, damaged rows put aside; raises UnusableIndex when another process has it."""
        try:
            self._lock.acquire()
        except Timeout as error:
            raise UnusableIndex(
                f"{self.folder} : une autre ingestion écrit dans cet index. Attendez qu’elle finisse puis relancez."
            ) from error
        except OSError as error:
            raise disk.of_system(self.folder, error) from error
        try:
            self._make_writable()
            yield
        except DamagedRows as error:
            self._suspect(error)
            raise
        finally:
            self._lock.release()

    def _make_writable(self) -> None:
        with self._guard, disk.telling(self.folder):
            if self._damage or self._opened.read_only or not self._opened.is_current:
                self._open()
            if self._damage:
                mending.set_aside(self.folder / "index.sqlite", self._dimensions)
                self._open()
            if self._rows.read_only:
                raise disk.full(self.folder) if disk.is_writable(self.folder) else disk.closed(self.folder)

    def complete(self) -> None:
        """Say that the whole corpus was taken in: rows that were made again may answer."""
        mending.finish(self._rows)

    @property
    def is_whole(self) -> bool:
        """Whether the whole corpus was taken in since the store was last emptied."""
        self._look()
        return not self._rows.meta(mending.FILLING)

    def reset(self, model: str) -> None:
        """Empty the store and bind it to an encoder."""
        mending.empty(self._rows, model)
        self.sync()

    @_answering
    def alike(self, sketch: Sequence[int], least: int) -> list[tuple[Document, tuple[int, ...]]]:
        """The documents, twins aside, whose sketch shares `least` hashes or more with this one, with their sketch."""
        return self._rows.alike(sketch, least)

    def remake(self) -> None:
        """Make words and vectors again from the rows, and forget the embeddings that no passage uses."""
        with self.writing(), self._guard:
            self._rows.prune()
            self._wording.remake()
            self._meaning.forget()
            self.sync()

    def sync(self, *, snapshot: bool = True) -> None:
        """Bring words up to date with the rows; vectors follow when asked. The caller holds `writing`."""
        with self._guard:
            self._wording.sync()
            if snapshot:
                self._meaning.save_if_due()

    def _catch_up_if_free(self) -> None:
        """Finish what a killed ingest left, unless an ingest is at work: it will."""
        if self._rows.read_only:
            return
        try:
            with self._lock.acquire(timeout=0):
                self._wording.sync()
        except (Timeout, OSError):
            log.info("L’index est en cours d’écriture : la recherche porte sur ce qui est déjà prêt.")
        except disk.FullDisk as error:
            log.warning("%s La recherche porte sur ce qui est déjà prêt.", error)

    def _refresh(self) -> None:
        """See what another process wrote, or finish what it left unfinished when it died."""
        with self._guard:
            if not self._wording.refresh():
                self._catch_up_if_free()

    # --- candidates

    @_answering
    def lexical(self, words: Words, scope: Scope, k: int) -> list[Candidate]:
        """The k passages with the highest BM25, best first."""
        self._refresh()
        subset = _subset(reach(self._rows, scope))
        return self._wording.ask(lambda index: index.search(words, subset, k))

    @_answering
    def rarity(self, stems: Sequence[str]) -> float:
        """The sum of the weights (idf) that BM25 gives to these stems."""
        return self._wording.ask(lambda index: index.rarity(stems))

    @_answering
    def matching(self, words: Words, scope: Scope) -> NDArray[np.int64]:
        """Keys of all passages that a query's phrases and exclusions allow, sorted."""
        self._refresh()
        subset = _subset(reach(self._rows, scope))
        return self._wording.ask(lambda index: index.matching(words, subset))

    @_answering
    def spellings(self, forms: Sequence[str], scope: Scope) -> dict[str, str]:
        """For each of these folded forms that is mistyped, the nearest that somebody wrote in the scope, if any."""
        self._refresh()
        return self._wording.ask(lambda index: typos.spellings(index, self._rows, forms, scope))

    @_answering
    def dense(self, vector: Vectors, scope: Scope, k: int, *, among: NDArray[np.int64] | None) -> list[Candidate]:
        """The k passages nearest in meaning by cosine, best first, all of them among the given keys if any."""
        keys = reach(self._rows, scope).keys
        if among is not None:
            keys = among if keys is None else common(keys, among)
        return self._meaning.search(vector, k, keys)

    @_answering
    def background(self, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of a query's cosine over all passages: what chance alone gives."""
        return self._meaning.background(vector)

    @_answering
    def similarities(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Cosine of a query with given passages; those that went out meanwhile are absent."""
        return self._meaning.similarities(vector, keys)

    @_answering
    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those of these passages that are still in, in this order: (at most len(keys), dimensions)."""
        return self._meaning.vectors(keys)

    @_answering
    def lengths(self, keys: Sequence[int]) -> dict[int, int]:
        """How many characters each of these passages has."""
        return self._facts.lengths(keys)

    @_answering
    def fetch(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Document]]:
        """Passages with their documents; keys that went out meanwhile are absent."""
        return self._rows.fetch(keys)

    # --- reading

    @_answering
    def facets(self, keys: Sequence[int]) -> Facets:
        """How many of these passages each value would keep."""
        return self._facts.facets(keys)

    @_answering
    def overview(self, scope: Scope) -> Facets:
        """How many passages of the whole scope each value would keep."""
        return self._facts.facets(reach(self._rows, scope).keys)

    @_answering
    def passage(self, identifier: str, viewer: Viewer) -> tuple[Passage, Document]:
        """One passage by its public id; raises UnknownItem."""
        return browsing.passage(self._rows, identifier, viewer)

    @_answering
    def passages(self, document: str, first: int, last: int, viewer: Viewer) -> list[Passage]:
        """The passages of a document with ordinals in [first, last]."""
        return browsing.passages(self._rows, document, first, last, viewer)

    @_answering
    def text(self, document: str, viewer: Viewer) -> tuple[str, tuple[Segment, ...]]:
        """The canonical text of a document and its segments; raises UnknownItem."""
        return browsing.text(self._rows, document, viewer)

    @_answering
    def document(self, identifier: str, viewer: Viewer) -> Document:
        """One document by its public id; raises UnknownItem."""
        return browsing.document(self._rows, identifier, viewer)

    @_answering
    def warnings(self, document: str, viewer: Viewer) -> tuple[str, ...]:
        """What was said of a document when it was taken in; raises UnknownItem."""
        return browsing.warnings(self._rows, document, viewer)

    @_answering
    def twins(self, document: Document, viewer: Viewer) -> list[Document]:
        """The other documents that hold the same text, by path."""
        return browsing.twins(self._rows, document, viewer)

    @_answering
    def documents(self, scope: Scope) -> list[Document]:
        """The documents of a scope, by path."""
        return browsing.documents(self._rows, scope)

    @_answering
    def recommendations(self, scope: Scope) -> list[tuple[Recommendation, Passage, Document]]:
        """The recommendations of a scope, by path and place, with the passage in which each begins; each text once."""
        return advice.recommendations(self._rows, scope)

    def counts(self) -> Counts:
        """How much is in. The vectors are counted if they are loaded; they are made from as many passages."""
        self._refresh()
        documents = int(self._rows.query("SELECT count(*) FROM documents")[0][0])
        passages = browsing.passage_count(self._rows)
        in_vectors = len(self._meaning) if self._meaning.is_loaded else passages
        return Counts(documents, passages, len(self._wording), in_vectors)

    def problems(self) -> list[str]:
        """What is not as it should be, in French, one sentence each; empty when all is sound."""
        if self._damage:
            return [str(self._damage)]
        found = soundness.problems(self._rows)
        found += [
            f"{self._wording.name}/{name} : ce fichier est abîmé ; « kb rebuild » le refait."
            for name in self._wording.altered()
        ]
        try:
            return found + self._miscounts()
        except DamagedRows as error:
            self._suspect(error)
            return [*found, str(error)]
        except Timeout:
            log.info("Une ingestion est en cours : les mots et les vecteurs n’ont pas été comptés.")
            return found

    def _miscounts(self) -> list[str]:
        """What words and vectors lack, or have too many; nothing can be told while they are being written."""
        if self._rows.read_only:
            return self._counted()
        with self._lock.acquire(timeout=0), self._guard:
            self._wording.sync()
            return self._counted()

    def _counted(self) -> list[str]:
        sizes = {"mots": len(self._wording), "sens": len(self._meaning)}
        return soundness.miscounts(self._rows, sizes)


def _subset(found: Reach) -> Subset:
    return Subset(found.documents, found.speakers, found.keys, found.themes)
