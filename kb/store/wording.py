"""The word index of a store: brought up to date from the rows, and made again from them when its files are damaged."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import BaseFileLock, Timeout

from kb.errors import UnusableIndex
from kb.store import browsing, disk
from kb.store.rows import Change, Rows
from kb.store.words import DamagedWords, OldWords, WordIndex

log = logging.getLogger(__name__)
T = TypeVar("T")

_SWEPT_AT_ONCE = 2000
"""Up to so many passages, words are made again (0.3 s at most) when one went out: scores are those of a new index."""
_DEAD_SHARE = 0.1
_REVISION = "words_revision"


class Wording:
    """The words of the passages that the rows have.

    Where nothing may be written, the files are read through links in a temporary folder; if they are damaged, an
    index is made there for this process alone.
    """

    def __init__(self, folder: Path, rows: Rows, lock: BaseFileLock) -> None:
        self._rows = rows
        self._lock = lock
        self._home = folder / f"words-{rows.meta('uuid')}"
        self._view = tempfile.TemporaryDirectory(prefix="kb-words-") if rows.read_only else None
        self._is_private = False
        self._is_checked = False
        self._at = self._written()
        try:
            self._index = self._open()
        except DamagedWords as error:
            self._make_again(error)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._home.name

    @property
    def is_behind(self) -> bool:
        """Whether the rows have what the words do not, or the other way round."""
        revision = self._rows.revision
        return self._at != revision or self._is_wrong(revision)

    def _is_wrong(self, revision: int) -> bool:
        return self._index.revision > revision or len(self._index) != browsing.passage_count(self._rows)

    def _is_worn(self) -> bool:
        """Whether passages that went out weigh too much on the scores of those that are in."""
        return self._index.dead > (0 if len(self._index) <= _SWEPT_AT_ONCE else _DEAD_SHARE * len(self._index))

    def _written(self) -> int:
        return int(self._rows.meta(_REVISION) or 0)

    def _open(self) -> WordIndex:
        if self._view is None:
            return WordIndex(self._home)
        return WordIndex(Path(self._view.name), self._home if self._home.is_dir() else None)

    def refresh(self) -> bool:
        """See what was written since; whether the words are then as the rows are."""
        revision, written = self._rows.revision, self._written()
        if self._is_private:
            self._catch_up(revision)
        elif written != self._at:
            self._telling_damage(self._index.reload)
            self._at = written
        return self._at == revision

    def sync(self) -> None:
        """Bring the words up to date with the rows. The caller may write, or the index is this process's own."""
        self._at = self._at if self._is_private else self._written()
        revision = self._rows.revision
        try:
            self._index.reload()
            self._catch_up(revision)
            if self._is_wrong(revision):
                raise DamagedWords("il ne correspond pas aux passages")
            if self._is_worn():
                self.remake()
        except DamagedWords as error:
            self._make_again(error)

    def _catch_up(self, revision: int) -> None:
        changes = self._rows.changes(self._at) if revision > self._at else []
        if not changes:
            return
        removed = [c.removed[0] for c in changes if c.removed] + [c.added[0] for c in changes if c.added]
        removed += [c.filed for c in changes if c.filed]
        added = (entry for c in _lasting(changes) for entry in browsing.entries(self._rows, c))
        with self._writing_to_disk():
            self._index.apply(removed, added, changes[-1].revision)
        self._keep(changes[-1].revision)

    def _keep(self, revision: int) -> None:
        self._at = revision
        if not self._rows.read_only:
            self._rows.set_meta(_REVISION, str(revision))

    def remake(self) -> None:
        """Make the words again from the rows. Readers see those before until it is done. The caller may write."""
        revision = self._rows.revision
        with self._writing_to_disk():
            self._index.replace(browsing.entries(self._rows), revision)
        self._keep(revision)

    def _make_again(self, cause: DamagedWords) -> None:
        """Make the words again where the files cannot be trusted."""
        said = "est d’une version antérieure" if isinstance(cause, OldWords) else f"est abîmé ({cause})"
        log.warning("L’index des mots %s ; il est reconstruit.", said)
        if self._rows.read_only:
            self._view = tempfile.TemporaryDirectory(prefix="kb-words-")
            self._is_private = True
            self._index = WordIndex(Path(self._view.name))
            self.remake()
            return
        with self._alone():
            shutil.rmtree(self._home, ignore_errors=True)
            with self._writing_to_disk():
                self._index = WordIndex(self._home)
            self.remake()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except Timeout as error:
            raise UnusableIndex(
                f"{self._home.parent} : l’index des mots est abîmé, et une ingestion est en cours. Réessayez quand "
                "elle sera finie."
            ) from error

    @contextmanager
    def _writing_to_disk(self) -> Iterator[None]:
        """A write that tantivy fails without saying why fails, as far as one can tell, for want of room."""
        folder = self._home.parent
        try:
            with disk.telling(folder):
                yield
        except DamagedWords as error:
            if disk.lacks_room(folder):
                raise disk.full(folder) from error
            raise

    def ask(self, question: Callable[[WordIndex], T]) -> T:
        """Put a question to the index; if its files turn out to be damaged, make it again and ask once more."""
        return self._telling_damage(lambda: question(self._checked()))

    def _telling_damage(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except DamagedWords as error:
            self._make_again(error)
            return ask()

    def _checked(self) -> WordIndex:
        """The index, its files having been read once by this process: 0.1 s for 300,000 passages."""
        if not self._is_checked:
            altered = self._index.altered()
            if altered:
                raise DamagedWords(", ".join(altered))
            self._is_checked = True
        return self._index

    def altered(self) -> list[str]:
        """Names of the files that no longer read as they were written."""
        return self._index.altered()


def _lasting(changes: Sequence[Change]) -> list[int]:
    """The documents that these changes put in or filed again, and did not take out again."""
    gone = {change.removed[0] for change in changes if change.removed}
    touched = (change.added[0] if change.added else change.filed for change in changes)
    return [document for document in dict.fromkeys(touched) if document and document not in gone]
