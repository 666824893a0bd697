"""What a group of an RTF document is, and what the words in it look like."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import Enum

from kb.readers.rtfwords import CODE_PAGES, MARKS


class Place(Enum):
    """What the words of a group are."""

    TEXT = "text"
    NOWHERE = "nowhere"
    FONTS = "fonts"
    STYLES = "styles"
    RECORD = "record"
    TITLE = "title"
    MARK = "mark"


PLACES = {"fonttbl": Place.FONTS, "stylesheet": Place.STYLES, "info": Place.RECORD} | dict.fromkeys(MARKS, Place.MARK)


@dataclass(slots=True)
class State:
    """What a group inherits from the one around it, and forgets when it ends."""

    place: Place = Place.TEXT
    bold: bool = False
    underlined: bool = False
    capitals: bool = False
    italic: bool = False
    hidden: bool = False
    deleted: bool = False
    font: int = -1
    fallback: int = 1
    style: int = 0
    level: int | None = None
    depth: int = 0
    opens: bool = False


def encoding_of(code_page: int | None) -> str:
    """Python's name for a code page; that of French Windows where there is none."""
    name = CODE_PAGES.get(code_page or 0, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
