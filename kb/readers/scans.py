"""Pages without readable text: which they are, and what is said of them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from kb.domain import ReadDocument
from kb.readers.layout import Line
from kb.readers.legibility import is_gibberish

DPI = 300
"""Dots an inch of the pictures that are recognised."""

Scans = Mapping[str, Sequence[tuple[str, float, float, float, float]]]
"""What was recognised on pages, by their number from 1: each line's text, size, left, base and right, in points."""

_LEAST = 20
_MOST_NAMED = 12

WAY_OUT = "installez tesseract (langue fra) ou lancez la reconnaissance de caractères puis réessayez"
ALL_PICTURES = "aucune page ne contient de texte (document numérisé)"
SCANNED = f"{ALL_PICTURES} ; {WAY_OUT}"


DOUBTFUL = "le texte extrait se lit mal ; vérifiez-le, ou lancez la reconnaissance de caractères"
GARBLED = "le texte ne se lit pas (police sans table de caractères)"


def scanned_lines(scans: Scans | None) -> dict[int, list[Line]]:
    """The lines recognised on each page."""
    given = (scans or {}).items()
    return {
        int(page): [Line(text, size, left=left, base=base, right=right) for text, size, left, base, right in lines]
        for page, lines in given
    }


def numbered(pages: Sequence[int]) -> str:
    """Pages by their numbers, for a person: « page 3 », « pages 2, 4–8 »."""
    runs = [
        [page for _, page in run] for _, run in groupby(enumerate(sorted(pages)), key=lambda each: each[1] - each[0])
    ]
    named = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(str(page) for page in run) for run in runs]
    shown = ", ".join(named[:_MOST_NAMED]) + ("…" if len(named) > _MOST_NAMED else "")
    return f"page{'s' if len(pages) > 1 else ''} {shown}"


def without_text(pages: Sequence[int], way_out: str = WAY_OUT) -> str:
    """The warning about pages that hold no text, and what to do."""
    return f"{numbered(pages)} sans texte (images ?) ; {way_out}"


def garbled(document: ReadDocument) -> tuple[int, ...]:
    """The pages whose text is no language: a font that does not say which characters its shapes are."""
    said: dict[int, list[str]] = {}
    for segment in document.segments:
        if segment.anchor.page:
            said.setdefault(segment.anchor.page, []).append(document.text[segment.start : segment.end])
    texts = {page: " ".join(parts) for page, parts in said.items()}
    return tuple(page for page, text in texts.items() if len(text) >= _LEAST and is_gibberish(text))
