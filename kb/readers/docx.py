"""Word documents: paragraphs, lists, tables, text boxes and notes, in the order of the page.

The parts are parsed by python-docx's own parser (no entity, no network), but the body is walked here: python-docx
leaves out text boxes, content controls and insertions, and gives up on a whole document for one broken relationship.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.archives import BROKEN, check, part
from kb.readers.blocks import Block
from kb.readers.builder import build
from kb.readers.cleaning import clean
from kb.readers.outline import Outline, Runs, heading_level, numbered

Element: TypeAlias = Any  # lxml has no types

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MAIN = re.compile(rb'PartName="/([^"]+)"[^>]*wordprocessingml\.(?:document|template)\.main\+xml')
_REMOVED = frozenset(
    (qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:rPr"), qn("w:pPr"), _MC + "Fallback")
)
_BOXES = qn("w:txbxContent")


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    level: int | None = None
    is_bold: bool = False


@dataclass(slots=True)
class _Runs(Runs):
    """The words of a paragraph, and the text boxes anchored in it."""

    boxes: list[Element] = field(default_factory=list)


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
    walk = _Walk(_styles(_tree(path, name.rpartition("/")[0] + "/styles.xml")))
    blocks = list(walk.blocks(body))
    for notes in ("footnotes", "endnotes"):
        blocks += walk.notes(_tree(path, f"{name.rpartition('/')[0]}/{notes}.xml"))
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


def _styles(tree: Element | None) -> dict[str, _Style]:
    """Paragraph styles by identifier, with the outline level and weight they have or inherit."""
    found: dict[str, Element] = {}
    for each in tree.iterfind(qn("w:style")) if tree is not None else ():
        found[each.get(qn("w:styleId"), "")] = each
    return {identifier: _style(identifier, found) for identifier in found}


def _style(identifier: str, found: dict[str, Element]) -> _Style:
    name = _value(found[identifier], "w:name") or ""
    level: int | None = None
    bold: bool | None = None
    seen: set[str] = set()
    current: str | None = identifier
    while current in found and current not in seen:
        seen.add(current)
        style = found[current]
        if level is None:
            level = heading_level(_value(style, "w:name") or "")
            outline = _value(style, "w:pPr/w:outlineLvl")
            if level is None and outline and outline.isdigit():
                level = int(outline) + 1
        if bold is None and (weight := style.find(_path("w:rPr/w:b"))) is not None:
            bold = _is_on(weight)
        current = _value(style, "w:basedOn")
    return _Style(name, level if level and level < 10 else None, bool(bold))


def _path(path: str) -> str:
    return "/".join(qn(step) for step in path.split("/"))


def _value(element: Element, path: str) -> str | None:
    found = element.find(_path(path))
    return found.get(qn("w:val")) if found is not None else None


def _is_on(element: Element) -> bool:
    return element.get(qn("w:val"), "1") not in ("0", "false", "off", "none")


class _Walk:
    """One pass over the body. The title and the levels of `outline` are known once it is done."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self.styles = styles
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
        style = self.styles.get(_value(paragraph, "w:pPr/w:pStyle") or "", _Style())
        runs = _Runs()
        self._gather(paragraph, runs, style.is_bold)
        text, lead = clean("".join(runs.parts)), clean("".join(runs.lead))
        block = self.outline.block(text, lead, style.name, self._level(paragraph, style))
        if block:
            yield block
        for box in runs.boxes:
            yield from self.blocks(box)

    def _level(self, paragraph: Element, style: _Style) -> int | None:
        outline = _value(paragraph, "w:pPr/w:outlineLvl")
        if outline and outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
        return style.level

    def _gather(self, element: Element, runs: _Runs, bold: bool) -> None:
        for child in element:
            tag = child.tag
            if tag in _REMOVED or not isinstance(tag, str):
                continue
            if tag == _BOXES:
                runs.boxes.append(child)
            elif tag == qn("w:r"):
                self._run(child, runs, bold)
            elif tag in _PIECES:
                runs.add(_PIECES[tag] or child.text or "", bold=bold)
            else:
                self._gather(child, runs, bold)

    def _run(self, run: Element, runs: _Runs, bold: bool) -> None:
        hidden = run.find(_path("w:rPr/w:vanish"))
        if hidden is not None and _is_on(hidden):
            return
        weight = run.find(_path("w:rPr/w:b"))
        self._gather(run, runs, _is_on(weight) if weight is not None else bold)

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
