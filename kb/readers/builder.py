"""From a reader's blocks to the canonical text and its segments: the only place where offsets are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.domain import ReadDocument, Segment
from kb.readers.blocks import Block
from kb.readers.cleaning import clean
from kb.readers.stamps import unstacked
from kb.readers.turns import attribute

_NO_TITLE = re.compile(
    r"(word document|document( ?\d*)?|sans titre.*|untitled.*|pr[ée]sentation( powerpoint| ?\d*)?|microsoft \w+ - .*"
    r"|powerpoint presentation|diapositive \d+|titre|title|sommaire|table des mati[eè]res"
    r"|\S+\.(docx?|pptx?|pdf|odt|indd|rtf|html?))",
    re.IGNORECASE,
)


def build(
    blocks: Iterable[Block],
    *,
    title: str | None = None,
    warnings: Sequence[str] = (),
    with_turns: bool = True,
    pages: int | None = None,
    image_pages: Sequence[int] = (),
) -> ReadDocument:
    """Clean the blocks, find who speaks (unless told not to), and lay out text and segments.

    Paragraphs are separated by a blank line, blocks that join by a space. A label stays in the text, outside any
    segment. Each anchor gets the nearest heading above it, unless it has one.
    """
    cleaned = attribute(_cleaned(unstacked(blocks))) if with_turns else _cleaned(blocks)
    text, segments = _lay_out(cleaned)
    return ReadDocument(text, tuple(segments), title, tuple(dict.fromkeys(warnings)), pages, tuple(image_pages))


def choose_title(*candidates: str | None) -> str | None:
    """The first candidate that says something; names that software gives by default do not."""
    for candidate in candidates:
        cleaned = clean(candidate or "")
        if cleaned and len(cleaned) <= 300 and not _NO_TITLE.fullmatch(cleaned):
            return cleaned
    return None


def first_title(headings: Sequence[tuple[int, str]]) -> str | None:
    """The title among (level, text) headings in order: the top one, if it opens them or is alone at its level."""
    if not headings:
        return None
    level, text = headings[0]
    top = min(each for each, _ in headings)
    if level == top:
        alone = sum(1 for each, _ in headings if each == top) == 1
        return text if alone else None
    only = [text for each, text in headings if each == top]
    return only[0] if len(only) == 1 else None


def _cleaned(blocks: Iterable[Block]) -> list[Block]:
    """Blocks with something to show; a break at an empty one is carried to the next."""
    kept: list[Block] = []
    breaks = False
    for block in blocks:
        text = clean(block.text)
        breaks = breaks or block.breaks
        if any(character.isalnum() for character in text):
            kept.append(replace(block, text=text, lead=clean(block.lead), breaks=breaks))
            breaks = False
    return kept


def _lay_out(blocks: Sequence[Block]) -> tuple[str, list[Segment]]:
    parts: list[str] = []
    segments: list[Segment] = []
    length = 0
    heading: str | None = None
    for block in blocks:
        separator = "" if not parts else " " if block.joins else "\n\n"
        start = length + len(separator)
        said = block.said
        if block.is_heading:
            heading = block.text
        if said.strip():
            skipped = block.said_from + len(said) - len(said.lstrip())
            end = start + len(block.text.rstrip())
            anchor = block.anchor
            if heading and not block.is_heading and anchor.heading is None:
                anchor = replace(anchor, heading=heading)
            segments.append(Segment(start + skipped, end, anchor, block.speaker, block.is_heading, block.is_aside))
        parts += [separator, block.text]
        length = start + len(block.text)
    return "".join(parts), segments
