"""Which lines of laid-out pages make one paragraph, and which paragraphs are headings. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kb.readers.cleaning import words_of
from kb.readers.furniture import line_key
from kb.readers.layout import Line, Page, rounded

_BULLET = re.compile(
    r"\s*(?:[•▪■●◦‣➢➤►▶✓✔❖\-–—*·o\u2219\ue000-\uf8ff]\s*(?=\S)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s|\[\d+\]\s)"
)
_DASH_ITEM = re.compile(r"\s*[-–—*·o]\S")
_NUMBERED = re.compile(
    r"\s*(?:\d{1,2}(?:\.\d{1,2}){1,4}\.?|[IVX]{1,5}[.)]|[A-Z]\.\d*|Annexe [A-Z0-9]+|Article \d+)\s+\S"
)
_END = re.compile(r"[.!?…:;][»”\")\]\s\u00a0]*$")
_FULL_STOP = re.compile(r"[.!?…][»”\")\]\s\u00a0]*$")


@dataclass(frozen=True, slots=True)
class Layout:
    """What is usual in this document: the size of its text, its leading, the length of its lines."""

    size: float
    leading: float
    length: float
    known: frozenset[str]
    outline: frozenset[str]
    sizes_tell: bool
    gaps_tell: bool

    @classmethod
    def of(cls, pages: Sequence[Page], outline: frozenset[str]) -> Layout:
        """What is usual on these pages. `outline`: the bookmarks, by their `line_key`."""
        lines = [line for page in pages for line in page]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[rounded(line.size)] += len(line.text)
        size = sizes.most_common(1)[0][0] if sizes else 0.0
        gaps = [
            above.base - below.base
            for page in pages
            for above, below in pairwise(page)
            if rounded(above.size) == rounded(below.size) == size and 0 < above.base - below.base < 4 * max(size, 1)
        ]
        leading = median(gaps) if gaps else 0.0
        wide = sum(1 for gap in gaps if gap > 1.25 * leading)
        lengths = sorted(len(line.text.strip()) for line in lines if rounded(line.size) == size)
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
        if line_key(text) in self.outline:
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


def groups_of(page: Sequence[Line], layout: Layout) -> Iterator[list[Line]]:
    """Lines that make one paragraph."""
    group: list[Line] = []
    for line in page:
        if group and _is_new(group, line, layout):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _is_new(group: Sequence[Line], line: Line, layout: Layout) -> bool:
    """Whether a line begins another paragraph than the lines before it."""
    last = group[-1]
    if last.is_row or line.is_row:
        return True
    if _starts_item(line, group):
        return True
    if layout.outline and (
        line_key(line.text) in layout.outline or line_key(" ".join(each.text for each in group)) in layout.outline
    ):
        return True
    return _looks_new(group, line, layout)


def _looks_new(group: Sequence[Line], line: Line, layout: Layout) -> bool:
    """The same, by the sizes, the room between lines and how the last one ends."""
    last = group[-1]
    text = line.text.strip()
    drop = last.base - line.base
    same = rounded(last.size) == rounded(line.size) and last.is_bold == line.is_bold
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
        return not continues(last.text, text) or max(last.size, line.size) > 1.3 * min(last.size, line.size)
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
        return not continues(last.text, text)
    is_close = layout.gaps_tell and same and 0 < drop <= 1.15 * layout.leading
    if is_close and len(last.text.strip()) > 0.55 * layout.length:
        return False
    if _FULL_STOP.search(last.text) and (len(last.text.strip()) < 0.8 * layout.length or line.left > group[0].left + 8):
        return True
    is_short = len(last.text.strip()) < 0.6 * layout.length
    return (
        is_short
        and not cut
        and (bool(_END.search(last.text)) or not continues(last.text, text))
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


def continues(before: str, text: str) -> bool:
    """Whether words go on with the sentence before them."""
    if not before.strip() or _END.search(before):
        return False
    first = text.lstrip('«“"( \u00a0')[:1]
    return first.islower() or before.rstrip()[-1] in ",’'-"
