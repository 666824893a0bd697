"""From the lines of laid-out pages to paragraphs and headings. Pure functions: no PDF library here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from kb.domain import Anchor
from kb.readers.blocks import Block
from kb.readers.cleaning import clean, join_lines
from kb.readers.furniture import line_key, without_furniture
from kb.readers.grouping import Layout, continues, groups_of
from kb.readers.layout import Line, Page, rounded
from kb.readers.tables import with_rows

_LEADERS = re.compile(r"(?:[._…]\s?){6,}\s*\d{1,4}\s*$")


def blocks_of(pages: Sequence[Page], outline: frozenset[str] = frozenset()) -> Iterator[Block]:
    """The paragraphs of all pages, in order. `outline`: the document's bookmarks, which are headings for sure."""
    pages = [list(with_rows(page)) for page in without_furniture([_spaced(page) for page in pages])]
    layout = Layout.of(pages, frozenset(line_key(title) for title in outline))
    before = ""
    for number, page in enumerate(pages, start=1):
        top = None if layout.sizes_tell else largest(page)
        for place, group in enumerate(groups_of(page, layout), start=1):
            text = join_lines([line.text for line in group], layout.known)
            is_heading = layout.is_heading(group) or (text == top and place <= 3 and len(text) <= 150)
            yield Block(
                text,
                Anchor(page=number, paragraph=place),
                is_heading=is_heading,
                lead=_lead(group, text),
                joins=place == 1 and not is_heading and continues(before, text),
            )
            before = "" if is_heading else text


def _spaced(page: Page) -> list[Line]:
    """The lines that say something: not blank, nor an entry of a table of contents with its dots and page."""
    entries = [line for line in page if _LEADERS.search(line.text)]
    return [line for line in page if line.text.strip() and not any(_is_of(line, entry) for entry in entries)]


def _is_of(line: Line, entry: Line) -> bool:
    """Whether a line is this entry of a table of contents, or the number before it."""
    beside = entry.base and abs(line.base - entry.base) < 0.35 * max(line.size, 1) and len(line.text.strip()) <= 12
    return line is entry or bool(beside)


def largest(page: Page) -> str | None:
    """The words set largest on a page, on consecutive lines; None where all are of one size or none is known."""
    sizes = [rounded(line.size) for line in page if line.text.strip()]
    if not sizes or max(sizes) <= 1.12 * median(sizes):
        return None
    return next((text for size, text in _by_size(page) if size == max(sizes)), None)


def title_of(pages: Sequence[Page]) -> str | None:
    """What stands largest on the first page, larger than the text, and says something (three words or more)."""
    usual = Counter[float]()
    for page in pages:
        for line in page:
            usual[rounded(line.size)] += len(line.text)
    body = usual.most_common(1)[0][0] if usual else 0.0
    runs = [(size, text) for size, text in _by_size(pages[0]) if size > 1.12 * body and len(text) <= 250]
    for _, text in sorted(runs, key=lambda run: -run[0]):
        if len([word for word in text.split() if len(word) > 1 and word[0].isalpha()]) >= 3:
            return text
    return runs[0][1] if runs else None


def _by_size(page: Page) -> Iterator[tuple[float, str]]:
    """Consecutive lines of one size, as one text each."""
    lines = [line for line in page if line.text.strip()]
    for size, run in groupby(lines, key=lambda line: rounded(line.size)):
        yield size, join_lines([line.text for line in run])


def _lead(group: Sequence[Line], text: str) -> str:
    """The bold first line of a paragraph whose rest is not bold: a name, perhaps."""
    return clean(group[0].text) if len(group) > 1 and group[0].is_bold and not group[1].is_bold else ""
