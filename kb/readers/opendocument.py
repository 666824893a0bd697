"""What text documents and presentations of OpenDocument share: the parts, the styles, and the walk over the content.

The walk is our own, as for Word documents: odfdo gives the words of a whole element, notes, comments and frames glued
in, where each has a place of its own here; and nothing is read before the zip and its XML were checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from kb.errors import UnreadableDocument
from kb.readers.archives import BROKEN, LOCKED, check, part
from kb.readers.blocks import Block
from kb.readers.cleaning import clean
from kb.readers.odflists import Lists
from kb.readers.odfnames import SPACES, name_of, names_of
from kb.readers.ordinals import BULLET
from kb.readers.outline import Outline, Runs, heading_level, marked

Element: TypeAlias = Any  # lxml has no types

_PARAGRAPHS = names_of("text:p", "text:h")
_LEFT_OUT = names_of(
    *("text:tracked-changes", "text:table-of-content", "text:illustration-index", "text:table-index"),
    *("text:object-index", "text:user-index", "text:alphabetical-index", "office:forms", "office:annotation"),
    *("text:number", "text:ruby-text", "text:page-number", "draw:object", "draw:object-ole", "office:event-listeners"),
)
_PIECES = {name_of("text:s"): " ", name_of("text:tab"): " ", name_of("text:line-break"): "\n"}
_LIST, _ITEMS = name_of("text:list"), names_of("text:list-item", "text:list-header")
_EMPHASIS = {
    name_of("fo:font-weight"): frozenset(("bold", "600", "700", "800", "900")),
    name_of("fo:font-variant"): frozenset(("small-caps",)),
    name_of("fo:text-transform"): frozenset(("uppercase",)),
    name_of("style:text-underline-style"): frozenset(("solid", "double")),
}
_BLANKS = re.compile(r"[ \t\r\n]+")
_NOTE, _NOTE_BODY, _SPAN = name_of("text:note"), name_of("text:note-body"), name_of("text:span")
_TABLE, _ROW, _CELL = name_of("table:table"), name_of("table:table-row"), name_of("table:table-cell")
_HIDDEN_TEXT, _HIDDEN_PARAGRAPH = name_of("text:hidden-text"), name_of("text:hidden-paragraph")
_IS_HIDDEN, _DISPLAY, _STYLE_NAME = name_of("text:is-hidden"), name_of("text:display"), name_of("text:style-name")


@dataclass(frozen=True, slots=True)
class _Style:
    """What is known of a style. None: what stands around decides."""

    name: str = ""
    level: int | None = None
    is_bold: bool | None = None
    is_italic: bool | None = None
    is_hidden: bool = False
    is_out_of_lists: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """How words look. bold: or in capitals, or underlined: whatever sets a name apart."""

    bold: bool = False
    italic: bool = False

    def under(self, style: _Style) -> _Look:
        """The same, as a style changes it."""
        bold = self.bold if style.is_bold is None else style.is_bold
        return _Look(bold, self.italic if style.is_italic is None else style.is_italic)


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a file: the element its content stands in, its styles by family and name, its recorded title."""

    body: Element
    styles: dict[tuple[str, str], _Style]
    lists: Lists
    title: str | None


@dataclass(slots=True)
class _Runs(Runs):
    """The words of a paragraph, the shapes and the notes anchored in it, and whether a field hides it."""

    boxes: list[Element] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)
    is_hidden: bool = False


def open_package(path: Path, kind: str) -> Package:
    """Open a file whose content is in this element (« office:text »).

    Raise UnreadableDocument if it is broken, protected or out of proportion.
    """
    check(path, doctypes=True)
    if b"encryption-data" in (part(path, "META-INF/manifest.xml") or b""):
        raise UnreadableDocument(path.name, LOCKED)
    content = _tree(path, "content.xml")
    body = content.find(f"{name_of('office:body')}/{name_of(kind)}") if content is not None else None
    if body is None:
        raise UnreadableDocument(path.name, "ce n’est pas un document OpenDocument lisible : son contenu manque")
    meta = _tree(path, "meta.xml")
    title = meta.findtext(f".//{name_of('dc:title')}") if meta is not None else None
    found: dict[tuple[str, str], Element] = {}
    lists = Lists()
    for tree, place in ((_tree(path, "styles.xml"), "office:styles"), (content, "office:automatic-styles")):
        lists.learn(tree.iterfind(f"{name_of(place)}/*") if tree is not None else ())
        for style in tree.iterfind(f"{name_of(place)}/{name_of('style:style')}") if tree is not None else ():
            found[style.get(name_of("style:family"), ""), style.get(name_of("style:name"), "")] = style
    return Package(body, {key: _style(key, found) for key in found}, lists, title)


def _tree(path: Path, name: str) -> Element | None:
    data = part(path, name)
    if data is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(path.name, BROKEN) from error


def _style(key: tuple[str, str], found: dict[tuple[str, str], Element]) -> _Style:
    """What a style has or inherits. It is called what the first style that a person named is called."""
    style = _Style()
    seen: set[str] = set()
    family, current = key
    while (element := found.get((family, current))) is not None and current not in seen:
        seen.add(current)
        if not style.name and element.getparent().tag == name_of("office:styles"):
            named = element.get(name_of("style:display-name")) or current.replace("_20_", " ")
            style = replace(style, name=named)
        if style.level is None:
            level = _level(element.get(name_of("style:default-outline-level")))
            style = replace(style, level=level or heading_level(style.name))
        if element.get(name_of("style:list-style-name")) == "":
            style = replace(style, is_out_of_lists=True)
        looks = element.find(name_of("style:text-properties"))
        style = _looking(style, looks) if looks is not None else style
        current = element.get(name_of("style:parent-style-name"), "")
    return style


def _looking(style: _Style, looks: Element) -> _Style:
    """The style with what an inherited one says of letters, where its own ones did not."""
    marks = [looks.get(name) in values for name, values in _EMPHASIS.items() if looks.get(name) is not None]
    slant, display = looks.get(name_of("fo:font-style")), looks.get(_DISPLAY)
    return replace(
        style,
        is_bold=any(marks) if style.is_bold is None and marks else style.is_bold,
        is_italic=slant != "normal" if style.is_italic is None and slant else style.is_italic,
        is_hidden=style.is_hidden or display == "none",
    )


def _level(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() and 0 < int(written[:4]) < 11 else None


class Walk:
    """One pass over the content. `outline` and `notes` are whole once it is done.

    bullets: whether those of lists are shown: on slides, nearly all paragraphs have one.
    """

    def __init__(self, package: Package, *, bullets: bool = True) -> None:
        self.bullets = bullets
        self.styles = package.styles
        self.lists = package.lists
        self.outline = Outline()
        self.notes: list[Block] = []

    def blocks(self, container: Element) -> Iterator[Block]:
        """The blocks of what stands in an element."""
        for child in container:
            yield from self.element(child)

    def element(self, element: Element) -> Iterator[Block]:
        """The blocks of an element."""
        if element.tag in _PARAGRAPHS:
            yield from self._paragraph(element)
        elif element.tag == _TABLE:
            yield from self._table(element)
        elif element.tag == _LIST:
            yield from self._list(element)
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT and not _is_hidden(element):
            yield from self.blocks(element)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        style = self._look("paragraph", paragraph)
        runs = _Runs()
        self._gather(paragraph, runs, _Look().under(style))
        is_shown = not (style.is_hidden or runs.is_hidden)
        text, lead = ("".join(runs.parts).strip(), clean("".join(runs.lead))) if is_shown else ("", "")
        level = _level(paragraph.get(name_of("text:outline-level"))) or style.level
        if level is None and paragraph.tag == name_of("text:h"):
            level = 1
        block = self.outline.block(text, lead, style.name, level)
        if block:
            block = replace(block, is_italic=not runs.is_upright)
            yield marked(block, self._mark(paragraph, style, level))
        for box in runs.boxes:
            yield from self.element(box)
        for note in runs.notes:
            self.notes += [replace(block, breaks=True, is_heading=False) for block in self.blocks(note)]

    def _look(self, family: str, element: Element) -> _Style:
        return self.styles.get((family, element.get(_STYLE_NAME, "")), _Style())

    def _mark(self, paragraph: Element, style: _Style, level: int | None) -> str:
        """The number or bullet of an item, or the number of a heading."""
        if self.lists.is_open:
            mark = self.lists.mark()
            return mark if self.bullets or mark != BULLET else ""
        is_plain = paragraph.tag != name_of("text:h") or paragraph.get(name_of("text:is-list-header")) == "true"
        return "" if is_plain or style.is_out_of_lists else self.lists.heading_mark(level or 1)

    def _list(self, element: Element) -> Iterator[Block]:
        self.lists.enter(element)
        for item in element:
            if item.tag in _ITEMS:
                self.lists.item(item)
                yield from self.blocks(item)
        self.lists.leave()

    def _gather(self, element: Element, runs: _Runs, look: _Look) -> None:
        self._add(element.text, runs, look)
        for child in element:
            if isinstance(child.tag, str):
                self._piece(child, runs, look)
            self._add(child.tail, runs, look)

    def _add(self, text: str | None, runs: _Runs, look: _Look) -> None:
        """Line ends of the XML are blanks."""
        if text:
            runs.add(_BLANKS.sub(" ", text), bold=look.bold, italic=look.italic)

    def _piece(self, piece: Element, runs: _Runs, look: _Look) -> None:
        """What stands among the words of a paragraph."""
        tag = piece.tag
        if tag in _PIECES:
            runs.add(_PIECES[tag], bold=look.bold)
        elif tag == _NOTE:
            runs.notes += piece.findall(_NOTE_BODY)
        elif tag.startswith(SPACES["draw"]):
            runs.boxes.append(piece)
        elif tag == _HIDDEN_PARAGRAPH:
            runs.is_hidden = runs.is_hidden or piece.get(_IS_HIDDEN) == "true"
        elif tag == _SPAN:
            style = self._look("text", piece)
            if not style.is_hidden:
                self._gather(piece, runs, look.under(style))
        elif tag not in _LEFT_OUT and not (tag == _HIDDEN_TEXT and piece.get(_IS_HIDDEN) != "false"):
            self._gather(piece, runs, look)

    def _table(self, table: Element) -> Iterator[Block]:
        """Rows as « a | b »; a table of one column, or with a table inside, only lays out the page."""
        rows = list(table.iter(_ROW))
        widest = max((len(row.findall(_CELL)) for row in rows), default=0)
        if widest < 2 or next(table.iterdescendants(_TABLE), None) is not None:
            for cell in table.iter(_CELL):
                if next(cell.iterancestors(_TABLE)) is table:
                    yield from self.blocks(cell)
            return
        for row in rows:
            cells = [clean(" ".join(block.text for block in self.blocks(cell))) for cell in row.findall(_CELL)]
            if any(cells):
                yield Block(" | ".join(cells))


def _is_hidden(element: Element) -> bool:
    """Whether it is a section that is not shown."""
    display: str | None = element.get(_DISPLAY)
    return display == "none" or bool(display == "condition" and element.get(_IS_HIDDEN) == "true")
