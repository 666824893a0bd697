"""Accents that a PDF draws apart from their letter. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kb.readers.layout import Line

_ACCENTS = {"´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "¨": "\u0308"}
_FREE = re.compile("[a-zA-Z][´`ˆ¨][a-zA-Z]|[´`ˆ¨][aeiouAEIOU]")
_BEFORE = re.compile(r"(?<![aeiouyAEIOU])([´`ˆ¨]) ?([aeiouAEIOU])")
_AFTER = re.compile(r"([aeiouAEIOU])([´`ˆ¨])(?=[a-zA-Z])")


def mend_accents(text: str) -> str:
    """Put a free-standing accent back on its vowel (« nume´rique »)."""
    return _AFTER.sub(_combined_after, _BEFORE.sub(_combined_before, text)) if _FREE.search(text) else text


def _combined_before(match: re.Match[str]) -> str:
    return match[2] + _ACCENTS[match[1]]


def _combined_after(match: re.Match[str]) -> str:
    return match[1] + _ACCENTS[match[2]]


def mended(page: Iterable[Line]) -> list[Line]:
    """Lines with their accents put back."""
    return [replace(line, text=mend_accents(line.text)) for line in page]
