"""OpenDocument presentations (LibreOffice Impress): titles, bodies, tables, groups and notes, slide by slide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from kb.domain import Anchor, ReadDocument
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title
from kb.readers.odfnames import name_of
from kb.readers.opendocument import Element, Walk, open_package

_CLASS, _PLACEHOLDER = name_of("presentation:class"), name_of("presentation:placeholder")
_NOTES = name_of("presentation:notes")
_FURNITURE = frozenset(("page-number", "date-time", "footer", "header", "page", "handout"))


def read(path: Path) -> ReadDocument:
    """Read a presentation. Anchors give the slide, its title and the paragraph's number on it.

    Raise UnreadableDocument if it is broken, protected or out of proportion.
    """
    package = open_package(path, "office:presentation")
    walk = Walk(package, bullets=False)
    slides = list(package.body.iterfind(name_of("draw:page")))
    blocks = [block for number, slide in enumerate(slides, 1) for block in _slide(walk, number, slide)]
    headings = [block.text for block in blocks if block.is_heading and block.anchor.slide == 1]
    title = choose_title(*headings[:1], package.title)
    return build(blocks, title=title, with_turns=False, pages=len(slides))


def _slide(walk: Walk, number: int, slide: Element) -> Iterator[Block]:
    """The title first, then the rest in the order of the slide, then the notes."""
    shapes = list(_shapes(slide))
    titles = [shape for shape in shapes if shape.get(_CLASS) == "title"]
    heading = " ".join(block.text for shape in titles for block in walk.element(shape)) or None
    if heading:
        yield Block(heading, Anchor(slide=number), is_heading=True)
    rest = [shape for shape in shapes if shape.get(_CLASS) != "title"]
    notes = [shape for side in slide.iterfind(_NOTES) for shape in _shapes(side)]
    blocks = chain.from_iterable(walk.element(shape) for shape in rest + notes)
    for paragraph, block in enumerate(blocks, start=1):
        yield replace(block, anchor=Anchor(slide=number, heading=heading, paragraph=paragraph), is_heading=False)


def _shapes(page: Element) -> Iterator[Element]:
    """What a slide or its notes show, without page numbers, dates and places where nothing was written."""
    for shape in page:
        is_empty = shape.get(_PLACEHOLDER) == "true"
        if shape.tag != _NOTES and shape.get(_CLASS) not in _FURNITURE and not is_empty:
            yield shape
