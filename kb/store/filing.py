"""The themes of passages that are in: given anew without reading the document again, as its text is the same."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from kb.store import Vectors
from kb.store.disk import DamagedRows
from kb.store.rows import Rows, are_units, insert_themes, keep_digest
from kb.store.schema import to_json


def embedded(rows: Rows, path: str) -> tuple[str, ...]:
    """The hash of the text that the vector of each passage of a document was made from, in order."""
    found = rows.query(
        "SELECT p.embedded FROM documents d JOIN passages p ON p.document = d.key WHERE d.path=? ORDER BY p.key", path
    )
    return tuple(row[0] for row in found)


def remembered(rows: Rows, hashes: Sequence[str]) -> Vectors:
    """The vectors that are kept of these texts, in this order. Raises DamagedRows where one is not kept, or altered."""
    found = dict(
        map(
            tuple,
            rows.query(
                "SELECT hash, vector FROM embeddings WHERE hash IN (SELECT value FROM json_each(?))",
                to_json(sorted(set(hashes))),
            ),
        )
    )
    try:
        halves = np.stack([np.frombuffer(found[each], dtype=np.float16) for each in hashes])
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRows("des vecteurs manquent, ou ont été altérés") from error
    vectors = halves.astype(np.float32)
    if not are_units(vectors):
        raise DamagedRows("des vecteurs ont été altérés")
    return vectors


def file_again(rows: Rows, path: str, themes: Sequence[tuple[str, ...]], filing: str) -> bool:
    """Give the passages of a document these themes; only the mark is written, and False said, where they have them."""
    with rows.transaction() as connection:
        key, first, last = connection.execute(
            "SELECT key, first_key, last_key FROM documents WHERE path=?", (path,)
        ).fetchone()
        kept = connection.execute("SELECT themes FROM passages WHERE document=? ORDER BY key", (key,)).fetchall()
        is_other = [tuple(json.loads(row[0])) for row in kept] != list(themes)
        if is_other:
            connection.execute("DELETE FROM passage_themes WHERE passage BETWEEN ? AND ?", (first, last))
            insert_themes(connection, first, themes)
            connection.executemany(
                "UPDATE passages SET themes=? WHERE key=?",
                [(to_json(each), place) for place, each in enumerate(themes, start=first)],
            )
            connection.execute("INSERT INTO changes(filed) VALUES (?)", (key,))
            keep_digest(connection, key)
        connection.execute("UPDATE documents SET filing=? WHERE key=?", (filing, key))
    return is_other
