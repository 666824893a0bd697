"""Where the words of a quotation stand in a text, at the least cost, and what becomes of each.

The whole quotation against any part of the text (Sellers, 1980), row by row in numpy: a cut goes over any words, what
stands in brackets over a few, and what was noted rather than said (headings, names of speakers, asides) costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.quotes.wording import Item, Kind

UNIT = 100
_REPLACED = 4
"""Words that may give way to what stands in brackets."""
_Costs = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Step:
    """A word of the quotation, a word of the text, or both where one stands for the other; indexes.

    is_replaced: the word of the text gave way to what stands in brackets.
    """

    quoted: int | None
    source: int | None
    is_replaced: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The costs of every way, and the least; end: how far into the text it goes."""

    costs: _Costs
    least: float
    end: int


def table(quoted: Sequence[Item], source: Sequence[Item], free: Sequence[bool]) -> Table:
    """The cost of each beginning of the quotation at each place of the text; cost 1 a word that is not the same."""
    known = {form: number for number, form in enumerate({item.form for item in source})}
    text = np.array([known[item.form] for item in source], dtype=np.int32)
    skipped = np.concatenate(([0], np.cumsum(np.where(np.array(free, dtype=bool), 0, UNIT)))).astype(np.int32)
    costs = np.zeros((len(quoted) + 1, len(source) + 1), dtype=np.int32)
    for row, item in enumerate(quoted, 1):
        before = costs[row - 1]
        if item.kind is Kind.CUT:
            costs[row] = np.minimum.accumulate(before)
            continue
        if item.kind is Kind.EDITOR:
            now = before.copy()
            for over in range(1, min(_REPLACED, len(source)) + 1):
                now[over:] = np.minimum(now[over:], before[:-over] + over)
        else:
            now = before + UNIT
            other = np.where(text == known.get(item.form, -1), 0, UNIT)
            now[1:] = np.minimum(now[1:], before[:-1] + other)
        costs[row] = skipped + np.minimum.accumulate(now - skipped)
    end = int(costs[-1].argmin())
    least = int(costs[-1][end])
    if least >= UNIT and end < len(source) and costs[-1][end + 1] == least and not free[end]:
        end += 1  # the last word was changed, rather than one lost and another added
    return Table(costs, least // UNIT, end)


def steps(quoted: Sequence[Item], source: Sequence[Item], free: Sequence[bool], found: Table) -> list[Step]:
    """The way of least cost, in order. Words passed over by a cut are in no step; those under brackets are."""
    made: list[Step] = []
    costs, at = found.costs, found.end
    row = len(quoted)
    while row:
        item, now = quoted[row - 1], costs[row][at]
        if item.kind is Kind.CUT:
            made.append(Step(row - 1, None))
            while costs[row - 1][at] != now:
                at -= 1
            row -= 1
            continue
        if item.kind is Kind.EDITOR:
            over = next((k for k in range(min(_REPLACED, at) + 1) if costs[row - 1][at - k] + k == now), None)
            if over is not None:
                made += [Step(None, at - 1 - k, is_replaced=True) for k in range(over)]
                made.append(Step(row - 1, None))
                row, at = row - 1, at - over
                continue
        elif at and costs[row - 1][at - 1] + (0 if item.form == source[at - 1].form else UNIT) == now:
            made.append(Step(row - 1, at - 1))
            row, at = row - 1, at - 1
            continue
        if at and costs[row][at - 1] + (0 if free[at - 1] else UNIT) == now:
            made.append(Step(None, at - 1))
            at -= 1
            continue
        made.append(Step(row - 1, None))
        row -= 1
    return made[::-1]
