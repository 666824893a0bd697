"""Styles of a Word document: what a paragraph or a run inherits from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from docx.oxml.ns import qn

from kb.readers.outline import heading_level

Element: TypeAlias = Any  # lxml has no types

_EMPHASIS = ("w:b", "w:smallCaps", "w:caps", "w:u")
_PROMPT = "placeholder text"
"""The style of « Cliquez ici pour entrer du texte. », in a content control that nobody filled in."""
_OFF = frozenset(("0", "false", "off", "none"))


@dataclass(frozen=True, slots=True)
class Look:
    """How words look. bold: or in small capitals, in capitals, underlined: whatever sets a name apart."""

    bold: bool = False
    italic: bool = False
    hidden: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it has or inherits. level: of a heading, from 1. number, depth: of a list."""

    name: str = ""
    level: int | None = None
    look: Look = PLAIN
    number: str | None = None
    depth: int = 0


def read_styles(tree: Element | None) -> dict[str, Style]:
    """The styles by their identifier."""
    found: dict[str, Element] = {}
    for each in tree.iterfind(qn("w:style")) if tree is not None else ():
        found[each.get(qn("w:styleId"), "")] = each
    return {identifier: _style(identifier, found) for identifier in found}


def looked(properties: Element | None, look: Look, styles: Mapping[str, Style]) -> Look:
    """A look as run properties change it: by their character style, then by themselves."""
    if properties is None:
        return look
    named = styles.get(value(properties, "w:rStyle") or "")
    if named is not None:
        look = Look(look.bold or named.look.bold, look.italic or named.look.italic, look.hidden or named.look.hidden)
    return _direct(properties, look)


def value(element: Element, path: str) -> str | None:
    """The `w:val` of an element found by its path; None where it is absent."""
    found = element.find("/".join(qn(step) for step in path.split("/")))
    return found.get(qn("w:val")) if found is not None else None


def list_of(properties: Element | None, style: Style) -> tuple[str | None, int]:
    """The list and the depth of a paragraph, by its own properties, else its style's; (None, 0) for none."""
    own = properties.find(qn("w:numPr")) if properties is not None else None
    if own is None:
        return style.number, style.depth
    number, depth = value(own, "w:numId"), value(own, "w:ilvl")
    number = number if number is not None else style.number
    return (None, 0) if number == "0" else (number, _digit(depth) if depth is not None else style.depth)


def _style(identifier: str, found: Mapping[str, Element]) -> Style:
    chain: list[Element] = []
    current: str | None = identifier
    while current is not None and current in found and found[current] not in chain:
        chain.append(found[current])
        current = value(found[current], "w:basedOn")
    look = PLAIN
    level: int | None = None
    number: str | None = None
    depth = 0
    for style in reversed(chain):
        properties = style.find(qn("w:rPr"))
        look = _direct(properties, look) if properties is not None else look
        level = _level(style) or level
        number = value(style, "w:pPr/w:numPr/w:numId") or number
        depth = _digit(value(style, "w:pPr/w:numPr/w:ilvl") or str(depth))
    name = value(found[identifier], "w:name") or ""
    if name.lower() == _PROMPT:
        look = replace(look, hidden=True)
    return Style(name, level if level and level < 10 else None, look, None if number == "0" else number, depth)


def _level(style: Element) -> int | None:
    outline = value(style, "w:pPr/w:outlineLvl")
    named = heading_level(value(style, "w:name") or "")
    return named or (int(outline) + 1 if outline and outline.isdigit() else None)


def _direct(properties: Element, look: Look) -> Look:
    marks = [mark for mark in (properties.find(qn(name)) for name in _EMPHASIS) if mark is not None]
    bold = any(_is_on(mark) for mark in marks) if marks else look.bold
    italic, hidden = properties.find(qn("w:i")), properties.find(qn("w:vanish"))
    return Look(
        bold,
        _is_on(italic) if italic is not None else look.italic,
        _is_on(hidden) if hidden is not None else look.hidden,
    )


def _is_on(element: Element) -> bool:
    return element.get(qn("w:val"), "1") not in _OFF


def _digit(text: str) -> int:
    return int(text) if text.isdigit() and len(text) == 1 else 0
