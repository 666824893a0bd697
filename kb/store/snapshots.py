"""The vector index on disk: a FAISS file, one of its cells if it has any, and beside them keys, moments and checksums.

A snapshot is there once the last file is. One that was cut, altered, half removed or written by another version is as
if it were not there: the vectors come from the rows, only slower.
"""

from __future__ import annotations

import logging
import os
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np

from kb.store.cells import Cells
from kb.store.vectors import Moments, VectorIndex

T = TypeVar("T")
log = logging.getLogger(__name__)
_BLOCK = 1 << 20
_FORMAT = 2
"""Of these files; 1 had no number, and 32 bits for each number of a vector."""
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
            log.warning("%s ne peut pas servir (%s) ; l’index du sens est reconstruit.", beside.stem, error)
            with suppress(OSError):
                beside.unlink()
    return VectorIndex.empty(dimensions), 0


def _read(beside: Path, dimensions: int) -> VectorIndex:
    with np.load(beside, allow_pickle=False) as kept:
        if "format" not in kept or int(kept["format"]) != _FORMAT:
            raise ValueError("une autre version du programme l’a écrit")
        n, checksum, in_cells, cells_checksum = (int(value) for value in kept["counts"])
        keys, moments = kept["keys"], Moments(n, kept["sum"], kept["scatter"])
    exact = _index(beside.with_suffix(".faiss"), checksum, faiss.IndexScalarQuantizer)
    cells = None
    if in_cells:
        cells = Cells(_index(beside.with_suffix(".cells"), cells_checksum, faiss.IndexIVFScalarQuantizer))
    sizes = {exact.ntotal, len(keys), n, len(cells) if cells else n}
    if exact.d != dimensions or sizes != {n}:
        raise ValueError("le nombre de vecteurs ou leur taille ne convient pas")
    return VectorIndex(exact, keys, moments, cells)


def _index(file: Path, checksum: int, kind: type[T]) -> T:
    if _checksum(file) != checksum:
        raise ValueError("les octets ne sont plus ceux qui ont été écrits")
    index = faiss.read_index(str(file))
    if not isinstance(index, kind):
        raise ValueError("ce n’est pas l’index attendu")
    return index


def save(index: VectorIndex, folder: Path, tag: str, revision: int) -> None:
    """Write the snapshot of a revision, whole or not at all, then delete the older ones. Raises OSError."""
    current = folder / f"vectors-{tag}-{revision}"
    drafts = [folder / f".{current.name}.{os.getpid()}.{kind}" for kind in ("faiss", "cells", "npz")]
    try:
        _write(index, *drafts)
        for draft in drafts:
            if draft.exists():
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


def _write(index: VectorIndex, file: Path, cells_file: Path, beside: Path) -> None:
    faiss.write_index(index.exact, str(file))
    in_cells = cells_checksum = 0
    if index.cells is not None:
        faiss.write_index(index.cells.ivf, str(cells_file))
        in_cells, cells_checksum = len(index.cells), _checksum(cells_file)
    moments = index.moments
    counts = np.array([moments.n, _checksum(file), in_cells, cells_checksum])
    np.savez(beside, format=_FORMAT, keys=index.keys, counts=counts, sum=moments.sum, scatter=moments.scatter)


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
