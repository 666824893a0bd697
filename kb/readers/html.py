"""HTML pages: what a reader of the page reads, without its menus, scripts and hidden parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lxml.html import HtmlElement

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title, first_title
from kb.readers.decoding import decode
from kb.readers.markup import blocks_of, parse

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_DATA_ADDRESS = re.compile(r"""(?:src|href)\s*=\s*("data:[^"]*"|'data:[^']*')""", re.IGNORECASE)


def read(path: Path) -> ReadDocument:
    """Read an HTML page. Anchors give the paragraph's number and the heading above it."""
    return read_page(path.read_bytes(), path.name)


def read_page(data: bytes, name: str, *, charset: str | None = None, subject: str | None = None) -> ReadDocument:
    """Read the bytes of a page. charset, subject: its encoding and title, where it came in something that says them."""
    declared = _CHARSET.search(data[:4096])
    source, warnings = decode(data, name, charset or (declared[1].decode("ascii") if declared else None))
    root = parse(_DATA_ADDRESS.sub("", source))
    if root is None:
        raise UnreadableDocument(name, "la page HTML ne contient aucun texte")
    blocks = list(_numbered(blocks_of(_main(root))))
    title = choose_title(first_title(_levels(root)), root.findtext(".//title"), subject)
    return build(blocks, title=title, warnings=warnings)


def _main(root: HtmlElement) -> HtmlElement:
    """The element that the page says is its subject, if it holds most of what the page says; else the whole."""
    for found in (root.findall(".//main"), root.xpath(".//*[@role='main']"), root.findall(".//article")):
        if len(found) == 1 and 2 * len(found[0].text_content()) > len(root.text_content()):
            return found[0]
    return root


def _levels(root: HtmlElement) -> list[tuple[int, str]]:
    return [(int(each.tag[1]), each.text_content()) for each in root.iter("h1", "h2", "h3") if each.tag == "h1"]


def _numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    for number, block in enumerate(blocks, start=1):
        yield replace(block, anchor=replace(block.anchor, paragraph=number, line=None))
