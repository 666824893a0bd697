"""The line-based markup of the demonstration sources, read into plain values.

A source is a title and a flat series of blocks; the `make_*.py` files turn these into a format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

AUTHOR = "Capteurs de territoire (démonstration)"
BANNER = "Capteurs de territoire · document de démonstration"
INK = "1D2433"
INK_SOFT = "595959"
ACCENT = "1F4E8C"
HAIRLINE = "D9D6CF"

_NOTES = re.compile(r"^Notes\s*:\s*")  # \s also matches the non-breaking spaces
_ITEM = re.compile(r"^( *)(?:[-*•]|(\d+)[.)])\s+(.*)$")
_SEPARATOR_CELL = re.compile(r"^:?-{2,}:?$")
_DATED_FOLDER = re.compile(r"^(\d{4})-(\d{2})-(\d{2})-")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


class MarkupError(ValueError):
    """A source that cannot be turned into a document."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 for `##`, 2 for `###`."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; it may hold `**bold**`."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; `number` is None for a bullet, `level` counts from 0."""

    text: str
    number: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all of one width; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says the paragraphs that follow."""

    name: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A forced page break."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The start of a slide's speaker notes; its first paragraph follows."""


Block = Heading | Paragraph | Item | Table | Speaker | PageBreak | Notes


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed source; `day` is the session's date, used as the built file's date."""

    title: str
    day: date
    blocks: tuple[Block, ...]


def read_source(path: Path) -> Source:
    """Read one source file; raise MarkupError when it has no title or an uneven table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    titles = [line[2:].strip() for line in lines if line.startswith("# ")]
    if len(titles) != 1:
        raise MarkupError(f"expected one '# Title' line, found {len(titles)}")
    blocks = tuple(_blocks([line for line in lines if not line.startswith("# ")]))
    return Source(titles[0], _day(path), blocks)


def bold_runs(text: str) -> list[tuple[str, bool]]:
    """Split `a **b** c` into [("a ", False), ("b", True), (" c", False)]."""
    parts = _BOLD.split(text)
    return [(part, i % 2 == 1) for i, part in enumerate(parts) if part]


def plain(text: str) -> str:
    """The text without its bold marks."""
    return _BOLD.sub(r"\1", text)


def _day(path: Path) -> date:
    match = _DATED_FOLDER.match(path.parent.name)
    return date(*map(int, match.groups())) if match else date(2021, 1, 1)


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Yield the blocks: a line opens a block or continues the one before it."""
    pending: list[str] = []  # the lines of an open paragraph, item or table
    for line in [*lines, ""]:
        starts = _starts_block(line)
        same_table = bool(pending) and line.startswith("|") and pending[0].startswith("|")
        if pending and (not line.strip() or (starts and not same_table)):
            yield from _text_blocks(pending)
            pending = []
        single = _single(line)
        if single:
            yield single
        elif line.strip():
            notes = _NOTES.match(line)
            if notes:
                yield Notes()
                line = line[notes.end() :]
            pending += [line] if line.strip() else []


def _starts_block(line: str) -> bool:
    marked = bool(_ITEM.match(line) or _NOTES.match(line)) or line.startswith("|")
    return marked or _single(line) is not None


def _single(line: str) -> Block | None:
    """The block that stands alone on this line, if any."""
    if line.startswith("### "):
        return Heading(2, line[4:].strip())
    if line.startswith("## "):
        return Heading(1, line[3:].strip())
    if line.startswith("@ "):
        return Speaker(line[2:].strip())
    return PageBreak() if line.strip() == "---" else None


def _text_blocks(lines: list[str]) -> Iterator[Block]:
    if lines[0].startswith("|"):
        yield _table(lines)
        return
    item = _ITEM.match(lines[0])
    text = " ".join(line.strip(" ") for line in lines)
    if item is None:
        yield Paragraph(text)
    else:
        indent, number, _ = item.groups()
        body = _ITEM.sub(r"\3", text.strip(" ")) if len(lines) == 1 else text
        body = re.sub(r"^ *(?:[-*•]|\d+[.)])\s+", "", body)
        yield Item(body, int(number) if number else None, min(len(indent) // 2, 1))


def _table(lines: list[str]) -> Table:
    rows = [tuple(cell.strip(" ") for cell in line.strip().strip("|").split("|")) for line in lines]
    rows = [row for row in rows if not all(_SEPARATOR_CELL.match(cell) for cell in row)]
    if len({len(row) for row in rows}) != 1:
        raise MarkupError(f"uneven table: {lines[0]}")
    return Table(tuple(rows))
