"""The recommendations of documents that are in: read in a scope, and told anew without reading the document again."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence

from kb.domain import Addressee, Anchor, Document, Passage, Recommendation
from kb.store import Scope
from kb.store.rows import DOCUMENT_COLUMNS, PASSAGE_COLUMNS, Rows, digest, insert_recommendations, keep_digest
from kb.store.schema import document_of, from_row, passage_of
from kb.store.scopes import matching_speakers, where

log = logging.getLogger(__name__)

_RECOMMENDATION = """r.start AS from_, r."end" AS to_, r.sha256 AS was, r.anchor AS at, r.speaker AS told_by,
    r.confidence, r.number, r.addressees, substr(d.text, r.start + 1, r."end" - r.start) AS told"""


def recommendations(rows: Rows, scope: Scope) -> list[tuple[Recommendation, Passage, Document]]:
    """Those of a scope, by path and place, with the passage in which each begins; each text once.

    The speakers of the scope are those who recommend, its themes those of the passage.
    """
    condition, values = where(scope)
    wanted = scope.filters
    speakers = set(matching_speakers(rows, wanted.speakers)) if wanted.speakers else None
    found = rows.query(
        f"SELECT {_RECOMMENDATION}, {PASSAGE_COLUMNS}, {DOCUMENT_COLUMNS} FROM documents d "
        "JOIN recommendations r ON r.document = d.key "
        'JOIN passages p ON p.document = d.key AND p.start <= r.start AND p."end" > r.start '
        f"{condition} ORDER BY d.path, r.start",
        *values,
    )
    kept = [(_of(row), passage_of(row), document_of(row)) for row in found if _is_unaltered(row)]
    return [
        (recommendation, passage, document)
        for recommendation, passage, document in kept
        if document.twin_of is None
        and (speakers is None or recommendation.speaker in speakers)
        and (not wanted.themes or set(wanted.themes) & set(passage.themes))
    ]


def advise_again(rows: Rows, path: str, found: Sequence[Recommendation], mark: str) -> bool:
    """Give a document these recommendations; whether it had others."""
    with rows.transaction() as connection:
        key = connection.execute("SELECT key FROM documents WHERE path=?", (path,)).fetchone()[0]
        before = _kept(connection, key)
        connection.execute("DELETE FROM recommendations WHERE document=?", (key,))
        insert_recommendations(connection, key, found)
        is_other = before != _kept(connection, key)
        connection.execute("UPDATE documents SET advice=? WHERE key=?", (mark, key))
        keep_digest(connection, key)
    return is_other


def _kept(connection: sqlite3.Connection, document: int) -> list[tuple[object, ...]]:
    sql = "SELECT * FROM recommendations WHERE document=? ORDER BY start"
    return [tuple(row) for row in connection.execute(sql, (document,)).fetchall()]


def _is_unaltered(row: sqlite3.Row) -> bool:
    """Whether a sentence is what was taken in: what is not is never shown."""
    if digest(row["told"]) == row["was"] and digest(row["passage_text"]) == row["digest"]:
        return True
    log.warning("%s : ce n’est plus le texte du document ; lancez « kb rebuild ».", row["path"])
    return False


@from_row
def _of(row: sqlite3.Row) -> Recommendation:
    return Recommendation(
        document=row["id"],
        start=row["from_"],
        end=row["to_"],
        text=row["told"],
        anchor=Anchor(**json.loads(row["at"])),
        confidence=row["confidence"],
        speaker=row["told_by"],
        number=row["number"],
        addressees=tuple(map(Addressee, json.loads(row["addressees"]))),
    )
