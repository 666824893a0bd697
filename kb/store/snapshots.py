"""The vector index on disk: a FAISS file, and beside it its keys, moments and checksum.

A snapshot is there once the second file is. One that was cut, altered or half removed is as if it were not there: the
vectors come from the rows, only slower.
"""

from __future__ import annotations

import logging
import os
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import cast

import faiss
import numpy as np

from kb.store.vectors import Moments, VectorIndex

log = logging.getLogger(__name__)
_BLOCK = 1 << 20
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


def latest_revision(folder: Path, tag: str) -> int:
    """Of the newest snapshot of the store `tag`; 0 when there is none."""
    return max((_revision(path) for path in folder.glob(f"vectors-{tag}-*.npz")), default=0)


def latest(folder: Path, tag: str, dimensions: int, last: int) -> tuple[VectorIndex, int]:
    """The newest sound snapshot of the store `tag`, and its revision; an empty index at revision 0 when there is none.

    last: the revision of the rows; a snapshot from later is of rows that were lost.
    """
    for beside in sorted(folder.glob(f"vectors-{tag}-*.npz"), key=_revision, reverse=True):
        revision = _revision(beside)
        try:
            if revision > last:
                raise ValueError("il est plus récent que les passages")
            return _read(beside, dimensions), revision
        except _UNREADABLE as error:
            if latest_revision(folder, tag) > revision:  # an ingest put a newer one in its place meanwhile
                return latest(folder, tag, dimensions, last)
            log.warning("%s est abîmé (%s) ; l’index du sens est reconstruit.", beside.stem, error)
            with suppress(OSError):
                beside.unlink()
    return VectorIndex.empty(dimensions), 0


def _read(beside: Path, dimensions: int) -> VectorIndex:
    with np.load(beside, allow_pickle=False) as kept:
        n, checksum = (int(value) for value in kept["counts"])
        keys, moments = kept["keys"], Moments(n, kept["sum"], kept["scatter"])
    file = beside.with_suffix(".faiss")
    if _checksum(file) != checksum:
        raise ValueError("les octets ne sont plus ceux qui ont été écrits")
    flat = cast(faiss.IndexFlatIP, faiss.read_index(str(file)))
    if (flat.d, flat.ntotal, moments.n) != (dimensions, len(keys), len(keys)):
        raise ValueError("le nombre de vecteurs ou leur taille ne convient pas")
    return VectorIndex(flat, keys, moments)


def save(index: VectorIndex, folder: Path, tag: str, revision: int) -> None:
    """Write the snapshot of a revision, whole or not at all, then delete the older ones. Raises OSError."""
    current = folder / f"vectors-{tag}-{revision}"
    drafts = [folder / f".{current.name}.{os.getpid()}.{kind}" for kind in ("faiss", "npz")]
    try:
        _write(index, *drafts)
        for draft in drafts:
            draft.replace(current.with_suffix(draft.suffix))
    except RuntimeError as error:
        raise OSError(str(error)) from error
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    _remove(folder, but=current.name)


def forget(folder: Path) -> None:
    """Delete every snapshot."""
    _remove(folder, but="")


def _write(index: VectorIndex, file: Path, beside: Path) -> None:
    faiss.write_index(index.flat, str(file))
    moments = index.moments
    counts = np.array([moments.n, _checksum(file)])
    np.savez(beside, keys=index.keys, counts=counts, sum=moments.sum, scatter=moments.scatter)


def _remove(folder: Path, *, but: str) -> None:
    for path in [*folder.glob("vectors-*"), *folder.glob(".vectors-*")]:
        if path.stem != but:
            path.unlink(missing_ok=True)


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _revision(path: Path) -> int:
    revision = path.stem.rpartition("-")[2]
    return int(revision) if revision.isdecimal() else 0
