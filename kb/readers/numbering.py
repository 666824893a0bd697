"""Numbers and bullets that Word puts before paragraphs: « 1. », « a) », « 2.1 », « • ». They stand nowhere in the text.

A list (`w:num`) takes its levels from a definition (`w:abstractNum`); lists of one definition go on with its count, but
those that say where they start. A level starts again after one above it, unless it says not to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from docx.oxml.ns import qn

from kb.readers.ordinals import BULLET, letters, roman

Element: TypeAlias = Any  # lxml has no types

_DEEPEST = 9
_PLACE = re.compile(r"%([1-9])")
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int
    restarts_after: int | None
    """The level, from 1, whose number starts this one again; 0 for none; None for any above it."""


@dataclass(frozen=True, slots=True)
class _List:
    definition: str
    levels: dict[int, _Level]
    starts: dict[int, int]


class Numbering:
    """The lists of one document, counted as its paragraphs go by."""

    def __init__(self, tree: Element | None) -> None:
        definitions = {each.get(qn("w:abstractNumId"), ""): each for each in _all(tree, "w:abstractNum")}
        self._lists = {each.get(qn("w:numId"), ""): _list(each, definitions) for each in _all(tree, "w:num")}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()

    def mark(self, number: str, depth: int) -> str:
        """What stands before the next paragraph of a list, at a depth from 0; empty where nothing does."""
        found = self._lists.get(number)
        level = found.levels.get(depth) if found else None
        if found is None or level is None:
            return ""
        if level.form == "bullet":
            return BULLET
        counts = self._counts.setdefault(found.definition, {})
        if number not in self._started:
            self._started.add(number)
            for place, start in found.starts.items():
                counts[place] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for below in [place for place in counts if place > depth]:
            after = found.levels[below].restarts_after if below in found.levels else None
            if after is None or (after and depth < after):
                del counts[below]
        return _written(level, found.levels, counts)


def _list(number: Element, definitions: dict[str, Element]) -> _List:
    identifier = _value(number, "w:abstractNumId") or ""
    levels = {_depth(each): _level(each) for each in _all(definitions.get(identifier), "w:lvl")}
    starts: dict[int, int] = {}
    for override in _all(number, "w:lvlOverride"):
        own = override.find(qn("w:lvl"))
        if own is not None:
            levels[_depth(override)] = _level(own)
        start = _value(override, "w:startOverride")
        if start is not None and start.isdigit():
            starts[_depth(override)] = min(int(start), _MOST)
    return _List(identifier, levels, starts)


def _level(element: Element) -> _Level:
    start, after = _value(element, "w:start") or "1", _value(element, "w:lvlRestart")
    return _Level(
        _value(element, "w:numFmt") or "decimal",
        (_value(element, "w:lvlText") or "")[:80],
        min(int(start), _MOST) if start.isdigit() else 1,
        int(after) if after and after.isdigit() and len(after) < 3 else None,
    )


def _depth(element: Element) -> int:
    depth = element.get(qn("w:ilvl"), "0")
    return int(depth) if depth.isdigit() and len(depth) == 1 else _DEEPEST


def _written(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    """The level's text with its numbers; empty where one has a form that is not known here."""
    known = True

    def number(place: re.Match[str]) -> str:
        nonlocal known
        depth = int(place[1]) - 1
        other = levels.get(depth, level)
        form = _FORMS.get(other.form)
        known = known and form is not None
        return form(max(counts.get(depth, other.start), 0)) if form else ""

    text = _PLACE.sub(number, level.text).strip()
    return text if known else ""


_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": lambda number: "1er" if number == 1 else f"{number}e",
    "none": lambda number: "",
    "bullet": lambda number: "",
}


def _all(element: Element | None, name: str) -> list[Element]:
    return list(element.iterfind(qn(name))) if element is not None else []


def _value(element: Element, name: str) -> str | None:
    found = element.find(qn(name))
    return found.get(qn("w:val")) if found is not None else None
