"""The spaces between words as they show on the page, whatever the spaces that the file holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kb.readers.glyphs import Glyphs
from kb.readers.layout import Line

_NO_GAP = 0.04  # in sizes of the text: halves of a word that a space parts in the file only (« dispos itif »)
_WORD_GAP = 0.1
_WORD_ROOM = 0.45
_RAISED = 0.15
_LEVEL = 0.08
_SMALLER = 0.9
_ORDINAL = re.compile(r"(?<=[\dIVX]) (?=(?:ers?|re|e|ème|ère|nde?)\b)")
_LOOSE = re.compile(r"(?<=\S) (?=[;:!?»](?:\s|$))|(?<=«) (?=\w)")
_CALLED = re.compile(r"(?:[^\W\d_]{3}|\d{2})$")  # what may carry the call of a note: not « m² », « CO₂ » or « 1ᵉʳ »
_FIGURE = re.compile(r"(?<=\w)(?<!_)(?=\d)|(?<=\d)(?=[^\W\d_])")


def respaced(glyphs: Glyphs, start: int, text: str) -> str:
    """The text of a line that begins at character `start`, with the spaces that a reader sees.

    A space of no width goes; so does the one before a raised ordinal (« 2 ᵉ »). One comes where figures and letters
    stand apart, and before the figure of a note (« sobriété¹ » is no other word than « sobriété »).
    """
    if not glyphs.is_upright(start):
        return text
    size = max(glyphs.size(start), 1.0)
    gone = _spurious(glyphs, start, text, size)
    gone |= {at.start() for at in _ORDINAL.finditer(text) if _is_raised(glyphs, start + at.start() - 1, 2)}
    come = {at.start() for at in _FIGURE.finditer(text) if _is_apart(glyphs, start, text, at.start(), size)}
    if not gone and not come:
        return text
    return "".join(("" if place in gone else f" {each}" if place in come else each) for place, each in enumerate(text))


def tied(text: str) -> str:
    """The text with its signs of two parts tied to their word again: PDFium gives every space as a plain one."""
    return _LOOSE.sub("\u00a0", text)


def whole_lines(pieces: Iterable[Line]) -> Iterator[Line]:
    """Lines, those made one again that a raised or lowered piece had cut (« au 2ᵉ | trimestre »)."""
    line = last = None
    for piece in pieces:
        if line is not None and last is not None and _is_next(last, piece):
            line = _one_line(line, piece)
        else:
            if line is not None:
                yield line
            line = piece
        last = piece
    if line is not None:
        yield line


def _is_next(last: Line, piece: Line) -> bool:
    """Whether a piece stands right after another, one of them raised or lowered or both at one height."""
    if not last.right or not piece.right:
        return False
    size = max(last.size, piece.size)
    shift, gap = abs(last.base - piece.base), piece.left - last.right
    is_shifted = shift > 0.1 * size or min(last.size, piece.size) < _SMALLER * size
    return shift < 0.55 * size and -0.2 * size < gap < (1.0 if is_shifted else _WORD_ROOM) * size


def _one_line(line: Line, piece: Line) -> Line:
    size = max(line.size, piece.size)
    is_note = piece.text.strip().isdigit() and piece.base > line.base and bool(_CALLED.search(line.text))
    space = " " if is_note or piece.left - line.right > _WORD_GAP * size else ""
    main = line if line.size >= piece.size else piece
    return replace(
        line, text=f"{line.text.rstrip()}{space}{piece.text.lstrip()}", size=size, base=main.base, right=piece.right
    )


def _spurious(glyphs: Glyphs, start: int, text: str, size: float) -> set[int]:
    """The spaces that take no room, unless half of the line's do: then its widths are wrong."""
    spaces = [at.start() for at in re.finditer(r"(?<=\w) (?=\w)", text)]
    found = {
        at
        for at in spaces
        if abs(glyphs.advance(start + at)) < _NO_GAP * size
        and (glyphs.gap(start + at - 1, start + at + 1) or 0.0) < _WORD_GAP * size
    }
    return found if 2 * len(found) < len(spaces) else set()


def _is_apart(glyphs: Glyphs, start: int, text: str, at: int, size: float) -> bool:
    """Whether what stands at `at` is parted from what stands before: by a gap, or as the call of a note."""
    is_figure = text[at].isdigit()
    if not (is_figure and text[at - 1].isdigit()):
        gap = glyphs.gap(start + at - 1, start + at)
        if gap is not None and _WORD_GAP * size < gap < size and _is_level(glyphs, start + at, size):
            return True
    return is_figure and bool(_CALLED.search(text[:at])) and _is_raised(glyphs, start + at - 1, 1)


def _is_level(glyphs: Glyphs, index: int, size: float) -> bool:
    return abs(glyphs.origin(index)[1] - glyphs.origin(index - 1)[1]) < _LEVEL * size


def _is_raised(glyphs: Glyphs, index: int, step: int) -> bool:
    """Whether the character `step` further is smaller and stands higher than this one."""
    size = glyphs.size(index)
    rise = glyphs.origin(index + step)[1] - glyphs.origin(index)[1]
    return rise > _RAISED * size and glyphs.size(index + step) < _SMALLER * size
