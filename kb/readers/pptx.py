"""PowerPoint presentations: titles, bodies, tables, groups, diagrams and notes, slide by slide."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError, PythonPptxError

from kb.domain import Anchor, ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.archives import BROKEN, check
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import clean

_TITLES = frozenset((PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE))
_FURNITURE = frozenset((PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER))
_DIAGRAM = "/diagramData"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEEPEST_GROUP = 20


def read(path: Path) -> ReadDocument:
    """Read a presentation. Anchors give the slide, its title and the paragraph's number on it.

    Raise UnreadableDocument if it is broken, protected or out of proportion.
    """
    check(path)
    try:
        presentation = Presentation(str(path))
        blocks = [block for number, slide in enumerate(presentation.slides, 1) for block in _slide(number, slide)]
        recorded = presentation.core_properties.title
    except (PackageNotFoundError, PythonPptxError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise UnreadableDocument(path.name, BROKEN) from error
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, RecursionError) as error:
        # what python-pptx raises on parts that are missing or are not what they should be
        raise UnreadableDocument(path.name, "ce n’est pas une présentation lisible ; exportez-la en PDF") from error
    headings = [block.text for block in blocks if block.is_heading and block.anchor.slide == 1]
    return build(blocks, title=choose_title(*headings[:1], recorded), with_turns=False, pages=len(presentation.slides))


def _slide(number: int, slide: Any) -> Iterator[Block]:
    """The title first, then the rest in the order of the slide, then the notes."""
    texts = list(_texts(slide.shapes))
    title = " ".join(text for text, is_title in texts if is_title)
    heading = clean(title) or None
    if heading:
        yield Block(heading, Anchor(slide=number), is_heading=True)
    rest = [text for text, is_title in texts if not is_title]
    rest += list(_diagrams(slide)) + list(_notes(slide))
    for paragraph, text in enumerate((text for text in rest if clean(text)), start=1):
        yield Block(text, Anchor(slide=number, heading=heading, paragraph=paragraph))


def _texts(shapes: Any, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """The paragraphs of shapes, each with whether it belongs to the title."""
    for shape in shapes:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind in _FURNITURE:
            continue
        if getattr(shape, "has_table", False):
            yield from ((" | ".join(clean(cell.text) for cell in row.cells), False) for row in _rows(shape))
        elif getattr(shape, "has_text_frame", False):
            yield from ((_paragraph(each), kind in _TITLES) for each in shape.text_frame.paragraphs)
        elif hasattr(shape, "shapes") and depth < _DEEPEST_GROUP:
            yield from _texts(shape.shapes, depth + 1)


def _rows(shape: Any) -> list[Any]:
    return [row for row in shape.table.rows if any(cell.text.strip() for cell in row.cells)]


def _paragraph(paragraph: Any) -> str:
    """The words of a paragraph; fields such as page numbers are left out, line breaks are blanks."""
    pieces = []
    for child in paragraph._p:
        if child.tag == _A + "r":
            pieces.append(child.findtext(_A + "t") or "")
        elif child.tag == _A + "br":
            pieces.append(" ")
    return "".join(pieces)


def _diagrams(slide: Any) -> Iterator[str]:
    """SmartArt keeps its words in a part of its own, which python-pptx does not read."""
    for relation in slide.part.rels.values():
        if relation.reltype.endswith(_DIAGRAM) and not relation.is_external:
            tree = etree.fromstring(
                relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            )
            for paragraph in tree.iter(_A + "p"):
                yield "".join(text.text or "" for text in paragraph.iter(_A + "t"))


def _notes(slide: Any) -> Iterator[str]:
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from (_paragraph(each) for each in slide.notes_slide.notes_text_frame.paragraphs)
