"""Where commands print, and what is made of text before it reaches a terminal.

A file's name, or what a document says, may hold characters that move the cursor, erase the screen or turn the writing
round: they are shown by their code, never sent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from rich.cells import cell_len
from rich.console import Console

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)

_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, those that change the direction of writing, and halves of characters."""


def safe(text: str, *, keep: str = "") -> str:
    """A text whose characters act on no terminal, those of `keep` aside: « a\\x1b[2J.md », « a\\u202ecod.pdf »."""
    return _ACTING.sub(lambda match: match.group() if match.group() in keep else _code(match.group()), text)


def still(text: str) -> str:
    """The same, each such character giving way to one « � »: offsets stay true. Line ends are kept."""
    return _ACTING.sub(lambda match: match.group() if match.group() == "\n" else "\ufffd", text)


def _code(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def say(text: str) -> None:
    """Print a line as it is, without markup, however long."""
    out.print(safe(text, keep="\n"), markup=False, soft_wrap=True)


def dump(value: Any) -> None:
    """Print a value as JSON, in which nothing acts on a terminal either; what JSON does not know is a text."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    print(_ACTING.sub(lambda match: match.group() if match.group() == "\n" else f"\\u{ord(match.group()):04x}", text))


def shorten(text: str, width: int) -> str:
    """A text of at most `width` columns, cut in its middle: « compte-ren…-2021.docx »."""
    text = unicodedata.normalize("NFC", safe(text))
    if cell_len(text) <= width:
        return text
    tail = width // 2
    head = width - tail - 1
    while cell_len(text[:head]) + cell_len(text[-tail:]) + 1 > width and tail > 1:
        head, tail = max(1, head - 1), tail - 1
    return f"{text[:head]}…{text[-tail:]}"
