"""What a real ingest makes of the hostile files: names, links and pipes can only be judged so, and the whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.domain import STAFF
from kb.ingest import Report, ingest
from kb.library import Library, open_library
from kb.settings import Settings
from kb.store import Scope
from tests.bad_inputs import Got, path_of
from tests.conftest import LetterEncoder

_BY_INGEST = ("noms/", "special/")


def taken_in(folder: Path, index: Path, files: Sequence[str], below: Sequence[str] = ()) -> dict[str, Got]:
    """What an ingest of the folder, or of what is below these folders of it, makes of each file."""
    library = open_library(Settings(corpus=folder, index=index), LetterEncoder())
    try:
        report = ingest(library, [folder / name for name in below])
        documents = {document.path: document.id for document in library.store.documents(Scope(STAFF))}
        return {file: _outcome(library, report, documents, file) for file in files}
    finally:
        library.store.close()


def _outcome(library: Library, report: Report, documents: dict[str, str], file: str) -> Got:
    """What was reported of a file, and the text that is in the memory."""
    path = path_of(file)
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    refused = [note.cause for note in report.refused if note.file == shown]
    if refused:
        return Got(file, "refuse", refused[0])
    inside = [kept for kept in report.accepted if kept == path or kept.startswith(f"{path}/")]
    if not inside:
        return Got(file, "skip")
    shown_as = {twin.file: twin.same_as for twin in report.twins}
    held = [documents.get(kept) or documents[shown_as[kept]] for kept in inside]
    text = "\n".join(library.store.text(identifier, STAFF)[0] for identifier in held)
    warnings = [note.cause for note in report.warned if note.file in inside]
    return Got(file, "warn" if warnings else "read", " ; ".join(warnings), text)


def final(measured: Got, taken: Got) -> Got:
    """What is judged: names and special files by the ingest, with the time and memory that were measured."""
    if not measured.file.startswith(_BY_INGEST):
        return measured
    taken.seconds, taken.megabytes = measured.seconds, measured.megabytes
    return taken


def disagreement(measured: Got, taken: Got) -> list[str]:
    """A file that was read alone and not among the others, or the reverse."""
    if measured.file.startswith("special/") or "latin1_" in measured.file:  # links and names are the walk's affair
        return []
    same = (measured.outcome in ("read", "warn")) == (taken.outcome in ("read", "warn"))
    return [] if same else [f"seul : {measured.outcome}, parmi les autres : {taken.outcome} ({taken.said})"]
