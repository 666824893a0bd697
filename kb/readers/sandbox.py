"""Reading a file that may be hostile: in a process of its own, with limits, whose answer is checked.

The child is a bare interpreter that imports one reader. It gets the path on its standard input and answers one line of
JSON. Whatever ends it otherwise becomes an UnreadableDocument whose cause a person can act on.
"""

from __future__ import annotations

import json
import math
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.child import Outcome
from kb.readers.programs import kill
from kb.readers.wire import from_json

if TYPE_CHECKING:
    from kb.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_LARGEST_FILE = 500 << 20
_LARGEST_ANSWER = 256 << 20
_BOOT = "import sys,json;sys.path[:]=json.loads(sys.argv[1]);from kb.readers.child import main;main()"

MEMORY = "le fichier demande trop de mémoire ; découpez-le ou exportez-le à nouveau"
FAILED = "le fichier n’a pas pu être lu : sa structure est anormale ; exportez-le à nouveau, en PDF par exemple"
ABORTED = "le fichier demande trop de mémoire, ou sa structure est anormale ; exportez-le à nouveau"
TOO_DEEP = "la structure du fichier est trop imbriquée pour être lue ; exportez-le à nouveau"
TOO_LONG = "le texte extrait est démesuré ; découpez le document"


def read_safely(path: Path, settings: Settings) -> ReadDocument:
    """Read a document under the limits of these settings. Raise UnreadableDocument, with its cause, if it cannot be."""
    check_file(path, settings.corpus)
    with tempfile.TemporaryFile() as answer:
        status = _run(path, settings, answer)
        answer.seek(0)
        data = answer.read(_LARGEST_ANSWER)
    if status == Outcome.READ:
        try:
            return from_json(data.decode("ascii"))
        except ValueError as error:
            raise UnreadableDocument(path.name, FAILED) from error
    cause = _cause(status, data, settings.read_seconds)
    raise UnreadableDocument(path.name, cause, lasting=status == Outcome.REFUSED)


def check_file(path: Path, corpus: Path) -> None:
    """Refuse, before it is opened, what is no regular file, leads out of its folder, or is larger than 500 MB."""
    try:
        own, kind = path.lstat(), path.stat()
    except OSError as error:
        missing = "le lien ne mène nulle part" if path.is_symlink() else f"fichier inaccessible ({error.strerror})"
        raise UnreadableDocument(path.name, missing) from error
    if stat.S_ISLNK(own.st_mode) and _leads_out(path, corpus):
        raise UnreadableDocument(path.name, "lien symbolique qui mène hors du dossier ; déposez le fichier lui-même")
    if stat.S_ISDIR(kind.st_mode):
        raise UnreadableDocument(path.name, "c’est un dossier, pas un document")
    if not stat.S_ISREG(kind.st_mode):
        raise UnreadableDocument(path.name, "ce n’est pas un fichier ordinaire (tube, périphérique…)")
    if kind.st_size == 0:
        raise UnreadableDocument(path.name, "fichier vide")
    if kind.st_size > _LARGEST_FILE:
        raise UnreadableDocument(path.name, "fichier de plus de 500 Mo ; découpez-le")
    if not os.access(path, os.R_OK):
        raise UnreadableDocument(path.name, "lecture interdite par les droits du fichier ; demandez-les à son auteur")


def _leads_out(path: Path, corpus: Path) -> bool:
    """Whether a link leaves the corpus it stands in, or its own folder if it stands elsewhere."""
    home = corpus if path.absolute().is_relative_to(corpus.absolute()) else path.parent
    return not path.resolve().is_relative_to(home.resolve())


def _run(path: Path, settings: Settings, answer: IO[bytes]) -> int | None:
    """Run the child; its exit status (negative for a signal), None if it had to be stopped."""
    job = {
        "path": str(path.absolute()),
        "bytes": settings.read_megabytes << 20,
        "seconds": math.ceil(settings.read_seconds) + 1,
        "answer": _LARGEST_ANSWER,
    }
    search = json.dumps([str(_ROOT), *(os.path.abspath(entry) for entry in sys.path if entry)])
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT, search],
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            process.communicate(json.dumps(job).encode("ascii"), timeout=settings.read_seconds)
        except subprocess.TimeoutExpired:
            kill(process)
            return None
    return process.returncode


def _cause(status: int | None, data: bytes, seconds: float) -> str:
    if status is None or status == -signal.SIGXCPU:
        return f"la lecture a dépassé {seconds:g} s ; découpez le document ou exportez-le à nouveau"
    if status == Outcome.REFUSED:
        return _told(data)
    causes = {
        Outcome.OUT_OF_MEMORY: MEMORY,
        -signal.SIGKILL: MEMORY,  # what the system sends when memory runs out
        -signal.SIGABRT: ABORTED,  # how PDFium ends when memory runs out
        Outcome.TOO_DEEP: TOO_DEEP,
        Outcome.TOO_LONG: TOO_LONG,
        -signal.SIGXFSZ: TOO_LONG,
    }
    return causes.get(status, FAILED)


def _told(data: bytes) -> str:
    try:
        cause = json.loads(data)["cause"]
    except (ValueError, KeyError, TypeError):
        return FAILED
    return cause if isinstance(cause, str) and len(cause) < 1000 else FAILED
