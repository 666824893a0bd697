"""A parsed source as slides (python-pptx): a title slide, bullets, tables, speaker notes."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from markup import (
    ACCENT,
    AUTHOR,
    INK,
    INK_SOFT,
    Block,
    Heading,
    Item,
    MarkupError,
    Notes,
    Paragraph,
    Source,
    Table,
    bold_runs,
    plain,
)
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt
from stable_zip import stable_zip

_TITLE_SLIDE, _BULLETS, _TITLE_ONLY = 0, 1, 5  # layouts of python-pptx's default template
_LEFT, _WIDTH = Cm(2), Cm(29.8)
_BODY_TOP, _BODY_HEIGHT = 4.2, 13.6  # cm
_FONT = "Calibri"


@dataclass
class _Slide:
    title: str
    body: list[Item | Paragraph | Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make_pptx(source: Source) -> bytes:
    """The slides of a source."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(33.867), Cm(19.05)
    _set_properties(deck, source)
    _set_layouts(deck)
    slides = list(_slides(source))
    _add_title_slide(deck, slides[0])
    for slide in slides[1:]:
        _add_slide(deck, slide)
    out = io.BytesIO()
    deck.save(out)
    return stable_zip(out.getvalue())


def _slides(source: Source) -> Iterator[_Slide]:
    """Cut the blocks at each `## `; the first slide is the title's."""
    slide, in_notes = _Slide(source.title), False
    for block in source.blocks:
        if isinstance(block, Heading) and block.level == 1:
            yield slide
            slide, in_notes = _Slide(block.text), False
        elif isinstance(block, Notes):
            in_notes = True
        elif in_notes:
            slide.notes.append(_note(block))
        elif isinstance(block, Table):
            slide.tables.append(block)
        elif isinstance(block, Item | Paragraph | Heading):
            slide.body.append(block)
        else:
            raise MarkupError(f"a slide cannot hold {block}")
    yield slide


def _note(block: Block) -> str:
    if isinstance(block, Item):
        return f"{f'{block.number}.' if block.number else '-'} {plain(block.text)}"
    if isinstance(block, Paragraph | Heading):
        return plain(block.text)
    raise MarkupError(f"speaker notes cannot hold {block}")


def _set_properties(deck: Any, source: Source) -> None:
    properties = deck.core_properties
    properties.title = source.title
    properties.author = properties.last_modified_by = AUTHOR
    properties.subject = "Document de démonstration"
    properties.language = "fr-FR"
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(source.day, time(12))


def _set_layouts(deck: Any) -> None:
    """Fit the template's 4:3 layouts to 16:9 and drop its date, footer and number boxes."""
    for index in (_TITLE_SLIDE, _BULLETS, _TITLE_ONLY):
        for shape in list(deck.slide_layouts[index].placeholders):
            kind = shape.placeholder_format.idx
            if kind > 1:
                shape._element.getparent().remove(shape._element)
                continue
            opening = index == _TITLE_SLIDE
            top = (5.2 if opening else 1.2) if kind == 0 else (10.6 if opening else _BODY_TOP)
            height = (5 if opening else 2.4) if kind == 0 else (4 if opening else _BODY_HEIGHT)
            shape.left, shape.width = _LEFT, _WIDTH
            shape.top, shape.height = Cm(top), Cm(height)


def _add_title_slide(deck: Any, content: _Slide) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_SLIDE])
    _add_bar(slide, Cm(10.3))
    _set_title(slide, content.title, 36, MSO_ANCHOR.BOTTOM)
    subtitle = slide.placeholders[1].text_frame
    for i, block in enumerate(content.body):
        paragraph = subtitle.paragraphs[0] if i == 0 else subtitle.add_paragraph()
        _add_runs(paragraph, block.text, 18, INK_SOFT)
        paragraph._p.get_or_add_pPr().set("algn", "l")
    _set_notes(slide, content.notes)


def _add_slide(deck: Any, content: _Slide) -> None:
    layout = _BULLETS if content.body else _TITLE_ONLY
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    _add_bar(slide, Cm(3.7))
    _set_title(slide, content.title, 28, MSO_ANCHOR.BOTTOM)
    top = _BODY_TOP
    if content.body:
        table_room = sum(1 + len(table.rows) for table in content.tables) * 1.1
        size, used = _fit([block.text for block in content.body], _BODY_HEIGHT - table_room)
        body = slide.placeholders[1]
        body.left, body.top, body.width, body.height = _LEFT, Cm(top), _WIDTH, Cm(used)
        _fill_body(body.text_frame, content.body, size)
        top += used + 0.4
    for table in content.tables:
        top += _add_table(slide, table.rows, top) + 0.6
    _set_notes(slide, content.notes)


def _fit(texts: Sequence[str], room: float) -> tuple[int, float]:
    """The largest font size (points) whose lines fit in `room` cm, and the height they take."""
    for size in (20, 18, 16, 14, 12):
        line = size * 0.0353 * 1.25  # cm
        per_line = int(29 / (size * 0.0353 * 0.5))
        used = sum(line * -(-len(text) // per_line) + size * 0.014 for text in texts) + 0.4
        if used <= room:
            break
    return size, used


def _add_bar(slide: Any, top: Any) -> None:
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(2.25), top, Cm(2.4), Cm(0.12))
    bar.fill.solid()
    bar.fill.fore_color.rgb = _rgb(ACCENT)
    bar.line.fill.background()


def _rgb(colour: str) -> Any:
    return RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]


def _set_title(slide: Any, text: str, size: int, anchor: MSO_ANCHOR) -> None:
    frame = slide.shapes.title.text_frame
    frame.vertical_anchor = anchor
    _add_runs(frame.paragraphs[0], text, size, ACCENT, heavy=True)
    frame.paragraphs[0]._p.get_or_add_pPr().set("algn", "l")


def _fill_body(frame: Any, blocks: list[Item | Paragraph | Heading], size: int) -> None:
    for i, block in enumerate(blocks):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.4)
        text = block.text
        if isinstance(block, Item):
            paragraph.level = block.level
            text = f"{block.number}. {text}" if block.number else text
        if not isinstance(block, Item) or block.number:
            properties = paragraph._p.get_or_add_pPr()
            properties.set("marL", "0")
            properties.set("indent", "0")
            properties.append(properties.makeelement(qn("a:buNone"), {}))
        _add_runs(paragraph, text, size, INK, heavy=isinstance(block, Heading))


def _add_runs(paragraph: Any, text: str, size: int, colour: str, heavy: bool = False) -> None:
    for part, bold in bold_runs(text):
        run = paragraph.add_run()
        run.text = part
        run.font.name, run.font.size = _FONT, Pt(size)
        run.font.bold = bold or heavy or None
        run.font.color.rgb = _rgb(colour)
        run.font._rPr.set("lang", "fr-FR")


def _add_table(slide: Any, rows: tuple[tuple[str, ...], ...], top: float) -> float:
    """Add a table at `top` cm; return its height in cm."""
    height = 1.1 * len(rows)
    shape = slide.shapes.add_table(
        len(rows), len(rows[0]), _LEFT, Cm(top), _WIDTH, Cm(height)
    )  # fmt: skip
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            cell = shape.table.cell(i, j)
            cell.fill.solid()
            colour = ACCENT if i == 0 else ("FFFFFF" if i % 2 else "F4F2EE")
            cell.fill.fore_color.rgb = _rgb(colour)
            paragraph = cell.text_frame.paragraphs[0]
            _add_runs(paragraph, text, 14, "FFFFFF" if i == 0 else INK, heavy=i == 0)
    return height


def _set_notes(slide: Any, notes: list[str]) -> None:
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)
