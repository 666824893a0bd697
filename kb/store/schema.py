"""The tables, and how values become rows and come back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from kb.domain import Anchor, Document, DocumentType, Passage, Segment, Visibility
from kb.store.disk import DamagedRows

R = TypeVar("R")
T = TypeVar("T")

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents(
        key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL, type TEXT NOT NULL, date TEXT, session TEXT, season INTEGER, themes TEXT NOT NULL,
        visibility TEXT NOT NULL, language TEXT NOT NULL, demo INTEGER NOT NULL,
        sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL, warnings TEXT NOT NULL,
        text TEXT NOT NULL, segments TEXT NOT NULL,
        first_key INTEGER NOT NULL, last_key INTEGER NOT NULL);
    CREATE TABLE document_themes(
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE, theme TEXT NOT NULL,
        PRIMARY KEY(theme, document)) WITHOUT ROWID;
    CREATE INDEX document_themes_by_document ON document_themes(document);
    CREATE TABLE passages(
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha256 TEXT NOT NULL,
        anchor TEXT NOT NULL, speaker TEXT, context TEXT NOT NULL, embedded TEXT NOT NULL REFERENCES embeddings(hash),
        UNIQUE(document, ordinal));
    CREATE INDEX passages_by_speaker ON passages(speaker);
    CREATE INDEX passages_by_embedding ON passages(embedded);
    CREATE TABLE embeddings(hash TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE changes(
        revision INTEGER PRIMARY KEY AUTOINCREMENT,
        removed INTEGER, removed_first INTEGER, removed_last INTEGER,
        added INTEGER, added_first INTEGER, added_last INTEGER);
    """,
    """
    ALTER TABLE documents ADD COLUMN twin_of TEXT;
    ALTER TABLE documents ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
    CREATE INDEX documents_by_twin ON documents(twin_of);
    CREATE TABLE sketches(
        hash INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        PRIMARY KEY(hash, document)) WITHOUT ROWID;
    CREATE INDEX sketches_by_document ON sketches(document);
    CREATE TABLE refusals(
        path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL, cause TEXT NOT NULL,
        stamp TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    ALTER TABLE documents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
    CREATE INDEX documents_by_keys ON documents(first_key, last_key, key, visibility, season, session, type, date);
    CREATE INDEX documents_by_state ON documents(path, id, sha256, fingerprint, stamp, warnings)
    """,
    """
    DROP TABLE document_themes;
    DROP INDEX documents_by_state;
    ALTER TABLE documents ADD COLUMN filing TEXT NOT NULL DEFAULT '';
    CREATE INDEX documents_by_state ON documents(path, id, sha256, fingerprint, stamp, warnings, filing);
    ALTER TABLE passages ADD COLUMN themes TEXT NOT NULL DEFAULT '[]';
    CREATE TABLE passage_themes(
        theme TEXT NOT NULL, passage INTEGER NOT NULL REFERENCES passages(key) ON DELETE CASCADE,
        PRIMARY KEY(theme, passage)) WITHOUT ROWID;
    CREATE INDEX passage_themes_by_passage ON passage_themes(passage);
    ALTER TABLE changes ADD COLUMN filed INTEGER;
    UPDATE documents SET digest=''
    """,
    """
    DROP INDEX documents_by_state;
    ALTER TABLE documents ADD COLUMN advice TEXT NOT NULL DEFAULT '';
    CREATE INDEX documents_by_state ON documents(path, id, sha256, fingerprint, stamp, warnings, filing, advice);
    CREATE TABLE recommendations(
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha256 TEXT NOT NULL, anchor TEXT NOT NULL, speaker TEXT,
        confidence REAL NOT NULL, number INTEGER, addressees TEXT NOT NULL,
        PRIMARY KEY(document, start)) WITHOUT ROWID;
    UPDATE documents SET digest=''
    """,
)
"""Appended to, never edited: `PRAGMA user_version` says how many were run. Each is whole or absent."""


def migrate(connection: sqlite3.Connection) -> None:
    """Run the migrations that this file has not had, all or none."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in MIGRATIONS[_version(connection) :]:  # looked at again: another process may have been faster
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def from_row(make: Callable[[R], T]) -> Callable[[R], T]:
    """What cannot be made of a row is damage: each was written from such a value."""

    @wraps(make)
    def made(row: R) -> T:
        try:
            return make(row)
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedRows(error) from error

    return made


@from_row
def document_of(row: sqlite3.Row) -> Document:
    """A document from a row of `documents`."""
    return Document(
        id=row["id"],
        path=row["path"],
        title=row["title"],
        type=DocumentType(row["type"]),
        date=date.fromisoformat(row["date"]) if row["date"] else None,
        session=row["session"],
        season=row["season"],
        themes=tuple(json.loads(row["themes"])),
        visibility=Visibility(row["visibility"]),
        language=row["language"],
        demo=bool(row["demo"]),
        twin_of=row["twin_of"],
    )


@from_row
def passage_of(row: sqlite3.Row) -> Passage:
    """A passage from a row of `passages` joined with its document's id and text."""
    return Passage(
        id=f"{row['id']}.{row['ordinal']}",
        document=row["id"],
        ordinal=row["ordinal"],
        start=row["start"],
        end=row["end"],
        text=row["passage_text"],
        anchor=Anchor(**json.loads(row["anchor"])),
        speaker=row["speaker"],
        themes=tuple(json.loads(row["passage_themes"])),
    )


def anchor_json(anchor: Anchor) -> str:
    """An anchor without its empty fields."""
    return to_json({name: value for name, value in asdict(anchor).items() if value is not None})


def segments_json(segments: tuple[Segment, ...]) -> str:
    """Segments as compact rows."""
    return to_json(
        [[s.start, s.end, json.loads(anchor_json(s.anchor)), s.speaker, s.is_heading, s.is_aside] for s in segments]
    )


@from_row
def segments_of(raw: str) -> tuple[Segment, ...]:
    """The inverse of `segments_json`."""
    return tuple(Segment(s, e, Anchor(**a), speaker, *marks) for s, e, a, speaker, *marks in json.loads(raw))


def to_json(value: Any) -> str:
    """Compact JSON, accents as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
