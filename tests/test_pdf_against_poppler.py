"""Our text of real born-digital PDFs held against Poppler's, word for word.

`benchmarks/pdf_text.py` prints the same figures file by file, and says what is set aside on both sides.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import median

import pytest

from benchmarks.pdf_text import Agreement, agreement, body, f1, has_poppler, words
from kb.errors import UnreadableDocument
from kb.readers import read

FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "realdocs" / "pdf"

needs_both = pytest.mark.skipif(
    not (has_poppler() and FOLDER.is_dir()),
    reason="pdftotext (poppler-utils) is not installed, or the real documents are not beside the project",
)


@cache
def agreements() -> dict[str, Agreement]:
    """Of each file that holds text (one is a scan)."""
    found: dict[str, Agreement] = {}
    for path in sorted(FOLDER.glob("*.pdf")):
        try:
            text = read(path).text
        except UnreadableDocument:
            continue
        found[path.name] = agreement(path, text)
    return found


@needs_both
def test_the_words_are_those_of_poppler() -> None:
    shares = {name: each.words for name, each in agreements().items()}
    assert len(shares) >= 15
    assert median(shares.values()) >= 0.995
    assert min(shares.values()) >= 0.95, shares


@needs_both
def test_the_words_come_in_the_order_of_poppler() -> None:
    shares = {name: each.order for name, each in agreements().items()}
    assert median(shares.values()) >= 0.95
    assert min(shares.values()) >= 0.85, shares


def test_words_are_compared_without_case_ligatures_nor_hyphens() -> None:
    assert words("L’eﬃcacité des collectivi-\n   tés, peut-être\nœuvre") == words(
        "l’EFFICACITÉ des collectivités, peutêtre œuvre"
    )


def test_lines_that_recur_at_the_edges_and_tables_of_contents_are_set_aside() -> None:
    pages = [
        f"Institut\n1. Objet ............ {page}\nTexte {page}\nsuite\nfin\nfin {page}\nPage {page}"
        for page in range(1, 5)
    ]
    assert "Institut" not in body(pages)
    assert "Objet" not in body(pages)
    assert "suite" in body(pages)


def test_f1_counts_each_word_as_often_as_it_stands() -> None:
    assert f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)
