"""Reading the rows: passages, documents, and what the two other indexes are made from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kb.domain import Document, Passage, Segment, Viewer
from kb.errors import UnknownItem
from kb.store import Scope, Vectors, disk
from kb.store.rows import DOCUMENT_COLUMNS, PASSAGE_COLUMNS, Rows, are_units
from kb.store.schema import document_of, passage_of, segments_of, to_json
from kb.store.scopes import reach, where
from kb.store.words import Entry

_LONGEST_ORDINAL = 9
_JOIN = "FROM passages p JOIN documents d ON d.key = p.document"


def passage_count(rows: Rows) -> int:
    """How many passages are in."""
    return int(rows.query("SELECT coalesce(sum(last_key - first_key + 1), 0) FROM documents")[0][0])


def entries(rows: Rows, document: int | None = None) -> Iterator[Entry]:
    """What the word index takes of one document, or of all, one document at a time."""
    keys = [document] if document is not None else [r[0] for r in rows.query("SELECT key FROM documents ORDER BY key")]
    for key in keys:
        for row in rows.query(f"SELECT {PASSAGE_COLUMNS} {_JOIN} WHERE p.document=? ORDER BY p.key", key):
            themes = tuple(json.loads(row["passage_themes"]))
            yield Entry(row["key"], row["document"], row["passage_text"], row["context"], row["speaker"], themes)


def vectors(rows: Rows, first: int, last: int, dimensions: int) -> tuple[NDArray[np.int64], Vectors]:
    """Keys and vectors of the passages with keys in [first, last] that are still in. Raises DamagedRows."""
    found = rows.query(
        "SELECT p.key, e.vector FROM passages p JOIN embeddings e ON e.hash = p.embedded "
        "WHERE p.key BETWEEN ? AND ? ORDER BY p.key",
        first,
        last,
    )
    keys = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
    raw = [bytes(row[1]) for row in found if isinstance(row[1], bytes) and len(row[1]) == 2 * dimensions]
    halves = np.frombuffer(b"".join(raw), dtype=np.float16)
    wide = np.ascontiguousarray(halves.reshape(-1, dimensions), dtype=np.float32)
    if len(raw) < len(found) or not are_units(wide):
        raise disk.DamagedRows("des vecteurs ont été altérés")
    return keys, wide


def passage(rows: Rows, identifier: str, viewer: Viewer) -> tuple[Passage, Document]:
    """One passage by its public id, `<document>.<ordinal>`; raises UnknownItem."""
    document, _, ordinal = identifier.rpartition(".")
    if ordinal.isdecimal() and len(ordinal) <= _LONGEST_ORDINAL:
        condition, values = where(Scope(viewer))
        found = rows.query(
            f"SELECT {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} {_JOIN} {_and(condition)} d.id=? AND p.ordinal=?",
            *values,
            document,
            int(ordinal),
        )
        if found:
            return passage_of(found[0]), document_of(found[0])
    raise UnknownItem(f"Aucun passage n’a l’identifiant « {identifier} ». « kb search » donne celui de chaque passage.")


def passages(rows: Rows, document: str, first: int, last: int, viewer: Viewer) -> list[Passage]:
    """The passages of a document with ordinals in [first, last], in order."""
    condition, values = where(Scope(viewer))
    found = rows.query(
        f"SELECT {PASSAGE_COLUMNS} {_JOIN} {_and(condition)} d.id=? AND p.ordinal BETWEEN ? AND ? ORDER BY p.ordinal",
        *values,
        document,
        first,
        last,
    )
    return [passage_of(row) for row in found]


def text(rows: Rows, document: str, viewer: Viewer) -> tuple[str, tuple[Segment, ...]]:
    """The canonical text of a document and its segments; raises UnknownItem."""
    found = _of_document(rows, "d.text, d.segments", document, viewer)
    return found["text"], segments_of(found["segments"])


def warnings(rows: Rows, document: str, viewer: Viewer) -> tuple[str, ...]:
    """What was said of a document when it was taken in; raises UnknownItem."""
    return tuple(json.loads(_of_document(rows, "d.warnings", document, viewer)["warnings"]))


def _of_document(rows: Rows, columns: str, identifier: str, viewer: Viewer) -> sqlite3.Row:
    condition, values = where(Scope(viewer))
    found = rows.query(f"SELECT {columns} FROM documents d {_and(condition)} d.id=?", *values, identifier)
    if not found:
        raise UnknownItem(f"Aucun document n’a l’identifiant « {identifier} ».")
    return found[0]


def document(rows: Rows, identifier: str, viewer: Viewer) -> Document:
    """One document by its public id; raises UnknownItem."""
    return document_of(_of_document(rows, DOCUMENT_COLUMNS, identifier, viewer))


def twins(rows: Rows, document: Document, viewer: Viewer) -> list[Document]:
    """The other documents that hold the same text, by path."""
    condition, values = where(Scope(viewer))
    shown = document.twin_of or document.path
    found = rows.query(
        f"SELECT {DOCUMENT_COLUMNS} FROM documents d {_and(condition)} (d.twin_of=? OR d.path=?) AND d.path<>? "
        "ORDER BY d.path",
        *values,
        shown,
        shown,
        document.path,
    )
    return [document_of(row) for row in found]


def documents(rows: Rows, scope: Scope) -> list[Document]:
    """The documents of a scope, by path. Filters on speakers and themes keep those where a passage meets them."""
    wanted = reach(rows, scope)
    condition, values = where(scope)
    found = [
        (row["key"], document_of(row))
        for row in rows.query(f"SELECT d.key, {DOCUMENT_COLUMNS} FROM documents d {condition} ORDER BY d.path", *values)
    ]
    if wanted.keys is None or (wanted.speakers is None and wanted.themes is None):
        return [document for _, document in found]
    heard = rows.query(
        "SELECT DISTINCT document FROM passages WHERE key IN (SELECT value FROM json_each(?))",
        to_json(wanted.keys.tolist()),
    )
    spoken = {row[0] for row in heard}
    return [document for key, document in found if key in spoken]


def _and(condition: str) -> str:
    return f"{condition} AND" if condition else "WHERE"
