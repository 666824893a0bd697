"""What word processors have in common: paragraph styles whose names mean something, runs of bold words, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from kb.domain import Anchor
from kb.readers.blocks import Block, Naming
from kb.readers.builder import choose_title, first_title
from kb.readers.cleaning import clean

_HEADING = re.compile(r"(?:heading|titre)\s*(\d)$", re.IGNORECASE)
_TITLE = re.compile(r"(title|titre( du document)?)$", re.IGNORECASE)
_CONTENTS = re.compile(
    r"(toc|tm|table des mati[eè]res|table of figures)\s*\d*$|toc heading|contents (\d+|heading)$", re.IGNORECASE
)
_NAME_STYLE = re.compile(
    r"(nom( (de l[’'])?(intervenant|orateur|locuteur))?s?|orateur|oratrice|intervenante?|locuteur"
    r"|speaker( name)?)\b.{0,12}",
    re.IGNORECASE,
)
_GAP = 3


def heading_level(style_name: str) -> int | None:
    """The level of a style named « Heading 2 » or « Titre 2 »."""
    found = _HEADING.match(style_name)
    return int(found[1]) if found else None


@dataclass(slots=True)
class Runs:
    """The words of a paragraph, the bold ones that open it, and whether any stands upright."""

    parts: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    lead_open: bool = True
    is_upright: bool = False

    def add(self, text: str, *, bold: bool, italic: bool | None = None) -> None:
        """Go on with these words. italic: None where it does not matter."""
        self.parts.append(text)
        self.is_upright = self.is_upright or (italic is False and any(map(str.isalpha, text)))
        if bold and self.lead_open:
            self.lead.append(text)
        elif text.strip():
            self.lead_open = False


class Outline:
    """Makes blocks of paragraphs in their order. The title and the levels are known once all have passed."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.levels: list[tuple[int, str]] = []
        self._empty = 0

    def block(self, text: str, lead: str, style_name: str, level: int | None) -> Block | None:
        """The block of a paragraph, line breaks and all; None where it is empty or in the table of contents.

        Several empty paragraphs in a row end the turn of whoever spoke before.
        """
        if not text:
            self._empty += 1
            return None
        if _CONTENTS.match(style_name):
            return None
        breaks, self._empty = self._empty >= _GAP, 0
        is_title = bool(_TITLE.match(style_name))
        if is_title and self.title is None:
            self.title = clean(text)
        if level:
            self.levels.append((level, clean(text)))
        if _NAME_STYLE.fullmatch(style_name):
            return Block(text, naming=Naming.SURE)
        return Block(
            text,
            is_heading=is_title or level is not None,
            lead=lead,
            naming=Naming.MAYBE if lead and lead == clean(text) else Naming.NO,
            breaks=breaks,
            style=style_name,
        )

    def best_title(self, recorded: str | None) -> str | None:
        """The title written on the page, else the one recorded, for templates leave stale records."""
        return choose_title(self.title, first_title(self.levels), recorded)


def marked(block: Block, mark: str) -> Block:
    """The block with the number or bullet that stands before it on the page. Names have none."""
    if not mark or block.naming is Naming.SURE:
        return block
    naming = Naming.NO if block.naming is Naming.MAYBE else block.naming
    return replace(block, text=f"{mark} {block.text}", lead="", naming=naming)


def numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, each with the number of its paragraph."""
    number = 0
    for block in blocks:
        number += bool(block.text.strip())
        yield replace(block, anchor=Anchor(paragraph=max(number, 1)))
