"""Reading the rows: passages, documents, facets, and what the two other indexes are made from."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kb.domain import Document, DocumentType, Facets, Passage, Segment, Viewer
from kb.errors import UnknownItem
from kb.store import Scope, Vectors, disk
from kb.store.rows import DOCUMENT_COLUMNS, PASSAGE_COLUMNS, Rows, are_units
from kb.store.schema import document_of, passage_of, segments_of, to_json
from kb.store.scopes import reach, where
from kb.store.words import Entry

V = TypeVar("V", int, str, DocumentType)

_LONGEST_ORDINAL = 9
_OVERVIEWS = 8
_JOIN = "FROM passages p JOIN documents d ON d.key = p.document"


def passage_count(rows: Rows) -> int:
    """How many passages are in."""
    return int(rows.query("SELECT coalesce(sum(last_key - first_key + 1), 0) FROM documents")[0][0])


def entries(rows: Rows, document: int | None = None) -> Iterator[Entry]:
    """What the word index takes of one document, or of all, one document at a time."""
    keys = [document] if document is not None else [r[0] for r in rows.query("SELECT key FROM documents ORDER BY key")]
    for key in keys:
        for row in rows.query(f"SELECT {PASSAGE_COLUMNS} {_JOIN} WHERE p.document=? ORDER BY p.key", key):
            yield Entry(row["key"], row["document"], row["passage_text"], row["context"], row["speaker"])


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
    """The documents of a scope, by path. A filter on speakers keeps the documents where one of them speaks."""
    wanted = reach(rows, scope)
    condition, values = where(scope)
    found = [
        (row["key"], document_of(row))
        for row in rows.query(f"SELECT d.key, {DOCUMENT_COLUMNS} FROM documents d {condition} ORDER BY d.path", *values)
    ]
    if wanted.speakers is None or wanted.keys is None:
        return [document for _, document in found]
    heard = rows.query(
        "SELECT DISTINCT document FROM passages WHERE key IN (SELECT value FROM json_each(?))",
        to_json(wanted.keys.tolist()),
    )
    spoken = {row[0] for row in heard}
    return [document for key, document in found if key in spoken]


def overview(rows: Rows, scope: Scope) -> Facets:
    """How many passages of a scope each value would keep."""
    return _overview(rows, scope, rows.revision)


@lru_cache(maxsize=_OVERVIEWS)
def _overview(rows: Rows, scope: Scope, revision: int) -> Facets:
    """Of the rows at this revision, or a later one. Remembered: who speaks is read from every passage."""
    wanted = reach(rows, scope)
    if wanted.speakers is not None and wanted.keys is not None:
        return facets(rows, wanted.keys.tolist())
    condition, values = where(scope)
    held = rows.query(f"SELECT key, last_key - first_key + 1 FROM documents d {condition}", *values)
    said = rows.query(f"SELECT p.speaker, count(*) {_JOIN} {_and(condition)} p.speaker IS NOT NULL GROUP BY 1", *values)
    return _facets(rows, {row[0]: row[1] for row in held if row[1]}, [(row[0], row[1]) for row in said])


def facets(rows: Rows, keys: Sequence[int]) -> Facets:
    """How many of these passages each value would keep, most first."""
    found = rows.query(
        "SELECT document, speaker, count(*) FROM passages WHERE key IN (SELECT value FROM json_each(?)) GROUP BY 1, 2",
        to_json([int(key) for key in keys]),
    )
    held: Counter[int] = Counter()
    for document, _, count in found:
        held[document] += count
    return _facets(rows, held, [(speaker, count) for _, speaker, count in found if speaker is not None])


def _facets(rows: Rows, held: Mapping[int, int], said: Iterable[tuple[str, int]]) -> Facets:
    """From how many passages each document holds and each speaker says."""
    found = rows.query(
        "SELECT key, id, season, session, type, themes FROM documents WHERE key IN (SELECT value FROM json_each(?))",
        to_json(list(held)),
    )
    counted = [(row, held[row["key"]]) for row in found]
    return Facets(
        seasons=_most((row["season"], n) for row, n in counted),
        sessions=_most((row["session"], n) for row, n in counted),
        speakers=_most(said),
        types=_most((DocumentType(row["type"]), n) for row, n in counted),
        themes=_most((theme, n) for row, n in counted for theme in set(json.loads(row["themes"]))),
        documents=_most((row["id"], n) for row, n in counted),
    )


def _most(counted: Iterable[tuple[V | None, int]]) -> dict[V, int]:
    """How many of each value, most first, then in the order of the values."""
    found: dict[V, int] = {}
    for value, n in counted:
        if value is not None:
            found[value] = found.get(value, 0) + n
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _and(condition: str) -> str:
    return f"{condition} AND" if condition else "WHERE"
