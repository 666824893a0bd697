"""The files to take in: those of the corpus, and those from outside, copied once they are known to be readable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from kb.errors import InvalidQuery, KbError, UnreadableDocument
from kb.ingest.report import Note
from kb.ingest.state import content_hash
from kb.library import Library
from kb.readers import is_ignorable
from kb.readers.sandbox import read_safely

UNFILED = "a-classer"
"""The folder of the corpus for files that no session was named for."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Paths that stand in the corpus, and files that will not be copied into it.

    planned: files from outside that would be copied, by their path in the corpus; of a dry run only.
    """

    inside: list[Path] = field(default_factory=list)
    planned: dict[str, Path] = field(default_factory=dict)
    refused: list[Note] = field(default_factory=list)


def adopt(library: Library, paths: Sequence[Path], session: str | None, *, copy: bool) -> Intake:
    """Copy into the corpus the paths that are outside it; a file that cannot be read is not copied.

    copy: False only says what would be copied. Raises InvalidQuery when the session is unknown.
    """
    root = library.corpus.resolve()
    home = root / _home(library, session)
    intake = Intake()
    for path in paths:
        if not (path.is_symlink() or path.exists()):
            intake.refused.append(Note(str(path), "ce fichier n’existe pas"))
        elif path.resolve().is_relative_to(root):
            intake.inside.append(path)
        else:
            for file, target in _from_outside(path, home):
                _adopt_file(library, file, target, intake, copy=copy)
    return intake


def _from_outside(path: Path, home: Path) -> Iterator[tuple[Path, Path]]:
    if not path.is_dir():
        yield path, home / path.name
        return
    for file in walk(path):
        if not is_ignorable(file):
            yield file, home / path.name / file.relative_to(path)


def _adopt_file(library: Library, source: Path, target: Path, intake: Intake, *, copy: bool) -> None:
    try:
        if target.exists():
            _check_same(source, target)
        elif copy:
            read_safely(source, library.settings)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, target)
        else:
            intake.planned[target.relative_to(library.corpus.resolve()).as_posix()] = source
            return
        intake.inside.append(target)
    except UnreadableDocument as error:
        intake.refused.append(Note(str(source), error.cause))
    except OSError as error:
        intake.refused.append(Note(str(source), f"copie impossible dans le corpus ({error.strerror})"))


def _check_same(source: Path, target: Path) -> None:
    if content_hash(target) != content_hash(source):
        raise UnreadableDocument(
            source.name,
            f"le corpus a déjà un autre fichier « {target.name} » dans {target.parent.name} ; "
            "renommez le vôtre, ou remplacez celui du corpus vous-même",
        )


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that it is whole in the corpus or not there at all."""
    draft = target.with_name(f".copie-{sha256(target.name.encode(errors='surrogateescape')).hexdigest()[:12]}")
    shutil.copy2(source, draft)
    draft.replace(target)


def _home(library: Library, session: str | None) -> str:
    if session is None:
        return UNFILED
    matches = [s for s in library.catalogue.sessions if s == session or s.endswith(f"/{session}")]
    if len(matches) != 1:
        known = ", ".join(sorted(library.catalogue.sessions)) or "aucune"
        raise InvalidQuery(f"La séance « {session} » n’est pas dans le corpus. Séances connues : {known}.")
    return matches[0]


def files(corpus: Path, paths: Sequence[Path]) -> tuple[list[str], list[Note]]:
    """Paths, relative to the corpus, of the files to take, sorted; and those whose name cannot be written down.

    No hidden file, no TOML, no folder reached by a link.
    """
    root = corpus.resolve()
    found: set[str] = set()
    unnamed: list[Note] = []
    for start in paths or [root]:
        absolute = root / inside(corpus, start)
        for file in walk(absolute) if absolute.is_dir() else [absolute] * absolute.exists():
            name = file.relative_to(root).as_posix()
            if is_ignorable(file):
                continue
            if _is_writable(name):
                found.add(name)
            else:
                shown = os.fsencode(name).decode("utf-8", "backslashreplace")
                unnamed.append(Note(shown, "le nom de ce fichier n’est pas en UTF-8 ; renommez-le"))
    return sorted(found), unnamed


def _is_writable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def walk(folder: Path) -> Iterable[Path]:
    """Every file below a folder, in a fixed order, links to folders aside."""
    for home, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not is_ignorable(Path(home) / name))
        yield from (Path(home) / name for name in sorted(names))


def inside(corpus: Path, path: Path) -> str:
    """A path as it is named in the corpus; raises KbError when it is outside."""
    root = corpus.resolve()
    try:
        return (path.parent.resolve() / path.name).relative_to(root).as_posix() if path != root else "."
    except ValueError as error:
        raise KbError(f"{path} : ce fichier n’est pas dans le corpus ({corpus}).") from error
