"""A parsed source as a Word document (python-docx): real styles, lists, tables, page numbers."""

import io
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from markup import (
    ACCENT,
    AUTHOR,
    BANNER,
    INK,
    INK_SOFT,
    Block,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Source,
    Speaker,
    Table,
    bold_runs,
)
from stable_zip import stable_zip

_FONT = "Calibri"
_HEADINGS = {"Title": (20, ACCENT), "Heading 1": (14, ACCENT), "Heading 2": (12, INK)}


def make_docx(source: Source) -> bytes:
    """The Word document of a source."""
    document = Document()
    _set_properties(document, source)
    _set_styles(document)
    _set_header_and_footer(document)
    document.add_paragraph(source.title, style="Title")
    numbering = ""
    for block in source.blocks:
        if not (isinstance(block, Item) and block.number is not None):
            numbering = ""
        elif not numbering:
            numbering = _new_numbering(document)
        _add(document, block, numbering)
    out = io.BytesIO()
    document.save(out)
    return stable_zip(out.getvalue())


def _set_properties(document: Any, source: Source) -> None:
    properties = document.core_properties
    properties.title = source.title
    properties.author = properties.last_modified_by = AUTHOR
    properties.subject = "Document de démonstration"
    properties.language = "fr-FR"
    properties.comments = ""
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(source.day, time(12))


def _set_styles(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    styles = document.styles
    normal = styles["Normal"]
    _set_font(normal, 11, INK)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(language)
    for name, (size, colour) in _HEADINGS.items():
        _set_font(styles[name], size, colour)
    speaker = styles.add_style("Nom", WD_STYLE_TYPE.PARAGRAPH)
    speaker.base_style = normal
    speaker.next_paragraph_style = normal
    _set_font(speaker, 11, ACCENT)
    speaker.font.bold = True
    speaker.paragraph_format.keep_with_next = True
    speaker.paragraph_format.space_before = Pt(8)
    speaker.paragraph_format.space_after = Pt(0)


def _set_font(style: Any, size: float, colour: str) -> None:
    style.font.name = _FONT
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)  # a theme font would win over the name


def _set_header_and_footer(document: Any) -> None:
    section = document.sections[0]
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.add_run(BANNER)
    footer.add_run("page ")
    _add_field(footer, "PAGE")
    footer.add_run(" / ")
    _add_field(footer, "NUMPAGES")
    for run in [*header.runs, *footer.runs]:
        run.font.size = Pt(8.5)
        run.font.color.rgb = RGBColor.from_string(INK_SOFT)


def _add_field(paragraph: Any, code: str) -> None:
    """Add a field that Word computes (PAGE, NUMPAGES)."""
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _new_numbering(document: Any) -> str:
    """The id of a fresh numbering that starts again at 1."""
    base = document.styles["List Number"].element.pPr.numPr.numId.val
    numberings = document.part.numbering_part.element
    abstract = numberings.num_having_numId(base).abstractNumId.val
    numbering = numberings.add_num(abstract)
    numbering.add_lvlOverride(ilvl=0).add_startOverride(1)
    return str(numbering.numId)


def _add(document: Any, block: Block, numbering: str) -> None:
    match block:
        case Heading(level, text):
            document.add_paragraph(style=f"Heading {level}").add_run(text)
        case Paragraph(text):
            _add_runs(document.add_paragraph(), text)
        case Speaker(name):
            document.add_paragraph(name, style="Nom")
        case Item(text, number, level):
            style = "List Bullet" if number is None else "List Number"
            paragraph = document.add_paragraph(style=f"{style} 2" if level else style)
            _add_runs(paragraph, text)
            if number is not None and not level:
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                properties.get_or_add_ilvl().val = 0
                properties.get_or_add_numId().val = int(numbering)
        case PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case Table(rows):
            _add_table(document, rows)


def _add_runs(paragraph: Any, text: str) -> None:
    for part, bold in bold_runs(text):
        paragraph.add_run(part).bold = bold or None


def _add_table(document: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light List Accent 1")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _add_runs(cell.paragraphs[0], text)
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()
