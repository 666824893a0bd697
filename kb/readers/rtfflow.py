"""Where the paragraphs of an RTF document go: the body, a note or a text box, in a table or not."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.readers.blocks import Block
from kb.readers.cleaning import clean
from kb.readers.outline import Runs


@dataclass(slots=True)
class Row:
    """A row of a table being filled."""

    cells: list[list[Block]] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)
    has_table: bool = False

    def end(self) -> list[Block]:
        """The row as « a | b »; what has one cell, or a table inside, only lays out the page."""
        cells = [*self.cells, self.cell] if self.cell else self.cells
        has_table = self.has_table
        self.cells, self.cell, self.has_table = [], [], False
        if has_table or len(cells) < 2:
            return [block for cell in cells for block in cell]
        words = [clean(" ".join(block.text for block in cell)) for cell in cells]
        return [Block(" | ".join(words))] if any(words) else []


@dataclass(slots=True)
class Stream:
    """A flow of paragraphs: the body, a note or a text box."""

    is_note: bool = False
    runs: Runs = field(default_factory=Runs)
    boxes: list[Block] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    row: Row = field(default_factory=Row)
    inner: Row = field(default_factory=Row)
    mark: str = ""

    def put(self, blocks: list[Block], depth: int) -> None:
        """Put blocks where they stand: out of any table, in a cell, or in a table inside a cell."""
        if depth >= 2:
            self.inner.cell += blocks
        elif depth == 1:
            self.row.cell += blocks
        else:
            self.end_inner_row()
            self.end_row()
            self.blocks += blocks

    def end_inner_row(self) -> None:
        """The row of a table inside a cell is a part of that cell."""
        blocks = self.inner.end()
        self.row.has_table = self.row.has_table or bool(blocks)
        self.row.cell += blocks

    def end_row(self) -> None:
        """The row is whole."""
        self.blocks += self.row.end()
