"""Whether the rows are what was written: each document against its digest, each vector against its length."""

from __future__ import annotations

from collections.abc import Mapping

from kb.store import disk
from kb.store.rows import PASSAGE_COLUMNS, Rows, digest, document_digest, is_unit

_REBUILD = "lancez « kb rebuild »"


def problems(rows: Rows) -> list[str]:
    """What is not as it was written, in French, one sentence each. Reads everything."""
    try:
        found = [str(row[0]) for row in rows.query("PRAGMA integrity_check(1)") if row[0] != "ok"]
        if found:
            raise disk.DamagedRows(found[0])
        for key, path, kept in rows.query("SELECT key, path, digest FROM documents ORDER BY path"):
            found += _of_document(rows, key, path, kept)
        return found + _of_vectors(rows)
    except disk.DamagedRows as error:
        rows.suspect(error.detail)
        return [str(error)]


def miscounts(rows: Rows, sizes: Mapping[str, int]) -> list[str]:
    """What indexes of these sizes lack, or have too many."""
    passages = int(rows.query("SELECT count(*) FROM passages")[0][0])
    return [
        f"L’index des {name} compte {size} passages au lieu de {passages} ; « kb rebuild » le refait."
        for name, size in sizes.items()
        if size != passages
    ]


def _of_document(rows: Rows, key: int, path: str, kept: str) -> list[str]:
    """Passages whose span no longer reads as it did when it was taken in; else anything else of the document."""
    sql = (
        f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN documents d ON d.key = p.document WHERE d.key=? ORDER BY p.key"
    )
    found = [
        f"{path} : le passage {row['id']}.{row['ordinal']} n’est plus le texte de son document ; {_REBUILD}."
        for row in rows.query(sql, key)
        if digest(row["passage_text"]) != row["digest"]
    ]
    is_altered = kept and not found and document_digest(lambda sql: rows.query(sql, key)) != kept
    if is_altered and rows.query("SELECT 1 FROM documents WHERE key=?", key):  # it may have gone out meanwhile
        return [f"{path} : ce qui en est gardé n’est plus ce qui en avait été lu ; {_REBUILD}."]
    return found


def _of_vectors(rows: Rows) -> list[str]:
    lost = rows.query("SELECT count(*) FROM passages WHERE embedded NOT IN (SELECT hash FROM embeddings)")[0][0]
    found = [f"{lost} passages n’ont pas de vecteur ; {_REBUILD}."] if lost else []
    altered = sum(
        not is_unit(row[0])
        for digit in "0123456789abcdef"
        for row in rows.query("SELECT vector FROM embeddings WHERE hash >= ? AND hash < ?", digit, _next(digit))
    )
    return found + ([f"{altered} vecteurs ont été altérés ; {_REBUILD}."] if altered else [])


def _next(digit: str) -> str:
    return chr(ord(digit) + 1)
