"""A selection in files: what is read back is what was said."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from docx import Document as read_docx

from kb.citations import Quotation
from kb.domain import Anchor, Document, DocumentType, Passage, Session
from kb.exports import COLUMNS, GONE, Chosen, Selection, as_csv, as_docx, as_markdown

TEXT = (
    "Avant.\nCe n’est pas l’outil *qui* compte ; c’est <le> guichet.\n\n"
    "=Deux lignes, 12 %, «\u00a0citées\u00a0».\nAprès."
)
SESSION = Session("s", "Inclure tous les habitants", date=date(2021, 4, 13), season=3)
DOCUMENT = Document("d" * 10, "d.vtt", "Transcription", DocumentType.TRANSCRIPT, season=3, session="s", demo=True)
ADDRESS = "https://memoire.example/passage?p=dddddddddd~7~95~%C3%A0+l%E2%80%99est"


def quotation(start: int = 7, end: int = 95, speaker: str | None = "Maire") -> Quotation:
    passage = Passage("p", DOCUMENT.id, 1, start, end, TEXT[start:end], Anchor(start_s=751.0), speaker)
    return Quotation(passage, DOCUMENT, SESSION, ADDRESS)


def selection(*chosen: Chosen) -> Selection:
    return Selection(chosen, "https://memoire.example/selection?p=x", date(2026, 11, 28))


WHOLE = selection(
    Chosen(quotation(), "À citer.\nDeux fois."), Chosen(None, "perdu"), Chosen(quotation(55, 90), is_changed=True)
)


def rows(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_quote_in_a_word_document_is_exactly_its_span() -> None:
    word = read_docx(io.BytesIO(as_docx(WHOLE)))
    assert [p.text for p in word.paragraphs if p.style and p.style.name == "Quote"] == [TEXT[7:95], TEXT[55:90]]


def test_a_word_document_has_headings_the_citation_a_link_and_the_comment_apart() -> None:
    word = read_docx(io.BytesIO(as_docx(WHOLE)))
    said = [p.text for p in word.paragraphs]
    assert "1. Maire, Saison\u00a03, 13 avril 2021" in said
    assert "Commentaire\u00a0: À citer.\nDeux fois." in said
    assert any("Transcription (document de démonstration), 12:31." in each for each in said)
    assert [link.address for p in word.paragraphs for link in p.hyperlinks].count(ADDRESS) == 2


def test_a_word_document_says_what_it_is_who_made_it_and_when() -> None:
    word = read_docx(io.BytesIO(as_docx(WHOLE)))
    about = word.core_properties
    assert word.paragraphs[0].text == about.title == "Passages choisis dans la mémoire de Capteurs de territoire"
    assert (about.author, about.comments, about.language) == ("Capteurs de territoire", "", "fr-FR")
    assert about.created is not None
    assert about.created.date() == date(2026, 11, 28)


def test_a_quote_in_a_table_is_exactly_its_span() -> None:
    found = rows(as_csv(WHOLE))
    assert [row["Passage"] for row in found] == [TEXT[7:95], "", TEXT[55:90]]
    assert found[0]["Commentaire"] == "À citer.\nDeux fois."
    assert (found[0]["Date"], found[0]["Endroit"], found[0]["Adresse"]) == ("13/04/2021", "12:31", ADDRESS)


def test_a_table_opens_in_french_excel() -> None:
    made = as_csv(WHOLE)
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.splitlines()[0].decode("utf-8-sig") == ";".join(f'"{name}"' for name in COLUMNS)


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_table_is_a_formula(begins: str) -> None:
    formula = f'{begins}HYPERLINK("http://ailleurs")'
    cited = quotation()
    hostile = replace(cited, passage=replace(cited.passage, text=formula, speaker=formula))
    row = rows(as_csv(selection(Chosen(hostile, formula))))[0]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())
    assert row["Passage"] == f"'{formula}"


def test_a_quote_in_markdown_is_its_span_once_markdown_is_read() -> None:
    made = as_markdown(WHOLE)
    quoted = made.split("\n\n## 2")[0].split("\n>\n> —")[0].partition("\n> ")[2]
    read = re.sub(r"\\(.)", r"\1", quoted.replace("\n> ", " "))
    assert read.split() == TEXT[7:95].split()
    assert f"](<{ADDRESS}>)" in made
    assert "**Commentaire\u00a0:** À citer." in made


def test_what_is_gone_or_fictional_or_corrected_is_said_in_every_file() -> None:
    word = "\n".join(p.text for p in read_docx(io.BytesIO(as_docx(WHOLE))).paragraphs)
    table = as_csv(WHOLE).decode("utf-8-sig")
    for made in (word, table, as_markdown(WHOLE)):
        assert GONE in made
        assert "contenu fictif" in made
        assert "corrigé depuis" in made
        assert "perdu" in made


def test_characters_that_a_word_document_cannot_hold_do_not_stop_it() -> None:
    cited = quotation()
    strange = replace(cited, passage=replace(cited.passage, text="un\x00deux\x0btrois\ud800 😀"))
    word = read_docx(io.BytesIO(as_docx(selection(Chosen(strange, "\x07")))))
    assert "undeuxtrois 😀" in [p.text for p in word.paragraphs]
