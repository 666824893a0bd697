"""A page of a PDF as a picture for people, with the words of a passage marked on it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from kb import french
from kb.errors import UnreadableDocument
from kb.readers.glyphs import Glyphs
from kb.readers.pdfium import opened
from kb.readers.rendering import UNDRAWABLE

DPI = 110
_MOST_PIXELS = 2_500_000
_LONGEST_QUOTE = 20_000
_LEAST_RUN = 4
"""Words in a row that are not there by chance; a run so many words away from another is of the same passage."""
_APART = 40
_BETWEEN = 6
"""Words between two runs that are taken for words of the passage, read otherwise."""
_INK = (255, 226, 128)
"""What the paper under the passage becomes; the frame of each line is darker."""
_FRAME = (150, 96, 20)
_CUTS = re.compile("[\x02\xad\ufffe]")

Box = tuple[float, float, float, float]
"""left, bottom, right and top, in points from the lower left corner of the page as it is shown."""


def page_image(path: Path, number: int, quote: str) -> bytes:
    """A page, counted from 1, as a PNG of 110 dots an inch or what its size allows.

    The words of the quote that stand on it are marked; none where the page has no text of its own (a scan).
    Raise UnreadableDocument if it cannot be drawn.
    """
    try:
        with opened(path) as document:
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(DPI / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            canvas = _Canvas.of(page.render(scale=scale, rev_byteorder=True))
            for box in _boxes(page, quote[:_LONGEST_QUOTE]):
                canvas.mark(_in_pixels(box, height, scale))
    except (ValueError, IndexError, pdfium.PdfiumError) as error:
        raise UnreadableDocument(path.name, UNDRAWABLE) from error
    return canvas.png()


def runs(quote: Sequence[str], page: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words of a quote stand among those of a page, as [first, last) of the page's: the longest run of them,
    and those near it."""
    least = min(_LEAST_RUN, len(quote))
    blocks = SequenceMatcher(None, quote, page, autojunk=False).get_matching_blocks()
    found = [(b.b, b.b + b.size) for b in blocks if b.size >= max(least, 1)]
    if not found:
        return []
    longest = max(found, key=lambda run: run[1] - run[0])
    kept = [longest]
    for run in reversed(found[: found.index(longest)]):
        if kept[0][0] - run[1] > _APART:
            break
        kept.insert(0, run)
    for run in found[found.index(longest) + 1 :]:
        if run[0] - kept[-1][1] > _APART:
            break
        kept.append(run)
    return list(_joined(kept))


def _joined(found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, last = found[0]
    for begin, end in found[1:]:
        if begin - last > _BETWEEN:
            yield first, last
            first = begin
        last = end
    yield first, last


def _boxes(page: Any, quote: str) -> Iterator[Box]:
    """A box for each line of the quote."""
    asked = french.forms(quote)
    if not asked:
        return
    text_page = page.get_textpage()
    glyphs = Glyphs(page, text_page)
    kept = [place for place, each in enumerate(glyphs.text) if not _CUTS.match(each)]  # a word cut in two is one
    words = list(french.tokens("".join(glyphs.text[place] for place in kept)))
    for first, last in runs(asked, [word.form for word in words]):
        yield from _lines(glyphs, range(kept[words[first].start], kept[words[last - 1].end - 1] + 1))
    text_page.close()


def _lines(glyphs: Glyphs, characters: range) -> Iterator[Box]:
    line: Box | None = None
    for index in characters:
        box = glyphs.box(index) if not glyphs.text[index].isspace() else None
        if box is None:
            continue
        if line and line[1] < (box[1] + box[3]) / 2 < line[3] and box[0] >= line[0] - 1:
            line = line[0], min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3])
        else:
            if line:
                yield line
            line = box
    if line:
        yield line


def _in_pixels(box: Box, height: float, scale: float) -> tuple[int, int, int, int]:
    """left, top, right, bottom, with a little room around the words."""
    left, bottom, right, top = box
    return (
        round(left * scale) - 2,
        round((height - top) * scale),
        round(right * scale) + 2,
        round((height - bottom) * scale),
    )


@dataclass(slots=True)
class _Canvas:
    """Pixels of three bytes, row by row."""

    width: int
    height: int
    rows: list[bytearray]

    @classmethod
    def of(cls, bitmap: Any) -> _Canvas:
        pixels, step, stride = bytes(bitmap.buffer), bitmap.n_channels, bitmap.stride
        if step != 3:
            raise ValueError(f"{step} bytes a pixel")
        rows = [bytearray(pixels[at : at + bitmap.width * 3]) for at in range(0, stride * bitmap.height, stride)]
        return cls(bitmap.width, bitmap.height, rows)

    def mark(self, box: tuple[int, int, int, int]) -> None:
        """Colour the paper in a box as a pen would, and frame it."""
        left, top, right, bottom = box
        left, right = max(0, left), min(self.width, right)
        for number in range(max(0, top), min(self.height, bottom)):
            is_edge = number in (top, bottom - 1)
            self._tint(self.rows[number], left, right, _FRAME if is_edge else _INK)
            for column in (left, right - 1):
                if left < right:
                    self._tint(self.rows[number], column, column + 1, _FRAME)

    @staticmethod
    def _tint(row: bytearray, left: int, right: int, colour: tuple[int, int, int]) -> None:
        """Multiply: what is written stays black."""
        for channel, share in enumerate(colour):
            part = slice(left * 3 + channel, right * 3, 3)
            row[part] = row[part].translate(_TINTS[share])

    def png(self) -> bytes:
        """The picture as a PNG file."""
        head = self.width.to_bytes(4) + self.height.to_bytes(4) + bytes((8, 2, 0, 0, 0))
        data = zlib.compress(b"".join(b"\0" + row for row in self.rows), 6)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
            for kind, body in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
        )


_TINTS = {share: bytes(value * share // 255 for value in range(256)) for share in (*_INK, *_FRAME)}
