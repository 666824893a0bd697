"""One ingest under way: files are read ahead in child processes while the encoder works on those before."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import InvalidCatalogue, UnreadableDocument
from kb.ingest import record
from kb.ingest.advice import Advice
from kb.ingest.filing import Filing
from kb.ingest.report import Listener, Note, Report, Stage, Step, Twin, Understood
from kb.ingest.state import NO_CONTENT, MovingDocument, State, content_hash, read_steadily, stamp
from kb.library import Library
from kb.readers.sandbox import read_safely
from kb.store import Record, Refusal, Source

_AT_ONCE = 2
"""Processes that read: one a core of the smallest machine; they wait for the encoder, not the other way round."""
_SYNC_EVERY_S = 10.0
_ROUNDS = 4
"""Twins are settled in two; a corpus that changes meanwhile ends here, and the next ingest goes on."""

Reading = Future[tuple[ReadDocument, State]]


@dataclass
class Progress:
    """How far an ingest is: files done, of how many; bytes read, of how many (of files that changed, or are new)."""

    listen: Listener
    total: int = 0
    done: int = 0
    bytes_done: int = 0
    bytes_total: int = 0

    def tell(self, stage: Stage, file: str | None, passages: int | None = None) -> None:
        """Say what is being done to a file."""
        self.listen(Step(self.done, self.total, file, stage, self.bytes_done, self.bytes_total, passages=passages))

    def tell_page(self, file: str, page: int, pages: int) -> None:
        """Say which of its pages without text is being recognised."""
        place = (self.done, self.total, file, Stage.RECOGNISING, self.bytes_done, self.bytes_total)
        self.listen(Step(*place, page=page, pages=pages))


@dataclass
class Run:
    """What one ingest knows.

    known: what was in the store when it began, by path; refused: what was refused before, likewise.
    elsewhere: where the files of a dry run stand that are not in the corpus yet.
    held: files whose version before stays, because a TOML file is wrong or because they are being written.
    synced: when the words were last brought up to date, so that readers see what is in while a long ingest runs.
    """

    library: Library
    report: Report
    progress: Progress
    known: Mapping[str, Source]
    refused: Mapping[str, Refusal]
    elsewhere: Mapping[str, Path] = field(default_factory=dict)
    force: bool = False
    dry_run: bool = False
    held: set[str] = field(default_factory=set)
    synced: float = field(default_factory=time.monotonic)

    @cached_property
    def filing(self) -> Filing:
        """How themes are told in this ingest."""
        return Filing(self.library, self.library.catalogue)

    @cached_property
    def advice(self) -> Advice:
        """How recommendations are told in this ingest."""
        return Advice(self.library)

    def file(self, path: str) -> Path:
        """Where the file of a path of the corpus is."""
        return self.elsewhere.get(path, self.library.corpus / path)

    def take(self, paths: Sequence[str]) -> None:
        """Take in these files, then the twins of what changed, until none is left."""
        self._take_all([path for path in paths if not self._is_known(path)])
        for _ in range(_ROUNDS):
            awaited = [] if self.dry_run else self._awaited()
            if not awaited:
                return
            self._take_all(awaited)

    def _is_known(self, path: str) -> bool:
        """Whether a file is in, or refused, as it is: nothing to do. Its bytes are read only if its stamp changed."""
        before: Source | Refusal | None = self.known.get(path) or self.refused.get(path)
        if before is None or self.force or not before.fingerprint:
            return False
        file = self.file(path)
        content = before.sha256 if before.stamp and stamp(file) == before.stamp else content_hash(file)
        if before.fingerprint != record.fingerprint(self.library, path, content):
            return False
        if isinstance(before, Refusal):
            self.report.refused.append(Note(path, before.cause))
        else:
            self.report.unchanged.append(path)
        self.progress.done += 1
        self.progress.tell(Stage.UNCHANGED, path)
        return True

    def _awaited(self) -> list[str]:
        """Documents whose twin went out, changed, or came in: to be seen anew."""
        sources = self.library.store.sources()
        return [path for path, source in sources.items() if not source.fingerprint and self.file(path).exists()]

    def _take_all(self, paths: Sequence[str]) -> None:
        sizes = {path: _size(self.file(path)) for path in paths}
        self.progress.total = self.progress.done + len(paths)
        self.progress.bytes_total += sum(sizes.values())
        waiting = list(reversed(paths))
        reading: dict[Reading, str] = {}
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            while waiting or reading:
                while waiting and len(reading) <= _AT_ONCE:
                    path = waiting.pop()
                    reading[pool.submit(self._read, path)] = path
                for future in wait(reading, return_when=FIRST_COMPLETED).done:
                    path = reading.pop(future)
                    self._finish(path, future, sizes[path])
        finally:
            pool.shutdown(cancel_futures=True)  # when interrupted, nothing more is begun

    def _read(self, path: str) -> tuple[ReadDocument, State]:
        file = self.file(path)
        settings = self.library.settings
        return read_steadily(
            file, lambda: read_safely(file, settings, lambda page, pages: self.progress.tell_page(path, page, pages))
        )

    def _finish(self, path: str, reading: Reading, size: int) -> None:
        """Take a file in, or say why not."""
        self.progress.tell(Stage.READING, path)
        made = self._make(path, reading)
        if made:
            self._keep(made, reading.result()[0].pages)
        self.progress.done += 1
        self.progress.bytes_done += size
        stage = Stage.TAKEN if made else Stage.REFUSED
        self.progress.tell(stage, path, len(made.passages) if made else None)

    def _make(self, path: str, reading: Reading) -> Record | None:
        try:
            read, state = reading.result()
            return record.make(self.library, path, state, read)
        except MovingDocument as error:
            self.held.add(path)
            self.report.refused.append(Note(path, error.cause))
        except UnreadableDocument as error:
            self.report.refused.append(Note(path, error.cause))
            self._remember_refusal(path, error)
        except InvalidCatalogue as error:
            self.held.add(path)
            self.report.refused.append(Note(path, f"en attente : {error}"))
        return None

    def _remember_refusal(self, path: str, error: UnreadableDocument) -> None:
        """So that twenty years of files that cannot be read are not tried again at each ingest."""
        content = content_hash(self.file(path))
        if error.lasting and not self.dry_run and content != NO_CONTENT:
            fingerprint = record.fingerprint(self.library, path, content)
            self.library.store.refuse(path, Refusal(content, fingerprint, error.cause))

    def _keep(self, made: Record, pages: int | None) -> None:
        self._report(made)
        if self.dry_run:
            self.report.understood.append(_understood(made, pages))
            return
        self.progress.tell(Stage.EMBEDDING, made.document.path)
        record.put_in(self.library, self.advice.of(made), self.filing)
        if time.monotonic() - self.synced > _SYNC_EVERY_S:
            self.library.store.sync(snapshot=False)
            self.synced = time.monotonic()

    def _report(self, made: Record) -> None:
        """Once a file, even if it is taken in again because a twin of it came in."""
        report, document = self.report, made.document
        listed = report.replaced if document.path in self.known else report.accepted
        if document.path in report.unchanged:
            report.unchanged.remove(document.path)
        if document.path not in listed:
            listed.append(document.path)
            report.warned.extend(Note(document.path, warning) for warning in made.warnings)
        report.twins[:] = [twin for twin in report.twins if twin.file != document.path]
        if document.twin_of:
            report.twins.append(Twin(document.path, document.twin_of))

    def remove(self, present: Collection[str], scopes: Sequence[str]) -> None:
        """Take out what is no longer in these folders of the corpus, or no longer readable.

        The version before of a file that is now unreadable goes out too: the index never says what the corpus does not.
        """
        refused = {note.file for note in self.report.refused} - self.held
        for path in self.known:
            if (_is_below(path, scopes) and path not in present) or path in refused:
                self.library.store.delete(path)
                self.report.removed.append(path)
        for path in self.refused:
            if _is_below(path, scopes) and path not in present:
                self.library.store.forget_refusal(path)


def _is_below(path: str, scopes: Sequence[str]) -> bool:
    return any(scope == "." or path == scope or path.startswith(f"{scope}/") for scope in scopes)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # the reader will say why
        return 0


def _understood(made: Record, pages: int | None) -> Understood:
    document = made.document
    return Understood(
        file=document.path,
        type=document.type,
        title=document.title,
        date=document.date,
        session=document.session,
        season=document.season,
        speakers=tuple(dict.fromkeys(s.speaker for s in made.segments if s.speaker)),
        language=document.language,
        pages=pages,
        passages=len(made.passages),
        warnings=made.warnings,
        twin_of=document.twin_of,
    )
