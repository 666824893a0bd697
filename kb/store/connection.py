"""Opening `index.sqlite`: to write, or only to read where nothing may be written. Damage that shows is told at once."""

from __future__ import annotations

import logging
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kb.errors import UnusableIndex
from kb.store import disk
from kb.store.schema import MIGRATIONS, migrate

log = logging.getLogger(__name__)

SUSPECT = "index.sqlite.suspect"
"""This file says that the rows are damaged, and what showed it. It goes once they are made again."""
_BUSY_S = 30.0

Stamp = tuple[int, int, int, bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection and what it stands on.

    still: nothing is locked, so that the file is to be looked at before and after each read (see `Rows.query`).
    """

    connection: sqlite3.Connection
    read_only: bool
    still: bool
    stamp: Stamp


def connect(path: Path) -> Opened:
    """Open the rows, made if they are not there. Raises DamagedRows when that shows, UnusableIndex otherwise."""
    with disk.telling(path.parent):
        _check(path)
        if not disk.is_writable(path.parent) or (path.exists() and not os.access(path, os.W_OK)):
            return _to_read(path)
        try:
            return _to_write(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
                raise
            if not path.exists() or not path.stat().st_size:
                raise
            try:
                opened = _to_read(path)
            except (UnusableIndex, sqlite3.Error):
                raise error from None
            log.warning("Le disque est plein : l’index n’est ouvert que pour chercher.")
            return opened


def stamp(path: Path) -> Stamp:
    """What changes when the file is replaced or written; zeros when it is not there."""
    try:
        kept = path.stat()
    except OSError:
        return (0, 0, 0, False)
    return (kept.st_ino, kept.st_size, kept.st_mtime_ns, bool(_size(_beside(path, "-wal"))))


def _check(path: Path) -> None:
    """What can be told without opening: the file is short of pages, or lost while the rest of the index is there."""
    if path.with_name(SUSPECT).exists():
        raise disk.DamagedRows(_told(path.with_name(SUSPECT)))
    if not _size(path) and any(path.parent.glob("words-*")):
        raise disk.DamagedRows(f"{path.name} est absent ou vide")
    if _size(path) and not _has_all_its_pages(path):
        raise disk.DamagedRows(f"{path.name} est tronqué")


def _told(suspect: Path) -> str:
    try:
        return suspect.read_text(encoding="utf-8") or "une lecture a échoué"
    except (OSError, UnicodeDecodeError):
        return "une lecture a échoué"


def _has_all_its_pages(path: Path) -> bool:
    """Compare the size with the header's; see « Database File Format », 1.3."""
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        return False
    page, counter, pages, valid_for = (int.from_bytes(header[a:b]) for a, b in ((16, 18), (24, 28), (28, 32), (92, 96)))
    return counter != valid_for or path.stat().st_size >= pages * (65536 if page == 1 else page)


def _to_write(path: Path) -> Opened:
    connection = _opened(f"file:{quote(str(path))}")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        _check_version(connection, path)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return Opened(connection, False, False, stamp(path))


def _to_read(path: Path) -> Opened:
    """SQLite shares its journal through a file; where none can be made, the rows are read as if nobody wrote."""
    if not _size(path):
        raise UnusableIndex(f"{path.parent} : aucun index ici, et ce dossier est en lecture seule. Vérifiez KB_INDEX.")
    at = stamp(path)
    still = not at[-1]
    if not still and not _beside(path, "-shm").exists():
        raise UnusableIndex(
            f"{path.parent} : cet index a un journal en attente, qui ne peut pas être lu dans un dossier en lecture "
            "seule. Ouvrez-le une fois avec « kb status » depuis un compte qui peut y écrire, puis réessayez."
        )
    connection = _opened(f"file:{quote(str(path))}?{'immutable=1' if still else 'mode=ro'}")
    try:
        _check_version(connection, path)
        if _version(connection) < len(MIGRATIONS):
            raise UnusableIndex(
                f"{path.parent} : cet index est d’une version plus ancienne du programme. Lancez « kb ingest » "
                "depuis un compte qui peut y écrire."
            )
    except BaseException:
        connection.close()
        raise
    return Opened(connection, True, still, at)


def _opened(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None, timeout=_BUSY_S)
    connection.row_factory = sqlite3.Row
    return connection


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) > len(MIGRATIONS):
        raise UnusableIndex(
            f"{path.parent} : cet index est d’une version plus récente du programme. Mettez le programme à jour, ou "
            "supprimez ce dossier puis relancez « kb ingest » : le corpus n’est pas touché."
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
