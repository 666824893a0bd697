"""The rows: SQLite, the only part of the index that words and vectors are made from."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb.domain import Document, Passage, Recommendation
from kb.store import Record, Refusal, Source, Vectors, disk
from kb.store.connection import SUSPECT, Opened, connect, stamp
from kb.store.schema import anchor_json, document_of, passage_of, segments_json, to_json

PASSAGE_COLUMNS = """p.key, p.document, p.ordinal, p.start, p."end", p.anchor, p.speaker, p.context, p.sha256 AS digest,
    p.embedded, p.themes AS passage_themes, substr(d.text, p.start + 1, p."end" - p.start) AS passage_text, d.id"""
DOCUMENT_COLUMNS = """d.id, d.path, d.title, d.type, d.date, d.session, d.season, d.themes, d.visibility, d.language,
    d.demo, d.twin_of"""

log = logging.getLogger(__name__)
_NORM_ERROR = 0.01


@dataclass(frozen=True, slots=True)
class Change:
    """What one revision took out and put in: a document's key and the keys of its passages.

    filed: the key of a document that stayed as it was, but for the themes of its passages.
    """

    revision: int
    removed: tuple[int, int, int] | None
    added: tuple[int, int, int] | None
    filed: int | None = None


class Rows:
    """One SQLite file, shared by the threads of a process under one lock.

    Raises DamagedRows, at once or when the damage is met; the file is then marked, so that the next ingest makes it
    again rather than have it answer in part.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self.path = path
        self._opened = connect(path)
        if not self.read_only and not self.meta("uuid"):
            with self.transaction() as connection:
                connection.execute("INSERT OR IGNORE INTO meta VALUES ('uuid', ?)", (uuid.uuid4().hex[:8],))

    @property
    def read_only(self) -> bool:
        """Whether nothing may be written."""
        return self._opened.read_only

    @property
    def is_current(self) -> bool:
        """Whether the file that is open is still the one that stands there."""
        return stamp(self.path)[0] == self._opened.stamp[0]

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._opened.connection.close()

    def query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a SELECT."""
        with self._lock, self._telling():
            while True:
                opened = self._opened_as_it_is()
                try:
                    found = opened.connection.execute(sql, values).fetchall()
                except sqlite3.DatabaseError:
                    if not opened.still or stamp(self.path) == opened.stamp:
                        raise
                    continue
                if not opened.still or stamp(self.path) == opened.stamp:
                    return found

    def _opened_as_it_is(self) -> Opened:
        """Where nothing may be written nothing can be locked: that another account wrote is seen by the file alone."""
        if self._opened.still and stamp(self.path) != self._opened.stamp:
            self._opened.connection.close()
            self._opened = connect(self.path)
        return self._opened

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        if self.read_only:
            raise disk.closed(self.path.parent)
        with self._lock, self._telling():
            connection = self._opened.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            with disk.telling(self.path.parent):
                yield
        except disk.DamagedRows as error:
            self.suspect(error.detail)
            raise

    def suspect(self, detail: str) -> None:
        """Mark the file as damaged, if that can be written."""
        with suppress(OSError):
            self.path.with_name(SUSPECT).write_text(detail, encoding="utf-8")

    def meta(self, name: str) -> str:
        """A remembered fact, or an empty string."""
        found = self.query("SELECT value FROM meta WHERE name=?", name)
        return str(found[0][0]) if found else ""

    def set_meta(self, name: str, value: str) -> None:
        """Remember a fact."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def revision(self) -> int:
        """How many documents went in or out since the file was made."""
        return int(self.query("SELECT coalesce(max(revision), 0) FROM changes")[0][0])

    def changes(self, after: int) -> list[Change]:
        """What happened after a revision, oldest first."""
        rows = self.query("SELECT * FROM changes WHERE revision > ? ORDER BY revision", after)
        return [Change(row[0], _triple(row, 1), _triple(row, 4), row[7]) for row in rows]

    def changed_since(self, revision: int) -> int:
        """How many passages went in or out after a revision."""
        sql = """SELECT coalesce(sum(coalesce(added_last - added_first + 1, 0)
            + coalesce(removed_last - removed_first + 1, 0)), 0) FROM changes WHERE revision > ?"""
        return int(self.query(sql, revision)[0][0])

    def clear(self) -> None:
        """Forget everything, embeddings included; keys go on rising."""
        with self.transaction() as connection:
            for row in connection.execute("SELECT key, first_key, last_key FROM documents").fetchall():
                connection.execute(
                    "INSERT INTO changes(removed, removed_first, removed_last) VALUES (?, ?, ?)", tuple(row)
                )
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM embeddings")
            connection.execute("DELETE FROM refusals")

    # --- documents in and out

    def upsert(self, record: Record) -> None:
        """Replace the document of the same path by this version.

        Documents that are, or become, twins of it lose their fingerprint: what they repeat is to be seen anew.
        """
        with self.transaction() as connection:
            removed = _take_out(connection, record.document.path)
            connection.execute("DELETE FROM refusals WHERE path=?", (record.document.path,))
            connection.executemany(
                "UPDATE documents SET fingerprint='' WHERE path=?", [(path,) for path in record.supersedes]
            )
            key = _insert_document(connection, record)
            first, last = _insert_passages(connection, key, record)
            insert_recommendations(connection, key, record.recommendations)
            connection.execute("UPDATE documents SET first_key=?, last_key=? WHERE key=?", (first, last, key))
            keep_digest(connection, key)
            _log(connection, removed, (key, first, last))

    def delete(self, path: str) -> None:
        """Take a document out; nothing happens when it is not in."""
        with self.transaction() as connection:
            removed = _take_out(connection, path)
            if removed:
                _log(connection, removed, None)

    def sources(self) -> dict[str, Source]:
        """Every file that is in, by path."""
        columns = "id, path, sha256, fingerprint, warnings, stamp, filing, advice"
        rows = self.query(f"SELECT {columns} FROM documents ORDER BY path")
        return {
            path: Source(id_, path, content, fingerprint, _lines(raw), *marks)
            for id_, path, content, fingerprint, raw, *marks in rows
        }

    def alike(self, sketch: Sequence[int], least: int) -> list[tuple[Document, tuple[int, ...]]]:
        """The documents, twins aside, whose sketch shares `least` hashes or more with this one, with their sketch."""
        sql = f"""SELECT {DOCUMENT_COLUMNS}, (SELECT json_group_array(hash) FROM sketches WHERE document = d.key) AS own
            FROM (SELECT document FROM sketches WHERE hash IN (SELECT value FROM json_each(?))
                  GROUP BY document HAVING count(*) >= ?) s
            CROSS JOIN documents d ON d.key = s.document
            WHERE d.twin_of IS NULL ORDER BY d.path"""  # a cross join: from the few that are alike to the documents
        rows = self.query(sql, to_json(list(sketch)), least)
        return [(document_of(row), tuple(sorted(json.loads(row["own"])))) for row in rows]

    # --- files that were refused

    def refusals(self) -> dict[str, Refusal]:
        """Every file that was refused, by path."""
        rows = self.query("SELECT path, sha256, fingerprint, cause, stamp FROM refusals ORDER BY path")
        return {row[0]: Refusal(*row[1:]) for row in map(tuple, rows)}

    def refuse(self, path: str, refusal: Refusal) -> None:
        """Remember why a file was not taken in."""
        values = (path, refusal.sha256, refusal.fingerprint, refusal.cause, refusal.stamp)
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO refusals VALUES (?, ?, ?, ?, ?)", values)

    def forget_refusal(self, path: str) -> None:
        """Forget a file that was refused, if it was."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM refusals WHERE path=?", (path,))

    # --- embeddings

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the hashes that have no vector, or one that was altered."""
        wanted = set(hashes)
        rows = self.query(
            "SELECT hash, vector FROM embeddings WHERE hash IN (SELECT value FROM json_each(?))", to_json(list(wanted))
        )
        return wanted - {row[0] for row in rows if is_unit(row[1])}

    def remember(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors, as 16-bit floats: the error on a cosine is below 0.0005."""
        halves = vectors.astype(np.float16)
        with self.transaction() as connection:
            connection.executemany(
                "INSERT INTO embeddings VALUES (?, ?) ON CONFLICT(hash) DO UPDATE SET vector=excluded.vector",
                [(h, v.tobytes()) for h, v in zip(hashes, halves, strict=True)],
            )

    def prune(self) -> None:
        """Forget the vectors that no passage uses."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM embeddings WHERE hash NOT IN (SELECT embedded FROM passages)")

    # --- passages out

    def fetch(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Document]]:
        """Passages with their documents, by key. A text that is no longer what was taken in is never shown."""
        rows = self.query(
            f"SELECT {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} FROM passages p JOIN documents d ON d.key = p.document "
            "WHERE p.key IN (SELECT value FROM json_each(?))",
            to_json([int(key) for key in keys]),
        )
        found = {row["key"]: (passage_of(row), document_of(row)) for row in rows}
        altered = {row["key"] for row in rows if digest(row["passage_text"]) != row["digest"]}
        if altered:
            names = ", ".join(sorted(found[key][0].id for key in altered))
            log.warning("%s : ce n’est plus le texte du document ; lancez « kb rebuild ».", names)
        return {key: each for key, each in found.items() if key not in altered}


def _triple(row: sqlite3.Row, at: int) -> tuple[int, int, int] | None:
    return None if row[at] is None else (row[at], row[at + 1], row[at + 2])


def _take_out(connection: sqlite3.Connection, path: str) -> tuple[int, int, int] | None:
    row = connection.execute("SELECT key, first_key, last_key FROM documents WHERE path=?", (path,)).fetchone()
    if row is None:
        return None
    connection.execute("DELETE FROM documents WHERE key=?", (row[0],))
    connection.execute("UPDATE documents SET fingerprint='' WHERE twin_of=?", (path,))
    return (row[0], row[1], row[2])


def _insert_document(connection: sqlite3.Connection, record: Record) -> int:
    d = record.document
    values: list[object] = [d.id, d.path, d.title, d.type, d.date.isoformat() if d.date else None, d.session, d.season]
    values += [to_json(d.themes), d.visibility, d.language, int(d.demo), record.sha256, record.fingerprint]
    values += [to_json(record.warnings), record.text, segments_json(record.segments), d.twin_of, record.stamp]
    values += [record.filing, record.advice]
    cursor = connection.execute(
        "INSERT INTO documents(id, path, title, type, date, session, season, themes, visibility, language, demo, "
        "sha256, fingerprint, warnings, text, segments, twin_of, stamp, filing, advice, first_key, last_key) "
        f"VALUES ({', '.join('?' * len(values))}, 0, 0)",
        values,
    )
    key = int(cursor.lastrowid or 0)
    connection.executemany("INSERT OR IGNORE INTO sketches VALUES (?, ?)", [(hash_, key) for hash_ in record.sketch])
    return key


def _insert_passages(connection: sqlite3.Connection, document: int, record: Record) -> tuple[int, int]:
    first = 1 + int(
        connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name='passages'").fetchone()[0]
    )
    rows = [
        (
            first + i,
            document,
            p.ordinal,
            p.start,
            p.end,
            digest(p.text),
            anchor_json(p.anchor),
            p.speaker,
            context,
            embedded,
            to_json(p.themes),
        )
        for i, (p, context, embedded) in enumerate(zip(record.passages, record.contexts, record.embedded, strict=True))
    ]
    connection.executemany(f"INSERT INTO passages VALUES ({', '.join('?' * 11)})", rows)
    insert_themes(connection, first, [p.themes for p in record.passages])
    return first, first + len(rows) - 1


def insert_themes(connection: sqlite3.Connection, first: int, themes: Sequence[tuple[str, ...]]) -> None:
    """Put in the themes of passages that have none yet, whose keys follow each other from `first`."""
    connection.executemany(
        "INSERT INTO passage_themes VALUES (?, ?)",
        [(theme, key) for key, each in enumerate(themes, start=first) for theme in each],
    )


def insert_recommendations(connection: sqlite3.Connection, document: int, found: Sequence[Recommendation]) -> None:
    """Put in the recommendations of a document that has none yet."""
    connection.executemany(
        "INSERT INTO recommendations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (*(document, r.start, r.end, digest(r.text), anchor_json(r.anchor)), *told)
            for r in found
            for told in [(r.speaker, r.confidence, r.number, to_json(r.addressees))]
        ],
    )


def keep_digest(connection: sqlite3.Connection, document: int) -> None:
    """Remember what a document is as it was just written."""
    kept = document_digest(lambda sql: connection.execute(sql, (document,)).fetchall())
    connection.execute("UPDATE documents SET digest=? WHERE key=?", (kept, document))


def _log(
    connection: sqlite3.Connection, removed: tuple[int, int, int] | None, added: tuple[int, int, int] | None
) -> None:
    connection.execute(
        "INSERT INTO changes(removed, removed_first, removed_last, added, added_first, added_last) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (*(removed or (None,) * 3), *(added or (None,) * 3)),
    )


def _lines(raw: str) -> tuple[str, ...]:
    return tuple(json.loads(raw))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def is_unit(raw: object) -> bool:
    """Whether a kept vector has length 1, as an encoder gives it (0 for a text it knows nothing of)."""
    if not isinstance(raw, bytes) or len(raw) % 2:
        return False
    return are_units(np.frombuffer(raw, dtype=np.float16).astype(np.float32)[np.newaxis])


def are_units(vectors: Vectors) -> bool:
    """Whether all vectors have length 1, or 0: (n, dimensions)."""
    with np.errstate(all="ignore"):  # altered bytes may read as infinite, or as no number
        norms = np.linalg.norm(vectors, axis=1)
    return bool(np.all((norms == 0) | (np.abs(norms - 1) < _NORM_ERROR)))


def document_digest(select: Callable[[str], list[sqlite3.Row]]) -> str:
    """Hash of all that is kept of a document but what may change: fingerprint, stamp, and marks.

    select: gives the rows of a query that has one parameter, the document's key.
    """
    parts = [
        "SELECT id, path, title, type, date, session, season, themes, visibility, language, demo, sha256, warnings, "
        "text, segments, first_key, last_key, twin_of FROM documents WHERE key=?",
        "SELECT * FROM passages WHERE document=? ORDER BY key",
        "SELECT t.theme, t.passage FROM passages p JOIN passage_themes t ON t.passage = p.key WHERE p.document=? "
        "ORDER BY t.passage, t.theme",
        "SELECT * FROM recommendations WHERE document=? ORDER BY start",
    ]
    return digest(repr([[tuple(row) for row in select(sql)] for sql in parts]))
