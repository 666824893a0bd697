"""Bring the index up to date with the corpus, one whole document at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from kb.errors import KbError
from kb.ingest import twinning
from kb.ingest.intake import Intake, adopt, files, inside
from kb.ingest.report import Listener, Note, Report, Stage
from kb.ingest.run import Progress, Run
from kb.ingest.state import content_hash
from kb.library import Library


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
    if paths and not intake.inside and not intake.planned:
        report = Report(passages=library.store.counts().passages)
    else:
        report = _ingest(library, intake, dry_run=dry_run, listen=listen)
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
    return _ingest(library, Intake(list(paths)), force=force, dry_run=dry_run, listen=listen)


def _ingest(library: Library, intake: Intake, *, force: bool = False, dry_run: bool, listen: Listener) -> Report:
    started = time.monotonic()
    library.reread()
    store, report = library.store, Report()
    with store.writing():
        if store.model != library.encoder.name and not dry_run:
            store.reset(library.encoder.name)
        found, unnamed = files(library.corpus, intake.inside) if intake.inside or not intake.planned else ([], [])
        run = Run(
            *(library, report, Progress(listen, total=len(found)), store.sources(), store.refusals()),
            elsewhere=intake.planned,
            force=force,
            dry_run=dry_run,
        )
        _check_mounted(run, found, intake)
        report.refused.extend(unnamed)
        report.refused.extend(Note(name, cause) for name, cause in library.catalogue.problems.items())
        report.warned.extend(Note(name, cause) for name, cause in library.catalogue.warnings.items())
        run.take(sorted([*found, *intake.planned], key=twinning.order))
        if not dry_run:
            run.remove(set(found), [inside(library.corpus, path) for path in intake.inside] or ["."])
            run.take([])
            run.progress.tell(Stage.INDEXING, None)
            report.filed.extend(run.filing.again())
            run.advice.again()
            if not intake.inside and not intake.planned:
                store.complete()
            store.sync()
    library.refresh()
    report.sort()
    report.passages = store.counts().passages
    report.seconds = round(time.monotonic() - started, 2)
    return report


def _check_mounted(run: Run, found: Sequence[str], intake: Intake) -> None:
    """A corpus without a single file, where there were some, is a drive that is not there."""
    if run.known and not found and not intake.inside and not intake.planned:
        raise KbError(
            f"{run.library.corpus} : ce dossier est vide, alors que la mémoire compte {len(run.known)} documents. "
            "Le disque partagé est-il accessible ? Rien n’a été retiré. Pour vider la mémoire, supprimez le dossier "
            "de l’index."
        )


def stale(library: Library) -> list[str]:
    """Files of the corpus whose content is no longer what was taken in."""
    return [
        path for path, source in library.store.sources().items() if content_hash(library.corpus / path) != source.sha256
    ]


def untaken(library: Library) -> list[str]:
    """Files of the corpus that are not in the memory: refused, or never taken in."""
    found, unnamed = files(library.corpus, ())
    return sorted(set(found) - set(library.store.sources())) + [note.file for note in unnamed]
