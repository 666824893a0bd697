"""Headers, footers and page numbers among the lines of laid-out pages. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kb.readers.cleaning import clean
from kb.readers.layout import Line, Page

_PAGE_NUMBER = re.compile(r"(?:page|p\.)\s*\d{1,4}\s*(?:(?:/|sur|of)\s*\d{1,4})?", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[-–—|]?\s*(\d{1,4})\s*(?:(?:/|sur)\s*\d{1,4}|[-–—|])?")
_OUTER_NUMBER = re.compile(r"^\s*\d{1,4}\s+|(?:\s+page)?\s+\d{1,4}(?:\s+\d{1,4})?\s*$")
_EDGE = 3
_RECURS = 0.4
_RECURS_AT_ONE_SPOT = 0.15


def without_furniture(pages: Sequence[Page]) -> list[list[Line]]:
    """Pages without the headers and footers that recur, nor page numbers."""
    recurring, placed = _recurring(pages)
    offsets = _number_offsets(pages)
    numbered = re.compile(rf"\bpage \d+ ?(/|sur) ?{len(pages)}$", re.IGNORECASE)

    def is_furniture(line: Line, page: int) -> bool:
        text = line.text.strip()
        if line_key(text) in recurring or _spot(line) in placed:
            return True
        if _PAGE_NUMBER.fullmatch(text) or numbered.search(text):
            return True
        number = _BARE_NUMBER.fullmatch(text)
        return number is not None and int(number[1]) - page in offsets

    kept: list[list[Line]] = []
    for number, page in enumerate(pages, start=1):
        edges = _edges(page)
        lines = [line for place, line in enumerate(page) if place not in edges or not is_furniture(line, number)]
        kept.append(lines[:-1] if _repeats_a_title(lines) else lines)
    return kept


def _number_offsets(pages: Sequence[Page]) -> set[int]:
    """What is added to a page's place to make the number printed on it: nothing, or what most pages say."""
    seen: Counter[int] = Counter()
    for page, lines in enumerate(pages, start=1):
        found = (_BARE_NUMBER.fullmatch(lines[place].text.strip()) for place in _edges(lines))
        seen.update({int(match[1]) - page for match in found if match})
    return {0} | {offset for offset, count in seen.items() if count >= max(2, _RECURS * len(pages))}


def _repeats_a_title(lines: Page) -> bool:
    """Whether the last line of a page is a footer: words that stand larger above."""
    last = lines[-1] if lines else Line("")
    return bool(last.size) and any(
        line.size > 1.1 * last.size and line_key(line.text) == line_key(last.text) for line in lines[:-1]
    )


def _recurring(pages: Sequence[Page]) -> tuple[set[str], set[tuple[str, int]]]:
    """What stands at the edge of most pages, figures apart; and what stands at one spot of several.

    Of two pages, only the very same words at the very same spot are believed.
    """
    if len(pages) < 2:
        return set(), set()
    least = min(3, len(pages))
    edges = [[page[place] for place in _edges(page)] for page in pages]
    keys = Counter(key for lines in edges for key in {line_key(line.text) for line in lines})
    spots = Counter(spot for lines in edges for spot in {_spot(line) for line in lines if line.base})
    return (
        {key for key, count in keys.items() if key and count >= max(3, _RECURS * len(pages))},
        {spot for spot, count in spots.items() if spot[0] and count >= max(least, _RECURS_AT_ONE_SPOT * len(pages))},
    )


def _spot(line: Line) -> tuple[str, int]:
    return line_key(line.text), round(line.base)


def _edges(page: Page) -> set[int]:
    """The places of the lines that are first or last, in the order of the file or from top to bottom."""
    places = list(range(len(page)))
    edges = set(places[:_EDGE] + places[-_EDGE:])
    if any(line.base for line in page):
        down = sorted(places, key=lambda place: -page[place].base)
        edges |= set(down[:_EDGE] + down[-_EDGE:])
    return edges


def line_key(text: str) -> str:
    """A line without what changes from page to page: the number it begins or ends with."""
    bare = "".join(character if character.isalnum() else " " for character in clean(text).casefold())
    return _OUTER_NUMBER.sub("", bare).replace(" ", "")
