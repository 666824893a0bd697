"""Putting damaged rows aside for new ones, empty but for the vectors that can be saved: the corpus has all the rest."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np

from kb.store import Vectors
from kb.store.connection import SUSPECT
from kb.store.rows import Rows, is_unit

log = logging.getLogger(__name__)

PENDING = "mending"
"""The fact, in the new rows, that the corpus was not taken in again yet."""

FILLING = "filling"
"""The fact, in rows that were emptied, that the whole corpus was not taken in since."""

_DRAFT = ".mending"
_ASIDE = ".damaged-"
_HEX = "0123456789abcdef"


def empty(rows: Rows, model: str) -> None:
    """Empty rows and bind them to an encoder."""
    rows.clear()
    rows.set_meta("model", model)
    rows.set_meta(FILLING, "1")


def finish(rows: Rows) -> None:
    """The whole corpus was taken in."""
    for fact in (PENDING, FILLING):
        if rows.meta(fact):
            rows.set_meta(fact, "")


def set_aside(path: Path, dimensions: int) -> None:
    """Put `index.sqlite` aside, one such file being kept, and new rows in its place. The caller may write.

    The mark that the rows are suspect is there from the beginning to the end, so that a process killed in between
    leaves rows that are made again, never rows taken for whole.
    """
    suspect, draft = path.with_name(SUSPECT), path.parent / _DRAFT
    suspect.touch()
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    rows = Rows(draft / path.name)
    rows.set_meta(PENDING, "1")
    saved = _salvage(path, rows, dimensions)
    rows.close()
    kept = _put_away(path)
    (draft / path.name).replace(path)
    shutil.rmtree(draft, ignore_errors=True)
    suspect.unlink()
    log.warning("L’index était abîmé : il est refait à partir du corpus. %s vecteurs ont été sauvés. %s", saved, kept)


def _put_away(path: Path) -> str:
    """Rename the file and its journal, which must never be taken for that of the new file."""
    if not path.exists():
        path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        return ""
    for old in path.parent.glob(f"{path.name}{_ASIDE}*"):
        old.unlink()
    aside = path.with_name(f"{path.name}{_ASIDE}{time.strftime('%Y%m%d-%H%M%S')}")
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists():
        journal.replace(aside.with_name(f"{aside.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    path.replace(aside)
    return f"L’ancien est gardé sous le nom {aside.name}."


def _salvage(path: Path, rows: Rows, dimensions: int) -> int:
    """Copy the vectors that can still be read, if the model they are of can be too; how many there are."""
    if not path.exists() or not path.stat().st_size:
        return 0
    source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    saved = 0
    try:
        source.execute("PRAGMA writable_schema=ON")  # SQLite then reads what is left of a file that was cut
        found = source.execute("SELECT value FROM meta WHERE name='model'").fetchone()
        if found and isinstance(found[0], str):
            rows.set_meta("model", found[0])
            for hashes, vectors in _readable(source, 2 * dimensions):
                rows.remember(hashes, vectors)
                saved += len(hashes)
    except sqlite3.DatabaseError as error:
        log.info("Vecteurs non relus : %s", error)
    finally:
        source.close()
    return saved


def _readable(source: sqlite3.Connection, size: int) -> Iterator[tuple[list[str], Vectors]]:
    """Vectors by small ranges of hashes: a damaged page loses its range and no other."""
    for prefix in (a + b + c for a in _HEX for b in _HEX for c in _HEX):
        try:
            found = source.execute(
                "SELECT hash, vector FROM embeddings WHERE hash >= ? AND hash < ?", (prefix, f"{prefix}g")
            ).fetchall()
        except sqlite3.DatabaseError:
            continue
        sound = [(hash_, raw) for hash_, raw in found if isinstance(hash_, str) and is_unit(raw)]
        sound = [(hash_, raw) for hash_, raw in sound if len(raw) == size]
        if sound:
            vectors = np.stack([np.frombuffer(raw, dtype=np.float16) for _, raw in sound])
            yield [hash_ for hash_, _ in sound], vectors.astype(np.float32)
