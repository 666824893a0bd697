from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from pptx import Presentation
from pptx.util import Inches

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import archives, docx, pptx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


def word_file(folder: Path, fill: Callable[[Any], None]) -> Path:
    document = python_docx.Document()
    fill(document)
    path = folder / "note.docx"
    document.save(str(path))
    return path


def rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The same zip with one part changed."""
    other = path.with_name(f"autre{path.suffix}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            data = source.read(item)
            target.writestr(item, change(data) if item == name else data)
    return other


def note(document: Any) -> None:
    document.add_heading("Bilan du gaz", 0)
    document.add_paragraph("Avant-propos.")
    document.add_heading("Chiffres", 1)
    table = document.add_table(2, 2)
    for row, cells in zip(table.rows, (("Année", "Coût"), ("2023", "12 M€")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Trier.", style="List Bullet")
    document.add_paragraph("Fin.")


def test_paragraphs_tables_and_lists_come_in_order(tmp_path: Path) -> None:
    assert words(docx.read(word_file(tmp_path, note))) == [
        "Bilan du gaz", "Avant-propos.", "Chiffres", "Année | Coût", "2023 | 12 M€", "• Trier.", "Fin.",
    ]  # fmt: skip


def test_paragraphs_know_their_number_and_heading(tmp_path: Path) -> None:
    last = docx.read(word_file(tmp_path, note)).segments[-1]
    assert (last.anchor.paragraph, last.anchor.heading) == (7, "Chiffres")


def test_the_title_style_gives_the_title(tmp_path: Path) -> None:
    assert docx.read(word_file(tmp_path, note)).title == "Bilan du gaz"


def test_a_paragraph_style_made_for_names_names_who_speaks_until_the_next(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        document.styles.add_style("Nom", WD_STYLE_TYPE.PARAGRAPH)
        for name in ("Maire", "Habitante d’un hameau"):
            document.add_paragraph(name, style="Nom")
            document.add_paragraph("Bonjour.")
            document.add_paragraph("Merci.")

    document = docx.read(word_file(tmp_path, debate))
    assert [segment.speaker for segment in document.segments] == ["Maire"] * 2 + ["Habitante d’un hameau"] * 2
    assert document.text.startswith("Maire\n\nBonjour.")


def test_bold_labels_name_who_speaks(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        for name in ("Maire", "Habitante", "Maire"):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{name} : ").bold = True
            paragraph.add_run("Nous y sommes.")

    document = docx.read(word_file(tmp_path, debate))
    assert [segment.speaker for segment in document.segments] == ["Maire", "Habitante", "Maire"]
    assert words(document)[0] == "Nous y sommes."


def test_three_empty_paragraphs_end_the_turn(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        document.styles.add_style("Orateur", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("Maire", style="Orateur")
        for text in ("Bonjour.", "", "", "", "Document rédigé par un prestataire."):
            document.add_paragraph(text)

    assert [segment.speaker for segment in docx.read(word_file(tmp_path, debate)).segments] == ["Maire", None]


def test_controls_insertions_and_links_are_read_deletions_and_hidden_words_are_not(tmp_path: Path) -> None:
    def body(document: Any) -> None:
        run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
        document.element.body.insert(0, parse_xml(
            f"<w:sdt {W}><w:sdtContent><w:p>{run.format('CONTRÔLE ')}"
            f"<w:ins w:id='1' w:author='a'>{run.format('INSÉRÉ ')}</w:ins>"
            f"<w:del w:id='2' w:author='a'><w:r><w:delText>SUPPRIMÉ</w:delText></w:r></w:del>"
            f"<w:hyperlink>{run.format('LIEN')}</w:hyperlink>"
            f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>CACHÉ</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ))  # fmt: skip

    assert docx.read(word_file(tmp_path, body)).text == "CONTRÔLE INSÉRÉ LIEN"


def test_the_table_of_contents_is_left_out(tmp_path: Path) -> None:
    def body(document: Any) -> None:
        document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("I. Chiffres\t3", style="toc 1")
        document.add_paragraph("Texte.")

    assert docx.read(word_file(tmp_path, body)).text == "Texte."


def test_a_broken_relationship_costs_nothing(tmp_path: Path) -> None:
    path = rewritten(word_file(tmp_path, note), "word/_rels/document.xml.rels", lambda data: data.replace(
        b"</Relationships>",
        b'<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        b' Target="../NULL"/></Relationships>',
    ))  # fmt: skip
    assert "Avant-propos." in docx.read(path).text


def test_a_cut_part_is_refused(tmp_path: Path) -> None:
    path = rewritten(word_file(tmp_path, note), "word/document.xml", lambda data: data[: len(data) // 2])
    with pytest.raises(UnreadableDocument, match="abîmé"):
        docx.read(path)


def test_entities_are_refused_before_any_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARI")
    doctype = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    path = rewritten(word_file(tmp_path, note), "word/document.xml", lambda data: data.replace(b"?>", b"?>" + doctype))
    with pytest.raises(UnreadableDocument, match="entités"):
        docx.read(path)


def test_a_zip_out_of_proportion_is_refused(tmp_path: Path) -> None:
    path = rewritten(word_file(tmp_path, note), "word/document.xml", lambda data: data + b" " * (200 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(UnreadableDocument, match="démesuré"):
        archives.check(path)


def slides(folder: Path) -> Path:
    presentation = Presentation()
    first = presentation.slides.add_slide(presentation.slide_layouts[0])
    first.shapes.title.text = "Réseau de chaleur"
    first.placeholders[1].text = "Séance du 11 février"
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Chiffres"
    table = second.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "2019", "3 100 logements"
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Dans un groupe"
    second.notes_slide.notes_text_frame.text = "À dire : le record."
    path = folder / "support.pptx"
    presentation.save(str(path))
    return path


def test_slides_give_title_body_tables_groups_and_notes(tmp_path: Path) -> None:
    assert words(pptx.read(slides(tmp_path))) == [
        "Réseau de chaleur", "Séance du 11 février", "Chiffres", "2019 | 3 100 logements", "Dans un groupe",
        "À dire : le record.",
    ]  # fmt: skip


def test_words_of_a_slide_know_their_slide_and_its_title(tmp_path: Path) -> None:
    document = pptx.read(slides(tmp_path))
    assert [segment.anchor.slide for segment in document.segments] == [1, 1, 2, 2, 2, 2]
    assert document.segments[-1].anchor.heading == "Chiffres"
    assert [segment.is_heading for segment in document.segments] == [True, False, True, False, False, False]


def test_the_first_slide_gives_the_title(tmp_path: Path) -> None:
    assert pptx.read(slides(tmp_path)).title == "Réseau de chaleur"


def test_a_presentation_without_its_slides_is_refused(tmp_path: Path) -> None:
    path = rewritten(slides(tmp_path), "ppt/slides/slide1.xml", lambda data: data[:200])
    with pytest.raises(UnreadableDocument, match="abîmé"):
        pptx.read(path)


def turns(document: ReadDocument) -> list[tuple[str | None, str]]:
    return [(s.speaker, document.text[s.start : s.end]) for s in document.segments]


TURNS = (("Marie Dupont", "Bonjour à tous."), ("Jean Martin", "Merci."), ("Marie Dupont", "Je vous en prie."))


def test_a_style_of_any_name_where_only_names_stand_names_who_speaks(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        document.styles.add_style("Style7", WD_STYLE_TYPE.PARAGRAPH)
        for name, said in TURNS:
            document.add_paragraph(name, style="Style7")
            document.add_paragraph(said)

    assert turns(docx.read(word_file(tmp_path, debate))) == list(TURNS)


def test_headings_that_are_all_names_name_who_speaks(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        document.add_heading("Le numérique", 1)
        for name, said in TURNS:
            document.add_heading(name, 3)
            document.add_paragraph(said)

    assert turns(docx.read(word_file(tmp_path, debate)))[1:] == list(TURNS)


def test_a_meeting_exported_with_name_and_time_above_the_words_in_one_paragraph(tmp_path: Path) -> None:
    def meeting(document: Any) -> None:
        for (name, said), time in zip(TURNS, ("0:03", "0:09", "1:02:10"), strict=True):
            paragraph = document.add_paragraph()
            paragraph.add_run("\n")
            paragraph.add_run(name).bold = True
            paragraph.add_run(f"   {time}\n{said}")

    document = docx.read(word_file(tmp_path, meeting))
    assert turns(document) == list(TURNS)
    assert [segment.anchor.start_s for segment in document.segments] == [3.0, 9.0, 3730.0]


def test_a_meeting_exported_with_times_above_the_name(tmp_path: Path) -> None:
    def meeting(document: Any) -> None:
        for number, (name, said) in enumerate(TURNS):
            document.add_paragraph(f"0:0:{number}.0 --> 0:0:{number}.900\n{name}\n{said}")

    assert turns(docx.read(word_file(tmp_path, meeting))) == list(TURNS)


@pytest.mark.parametrize("mark", ["bold", "small_caps", "all_caps"])
def test_names_set_apart_on_their_line_name_who_speaks(tmp_path: Path, mark: str) -> None:
    def debate(document: Any) -> None:
        for name, said in (*TURNS, TURNS[1]):
            setattr(document.add_paragraph().add_run(name).font, mark, True)
            document.add_paragraph(said)

    assert turns(docx.read(word_file(tmp_path, debate))) == [*TURNS, TURNS[1]]


def test_a_paragraph_in_italics_inside_a_turn_is_noted_not_said(tmp_path: Path) -> None:
    def debate(document: Any) -> None:
        for name, said in TURNS * 2:
            document.add_paragraph(f"{name} : {said}")
        document.add_paragraph().add_run("Un film est projeté.").italic = True
        document.add_paragraph("Je reprends.")

    document = docx.read(word_file(tmp_path, debate))
    assert [(s.is_aside, s.speaker) for s in document.segments][-2:] == [(True, None), (False, "Marie Dupont")]


def test_words_moved_or_hidden_by_a_style_or_never_filled_in_are_left_out(tmp_path: Path) -> None:
    def body(document: Any) -> None:
        document.styles.add_style("Interne", WD_STYLE_TYPE.PARAGRAPH).font.hidden = True
        document.styles.add_style("Masqué", WD_STYLE_TYPE.CHARACTER).font.hidden = True
        document.styles.add_style("Placeholder Text", WD_STYLE_TYPE.CHARACTER)
        document.add_paragraph("Secret.", style="Interne")
        paragraph = document.add_paragraph("Visible")
        paragraph.add_run("caché", style="Masqué")
        paragraph.add_run("Cliquez ici", style="Placeholder Text")
        for tag, text in (("moveFrom", "PARTI"), ("moveTo", " arrivé")):
            run = f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"
            paragraph._p.append(parse_xml(f"<w:{tag} {W} w:id='9' w:author='a'>{run}</w:{tag}>"))

    assert docx.read(word_file(tmp_path, body)).text == "Visible arrivé"


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Encadré.</w:t></w:r></w:p></w:txbxContent>"
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
    )

    def body(document: Any) -> None:
        document.add_paragraph("Avant.")._p.append(parse_xml(
            f"<w:r {W} {spaces}><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        ))  # fmt: skip

    assert words(docx.read(word_file(tmp_path, body))) == ["Avant.", "Encadré."]


LEVELS = (
    ("decimal", "%1."),
    ("lowerLetter", "%2)"),
    ("upperRoman", "%1.%2.%3"),
)


def numbered(document: Any, *paragraphs: tuple[int, int, str]) -> None:
    """Paragraphs as (list, depth, text). Lists 91 and 92 share a definition; 92 starts again at 1, 93 is of bullets."""
    levels = "".join(
        f"<w:lvl w:ilvl='{depth}'><w:start w:val='1'/><w:numFmt w:val='{form}'/><w:lvlText w:val='{text}'/></w:lvl>"
        for depth, (form, text) in enumerate(LEVELS)
    )
    bullet = "<w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/><w:lvlText w:val='\uf0b7'/></w:lvl>"
    part = document.part.numbering_part.element
    for xml in (
        f"<w:abstractNum {W} w:abstractNumId='81'>{levels}</w:abstractNum>",
        f"<w:abstractNum {W} w:abstractNumId='82'>{bullet}</w:abstractNum>",
        f"<w:num {W} w:numId='91'><w:abstractNumId w:val='81'/></w:num>",
        f"<w:num {W} w:numId='92'><w:abstractNumId w:val='81'/>"
        "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num>",
        f"<w:num {W} w:numId='93'><w:abstractNumId w:val='82'/></w:num>",
    ):
        part.append(parse_xml(xml))
    for number, depth, text in paragraphs:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f"<w:numPr {W}><w:ilvl w:val='{depth}'/><w:numId w:val='{number}'/></w:numPr>"))


@pytest.mark.parametrize(
    ("paragraphs", "shown"),
    [
        ([(91, 0, "Un."), (91, 0, "Deux.")], ["1. Un.", "2. Deux."]),
        ([(91, 0, "Un."), (91, 1, "A."), (91, 1, "B."), (91, 0, "Deux."), (91, 1, "A.")],
         ["1. Un.", "a) A.", "b) B.", "2. Deux.", "a) A."]),
        ([(91, 0, "Un."), (91, 1, "A."), (91, 2, "I.")], ["1. Un.", "a) A.", "1.a.I I."]),
        ([(91, 0, "Un."), (91, 0, "Deux."), (92, 0, "Un encore."), (92, 0, "Deux.")],
         ["1. Un.", "2. Deux.", "1. Un encore.", "2. Deux."]),
        ([(93, 0, "Point.")], ["• Point."]),
        ([(0, 0, "Sans liste."), (77, 0, "Liste inconnue.")], ["Sans liste.", "Liste inconnue."]),
    ],
)  # fmt: skip
def test_the_numbers_that_word_shows_are_read(
    tmp_path: Path, paragraphs: list[tuple[int, int, str]], shown: list[str]
) -> None:
    assert words(docx.read(word_file(tmp_path, lambda document: numbered(document, *paragraphs)))) == shown
