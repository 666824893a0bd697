from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import format_of, markdown, read, rtf


def read_rtf(folder: Path, body: str | bytes, head: str = r"\ansi\ansicpg1252\deff0") -> ReadDocument:
    path = folder / "note.rtf"
    raw = body if isinstance(body, bytes) else body.encode("ascii")
    path.write_bytes(rb"{\rtf1" + head.encode("ascii") + b"\n" + raw + b"}")
    return rtf.read(path)


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"l\rquote \'e9t\'e9 \'ab\~ici\~\'bb", "l’été «\u00a0ici\u00a0»"),
        (r"\u233\'3ft\u233?", "été"),
        (r"{\uc0\u233 t}{\uc2\u233 ??}\u-10179?\u-8704?.", "été\U0001f600."),
        (r"{\uc1\u233\b0 t}", "ét"),
        (r"un\tab deux\line trois\_quatre \{cinq\}", "un deux trois-quatre {cinq}"),
        (r"so\-lidaire", "solidaire"),
        ("{\\f1 \\'e9}", "é"),
    ],
)
def test_characters_come_out_as_they_are_shown(tmp_path: Path, body: str, text: str) -> None:
    assert read_rtf(tmp_path, body).text == text


def test_raw_bytes_are_in_the_code_page_of_the_document_or_of_their_font(tmp_path: Path) -> None:
    assert read_rtf(tmp_path, b"\xe9t\xe9").text == "été"
    assert read_rtf(tmp_path, rb"\'8et\'8e", head=r"\mac").text == "été"
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset238 Arial CE;}}"
    assert read_rtf(tmp_path, fonts + r"\f1\'9aed\'ed \f0\'e9t\'e9").text == "šedí été"


def test_paragraphs_headings_and_tables_come_in_order(tmp_path: Path) -> None:
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\*\cs10 Fort;}}"
    table = "".join(
        rf"\trowd\pard\intbl {a}\cell \pard\intbl {b}\cell\row " for a, b in ((r"Ann\'e9e", "Prix"), ("2023", "12"))
    )
    document = read_rtf(
        tmp_path, styles + rf"\pard\s1 Bilan\par\pard Avant.\par {table}\pard\outlinelevel1 Suite\par\pard Fin.\par "
    )
    assert words(document) == ["Bilan", "Avant.", "Année | Prix", "2023 | 12", "Suite", "Fin."]
    assert [segment.anchor.heading for segment in document.segments][1] == "Bilan"
    assert [segment.is_heading for segment in document.segments] == [True, False, False, False, True, False]
    assert document.segments[-1].anchor.paragraph == 6


def test_a_table_in_a_cell_makes_rows_and_what_stands_around_it_paragraphs(tmp_path: Path) -> None:
    inner = r"\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par NON}"
    document = read_rtf(tmp_path, rf"\trowd\pard\intbl Avant.\par {inner}\pard\intbl\cell Droite.\cell\row")
    assert words(document) == ["Avant.", "a | b", "Droite."]


def test_notes_stand_after_the_text_and_text_boxes_after_their_paragraph(tmp_path: Path) -> None:
    document = read_rtf(
        tmp_path,
        r"Le gaz{\super\chftn}{\footnote\pard {\super\chftn} Voir le rapport.} baisse."
        r"{\shp{\*\shpinst{\sp{\sn nom}{\sv 1}}{\shptxt\pard Encadr\'e9\par}}{\shprslt NON}}\par Fin.\par ",
    )
    assert words(document) == ["Le gaz baisse.", "Encadré", "Fin.", "Voir le rapport."]


def test_what_is_no_text_of_the_page_is_left_out(tmp_path: Path) -> None:
    document = read_rtf(
        tmp_path,
        r"{\header EN-T\'caTE}{\*\generator LOGICIEL}{\pict 89504e47}{\v CACH\'c9}"
        r"{\deleted SUPPRIM\'c9}{\field{\*\fldinst LIEN}{\fldrslt Texte}}{\*\bkmkstart REP}{\revised  ajout\'e9}.",
    )
    assert document.text == "Texte ajouté."


def test_items_of_lists_have_the_number_or_bullet_that_the_page_shows(tmp_path: Path) -> None:
    body = r"{\listtext\pard 1.\tab}Trier.\par {\pntext\f3 \'b7\tab}Composter.\par Fin.\par "
    fonts = r"{\fonttbl{\f0 Arial;}{\f3\fcharset2 Symbol;}}"
    assert words(read_rtf(tmp_path, fonts + body)) == ["1. Trier.", "• Composter.", "Fin."]


def test_the_contents_are_left_out(tmp_path: Path) -> None:
    styles = r"{\stylesheet{\s20 toc 1;}}"
    assert read_rtf(tmp_path, styles + r"\pard\s20 I. Chiffres\tab 3\par\pard Texte.\par ").text == "Texte."


def test_the_recorded_title_is_taken_where_no_heading_gives_one(tmp_path: Path) -> None:
    record = r"{\info{\author Moi}{\title Note d\rquote \'e9t\'e9}{\operator Lui}}"
    assert read_rtf(tmp_path, record + "Texte.").title == "Note d’été"


def test_bold_labels_and_styles_made_for_names_name_who_speaks(tmp_path: Path) -> None:
    bold = "".join(rf"{{\b {name} : }}Nous y sommes.\par " for name in ("Maire", "Habitante", "Maire"))
    assert [each.speaker for each in read_rtf(tmp_path, bold).segments] == ["Maire", "Habitante", "Maire"]
    styles = r"{\stylesheet{\s5 Orateur;}}"
    turns = "".join(rf"\pard\s5 {name}\par\pard Bonjour.\par " for name in ("Maire", "Habitante"))
    assert [each.speaker for each in read_rtf(tmp_path, styles + turns).segments] == ["Maire", "Habitante"]


def test_a_length_that_lies_and_a_file_cut_short_are_read_as_far_as_they_go_with_a_warning(tmp_path: Path) -> None:
    document = read_rtf(tmp_path, r"avant \bin2147483647 apres")
    assert (document.text, len(document.warnings)) == ("avant", 1)
    path = tmp_path / "coupe.rtf"
    path.write_bytes(rb"{\rtf1\ansi {\b Titre}\par Le texte s'arr")
    assert "s’arrête avant sa fin" in rtf.read(path).warnings[0]


def test_raw_bytes_are_passed_over(tmp_path: Path) -> None:
    assert read_rtf(tmp_path, rb"a{\pict\bin5 }}{{\}b").text == "ab"


@pytest.mark.parametrize("body", ["{" * 200_000 + "fond" + "}" * 200_000, "{\\footnote " * 50_000, r"\'" * 400_000])
def test_depth_and_oddities_cost_time_in_proportion(tmp_path: Path, body: str) -> None:
    began = time.monotonic()
    read_rtf(tmp_path, "Texte. " + body)
    assert time.monotonic() - began < 10


def test_content_decides_whether_a_text_is_rtf(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(rb"{\rtf1\ansi Texte.}")
    assert format_of(path).name == "rtf"
    word = path.rename(tmp_path / "note.doc")
    assert read(word).text == "Texte."
    plain = tmp_path / "note.rtf"
    plain.write_text("Texte.")
    with pytest.raises(UnreadableDocument, match="pas un document RTF"):
        read(plain)


def test_a_real_transcript_has_the_words_and_speakers_of_its_twin(shared: Path) -> None:
    here = rtf.read(shared / "realdocs/derived/minumeco_ethicsbydesign2024.rtf")
    twin = markdown.read(shared / "realdocs/md/minumeco_transcription_ethicsbydesign2024.md")
    spoken = {name: _said(here, name) for name in ("Jérémie Vallet", "Virginie Rozière")}
    assert {segment.speaker for segment in here.segments} == {None, *spoken}
    for name, words_said in spoken.items():
        assert _said(twin, name)[: len(words_said)] == words_said  # the page ends with a link


def _said(document: ReadDocument, name: str) -> list[str]:
    parts = [document.text[each.start : each.end] for each in document.segments if each.speaker == name]
    return re.findall(r"\w+", " ".join(parts))
