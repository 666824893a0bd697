"""Bring the index up to date with the corpus, one whole document at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kb import passages
from kb.catalogue import unify
from kb.domain import Document, Passage, ReadDocument
from kb.errors import InvalidCatalogue, UnreadableDocument
from kb.ingest.intake import adopt, content_hash, files, inside
from kb.ingest.report import Listener, Note, Report, Stage, Step, Understood
from kb.library import Library
from kb.readers.sandbox import read_safely
from kb.store import Record, Source

_PIPELINE = ("readers/*.py", "passages.py", "french.py", "catalogue/*.py", "ingest/*.py")
"""The code that decides what is kept of a file: when it changes, every document is read again."""

_ENCODE_AT_ONCE = 64
_READ_AHEAD = 2
_SYNC_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class _Pending:
    """A file being read: its path in the corpus, its size in bytes, its content's hash, its fingerprint."""

    path: str
    size: int
    sha256: str
    fingerprint: str
    read: Future[ReadDocument]


@dataclass(frozen=True, slots=True)
class _Run:
    """One ingest under way.

    known: what was in the store when it began, by path. held: files whose TOML is wrong: their version before stays.
    synced: when the words were last brought up to date, so that readers see what is in while a long ingest runs.
    progress: how far it is.
    """

    library: Library
    report: Report
    known: dict[str, Source]
    held: set[str]
    synced: list[float]
    force: bool
    dry_run: bool
    progress: _Progress


@dataclass
class _Progress:
    """How far an ingest is: files done, of how many; bytes read, of how many (of files that changed, or are new)."""

    listen: Listener
    total: int = 0
    done: int = 0
    bytes_done: int = 0
    bytes_total: int = 0

    def tell(self, stage: Stage, file: str | None, passages: int | None = None) -> None:
        """Say what is being done to a file."""
        self.listen(Step(self.done, self.total, file, stage, self.bytes_done, self.bytes_total, passages=passages))


def take(
    library: Library,
    paths: Sequence[Path],
    *,
    session: str | None = None,
    dry_run: bool = False,
    listen: Listener = lambda step: None,
) -> Report:
    """Ingest paths of the corpus or from outside it, which are copied into it first, into a session if one is named."""
    intake = adopt(library, paths, session, copy=not dry_run)
    if intake.inside or not paths:
        report = ingest(library, intake.inside, dry_run=dry_run, listen=listen)
    else:
        report = Report(passages=library.store.counts().passages)
    report.accepted.extend(intake.readable)
    report.refused[:0] = intake.refused
    return report


def ingest(
    library: Library,
    paths: Sequence[Path] = (),
    *,
    force: bool = False,
    dry_run: bool = False,
    listen: Listener = lambda step: None,
) -> Report:
    """Take in the whole corpus, or just these paths of it. A file that cannot be read never stops the others.

    force: read again what has not changed. dry_run: read and cut, write nothing.
    """
    started = time.monotonic()
    with library.store.writing():
        if library.store.model != library.encoder.name and not dry_run:
            library.store.reset(library.encoder.name)
        run = _Run(library, Report(), library.store.sources(), set(), [started], force, dry_run, _Progress(listen))
        found, unnamed = files(library.corpus, paths)
        run.report.refused.extend(unnamed)
        run.report.refused.extend(Note(name, cause) for name, cause in library.catalogue.problems.items())
        run.report.warned.extend(Note(name, cause) for name, cause in library.catalogue.warnings.items())
        _take_all(run, found)
        if not dry_run:
            _remove_absent(run, set(found), paths)
            run.progress.tell(Stage.INDEXING, None)
            library.store.sync()
    library.refresh()
    run.report.passages = library.store.counts().passages
    run.report.seconds = round(time.monotonic() - started, 2)
    return run.report


@lru_cache(maxsize=1)
def pipeline() -> str:
    """Hash of the code a document goes through, so that none is left as an older version understood it."""
    home = Path(__file__).parent.parent
    files = sorted(file for pattern in _PIPELINE for file in home.glob(pattern))
    return _hash("".join(file.read_text(encoding="utf-8") for file in files))


def _take_all(run: _Run, files: Sequence[str]) -> None:
    """Read ahead in child processes while the encoder works on the file before."""
    sizes = {path: _size(run.library.corpus / path) for path in files}
    run.progress.total, run.progress.bytes_total = len(files), sum(sizes.values())
    with ThreadPoolExecutor(_READ_AHEAD) as pool:
        waiting: deque[_Pending] = deque()
        for path in files:
            pending = _start(run, path, sizes[path], pool)
            if pending is None:
                _leave(run, path, sizes[path])
                continue
            waiting.append(pending)
            if len(waiting) > _READ_AHEAD:
                _finish(run, waiting.popleft())
        for pending in waiting:
            _finish(run, pending)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # the reader will say why
        return 0


def _leave(run: _Run, path: str, size: int) -> None:
    run.report.unchanged.append(path)
    run.progress.done += 1
    run.progress.bytes_total -= size
    run.progress.tell(Stage.UNCHANGED, path)


def _start(run: _Run, path: str, size: int, pool: ThreadPoolExecutor) -> _Pending | None:
    """Begin to read a file; None when it is in already, as it is."""
    file = run.library.corpus / path
    content = content_hash(file)
    fingerprint = _hash(f"{pipeline()} {content} {run.library.catalogue.fingerprint(path)}")
    known = run.known.get(path)
    if known and known.fingerprint == fingerprint and not run.force:
        return None
    return _Pending(path, size, content, fingerprint, pool.submit(read_safely, file, run.library.settings))


def _finish(run: _Run, pending: _Pending) -> None:
    """Take a file in, or say why not."""
    run.progress.tell(Stage.READING, pending.path)
    record = _read(run, pending)
    if record:
        _keep(run, record, pending)
    run.progress.done += 1
    run.progress.bytes_done += pending.size
    stage = Stage.TAKEN if record else Stage.REFUSED
    run.progress.tell(stage, pending.path, len(record.passages) if record else None)


def _read(run: _Run, pending: _Pending) -> Record | None:
    try:
        return _record(run.library, pending)
    except UnreadableDocument as error:
        run.report.refused.append(Note(pending.path, error.cause))
    except InvalidCatalogue as error:
        run.held.add(pending.path)
        run.report.refused.append(Note(pending.path, f"en attente : {error}"))
    return None


def _keep(run: _Run, record: Record, pending: _Pending) -> None:
    (run.report.replaced if pending.path in run.known else run.report.accepted).append(pending.path)
    run.report.warned.extend(Note(pending.path, warning) for warning in record.warnings)
    if run.dry_run:
        run.report.understood.append(_understood(record, pending.read.result().pages))
        return
    run.progress.tell(Stage.EMBEDDING, pending.path)
    _put_in(run.library, record)
    if time.monotonic() - run.synced[0] > _SYNC_EVERY_S:
        run.library.store.sync(snapshot=False)
        run.synced[0] = time.monotonic()


def _understood(record: Record, pages: int | None) -> Understood:
    document = record.document
    return Understood(
        file=document.path,
        type=document.type,
        title=document.title,
        date=document.date,
        session=document.session,
        season=document.season,
        speakers=tuple(dict.fromkeys(s.speaker for s in record.segments if s.speaker)),
        language=document.language,
        pages=pages,
        passages=len(record.passages),
        warnings=record.warnings,
        twin_of=document.twin_of,
    )


def _record(library: Library, pending: _Pending) -> Record:
    """Everything that is to be kept of a file but its vectors."""
    session = library.catalogue.session_of(pending.path)
    read = unify(pending.read.result(), session)
    document = library.catalogue.describe(pending.path, read)
    cut = tuple(passages.cut(read, document.id, library.encoder.token_counts))
    if not cut:
        raise UnreadableDocument(pending.path, "aucun texte à indexer dans ce fichier.")
    contexts = tuple(context(p, document, session.title if session else None) for p in cut)
    return Record(
        document=document,
        sha256=pending.sha256,
        fingerprint=pending.fingerprint,
        text=read.text,
        segments=read.segments,
        passages=cut,
        contexts=contexts,
        embedded=tuple(_hash(embedded_text(c, p)) for c, p in zip(contexts, cut, strict=True)),
        warnings=read.warnings,
    )


def context(passage: Passage, document: Document, session_title: str | None) -> str:
    """What surrounds a passage: session, title, heading, speaker. Searched and embedded with it, never shown as it."""
    parts = (session_title, document.title, passage.anchor.heading, passage.speaker)
    return " · ".join(dict.fromkeys(part for part in parts if part))


def embedded_text(context: str, passage: Passage) -> str:
    """What a passage's vector is made from. See docs/quality.md."""
    return f"{context}\n{passage.text}"


def _put_in(library: Library, record: Record) -> None:
    """Embed what is new, then put the whole document in; what was embedded before a crash is not embedded again."""
    store = library.store
    pairs = zip(record.contexts, record.passages, strict=True)
    texts = {_hash(text): text for text in (embedded_text(c, p) for c, p in pairs)}
    missing = sorted(store.missing(texts))
    for start in range(0, len(missing), _ENCODE_AT_ONCE):
        batch = missing[start : start + _ENCODE_AT_ONCE]
        store.remember(batch, library.encoder.encode_passages([texts[h] for h in batch]))
    store.upsert(record)


def _remove_absent(run: _Run, present: set[str], paths: Sequence[Path]) -> None:
    """Take out what is no longer in the corpus, or no longer readable; of some paths only, when only they were asked.

    The version before of a file that is now unreadable goes out too: the index never says what the corpus does not.
    """
    scopes = [inside(run.library.corpus, path) for path in paths] or ["."]
    refused = {note.file for note in run.report.refused} - run.held
    for path in run.known:
        asked = any(scope == "." or path == scope or path.startswith(f"{scope}/") for scope in scopes)
        if (asked and path not in present) or path in refused:
            run.library.store.delete(path)
            run.report.removed.append(path)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def stale(library: Library) -> list[str]:
    """Files of the corpus whose content is no longer what was taken in."""
    return [
        path for path, source in library.store.sources().items() if content_hash(library.corpus / path) != source.sha256
    ]
