"""A page is drawn for people with the words of a passage marked, and nothing else."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kb.errors import UnreadableDocument
from kb.readers.pictures import runs
from kb.readers.worker import work
from kb.settings import Settings

LINES = (
    "La commune maintient un agent itinérant qui reçoit les familles le samedi",
    "matin dans trois villages ; il revient chaque mois avec les mêmes papiers.",
    "Le département finance la formation des agents pendant trois années.",
)
Rows = list[bytes]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Three lines 50 points apart, then a page without words."""
    path = tmp_path / "note.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for number, line in enumerate(LINES):
        canvas.drawString(72, 760 - 50 * number, line)
    canvas.showPage()
    canvas.rect(72, 700, 100, 50, fill=1)
    canvas.showPage()
    canvas.save()
    return path


def drawn(path: Path, quote: str, page: int = 1) -> Rows:
    """The rows of pixels of a page."""
    png = work(path, Settings(), page=page, quote=quote)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, size = int.from_bytes(png[16:20]), int.from_bytes(png[33:37])
    raw = zlib.decompress(png[41 : 41 + size])
    return [raw[at + 1 : at + 1 + width * 3] for at in range(0, len(raw), width * 3 + 1)]


def coloured(path: Path, quote: str, page: int = 1) -> set[int]:
    """Which of the lines have coloured paper under them."""
    rows = drawn(path, quote, page)
    scale = len(rows) / A4[1]
    return {
        number
        for number in range(len(LINES))
        for row in rows[int((A4[1] - 772 + 50 * number) * scale) : int((A4[1] - 756 + 50 * number) * scale)]
        if b"\xff\xe2\x80" in row
    }


def test_the_lines_of_the_passage_are_marked_and_no_other(paper: Path) -> None:
    assert coloured(paper, "un agent itinérant qui reçoit les familles le samedi matin dans trois villages") == {0, 1}


@pytest.mark.parametrize("quote", ["", "?!", "Rien de ce qui est dit ici ne se trouve sur cette page-là"])
def test_words_that_are_not_on_the_page_mark_nothing(paper: Path, quote: str) -> None:
    assert coloured(paper, quote) == set()


def test_a_page_without_words_is_drawn_as_it_is(paper: Path) -> None:
    assert coloured(paper, LINES[0], page=2) == set()


def test_a_page_that_is_not_there_is_said(paper: Path) -> None:
    with pytest.raises(UnreadableDocument, match="ne peut pas être dessinée"):
        work(paper, Settings(), page=9, quote="")


def test_a_page_of_any_size_makes_a_picture_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "affiche.pdf"
    canvas = Canvas(str(path), pagesize=(14_000, 14_000))
    canvas.drawString(72, 760, LINES[0])
    canvas.save()
    rows = drawn(path, LINES[0])
    assert len(rows) * len(rows[0]) / 3 < 2_600_000


def test_a_word_read_otherwise_does_not_cut_the_mark() -> None:
    page = "la commune maintient un agent iti nérant qui reçoit les familles".split()
    assert runs("la commune maintient un agent itinérant qui reçoit les familles".split(), page) == [(0, 11)]


def test_the_same_words_far_from_the_passage_are_not_marked() -> None:
    quote = "le guichet reçoit les habitants et la commune paie".split()
    assert runs(quote, [*quote, *["autre"] * 60, *quote[:4]]) == [(0, len(quote))]
