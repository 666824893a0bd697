"""HTML elements as blocks, for pages, for HTML inside Markdown, and for whatever else is made of HTML.

Nothing is fetched: the parser knows no network, and addresses are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree, html

from kb.domain import Anchor
from kb.readers.blocks import Block, Naming
from kb.readers.cleaning import clean, clean_lines
from kb.readers.turns import card_name

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = frozenset(
    "script style noscript template nav footer aside iframe object embed svg math canvas audio video picture select"
    " button textarea dialog head title map datalist".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr output q rp rt ruby s"
    " samp small span strike strong sub sup time tt u var wbr input".split()
)
_WRAPPER = re.compile(
    r"<(/?)(?:div|span|font|center|section|article|blockquote|table|ul|ol|b|i|u|em|strong|big|small)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_DEEPEST = 100
_BOLD = frozenset(("b", "strong"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SIDE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "menu", "dialog"))
_SENTENCE_END = re.compile(r"[.!?…:;][»”\")\s\u00a0]*$")
_LIST_ITEMS = frozenset(("li", "dt", "dd"))


@dataclass(slots=True)
class _Run:
    """The inline text gathered so far, and how much of its head is emphasised."""

    parts: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    lead_open: bool = True
    plain: int = 0
    linked: int = 0
    line: int | None = None

    def add(self, text: str | None, *, bold: bool, linked: bool) -> None:
        if not text:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self.parts.append(text)
        length = sum(1 for character in text if character.isalpha())
        self.linked += length if linked else 0
        self.plain += 0 if linked else length
        if bold and self.lead_open:
            self.lead.append(text)
        elif text.strip():
            self.lead_open = False


def parse(source: str) -> html.HtmlElement | None:
    """The tree of an HTML text; None where there is nothing to parse."""
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    source = _shallow(re.sub(r"^\s*<\?xml[^>]*\?>", "", source.replace("\0", "")))
    try:
        return html.document_fromstring(source, parser=parser) if source.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _shallow(source: str) -> str:
    """A text whose wrappers are not nested beyond reason: past that depth, the parser would drop what they hold."""
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        is_end = bool(tag[1])
        depth = max(0, depth - is_end)
        too_deep = depth >= _DEEPEST
        depth += not is_end
        return " " if too_deep else tag[0]

    return _WRAPPER.sub(kept, source)


def blocks_of(root: html.HtmlElement, *, first_line: int = 1) -> Iterator[Block]:
    """The visible text of an element, block by block. `first_line`: where its source begins in the file."""
    walk = _Walk()
    blocks = list(walk.walk(root))
    menus = _menus(blocks, walk.links)
    for block in (block for number, block in enumerate(blocks) if number not in menus):
        if block.anchor.line is not None:
            block = replace(block, anchor=replace(block.anchor, line=block.anchor.line + first_line - 1))
        yield block


def _menus(blocks: Sequence[Block], links: Collection[int]) -> set[int]:
    """Runs of three or more blocks made of links only, before the first heading or leading inside the page."""
    menus: set[int] = set()
    run: list[int] = []
    for number, block in enumerate(blocks):
        if number in links and not block.is_heading:
            run.append(number)
            continue
        menus.update(run if len(run) >= 3 else ())
        run = []
    return menus


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether a browser would not show it, or it is not part of what the page says."""
    return (
        not isinstance(element.tag, str)
        or element.tag in _SKIPPED
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role") in _SIDE_ROLES
        or bool(_HIDDEN_STYLE.search(element.get("style", "")))
    )


class _Walk:
    """One pass over a tree. `links`: the numbers of the blocks that are nothing but menu links."""

    def __init__(self) -> None:
        self.run = _Run()
        self.links: set[int] = set()
        self.count = 0
        self.seen_heading = False
        self.open_prose = False
        self.breaks = False
        self.prefix = ""

    def walk(self, root: html.HtmlElement) -> Iterator[Block]:
        yield from self._element(root, bold=False, linked=False)
        yield from self._flush()

    def _element(self, element: html.HtmlElement, *, bold: bool, linked: bool) -> Iterator[Block]:
        if is_hidden(element):
            return
        tag = element.tag
        if tag == "br":
            self.run.parts.append("\n")
        elif tag == "hr":
            yield from self._flush()
            self.breaks = True
        elif tag == "table" and _is_data(element):
            yield from self._flush()
            yield from self._rows(element)
        elif tag in _INLINE:
            yield from self._content(element, bold=bold or tag in _BOLD, linked=linked or self._leads(element))
        else:
            yield from self._block(element, bold=bold)

    def _block(self, element: html.HtmlElement, *, bold: bool) -> Iterator[Block]:
        yield from self._flush()
        self.run.line = element.sourceline
        if element.tag in _LIST_ITEMS:
            self.prefix = _number(element)
        yield from self._content(element, bold=bold, linked=False)
        yield from self._flush(heading=element.tag if element.tag in _HEADINGS else "", is_prose=element.tag == "p")
        self.prefix = ""

    def _content(self, element: html.HtmlElement, *, bold: bool, linked: bool) -> Iterator[Block]:
        self._text(element, element.text, bold=bold, linked=linked)
        for child in element:
            yield from self._element(child, bold=bold, linked=linked)
            self._text(element, child.tail, bold=bold, linked=linked)

    def _leads(self, element: html.HtmlElement) -> bool:
        """Whether it is a link that a menu or a table of contents would hold."""
        return element.tag == "a" and (not self.seen_heading or "#" in element.get("href", ""))

    def _text(self, element: html.HtmlElement, text: str | None, *, bold: bool, linked: bool) -> None:
        if element.tag == "pre" and text:
            text = text.replace("\n", " ")
        self.run.add(text, bold=bold, linked=linked)

    def _flush(self, *, heading: str = "", is_prose: bool = False) -> Iterator[Block]:
        is_heading = bool(heading)
        run, self.run = self.run, _Run(line=self.run.line)
        text = "".join(run.parts)
        if not text.strip():
            return
        lines = [line for line in clean_lines(text) if line]
        if run.linked > 2 * run.plain:
            self.links.add(self.count)
        self.count += 1
        self.seen_heading = self.seen_heading or is_heading
        name = None if is_heading else card_name(lines)
        lead = clean("".join(run.lead))
        alone = bool(lead) and lead == " ".join(lines)
        naming = Naming.CARD if name else Naming.MAYBE if alone and not is_heading else Naming.NO
        yield Block(
            self.prefix + " ".join(lines),
            Anchor(line=run.line),
            is_heading=is_heading,
            lead=name or ("" if self.prefix else lead),
            naming=naming,
            breaks=self.breaks,
            joins=is_prose and self.open_prose and lines[0][0].islower(),
            style=heading,
        )
        self.open_prose = is_prose and not name and not _SENTENCE_END.search(lines[-1])
        self.breaks, self.prefix = False, ""

    def _rows(self, table: html.HtmlElement) -> Iterator[Block]:
        for row in table.iter("tr", "caption"):
            cells = [_cell(cell) for cell in row if cell.tag in ("td", "th")] if row.tag == "tr" else [_cell(row)]
            if any(cells):
                self.count += 1
                yield Block(" | ".join(cells), Anchor(line=row.sourceline), breaks=self.breaks)
                self.breaks = False


def _is_data(table: html.HtmlElement) -> bool:
    """A table of figures or words, not one that lays out a page: no table inside, no cell of several paragraphs."""
    if table.find(".//table") is not None:
        return False
    cells = list(table.iter("td", "th"))
    crowded = sum(1 for cell in cells if len(cell.findall(".//p")) > 2 or cell.find(".//h2") is not None)
    return bool(cells) and crowded == 0


def _cell(cell: html.HtmlElement) -> str:
    return clean(" ".join(block.text for block in _Walk().walk(_detached(cell))))


def _detached(cell: html.HtmlElement) -> html.HtmlElement:
    inner = html.Element("div")
    inner.text = cell.text
    for child in cell:
        inner.append(child)
    return inner


def _number(item: html.HtmlElement) -> str:
    """« 3. » for an item of a numbered list, as a browser shows it."""
    parent = item.getparent()
    if item.tag != "li" or parent is None or parent.tag != "ol":
        return ""
    first = parent.get("start", "1")
    place = sum(1 for sibling in item.itersiblings("li", preceding=True))
    return f"{int(first) + place}. " if first.lstrip("-").isdigit() and len(first) < 6 else ""
