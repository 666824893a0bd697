"""Starting the process that reads one file, under limits, and understanding how it ended."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.child import Outcome
from kb.readers.programs import kill
from kb.readers.wire import from_json

if TYPE_CHECKING:
    from kb.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_LARGEST_ANSWER = 256 << 20
_BOOT = "import sys,json;sys.path[:]=json.loads(sys.argv[1]);from kb.readers.child import main;main()"

MEMORY = "le fichier demande trop de mémoire ; découpez-le ou exportez-le à nouveau"
FAILED = "le fichier n’a pas pu être lu : sa structure est anormale ; exportez-le à nouveau, en PDF par exemple"
ABORTED = "le fichier demande trop de mémoire, ou sa structure est anormale ; exportez-le à nouveau"
TOO_DEEP = "la structure du fichier est trop imbriquée pour être lue ; exportez-le à nouveau"
TOO_LONG = "le texte extrait est démesuré ; découpez le document"


def read_in_child(path: Path, settings: Settings, **job: Any) -> ReadDocument:
    """The document as the child understands it. Raise UnreadableDocument, with its cause."""
    try:
        return from_json(work(path, settings, **job).decode("ascii"))
    except ValueError as error:
        raise UnreadableDocument(path.name, FAILED) from error


def work(path: Path, settings: Settings, **job: Any) -> bytes:
    """What the child answers when it is given this file and this job. Raise UnreadableDocument, with its cause."""
    with tempfile.TemporaryFile() as answer:
        status = _run({"path": str(path.absolute()), **job}, settings, answer)
        answer.seek(0)
        data = answer.read(_LARGEST_ANSWER)
    if status == Outcome.READ:
        return data
    cause = _cause(status, data, settings.read_seconds)
    raise UnreadableDocument(path.name, cause, lasting=status == Outcome.REFUSED)


def _run(job: dict[str, Any], settings: Settings, answer: IO[bytes]) -> int | None:
    """Run the child; its exit status (negative for a signal), None if it had to be stopped."""
    limits = {
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
            process.communicate(json.dumps(limits | job).encode("ascii"), timeout=settings.read_seconds)
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
