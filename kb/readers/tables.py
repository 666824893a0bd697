"""Finding the rows of tables among the lines of a laid-out page. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.readers.cleaning import join_lines
from kb.readers.layout import Line

_LONGEST_CELL = 8
_LONGEST_FIRST_CELL = 4
_SAME_BASE = 0.35
_LEADING = 1.6


def with_rows(page: Sequence[Line]) -> Iterator[Line]:
    """The lines of a page, those of a table row made one (« a | b | c »).

    Cells come one after the other, each with its own lines; a cell belongs to the row if its first line stands on the
    base of the row's first line, to the right of the cell before.
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
    if not first.base:
        return cells, place
    while place < len(page):
        line, last = page[place], cells[-1][-1]
        if abs(line.base - first.base) <= _SAME_BASE * max(line.size, 1) and line.left > cells[-1][0].left + line.size:
            cells.append([line])
        elif _goes_on(cells[-1], last, line, limit=_LONGEST_CELL if len(cells) > 1 else _LONGEST_FIRST_CELL):
            cells[-1].append(line)
        else:
            break
        place += 1
    return _without_next_row(cells, place)


def _goes_on(cell: Sequence[Line], last: Line, line: Line, *, limit: int) -> bool:
    drop = last.base - line.base
    beside = abs(line.left - cell[0].left) <= 0.5 * max(line.size, 1)
    return beside and 0 < drop <= _LEADING * max(line.size, last.size, 1) and len(cell) < limit


def _without_next_row(cells: list[list[Line]], place: int) -> tuple[list[list[Line]], int]:
    """A last cell that is taller than the others by more than two lines has taken what follows the table."""
    if len(cells) > 1:
        tallest = max(len(cell) for cell in cells[:-1])
        extra = max(0, len(cells[-1]) - tallest - 2)
        if extra:
            cells[-1] = cells[-1][:-extra]
            place -= extra
    return cells, place
