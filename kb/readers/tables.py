"""Finding the rows of tables among the lines of a laid-out page. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.readers.cleaning import join_lines
from kb.readers.layout import Line

_LONGEST_CELL = 8
_SAME_BASE = 0.35
_MIDDLE = 0.8
_EVEN = 0.25
_HALF_LETTER = 0.25
_SHORT = 16
_SHORT_CELL = 40
_LEADING = 1.6


def with_rows(page: Sequence[Line]) -> Iterator[Line]:
    """The lines of a page, those of a table row made one (« a | b | c »).

    Cells come one after the other, each with its own lines; a cell belongs to the row if it stands to the right of
    the cell before, and its first line on the base of the row’s first line or, for cells that are set in the middle
    of their row, within the height of the cells before.
    """
    place = 0
    while place < len(page):
        cells, after = _row(page, place)
        if len(cells) > 1:
            text = " | ".join(join_lines([line.text for line in cell]) for cell in cells)
            first = cells[0][0]
            yield Line(text, first.size, left=first.left, base=first.base, is_row=True)
            place = after
        else:
            yield page[place]
            place += 1


def _row(page: Sequence[Line], start: int) -> tuple[list[list[Line]], int]:
    """The cells of the row that begins there, and where it ends. One cell means that it is no row."""
    first = page[start]
    cells = [[first]]
    place = start + 1
    above = page[start - 1] if start else None
    is_whole = above is None or not (_goes_on([above], above, first) and _flows(above, first))
    if not first.base:
        return cells, place
    while place < len(page):
        line, last = page[place], cells[-1][-1]
        below = page[place + 1] if place + 1 < len(page) else None
        if len(cells) > 1 and _is_centred_under(last, line):
            cells[-1].append(line)
        elif line.left > cells[-1][0].left + line.size and (
            _is_level(line, cells, is_whole=is_whole) or _straddles(first, line, below)
        ):
            cells.append([line])
        elif _goes_on(cells[-1], last, line):
            cells[-1].append(line)
        else:
            break
        place += 1
    return _without_next_row(cells, place)


def _is_level(line: Line, cells: Sequence[Sequence[Line]], *, is_whole: bool) -> bool:
    """Whether a line stands as high as a row: as its first line, or within the height of its cells.

    The latter is believed of a row whose first cell is whole and one sentence, or that has several cells already, or of
    a short cell that stands less than a line above.
    """
    size = max(line.size, 1)
    rise = line.base - cells[0][0].base
    if abs(rise) <= _SAME_BASE * size:
        return True
    if 0 < rise <= _MIDDLE * size and (len(cells) > 1 or (is_whole and len(line.text) <= _SHORT_CELL)):
        return True
    lowest = min(cell[-1].base for cell in cells)
    is_within = rise < 0 and line.base >= lowest - _SAME_BASE * size
    return is_within and is_whole and all(_flows(one, other) for one, other in pairwise(cells[0]))


def _straddles(first: Line, line: Line, below: Line | None) -> bool:
    """Whether a line and the one below it stand as far above as below the row's first line."""
    if below is None or not (line.left < below.right + line.size and below.left < line.right):
        return False
    rise, drop = line.base - first.base, first.base - below.base
    return 0 < rise <= _MIDDLE * max(line.size, 1) and abs(rise - drop) <= _EVEN * max(line.size, 1)


def _flows(one: Line, other: Line) -> bool:
    """Whether the words of a line go on with those of the line above."""
    return other.text.lstrip(" («")[:1].islower() or one.text.rstrip().endswith("-")


def _goes_on(cell: Sequence[Line], last: Line, line: Line) -> bool:
    drop = last.base - line.base
    beside = abs(line.left - cell[0].left) <= 0.5 * max(line.size, 1)
    return beside and 0 < drop <= _LEADING * max(line.size, last.size, 1) and len(cell) < _LONGEST_CELL


def _is_centred_under(last: Line, line: Line) -> bool:
    """Whether the short lines of a heading cell stand one under the other, by the widths their letters suggest."""
    one, other = (each.left + _HALF_LETTER * each.size * len(each.text.strip()) for each in (last, line))
    is_under = 0 < last.base - line.base <= _LEADING * max(line.size, last.size, 1)
    return is_under and max(len(last.text), len(line.text)) <= _SHORT and abs(one - other) <= max(line.size, 1)


def _without_next_row(cells: list[list[Line]], place: int) -> tuple[list[list[Line]], int]:
    """A last cell that is taller than the others by more than two lines has taken what follows the table."""
    if len(cells) > 1:
        tallest = max(len(cell) for cell in cells[:-1])
        extra = max(0, len(cells[-1]) - tallest - 2)
        if extra:
            cells[-1] = cells[-1][:-extra]
            place -= extra
    return cells, place
