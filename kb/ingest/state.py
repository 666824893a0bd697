"""What a file is when it is read, so that what the store keeps is of those bytes and no others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.sandbox import LARGEST_FILE

_COARSEST_DATE_S = 3.0
"""Some drives date files to two seconds: what was written since cannot be told by the date."""
_TRIES = 3

NO_CONTENT = "none"
MOVING = "le fichier change pendant qu’il est lu ; attendez la fin de sa copie puis relancez"


class MovingDocument(UnreadableDocument):
    """A file that someone is writing: its version before stays."""

    def __init__(self, name: str) -> None:
        super().__init__(name, MOVING, lasting=False)


@dataclass(frozen=True, slots=True)
class State:
    """The hash of a file's bytes, and its stamp if a later change is sure to alter it, else an empty string."""

    sha256: str
    stamp: str


def stamp(file: Path) -> str:
    """The size, date and place on the disk of a file; empty where it cannot be looked at."""
    try:
        kept = file.stat()
    except OSError:
        return ""
    return f"{kept.st_size} {kept.st_mtime_ns} {kept.st_ino}"


def read_steadily(file: Path, read: Callable[[], ReadDocument]) -> tuple[ReadDocument, State]:
    """What `read` makes of a file, and the state of the very bytes it read. Raises MovingDocument if they change."""
    for _ in range(_TRIES):
        before, content = stamp(file), content_hash(file)
        document = read()
        if stamp(file) == before and content_hash(file) == content:
            return document, State(content, before if _is_settled(file) else "")
    raise MovingDocument(file.name)


def content_hash(file: Path) -> str:
    """SHA-256 of a regular file; of one that is too large, or anything else, a constant: the reader will refuse it."""
    if not file.is_file():
        return NO_CONTENT
    digest = sha256()
    try:
        if file.stat().st_size > LARGEST_FILE:
            return NO_CONTENT
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError:
        return NO_CONTENT
    return digest.hexdigest()


def _is_settled(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime > _COARSEST_DATE_S
    except OSError:
        return False
