"""From the lines of laid-out pages to paragraphs and headings. Pure functions: no PDF library here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from kb.domain import Anchor
from kb.readers.blocks import Block
from kb.readers.cleaning import clean, join_lines, words_of
from kb.readers.layout import Line
from kb.readers.tables import with_rows

_BULLET = re.compile(
    r"\s*(?:[•▪■●◦‣➢➤►▶✓✔❖\-–—*·o\u2219\ue000-\uf8ff]\s*(?=\S)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s|\[\d+\]\s)"
)
_DASH_ITEM = re.compile(r"\s*[-–—*·o]\S")
_NUMBERED = re.compile(
    r"\s*(?:\d{1,2}(?:\.\d{1,2}){1,4}\.?|[IVX]{1,5}[.)]|[A-Z]\.\d*|Annexe [A-Z0-9]+|Article \d+)\s+\S"
)
_PAGE_NUMBER = re.compile(r"(?:page|p\.)\s*\d{1,4}\s*(?:(?:/|sur|of)\s*\d{1,4})?", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[-–—|]?\s*(\d{1,4})\s*(?:(?:/|sur)\s*\d{1,4}|[-–—|])?")
_LEADERS = re.compile(r"(?:[._…]\s?){6,}\s*\d{1,4}\s*$")
_OUTER_NUMBER = re.compile(r"^\s*\d{1,4}\s+|(?:\s+page)?\s+\d{1,4}(?:\s+\d{1,4})?\s*$")
_END = re.compile(r"[.!?…:;][»”\")\]\s\u00a0]*$")
_FULL_STOP = re.compile(r"[.!?…][»”\")\]\s\u00a0]*$")
_EDGE = 3
_RECURS = 0.4
_RECURS_AT_ONE_SPOT = 0.15


Page = Sequence[Line]


def blocks_of(pages: Sequence[Page], outline: frozenset[str] = frozenset()) -> Iterator[Block]:
    """The paragraphs of all pages, in order. `outline`: the document's bookmarks, which are headings for sure."""
    pages = [list(with_rows(page)) for page in without_furniture([_spaced(page) for page in pages])]
    layout = _Layout.of(pages, frozenset(_key(title) for title in outline))
    before = ""
    for number, page in enumerate(pages, start=1):
        top = None if layout.sizes_tell else largest(page)
        for place, group in enumerate(_groups(page, layout), start=1):
            text = join_lines([line.text for line in group], layout.known)
            is_heading = layout.is_heading(group) or (text == top and place <= 3 and len(text) <= 150)
            yield Block(
                text,
                Anchor(page=number, paragraph=place),
                is_heading=is_heading,
                lead=_lead(group, text),
                joins=place == 1 and not is_heading and _continues(before, text),
            )
            before = "" if is_heading else text


def without_furniture(pages: Sequence[Page]) -> list[list[Line]]:
    """Pages without the headers and footers that recur, nor page numbers."""
    recurring, placed = _recurring(pages)
    offsets = _number_offsets(pages)
    numbered = re.compile(rf"\bpage \d+ ?(/|sur) ?{len(pages)}$", re.IGNORECASE)

    def is_furniture(line: Line, page: int) -> bool:
        text = line.text.strip()
        if _key(text) in recurring or _spot(line) in placed or _PAGE_NUMBER.fullmatch(text) or numbered.search(text):
            return True
        number = _BARE_NUMBER.fullmatch(text)
        return number is not None and int(number[1]) - page in offsets

    kept: list[list[Line]] = []
    for number, page in enumerate(pages, start=1):
        edges = _edges(page)
        lines = [line for place, line in enumerate(page) if place not in edges or not is_furniture(line, number)]
        kept.append(lines[:-1] if _repeats_a_title(lines) else lines)
    return kept


def _number_offsets(pages: Sequence[Page]) -> set[int]:
    """What is added to a page's place to make the number printed on it: nothing, or what most pages say."""
    seen: Counter[int] = Counter()
    for page, lines in enumerate(pages, start=1):
        found = (_BARE_NUMBER.fullmatch(lines[place].text.strip()) for place in _edges(lines))
        seen.update({int(match[1]) - page for match in found if match})
    return {0} | {offset for offset, count in seen.items() if count >= max(2, _RECURS * len(pages))}


def _repeats_a_title(lines: Page) -> bool:
    """Whether the last line of a page is a footer: words that stand larger above."""
    last = lines[-1] if lines else Line("")
    return bool(last.size) and any(
        line.size > 1.1 * last.size and _key(line.text) == _key(last.text) for line in lines[:-1]
    )


def _recurring(pages: Sequence[Page]) -> tuple[set[str], set[tuple[str, int]]]:
    """What stands at the edge of most pages, figures apart; and what stands at one spot of several.

    Of two pages, only the very same words at the very same spot are believed.
    """
    if len(pages) < 2:
        return set(), set()
    least = min(3, len(pages))
    edges = [[page[place] for place in _edges(page)] for page in pages]
    keys = Counter(key for lines in edges for key in {_key(line.text) for line in lines})
    spots = Counter(spot for lines in edges for spot in {_spot(line) for line in lines if line.base})
    return (
        {key for key, count in keys.items() if key and count >= max(3, _RECURS * len(pages))},
        {spot for spot, count in spots.items() if spot[0] and count >= max(least, _RECURS_AT_ONE_SPOT * len(pages))},
    )


def _spot(line: Line) -> tuple[str, int]:
    return _key(line.text), round(line.base)


def _edges(page: Page) -> set[int]:
    """The places of the lines that are first or last, in the order of the file or from top to bottom."""
    places = list(range(len(page)))
    edges = set(places[:_EDGE] + places[-_EDGE:])
    if any(line.base for line in page):
        down = sorted(places, key=lambda place: -page[place].base)
        edges |= set(down[:_EDGE] + down[-_EDGE:])
    return edges


def _key(text: str) -> str:
    """A line without what changes from page to page: the number it begins or ends with."""
    bare = "".join(character if character.isalnum() else " " for character in clean(text).casefold())
    return _OUTER_NUMBER.sub("", bare).replace(" ", "")


def _spaced(page: Page) -> list[Line]:
    """The lines that say something: not blank, nor an entry of a table of contents with its dots and page."""
    return [line for line in page if line.text.strip() and not _LEADERS.search(line.text)]


def largest(page: Page) -> str | None:
    """The words set largest on a page, on consecutive lines; None where all are of one size or none is known."""
    sizes = [_rounded(line.size) for line in page if line.text.strip()]
    if not sizes or max(sizes) <= 1.12 * median(sizes):
        return None
    return next((text for size, text in _by_size(page) if size == max(sizes)), None)


def title_of(pages: Sequence[Page]) -> str | None:
    """What stands largest on the first page, larger than the text, and says something (three words or more)."""
    usual = Counter[float]()
    for page in pages:
        for line in page:
            usual[_rounded(line.size)] += len(line.text)
    body = usual.most_common(1)[0][0] if usual else 0.0
    runs = [(size, text) for size, text in _by_size(pages[0]) if size > 1.12 * body and len(text) <= 250]
    for _, text in sorted(runs, key=lambda run: -run[0]):
        if len([word for word in text.split() if len(word) > 1 and word[0].isalpha()]) >= 3:
            return text
    return runs[0][1] if runs else None


def _by_size(page: Page) -> Iterator[tuple[float, str]]:
    """Consecutive lines of one size, as one text each."""
    lines = [line for line in page if line.text.strip()]
    for size, run in groupby(lines, key=lambda line: _rounded(line.size)):
        yield size, join_lines([line.text for line in run])


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is usual in this document: the size of its text, its leading, the length of its lines."""

    size: float
    leading: float
    length: float
    known: frozenset[str]
    outline: frozenset[str]
    sizes_tell: bool
    gaps_tell: bool

    @classmethod
    def of(cls, pages: Sequence[Page], outline: frozenset[str]) -> _Layout:
        lines = [line for page in pages for line in page]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
        size = sizes.most_common(1)[0][0] if sizes else 0.0
        gaps = [
            above.base - below.base
            for page in pages
            for above, below in pairwise(page)
            if _rounded(above.size) == _rounded(below.size) == size and 0 < above.base - below.base < 4 * max(size, 1)
        ]
        leading = median(gaps) if gaps else 0.0
        wide = sum(1 for gap in gaps if gap > 1.25 * leading)
        lengths = sorted(len(line.text.strip()) for line in lines if _rounded(line.size) == size)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        larger = sum(count for each, count in sizes.items() if each > 1.12 * size)
        return cls(
            size=size,
            leading=leading,
            length=usual,
            known=words_of(line.text for line in lines),
            outline=outline,
            gaps_tell=wide > 0.05 * len(gaps) and wide > 2,
            sizes_tell=bool(size) and larger < 0.3 * sum(sizes.values()),
        )

    def is_heading(self, group: Sequence[Line]) -> bool:
        """Whether a paragraph is a heading: in the outline, or set larger or bolder than the text, and short."""
        text = " ".join(line.text.strip() for line in group)
        letters = sum(1 for character in text if character.isalpha())
        if letters < 3 or len(text) > 200 or group[0].is_row:
            return False
        if _key(text) in self.outline:
            return True
        if (
            not self.sizes_tell
            or (_FULL_STOP.search(text) and not text.rstrip().endswith("?"))
            or (_BULLET.match(text) and not (_NUMBERED.match(text) or text[0].isdigit()))
        ):
            return False
        if all(line.size > 1.12 * self.size for line in group):
            return text[0].isupper() or not text[0].isalpha()
        is_set_apart = all(line.is_bold and line.size >= 0.98 * self.size for line in group) and len(group) <= 2
        return (
            is_set_apart and not text.rstrip().endswith((",", ";", ":")) and len(text) <= 140 and not text[0].islower()
        )


def _rounded(size: float) -> float:
    return round(2 * size) / 2


def _groups(page: Sequence[Line], layout: _Layout) -> Iterator[list[Line]]:
    """Lines that make one paragraph."""
    group: list[Line] = []
    for line in page:
        if group and _is_new(group, line, layout):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _is_new(group: Sequence[Line], line: Line, layout: _Layout) -> bool:
    """Whether a line begins another paragraph than the lines before it."""
    last = group[-1]
    text = line.text.strip()
    if last.is_row or line.is_row:
        return True
    if _starts_item(line, group):
        return True
    if layout.outline and (
        _key(line.text) in layout.outline or _key(" ".join(each.text for each in group)) in layout.outline
    ):
        return True
    drop = last.base - line.base
    same = _rounded(last.size) == _rounded(line.size) and last.is_bold == line.is_bold
    near = 0 < drop < 1.45 * max(line.size, 1.0)
    if same and near and line.size > 1.12 * layout.size > 0 and not _END.search(last.text):
        return False
    if (
        same
        and near
        and _BULLET.match(group[0].text)
        and line.left > group[0].left + 3
        and not _FULL_STOP.search(last.text)
    ):
        return False
    if last.size and line.size and abs(last.size - line.size) > 0.08 * max(last.size, line.size):
        return not _continues(last.text, text) or max(last.size, line.size) > 1.3 * min(last.size, line.size)
    if last.is_bold and not line.is_bold and all(each.is_bold for each in group) and text[:1].isupper():
        return True
    if line.is_bold and not last.is_bold and _END.search(last.text) and text[:1].isupper():
        return True
    cut = last.text.rstrip().endswith(("-", "\u00ad")) and text[:1].islower()
    if (
        layout.leading
        and not cut
        and (drop > 1.4 * max(layout.leading, 1.05 * line.size) or drop < -0.5 * layout.leading)
    ):
        return not _continues(last.text, text)
    is_close = layout.gaps_tell and same and 0 < drop <= 1.15 * layout.leading
    if is_close and len(last.text.strip()) > 0.55 * layout.length:
        return False
    if _FULL_STOP.search(last.text) and (len(last.text.strip()) < 0.8 * layout.length or line.left > group[0].left + 8):
        return True
    is_short = len(last.text.strip()) < 0.6 * layout.length
    return (
        is_short
        and not cut
        and (bool(_END.search(last.text)) or not _continues(last.text, text))
        and not text[:1].islower()
    )


def _starts_item(line: Line, group: Sequence[Line]) -> bool:
    if not _BULLET.match(line.text):
        return bool(_NUMBERED.match(line.text)) and bool(_END.search(group[-1].text) or len(group) == 1)
    if _DASH_ITEM.match(line.text) and line.text.strip()[:1] in "o-–—*·":
        return line.text.strip()[:1] not in "o" and bool(_END.search(group[-1].text))
    if (
        line.text.strip()[:1] in "-–—"
        and not _END.search(group[-1].text)
        and line.text.strip()[1:].strip()[:1].islower()
    ):
        return bool(_BULLET.match(group[0].text)) or line.left > group[-1].left + 4
    return line.text.strip()[:2] != "o" and not line.text.strip().startswith(("a ", "y "))


def _continues(before: str, text: str) -> bool:
    """Whether words go on with the sentence before them."""
    if not before.strip() or _END.search(before):
        return False
    first = text.lstrip('«“"( \u00a0')[:1]
    return first.islower() or before.rstrip()[-1] in ",’'-"


def _lead(group: Sequence[Line], text: str) -> str:
    """The bold first line of a paragraph whose rest is not bold: a name, perhaps."""
    return clean(group[0].text) if len(group) > 1 and group[0].is_bold and not group[1].is_bold else ""


def mend_accents(text: str) -> str:
    """Put a free-standing accent back on its vowel (« nume´rique »)."""
    return _AFTER.sub(_combined_after, _BEFORE.sub(_combined_before, text)) if _FREE.search(text) else text


_ACCENTS = {"´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "¨": "\u0308"}
_FREE = re.compile("[a-zA-Z][´`ˆ¨][a-zA-Z]|[´`ˆ¨][aeiouAEIOU]")
_BEFORE = re.compile(r"(?<![aeiouyAEIOU])([´`ˆ¨]) ?([aeiouAEIOU])")
_AFTER = re.compile(r"([aeiouAEIOU])([´`ˆ¨])(?=[a-zA-Z])")


def _combined_before(match: re.Match[str]) -> str:
    return match[2] + _ACCENTS[match[1]]


def _combined_after(match: re.Match[str]) -> str:
    return match[1] + _ACCENTS[match[2]]


def mended(page: Sequence[Line]) -> list[Line]:
    """Lines with their accents put back."""
    return [replace(line, text=mend_accents(line.text)) for line in page]
