"""The rows of a delimited text, with their lines in the file, whatever its delimiter and the state of its quotes."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from kb.readers.fields import meaning_of

_DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_LINES = 200
_END = "\ue000end\ue000"

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, and the line of the file, from 1, where they begin."""

    cells: tuple[str, ...]
    line: int

    def cell(self, place: int) -> str:
        """The cell of a column; empty where the row is too short."""
        return self.cells[place] if place < len(self.cells) else ""

    def within(self, width: int, text: int, delimiter: str) -> Row:
        """The same in `width` columns: what is over is taken for words, which a delimiter of theirs had cut."""
        over = len(self.cells) - width
        if over <= 0:
            return self
        if text == width - 1:
            words = delimiter.join(self.cells[text:])
            return Row((*self.cells[:text], words), self.line)
        kept = list(self.cells[:width])
        kept[text] = " ".join((kept[text], *self.cells[width:]))
        return Row(tuple(kept), self.line)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, what parts their cells, and what to warn of."""

    rows: list[Row]
    delimiter: str
    warnings: list[str]


def rows_of(text: str) -> Table:
    """The rows of a text. A quote that is never closed, or swallows rows, is taken for a character of the words."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    first = 1
    delimiter = _declared(lines[0])
    if delimiter:
        lines, first = lines[1:], 2
    delimiter = delimiter or _measured(lines[:_SAMPLE_LINES])
    rows: list[Row] = []
    doubtful: list[int] = []
    heads: set[str] = set()
    for row, until, is_open in _quoted(lines, delimiter):
        if is_open or _swallowed(row, lines[row.line + 1 : until], delimiter, heads):
            doubtful.append(row.line + first)
            rows += [Row(tuple(lines[at].split(delimiter)), at + first) for at in range(row.line, until)]
        else:
            rows.append(Row(row.cells, row.line + first))
            heads.add(row.cell(0).strip())
    warnings = [
        f"guillemet ouvert à la ligne {line} et mal fermé : les lignes qui le suivent sont lues avec leurs guillemets ;"
        " corrigez cette ligne"
        for line in doubtful[:3]
    ]
    return Table(rows, delimiter, warnings)


def _declared(line: str) -> str | None:
    """The delimiter that a spreadsheet writes on a first line of its own: « sep=; »."""
    head = line.strip().strip('"').lower()
    return head[4:] if head.startswith("sep=") and head[4:] in _DELIMITERS else None


def _measured(lines: Sequence[str]) -> str:
    """The delimiter whose rows have the headings of a transcript, else the most even number of cells."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[int, float, int]:
    rows = [row.cells for row, _, is_open in _quoted(lines, delimiter) if not is_open and any(row.cells)]
    rows = rows or [tuple(line.split(delimiter)) for line in lines if line.strip()]
    if not rows:
        return 0, 0.0, 0
    known = sum(1 for cell in rows[0] if len(rows[0]) > 1 and meaning_of(cell))
    width, count = Counter(len(cells) for cells in rows).most_common(1)[0]
    return known, count / len(rows) if width > 1 else 0.0, width


def _quoted(lines: Sequence[str], delimiter: str) -> Iterator[tuple[Row, int, bool]]:
    """Rows as quotes delimit them, from line 0; each with the line after its last, and whether a quote stays open."""
    reader = csv.reader([*(f"{line}\n" for line in lines), _END], delimiter=delimiter)
    start = 0
    for cells in reader:
        if cells == [_END]:
            return
        is_open = reader.line_num > len(lines)
        yield Row(tuple(cells), start), min(reader.line_num, len(lines)), is_open
        start = reader.line_num


def _swallowed(row: Row, inner: Sequence[str], delimiter: str, heads: Set[str]) -> bool:
    """Whether a quoted cell holds what look like rows: lines of as many cells, that begin as rows above do."""
    if not inner or len(row.cells) < 2:
        return False
    for line in inner:
        head, _, rest = line.partition(delimiter)
        if head.strip() and head.strip() in heads and rest.count(delimiter) == len(row.cells) - 2:
            return True
    return False
