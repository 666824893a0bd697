"""RTF documents: paragraphs, tables, text boxes and notes, in the order of the page.

The tokenizer is our own: striprtf, the library there is, gives bare text, without the styles, bold words and notes
that tell headings, speakers and asides. Groups are counted on a list, never by recursion, and each byte is looked at
once, so that depth and false lengths cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.blocks import Block
from kb.readers.builder import build
from kb.readers.cards import with_cards
from kb.readers.cleaning import clean
from kb.readers.ordinals import BULLET
from kb.readers.outline import Outline, Runs, heading_level, marked, numbered
from kb.readers.rtfflow import Stream
from kb.readers.rtfstate import PLACES, Place, State, encoding_of
from kb.readers.rtfwords import (
    BOXES,
    CHARACTERS,
    CHARSETS,
    FAMILIES,
    LEFT_OUT,
    NOTES,
    STARRED,
    SYMBOL,
)

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_TRUNCATED = "le fichier s’arrête avant sa fin : il en manque peut-être une partie"


def read(path: Path) -> ReadDocument:
    """Read an RTF document. Anchors give the paragraph's number and the heading above it.

    Raise UnreadableDocument if it is none.
    """
    data = path.read_bytes()
    if not data.startswith(b"{\\rtf"):
        raise UnreadableDocument(path.name, "ce n’est pas un document RTF ; exportez-le en PDF ou en DOCX")
    walk = _Walk(data)
    walk.run()
    title = walk.outline.best_title("".join(walk.title))
    warnings = [_TRUNCATED] if walk.is_truncated else []
    return build(with_cards(numbered(walk.streams[0].blocks + walk.notes)), title=title, warnings=warnings)


class _Walk:
    """One pass over the bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.is_truncated = False
        self.outline = Outline()
        self.notes: list[Block] = []
        self.title: list[str] = []
        self.streams = [Stream()]
        self.state = State()
        self.stack: list[State] = []
        self.opening = self.starred = False
        self.skipped = 0
        self.pending = bytearray()
        self.high = 0
        self.encoding = "cp1252"
        self.default_font = -1
        self.fonts: dict[int, str] = {}
        self.font = -1
        self.styles: dict[int, tuple[str, int | None]] = {}
        self.style_name: list[str] = []

    def run(self) -> None:
        """Walk to the end of the document, or of the file if it stops before."""
        while self.at < len(self.data):
            token = _TOKEN.match(self.data, self.at)
            if token is None:  # cannot be: any byte is a token
                break
            self.at = token.end()
            self._token(token)
            if not self.stack:
                break
        self.is_truncated = self.is_truncated or bool(self.stack)
        self._flush()
        while len(self.streams) > 1:
            self._end_stream()
        self._end_paragraph(blank_counts=False, depth=0)

    def _token(self, token: re.Match[bytes]) -> None:
        kind = token.lastgroup
        if kind == "brace":
            self._flush()
            self.skipped = 0
            if token["brace"] == b"{":
                self._open()
            else:
                self._close()
        elif kind in ("word", "number"):
            self._word(token["word"].decode("ascii"), int(token["number"]) if token["number"] else None)
        elif kind == "hex":
            self._bytes(bytes.fromhex(token["hex"].decode("ascii")))
        elif kind == "symbol":
            self._symbol(token["symbol"].decode("latin-1"))
        elif kind == "text":
            self._bytes(token["text"])

    # Groups

    def _open(self) -> None:
        self.stack.append(self.state)
        self.state = replace(self.state, opens=False)
        self.opening, self.starred = True, False
        if self.state.place is Place.STYLES:
            self.style_name.clear()

    def _close(self) -> None:
        ended = self.state
        if ended.place is Place.STYLES and self.style_name:
            name = "".join(self.style_name).strip().removesuffix(";")
            self.styles[ended.style] = (name, heading_level(name) or ended.level)
            self.style_name.clear()
        if ended.opens:
            self._end_stream()
        self.state = self.stack.pop()
        self.opening = False

    def _begin(self, word: str) -> bool:
        """Whether this word, the first of a group, says what its words are."""
        if self.state.place is Place.NOWHERE:
            return False
        if word in PLACES:
            self.state.place = PLACES[word]
        elif self.state.place is Place.RECORD:
            self.state.place = Place.TITLE if word == "title" else Place.NOWHERE
        elif word in NOTES or word in BOXES:
            self.streams.append(Stream(is_note=word in NOTES))
            self.state = State(font=self.default_font, fallback=self.state.fallback, opens=True)
        elif word in LEFT_OUT or (self.starred and word not in STARRED):
            self.state.place = Place.NOWHERE
        else:
            return False
        return True

    def _end_stream(self) -> None:
        self._end_paragraph(blank_counts=False, depth=0)
        stream = self.streams.pop()
        if stream.is_note:
            self.notes += [replace(block, breaks=True, is_heading=False) for block in stream.blocks]
        else:
            self.streams[-1].boxes += stream.blocks

    # Control words

    def _word(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self._unicode(number)
            return
        self._flush()
        opening, self.opening = self.opening, False
        if self.skipped:
            self.skipped -= 1
        elif word == "bin":
            self._jump(number or 0)
        elif opening and self._begin(word):
            return
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif self.state.place is not Place.NOWHERE and word in _ACTIONS:
            _ACTIONS[word](self, number)

    def _symbol(self, symbol: str) -> None:
        self._flush()
        if symbol == "*" and self.opening:
            self.starred = True
            return
        self.opening = False
        if self.skipped:
            self.skipped -= 1
        elif symbol in "\r\n":
            self._end_paragraph()
        else:
            self._write(CHARACTERS.get(symbol, ""))

    def _jump(self, length: int) -> None:
        """Pass over raw bytes, as many as the file says and has."""
        self.is_truncated = self.is_truncated or self.at + length > len(self.data)
        self.at = min(len(self.data), self.at + max(0, length))

    def _unicode(self, number: int) -> None:
        """A UTF-16 unit, followed by what older readers show in its place."""
        self.skipped = 0
        self._flush()
        self.opening = False
        unit = number & 0xFFFF
        if 0xD800 <= unit < 0xDC00:
            self.high = unit
        elif 0xDC00 <= unit < 0xE000:
            if self.high:
                self._write(chr(0x10000 + ((self.high - 0xD800) << 10) + unit - 0xDC00))
            self.high = 0
        else:
            self._write(chr(unit))
        self.skipped = self.state.fallback

    def _on_font(self, number: int | None) -> None:
        if self.state.place is Place.FONTS:
            self.font = number or 0
        else:
            self.state.font = number or 0

    def _on_charset(self, number: int | None) -> None:
        if self.state.place is Place.FONTS and number in CHARSETS:
            self.fonts[self.font] = CHARSETS[number]

    def _on_font_page(self, number: int | None) -> None:
        if self.state.place is Place.FONTS and self.fonts.get(self.font) != SYMBOL:
            self.fonts[self.font] = encoding_of(number)

    def _on_code_page(self, number: int | None) -> None:
        self.encoding = encoding_of(number)

    def _on_default_font(self, number: int | None) -> None:
        self.default_font = self.state.font = number or 0

    def _on_plain(self, _: int | None) -> None:
        state = self.state
        state.bold = state.underlined = state.capitals = state.italic = state.hidden = state.deleted = False
        state.font = self.default_font

    def _on_new_paragraph(self, _: int | None) -> None:
        self.state.style, self.state.level, self.state.depth = 0, None, 0

    def _on_level(self, number: int | None) -> None:
        self.state.level = number + 1 if number is not None and 0 <= number < 9 else None

    def _on_cell(self, _: int | None) -> None:
        stream = self.streams[-1]
        self._end_paragraph(depth=1)
        stream.end_inner_row()
        stream.row.cells.append(stream.row.cell)
        stream.row.cell = []

    def _on_row(self, _: int | None) -> None:
        self._end_paragraph(blank_counts=False, depth=1)
        self.streams[-1].end_inner_row()
        self.streams[-1].end_row()

    def _on_inner_cell(self, _: int | None) -> None:
        self._end_paragraph(depth=2)
        inner = self.streams[-1].inner
        inner.cells.append(inner.cell)
        inner.cell = []

    def _on_inner_row(self, _: int | None) -> None:
        self._end_paragraph(blank_counts=False, depth=2)
        self.streams[-1].end_inner_row()

    # Words

    def _bytes(self, data: bytes) -> None:
        if self.skipped:
            self.skipped, data = max(0, self.skipped - len(data)), data[self.skipped :]
        if data and self.state.place is not Place.NOWHERE:
            self.pending += data
        self.opening = self.opening and not data.strip()

    def _flush(self) -> None:
        """Decode the bytes that wait: characters of some encodings take several."""
        if not self.pending:
            return
        data, self.pending = bytes(self.pending), bytearray()
        encoding = self.fonts.get(self.state.font, self.encoding)
        if encoding == SYMBOL:
            self._write("".join(chr(0xF000 + byte) if byte > 32 else " " for byte in data))
        else:
            self._write(data.decode(encoding, "replace"))

    def _write(self, text: str) -> None:
        state = self.state
        if state.place is Place.TITLE:
            self.title.append(text)
        elif state.place is Place.STYLES:
            self.style_name.append(text)
        elif state.place is Place.TEXT and not (state.hidden or state.deleted):
            bold = state.bold or state.underlined or state.capitals
            self.streams[-1].runs.add(text, bold=bold, italic=state.italic)
        elif state.place is Place.MARK:
            self.streams[-1].mark += text

    def _end_paragraph(self, *, blank_counts: bool = True, depth: int | None = None) -> None:
        """blank_counts: whether an empty paragraph is one that someone left there."""
        stream = self.streams[-1]
        text, lead = "".join(stream.runs.parts).strip(), clean("".join(stream.runs.lead))
        name, level = self.styles.get(self.state.style, ("", None))
        block = self.outline.block(text, lead, name, self.state.level or level) if text or blank_counts else None
        mark = clean(stream.mark)[:80]
        mark = mark if any(map(str.isalnum, mark)) else mark and BULLET
        blocks = [marked(replace(block, is_italic=not stream.runs.is_upright), mark)] if block else []
        stream.put(blocks + stream.boxes, self.state.depth if depth is None else depth)
        stream.runs, stream.boxes, stream.mark = Runs(), [], ""


def _switch(name: str) -> Callable[[_Walk, int | None], None]:
    """A property that is on unless its number is 0."""

    def act(walk: _Walk, number: int | None) -> None:
        setattr(walk.state, name, number != 0)

    return act


def _off(name: str) -> Callable[[_Walk, int | None], None]:
    def act(walk: _Walk, _: int | None) -> None:
        setattr(walk.state, name, False)

    return act


def _number(name: str, *, default: int) -> Callable[[_Walk, int | None], None]:
    """A property that is a number of reasonable size."""

    def act(walk: _Walk, number: int | None) -> None:
        setattr(walk.state, name, default if number is None else max(0, min(number, 1 << 16)))

    return act


def _family(encoding: str) -> Callable[[_Walk, int | None], None]:
    def act(walk: _Walk, _: int | None) -> None:
        walk.encoding = encoding

    return act


_ACTIONS: dict[str, Callable[[_Walk, int | None], None]] = {
    "par": lambda walk, _: walk._end_paragraph(),
    "sect": lambda walk, _: walk._end_paragraph(blank_counts=False),
    "pard": _Walk._on_new_paragraph,
    "plain": _Walk._on_plain,
    "cell": _Walk._on_cell,
    "row": _Walk._on_row,
    "nestcell": _Walk._on_inner_cell,
    "nestrow": _Walk._on_inner_row,
    "outlinelevel": _Walk._on_level,
    "f": _Walk._on_font,
    "fcharset": _Walk._on_charset,
    "cpg": _Walk._on_font_page,
    "ansicpg": _Walk._on_code_page,
    "deff": _Walk._on_default_font,
    "b": _switch("bold"),
    "i": _switch("italic"),
    "ul": _switch("underlined"),
    "ulnone": _off("underlined"),
    "caps": _switch("capitals"),
    "scaps": _switch("capitals"),
    "v": _switch("hidden"),
    "deleted": _switch("deleted"),
    "s": _number("style", default=0),
    "uc": _number("fallback", default=1),
    "intbl": lambda walk, _: setattr(walk.state, "depth", max(walk.state.depth, 1)),
    "itap": _number("depth", default=1),
    **{word: _family(encoding) for word, encoding in FAMILIES.items()},
}
