"""Word documents: paragraphs, lists, tables, text boxes and notes, in the order of the page.

The parts are parsed by python-docx's own parser (no entity, no network), but the body is walked here: python-docx
leaves out text boxes, content controls and insertions, and gives up on a whole document for one broken relationship.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.archives import BROKEN, check, part
from kb.readers.blocks import Block, Naming
from kb.readers.builder import build
from kb.readers.cleaning import clean
from kb.readers.numbering import Numbering
from kb.readers.outline import Outline, Runs, numbered
from kb.readers.wordstyles import Look, Style, list_of, looked, read_styles, value

Element: TypeAlias = Any  # lxml has no types

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MAIN = re.compile(rb'PartName="/([^"]+)"[^>]*wordprocessingml\.(?:document|template)\.main\+xml')
_REMOVED = frozenset(
    (qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:rPr"), qn("w:pPr"), _MC + "Fallback")
)
_BOXES = qn("w:txbxContent")


@dataclass(slots=True)
class _Runs(Runs):
    """The words of a paragraph, the text boxes anchored in it, and whether any of its words stand upright."""

    boxes: list[Element] = field(default_factory=list)
    is_upright: bool = False


def read(path: Path) -> ReadDocument:
    """Read a Word document. Anchors give the paragraph's number and the heading above it.

    Raise UnreadableDocument if it is broken, protected or out of proportion.
    """
    check(path)
    kinds = part(path, "[Content_Types].xml") or b""
    main = _MAIN.search(kinds)
    name = main[1].decode("utf-8", "replace") if main else "word/document.xml"
    body = _tree(path, name)
    if body is None:
        raise UnreadableDocument(path.name, "ce n’est pas un document Word : il n’a pas de corps de texte")
    home = name.rpartition("/")[0]
    walk = _Walk(read_styles(_tree(path, f"{home}/styles.xml")), Numbering(_tree(path, f"{home}/numbering.xml")))
    blocks = list(walk.blocks(body))
    for notes in ("footnotes", "endnotes"):
        blocks += walk.notes(_tree(path, f"{home}/{notes}.xml"))
    core = _tree(path, "docProps/core.xml")
    recorded = core.findtext(_CORE_TITLE) if core is not None else None
    return build(numbered(blocks), title=walk.outline.best_title(recorded))


def _tree(path: Path, name: str) -> Element | None:
    data = part(path, name)
    if data is None:
        return None
    try:
        tree: Element = parse_xml(data)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(path.name, BROKEN) from error
    return tree


class _Walk:
    """One pass over the body. The title and the levels of `outline` are known once it is done."""

    def __init__(self, styles: Mapping[str, Style], numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self.outline = Outline()

    def blocks(self, container: Element) -> Iterator[Block]:
        """The blocks of a body, a cell or a content control."""
        for child in container:
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child)
            elif child.tag not in _REMOVED and isinstance(child.tag, str):
                yield from self.blocks(child)

    def notes(self, tree: Element | None) -> list[Block]:
        """Footnotes or endnotes, which nobody speaks."""
        if tree is None:
            return []
        notes = [note for note in tree if note.get(qn("w:type")) in (None, "normal")]
        return [replace(block, breaks=True, is_heading=False) for note in notes for block in self.blocks(note)]

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = paragraph.find(qn("w:pPr"))
        style = self.styles.get(value(paragraph, "w:pPr/w:pStyle") or "", Style())
        runs = _Runs()
        self._gather(paragraph, runs, style.look)
        text, lead = "".join(runs.parts).strip(), clean("".join(runs.lead))
        if text:
            block = self.outline.block(text, lead, style.name, self._level(paragraph, style))
            if block:
                yield self._marked(replace(block, is_italic=not runs.is_upright), properties, style)
        else:
            self.outline.block("", "", style.name, None)
        for box in runs.boxes:
            yield from self.blocks(box)

    def _marked(self, block: Block, properties: Element | None, style: Style) -> Block:
        """The block with the number or bullet that Word shows before it. Names have none."""
        number, depth = list_of(properties, style)
        mark = self.numbering.mark(number, depth) if number is not None else ""
        if not mark or block.naming is Naming.SURE:
            return block
        naming = Naming.NO if block.naming is Naming.MAYBE else block.naming
        return replace(block, text=f"{mark} {block.text}", lead="", naming=naming)

    def _level(self, paragraph: Element, style: Style) -> int | None:
        outline = value(paragraph, "w:pPr/w:outlineLvl")
        if outline and outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
        return style.level

    def _gather(self, element: Element, runs: _Runs, look: Look) -> None:
        for child in element:
            tag = child.tag
            if tag in _REMOVED or not isinstance(tag, str):
                continue
            if tag == _BOXES:
                runs.boxes.append(child)
            elif tag == qn("w:r"):
                self._run(child, runs, look)
            elif tag in _PIECES:
                text = _PIECES[tag] or child.text or ""
                runs.add(text, bold=look.bold)
                runs.is_upright = runs.is_upright or (not look.italic and any(map(str.isalpha, text)))
            else:
                self._gather(child, runs, look)

    def _run(self, run: Element, runs: _Runs, look: Look) -> None:
        look = looked(run.find(qn("w:rPr")), look, self.styles)
        if not look.hidden:
            self._gather(run, runs, look)

    def _table(self, table: Element) -> Iterator[Block]:
        """Rows as « a | b »; a table of one column, or with a table inside, only lays out the page."""
        rows = list(table.iter(qn("w:tr")))
        widest = max((len(row.findall(qn("w:tc"))) for row in rows), default=0)
        if widest < 2 or any(True for row in rows for _ in row.iter(qn("w:tbl"))):
            for cell in table.iter(qn("w:tc")):
                if next(cell.iterancestors(qn("w:tbl"))) is table:
                    yield from self.blocks(cell)
            return
        for row in rows:
            if row.find(qn("w:trPr") + "/" + qn("w:del")) is not None:
                continue
            cells = [clean(" ".join(block.text for block in self.blocks(cell))) for cell in row.iter(qn("w:tc"))]
            if any(cells):
                yield Block(" | ".join(cells))


_PIECES = {
    qn("w:t"): "",
    qn("w:tab"): " ",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:ptab"): " ",
}
