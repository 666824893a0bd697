"""The floors of the house (DESIGN §3): a room imports only from floors below, and not from its neighbours."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kb.settings import ROOT

FLOORS = (
    {"domain", "errors", "settings", "french", "persons"},
    {
        "readers",
        "passages",
        "twins",
        "themes",
        "recommendations",
        "encoder",
        "catalogue",
        "store",
        "labels",
        "query",
        "selectors",
        "citations",
    },
    {"library"},
    {"ingest", "recommend", "search", "browse", "doctor", "suggest", "programme", "quotes"},
    {"evaluate", "golden", "exports"},
    {"cli", "printing", "ui"},
)
ALLOWED = {
    ("settings", "errors"): "a wrong setting is told like any other error",
    ("persons", "french"): "names are folded like any other word",
    ("query", "store"): "a parsed query is the store's own value",
    ("citations", "labels"): "a citation names places and documents as every page does",
    ("citations", "selectors"): "one of its forms is the annotation that a selector makes",
    ("quotes", "browse"): "the span that was quoted is read where it stands, like any other",
    ("cli", "printing"): "the two halves of one face",
}
LATE_IMPORTS = {
    "kb/encoder/load.py": "sentence-transformers takes seconds to import and the bundled model does without",
    "kb/catalogue/language.py": "py3langid takes 50 ms to import and only an ingest needs it",
    "kb/readers/decoding.py": "charset-normalizer takes 60 ms to import and nearly every file is UTF-8",
}
FILES = sorted((ROOT / "kb").rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "kb").parts[0].removesuffix(".py")


def floor(name: str) -> int:
    found = [level for level, rooms in enumerate(FLOORS) if name in rooms]
    assert found, f"kb/{name} stands on no floor: give it one in FLOORS"
    return found[0]


def imports(path: Path) -> set[str]:
    """Rooms of the house that a file imports, and top-level packages from outside."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("kb.")} - {room(path)}


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name != "kb" or p.name != "__init__.py"], ids=str)
def test_a_room_imports_only_from_floors_below(path: Path) -> None:
    here = room(path)
    wrong = {other for other in rooms_imported(path) if floor(other) >= floor(here) and (here, other) not in ALLOWED}
    assert not wrong, f"kb/{here} (floor {floor(here)}) imports {sorted(wrong)}"


def test_only_the_app_and_its_pages_import_streamlit() -> None:
    knowing = {room(p) for p in FILES if any(name.split(".")[0] == "streamlit" for name in imports(p))}
    assert knowing <= {"ui"}


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in FILES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert [place for place in sorted(set(hidden)) if place.rpartition(":")[0] not in LATE_IMPORTS] == []


def test_files_and_functions_stay_readable() -> None:
    long_files = [str(p) for p in FILES if p.read_text(encoding="utf-8").count("\n") > 400]
    long_functions = [
        f"{path.name}:{node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]
    assert (long_files, long_functions) == ([], [])
