"""What tesseract recognised on a page, as lines like those of a laid-out page. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from lxml import etree

from kb.readers.layout import Line

_NUMBERS = re.compile(r"(\w+)((?: -?[\d.]+)+)")
_LINE_KINDS = frozenset(("ocr_line", "ocr_header", "ocr_textfloat", "ocr_caption"))
_CELL_GAP = 2.0  # in sizes of the text
_BULLET_GAP = 0.6
_TAKEN_FOR_BULLET = frozenset("e©®¢*°o«¤+=")
_SURE = 85.0
_NOISE = 30.0
_ILLEGIBLE = 50.0  # signatures, stamps, pictures
_ALIKE = 0.15


@dataclass(frozen=True, slots=True)
class Recognition:
    """The lines of a page, and how sure of its words tesseract is, from 0 to 100."""

    lines: tuple[Line, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: float
    right: float
    confidence: float


def recognition_of(data: bytes, dots: float) -> Recognition:
    """The lines of a hOCR file. `dots`: of the picture, to an inch. Raise ValueError if it is no such file."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise ValueError("not a hOCR file") from error
    lines: list[Line] = []
    sure: list[float] = []
    for page in root.iter("{*}div"):
        if page.get("class") != "ocr_page":
            continue
        _, _, width, height = _numbers(page)["bbox"]
        for span in page.iter("{*}span"):
            if span.get("class") in _LINE_KINDS:
                words = _words(span, (width, height))
                if words and sum(word.confidence for word in words) / len(words) >= _ILLEGIBLE:
                    lines += _cells(words, span, (width, height))
                    sure += [word.confidence for word in words]
    in_points = [_scaled(line, 72 / dots) for line in lines]
    return Recognition(tuple(_of_even_size(in_points)), sum(sure) / len(sure) if sure else 0.0)


def _scaled(line: Line, by: float) -> Line:
    return replace(line, size=line.size * by, left=line.left * by, base=line.base * by, right=line.right * by)


def _numbers(element: etree._Element) -> dict[str, list[float]]:
    """What hOCR writes in a title: « bbox 294 303 1024 364; x_size 61 »."""
    found = _NUMBERS.findall(element.get("title", ""))
    return {name: [float(each) for each in values.split()] for name, values in found}


def _turned(box: Sequence[float], angle: float, page: tuple[float, float]) -> tuple[float, float, float, float]:
    """left, top, right and bottom of a box once the page is turned so that its text stands upright."""
    left, top, right, bottom = box
    width, height = page
    if angle == 180:
        return width - right, height - bottom, width - left, height - top
    if angle == 90:
        return height - bottom, left, height - top, right
    if angle == 270:
        return top, width - right, bottom, width - left
    return left, top, right, bottom


def _words(span: etree._Element, page: tuple[float, float]) -> list[_Word]:
    angle = _numbers(span).get("textangle", [0.0])[0]
    found: list[_Word] = []
    for each in span.iter("{*}span"):
        text = "".join(each.itertext()).strip()
        if each.get("class") == "ocrx_word" and text:
            facts = _numbers(each)
            left, _, right, _ = _turned(facts["bbox"], angle, page)
            word = _Word(text, left, right, facts.get("x_wconf", [0.0])[0])
            if word.confidence >= _NOISE or any(character.isalnum() for character in text):
                found.append(word)
    return found


def _cells(words: Sequence[_Word], span: etree._Element, page: tuple[float, float]) -> Iterator[Line]:
    """The line, or the cells of a table that stand on one line."""
    facts = _numbers(span)
    angle = facts.get("textangle", [0.0])[0]
    _, top, _, bottom = _turned(facts["bbox"], angle, page)
    size = facts.get("x_size", [bottom - top])[0]
    tall = page[0] if angle in (90, 270) else page[1]
    base = tall - bottom - (facts["baseline"][1] if len(facts.get("baseline", ())) == 2 else 0.0)
    words = _with_bullet(words, size)
    cell = [words[0]]
    for word in words[1:]:
        if word.left - cell[-1].right > _CELL_GAP * size and len(" ".join(each.text for each in cell)) > 3:
            yield _line(cell, size, base)
            cell = []
        cell.append(word)
    yield _line(cell, size, base)


def _line(words: Sequence[_Word], size: float, base: float) -> Line:
    text = " ".join(word.text for word in words)
    return Line(text, size, left=words[0].left, base=base, right=words[-1].right)


def _with_bullet(words: Sequence[_Word], size: float) -> Sequence[_Word]:
    """The words, the first of which is a bullet if it is a sign that bullets are taken for, set well apart."""
    if len(words) < 2:
        return words
    first, second = words[:2]
    is_bullet = first.text in _TAKEN_FOR_BULLET and first.confidence < _SURE
    if is_bullet and second.left - first.right > _BULLET_GAP * size:
        return [replace(first, text="•"), *words[1:]]
    return words


def _of_even_size(lines: Sequence[Line]) -> Iterator[Line]:
    """Sizes are guessed line by line: those near the usual one are the usual one."""
    usual = median(line.size for line in lines) if lines else 0.0
    for line in lines:
        yield replace(line, size=usual) if abs(line.size - usual) <= _ALIKE * usual else line
