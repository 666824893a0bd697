"""Readers held against real French documents, where they are present."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import SUPPORTED, read

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "realdocs"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real documents are not beside the project")


@cache
def real(name: str) -> ReadDocument:
    return read(REAL / name)


def fold(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("’", "'")).lower()
    return " ".join(re.findall("[a-z0-9]+", "".join(each for each in text if not unicodedata.combining(each))))


def quotes() -> list[tuple[str, str, str]]:
    """(file, where, quote) of the known items, for the formats that are read."""
    if not REAL.is_dir():
        return []
    with (REAL / "queries.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = [(name, row["page_or_place"], row["quote"]) for row in rows for name in row["file"].split("|")]
    return [item for item in found if Path(item[0]).suffix in SUPPORTED]


@pytest.mark.parametrize(("name", "where", "quote"), quotes())
def test_each_known_quote_is_found_at_its_place(name: str, where: str, quote: str) -> None:
    document = real(name)
    at = [each for each in document.segments if fold(quote) in fold(document.text[each.start : each.end])]
    if not at:  # over two lines of a slide
        assert fold(quote) in fold(document.text)
    elif where.isdigit() and name.endswith(".pdf"):  # its twin as a text has no pages
        assert at[0].anchor.page == int(where)
    elif at[0].speaker:
        assert fold(where.split(",")[0]) in fold(at[0].speaker)


@pytest.mark.parametrize(
    ("name", "speakers"),
    [
        ("docx/meetings_bilan-gaz-idf.docx", 3),
        ("docx/meetings_congres-elus-touristiques.docx", 19),
        ("docx/meetings_conseil-national-air.docx", 23),
        ("md/minumeco_transcription_donnees-personnelles.md", 2),
        ("md/minumeco_transcription_episode4-innovation-ethique.md", 1),
        ("md/minumeco_transcription_ethicsbydesign2024.md", 2),
        ("txt/an_seance_2013-02-08_3e.txt", 83),
        ("html/an_seance_2013-02-08_3e.html", 86),
    ],
)
def test_each_transcript_has_its_speakers(name: str, speakers: int) -> None:
    assert len({segment.speaker for segment in real(name).segments if segment.speaker}) == speakers


def test_no_speaker_is_made_up_in_reports_and_slides() -> None:
    reports = [path for path in (REAL / "pdf").iterdir() if path.stat().st_size < 2_000_000]
    reports += [path for path in (REAL / "docx").iterdir() if path.name.startswith("minumeco")]
    for path in reports:
        try:
            document = real(str(path.relative_to(REAL)))
        except UnreadableDocument:
            continue  # the scanned one
        assert {segment.speaker for segment in document.segments} == {None}, path.name


def test_the_sitting_as_a_page_has_the_same_speakers_as_the_text() -> None:
    page, text = (
        {fold(re.sub(r"^(M\.|Mme)\s", "", each.speaker)) for each in real(name).segments if each.speaker}
        for name in ("html/an_seance_2013-02-08_3e.html", "txt/an_seance_2013-02-08_3e.txt")
    )
    assert len(page & text) >= 0.95 * len(page | text)


def test_a_scanned_document_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableDocument, match="lancez la reconnaissance de caractères"):
        real("pdf/dinum_Convention_DINUM_Adullact_2023.pdf")


def test_the_footer_of_a_long_reference_is_not_repeated_on_each_page() -> None:
    assert real("pdf/etsi_fr_301549v020102p.pdf").text.count("EN 301 549 V2.1.2 (2018-08)") <= 5
