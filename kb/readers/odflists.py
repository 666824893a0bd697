"""Numbers and bullets that OpenDocument puts before paragraphs and headings: « 1. », « a) », « 2.1 », « • ».

A list takes its levels from a style; a heading takes them from the outline of the document. What is written is the
number of each level that the style shows, parted by dots, between a prefix and a suffix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kb.readers.odfnames import name_of
from kb.readers.ordinals import BULLET, letters, roman

Element: TypeAlias = Any  # lxml has no types

_MOST = 5_000
_FORMS: dict[str, Callable[[int], str]] = {
    "1": str,
    "a": letters,
    "A": lambda number: letters(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}
_LIST_STYLE, _OUTLINE = name_of("text:list-style"), name_of("text:outline-style")
_BULLETS = frozenset((name_of("text:list-level-style-bullet"), name_of("text:list-level-style-image")))
_CONTINUES, _CONTINUED = name_of("text:continue-numbering"), name_of("text:continue-list")
_IDENTIFIER = "{http://www.w3.org/XML/1998/namespace}id"


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = ""
    prefix: str = ""
    suffix: str = ""
    shown: int = 1
    start: int = 1
    is_bullet: bool = False


_Levels = dict[int, _Level]
_Counts = dict[int, int]


@dataclass(slots=True)
class _Open:
    """A list that is being walked. pending: what the next paragraph starts its item with, if it does."""

    levels: _Levels
    counts: _Counts
    depth: int
    pending: bool = False
    start: int | None = None


@dataclass(slots=True)
class Lists:
    """The lists of one document, counted as its paragraphs go by."""

    styles: dict[str, _Levels] = field(default_factory=dict)
    outline: _Levels = field(default_factory=dict)
    _open: list[_Open] = field(default_factory=list)
    _counts: dict[str, _Counts] = field(default_factory=dict)
    _headings: _Counts = field(default_factory=dict)

    def learn(self, styles: Iterable[Element]) -> None:
        """Take in the list styles and the outline that stand among these elements."""
        for style in styles:
            if style.tag == _LIST_STYLE:
                self.styles[style.get(name_of("style:name"), "")] = _levels(style)
            elif style.tag == _OUTLINE:
                self.outline = _levels(style)

    def enter(self, element: Element) -> None:
        """A list begins, maybe inside another."""
        name = element.get(name_of("text:style-name"))
        if self._open:
            around = self._open[-1]
            levels = self.styles.get(name, {}) if name else around.levels
            self._open.append(_Open(levels, around.counts, around.depth + 1))
            return
        goes_on = element.get(_CONTINUES) == "true"
        before = self._counts.get(element.get(_CONTINUED) or (f"style {name}" if goes_on else ""))
        counts: _Counts = {} if before is None else before
        for key in (f"style {name}", element.get(_IDENTIFIER)):
            if key:
                self._counts[key] = counts
        self._open.append(_Open(self.styles.get(name or "", {}), counts, 1))

    def item(self, element: Element) -> None:
        """An item of that list begins; its first paragraph has the mark. A header has none."""
        self._open[-1].pending = element.tag == name_of("text:list-item")
        self._open[-1].start = _number(element.get(name_of("text:start-value")))

    def leave(self) -> None:
        """That list ends."""
        self._open.pop()

    def mark(self) -> str:
        """What stands before this paragraph; empty where nothing does."""
        if not self._open or not self._open[-1].pending:
            return ""
        place = self._open[-1]
        place.pending = False
        if place.start is not None:
            place.counts[place.depth] = place.start - 1
        return _counted(place.levels, place.counts, place.depth)

    def heading_mark(self, depth: int) -> str:
        """What stands before a heading of that level, out of any list."""
        return _counted(self.outline, self._headings, depth)

    @property
    def is_open(self) -> bool:
        """Whether a list is being walked."""
        return bool(self._open)


def _levels(style: Element) -> _Levels:
    levels: _Levels = {}
    for element in style:
        depth = _number(element.get(name_of("text:level")))
        if depth is None:
            continue
        levels[depth] = _Level(
            element.get(name_of("style:num-format"), ""),
            element.get(name_of("style:num-prefix"), "")[:40],
            element.get(name_of("style:num-suffix"), "")[:40],
            _number(element.get(name_of("text:display-levels"))) or 1,
            _number(element.get(name_of("text:start-value")), default=1) or 0,
            element.tag in _BULLETS,
        )
    return levels


def _counted(levels: _Levels, counts: _Counts, depth: int) -> str:
    """Count one more at this depth, start again below it, and write the mark."""
    level = levels.get(depth, _Level())
    counts[depth] = counts.get(depth, level.start - 1) + 1
    for below in [place for place in counts if place > depth]:
        del counts[below]
    if level.is_bullet:
        return BULLET
    numbers = []
    for place in range(max(1, depth - level.shown + 1), depth + 1):
        other = levels.get(place, _Level())
        form = _FORMS.get(other.form)
        numbers.append(form(max(0, counts.get(place, other.start))) if form else "")
    if not numbers[-1]:
        return ""
    return f"{level.prefix}{'.'.join(filter(None, numbers))}{level.suffix}".strip()


def _number(written: str | None, *, default: int | None = None) -> int | None:
    return min(int(written[:6]), _MOST) if written and written[:6].isdecimal() else default
