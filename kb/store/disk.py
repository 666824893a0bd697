"""What a disk does to an index, told in French: it is full, closed to writing, or gives other bytes than it got."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import UnusableIndex

_FULL_BELOW = 16 << 20
"""Bytes. Some libraries do not say why a write failed: with less than this left, for want of room."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}
_CLOSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}


class DamagedRows(UnusableIndex):
    """`index.sqlite` is not what was written to it; an ingest makes it again from the corpus. detail: what shows it."""

    def __init__(self, detail: object) -> None:
        super().__init__(
            f"L’index est abîmé ({detail}) ; lancez « kb ingest » : il sera refait à partir du corpus, qui est intact."
        )
        self.detail = str(detail)


class FullDisk(UnusableIndex):
    """There is no room left; what was in before is in, whole."""


def full(folder: Path) -> FullDisk:
    """A write failed for want of room."""
    return FullDisk(
        f"{folder} : le disque est plein. Ce qui était dans l’index y est toujours ; libérez de la place, puis "
        "relancez « kb ingest » : il reprendra où il s’est arrêté."
    )


def closed(folder: Path) -> UnusableIndex:
    """A write was refused."""
    return UnusableIndex(
        f"{folder} : ce dossier est en lecture seule ; la recherche y est possible, l’ingestion non. "
        "Lancez-la depuis un compte qui peut y écrire."
    )


def is_writable(folder: Path) -> bool:
    """Whether this process may write in a folder; a read-only mount says no to root too."""
    return os.access(folder, os.W_OK | os.X_OK)


def lacks_room(folder: Path) -> bool:
    """Whether a write that failed for no known reason failed for want of room."""
    try:
        return shutil.disk_usage(folder).free < _FULL_BELOW
    except OSError:
        return False


@contextmanager
def telling(folder: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise over the disk of an index into UnusableIndex; the rest passes."""
    try:
        yield
    except sqlite3.Error as error:
        told = _of_sqlite(folder, error)
        if told is None:
            raise
        raise told from error
    except UnicodeDecodeError as error:  # SQLite quotes, in a message, the name of a table that was altered
        raise DamagedRows("des noms y sont illisibles") from error
    except OSError as error:
        raise of_system(folder, error) from error


def of_system(folder: Path, error: OSError) -> UnusableIndex:
    """What the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(folder)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return closed(folder)
    return UnusableIndex(f"{folder} : ce dossier ne peut pas recevoir l’index ({error.strerror}).")


def _of_sqlite(folder: Path, error: sqlite3.Error) -> UnusableIndex | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGE or _is_lost_schema(error) or str(error).startswith("Could not decode"):
        return DamagedRows(error)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and lacks_room(folder)):
        return full(folder)
    if code in _CLOSED:
        return closed(folder)
    if code in _BUSY:
        return UnusableIndex(f"{folder} : l’index est occupé par un autre programme. Réessayez dans un instant.")
    if code == sqlite3.SQLITE_IOERR:
        return UnusableIndex(f"{folder} : le disque ne répond pas comme il faut ({error}). Vérifiez-le puis réessayez.")
    return None


def _is_lost_schema(error: sqlite3.Error) -> bool:
    """Our statements name what our migrations made: what is not there was lost."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith(("no such table", "no such column"))
