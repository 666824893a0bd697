"""A selection of passages in the forms people take away: Markdown, a Word document, a table for a spreadsheet.

Every quote is its passage's text; comments stand apart from it; each passage has its citation and its address.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from docx import Document as new_document
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from kb import citations, labels
from kb.citations import Quotation
from kb.french import NBSP, count, long_date

GONE = "Ce passage n’est plus dans la mémoire."
CHANGED = f"Le document a été corrigé depuis que ce passage a été choisi{NBSP}: voici les mots d’aujourd’hui."
COLUMNS = (
    *("N°", "Intervenant", "Passage", "Commentaire", "Saison", "Date", "Séance", "Document", "Type", "Endroit"),
    *("Remarque", "Adresse", "Citation"),
)
"""The columns of the table, in order."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_ACCENT, _SECOND = RGBColor(0x1F, 0x4E, 0x8C), RGBColor(0x59, 0x59, 0x59)
_TYPE = {"Normal": ("Calibri", 11), "Quote": ("Georgia", 12), "Title": ("Georgia", 22), "Heading 1": ("Georgia", 13)}
"""The type of each style of the Word document: a font and its size in points."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage of a selection as it is today, None once it is gone, and what the reader says of it.

    is_changed: its words are not those that were chosen.
    """

    cited: Quotation | None
    comment: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Passages in the reader's order, the address that shows them, and the day of the export."""

    chosen: Sequence[Chosen]
    address: str
    day: date
    title: str = f"Passages choisis dans la mémoire de {citations.PUBLISHER}"


def as_markdown(selection: Selection) -> str:
    """A heading and a block quotation a passage, with its citation; the reader's words are under « Commentaire »."""
    parts = [f"# {selection.title}", f"{_summary(selection)} [Rouvrir la sélection](<{selection.address}>)"]
    for rank, each in enumerate(selection.chosen, 1):
        parts.append(f"## {rank}. {citations.plain_markdown(_heading(each))}")
        parts.append(citations.markdown(each.cited).rstrip() if each.cited else GONE)
        parts += [f"*{remark}*" for remark in _remarks(each)]
        if each.comment:
            lines = [citations.plain_markdown(line) for line in each.comment.splitlines()]
            parts.append(f"**Commentaire{NBSP}:** " + "  \n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_csv(selection: Selection) -> bytes:
    """A row a passage, as French Excel opens it: UTF-8 with its mark, semicolons. No cell is a formula."""
    written = io.StringIO(newline="")
    rows = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for rank, each in enumerate(selection.chosen, 1):
        rows.writerow([_cell(value) for value in _row(rank, each)])
    return written.getvalue().encode("utf-8-sig")


def as_docx(selection: Selection) -> bytes:
    """A Word document: a heading, the quote, its citation with a link, and the comment apart, for each passage."""
    word = _blank(selection)
    word.add_heading(selection.title, 0)
    _link(word.add_paragraph(f"{_summary(selection)} "), "Rouvrir la sélection", selection.address)
    for rank, each in enumerate(selection.chosen, 1):
        word.add_heading(_writable(f"{rank}. {_heading(each)}"), 1)
        for remark in _remarks(each):
            word.add_paragraph().add_run(remark).italic = True
        if each.cited:
            _quoted(word, each.cited)
        else:
            word.add_paragraph(GONE)
        if each.comment:
            said = word.add_paragraph()
            said.add_run(f"Commentaire{NBSP}: ").bold = True
            said.add_run(_writable(each.comment))
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()


def _summary(selection: Selection) -> str:
    amount = count(len(selection.chosen), "passage")
    return f"{amount} de {citations.PUBLISHER}, mémoire des débats. Exporté le {long_date(selection.day)}."


def _heading(each: Chosen) -> str:
    """« Maire d’une commune rurale, Saison 3, 13 avril 2021 »."""
    if each.cited is None:
        return "Passage retiré"
    passage, document, session = each.cited.passage, each.cited.document, each.cited.session
    said = (passage.speaker or document.title, labels.when(document, session))
    return ", ".join(part for part in said if part)


def _remarks(each: Chosen) -> list[str]:
    """What a reader of the export must know of a passage."""
    demo = each.cited is not None and each.cited.document.demo
    return [*([citations.DEMO_NOTE + "."] if demo else []), *([CHANGED] if each.is_changed else [])]


def _row(rank: int, each: Chosen) -> tuple[str, ...]:
    """The values of COLUMNS."""
    if each.cited is None:
        empty = ("",) * (len(COLUMNS) - 5)
        return (str(rank), "", "", each.comment, *empty[:-1], GONE, "", "")
    passage, document, session = each.cited.passage, each.cited.document, each.cited.session
    day = document.date or (session.date if session else None)
    return (
        str(rank),
        labels.speaker(passage, document),
        passage.text,
        each.comment,
        "" if document.season is None else str(document.season),
        f"{day:%d/%m/%Y}" if day else "",
        session.title if session else labels.UNFILED,
        document.title,
        labels.TYPES[document.type],
        labels.anchor(passage.anchor),
        " ".join(_remarks(each)),
        each.cited.address,
        citations.sentence(each.cited),
    )


def _cell(value: str) -> str:
    """A value that a spreadsheet takes for text: an apostrophe before what it would compute."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _blank(selection: Selection) -> Word:
    """An empty document in French, with our type."""
    word = new_document()
    about = word.core_properties
    about.title, about.language, about.comments = selection.title, "fr-FR", ""
    about.author = about.last_modified_by = citations.PUBLISHER
    about.created = about.modified = datetime.combine(selection.day, time())
    for name, (face, size) in _TYPE.items():
        style = word.styles[name]
        style.font.name, style.font.size = face, Pt(size)
        fonts = style.element.rPr.rFonts
        for theme in (
            "asciiTheme",
            "hAnsiTheme",
            "eastAsiaTheme",
            "cstheme",
        ):  # a theme's font comes before a named one
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    word.styles["Quote"].font.italic = False
    word.styles["Quote"].paragraph_format.left_indent = Pt(18)
    for name in ("Title", "Heading 1"):
        word.styles[name].font.color.rgb = _ACCENT
    french = OxmlElement("w:lang")
    french.set(qn("w:val"), "fr-FR")
    word.styles["Normal"].element.get_or_add_rPr().append(french)
    return word


def _quoted(word: Word, cited: Quotation) -> None:
    """The words as they are, then the citation without them, then the address."""
    word.add_paragraph(_writable(cited.passage.text), style="Quote")
    source = word.add_paragraph()
    source.add_run(f"{_writable(citations.described(cited))}. ").font.color.rgb = _SECOND
    _link(source, cited.address, cited.address)


def _link(paragraph: Paragraph, words: str, address: str) -> None:
    """A link at the end of a paragraph; python-docx reads them, and has no way to write them."""
    target = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    run = paragraph.add_run(_writable(words))
    run.font.color.rgb, run.font.underline, run.font.size = _ACCENT, True, Pt(8)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    link.append(run._r)
    paragraph._p.append(link)


def _writable(text: str) -> str:
    """Text without the control characters that XML cannot hold."""
    return "".join(
        c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
