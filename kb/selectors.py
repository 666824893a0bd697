"""The permanent address of a span of a document, and where that span is in the text of today.

The selectors are those of the W3C Web Annotation Data Model: a position, and a quotation with what stands around it.
The quotation is kept by its first and last words and a digest, so that an address stays short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from heapq import nsmallest
from typing import Any

from rapidfuzz import fuzz

from kb.domain import Anchor, Passage
from kb.errors import InvalidQuery

LONGEST_TOKEN = 1000
_QUOTED, _CONTEXT = 32, 24
_LONGEST_PART = 64
_LONGEST_SPAN = 50_000
_OCCURRENCES = 20_000
"""How many places of the same words are looked at, and how many of those, the nearest, are compared."""
_COMPARED = 100
_NEAR = 20_000
"""Characters around the old place where words that are not quite the same are looked for first."""
_ALIKE = 75.0
"""How alike, from 0 to 100, words must be to be looked at."""
_CHANGED = 65.0
"""How alike a span must be at one of its ends to be the old one; French words of no relation are at 40 or 50."""
_BESIDE = 50.0
_WHOLE = 90.0
_TELLING = 16
"""From how many characters the beginning of a passage says by itself where it is."""
_TOKEN = re.compile(r"(\w{1,64})~(\d{1,9})~(\d{1,9})~([^~]*)~([^~]*)~([^~]*)~([^~]*)~([0-9a-f]{8})", re.ASCII)
_ESCAPE = {"^": "^^", "~": "^-"}
_ESCAPED = re.compile(r"\^(.)")
_FRAGMENTS = "http://www.w3.org/TR/media-frags/"
_PAGES = "http://tools.ietf.org/rfc/rfc8118"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Selector:
    """A span of a document that can be found again after the document was corrected or cut anew.

    start, end: a TextPositionSelector. The others are a TextQuoteSelector: first and last are how the exact text
    begins and ends (last is empty where first is all of it), digest is that of the exact text, prefix and suffix are
    what stands before and after; blanks are written as one space in all four.
    """

    document: str
    start: int
    end: int
    digest: str
    first: str
    last: str
    prefix: str
    suffix: str

    @property
    def token(self) -> str:
        """The selector as one parameter of an address. The digest ends it: an address cut short is seen to be so."""
        quoted = (_escaped(part) for part in (self.prefix, self.first, self.last, self.suffix))
        return "~".join((self.document, str(self.start), str(self.end), *quoted, self.digest))


class State(StrEnum):
    """What became of a span: still there, elsewhere with the same words, with other words, or no more."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a span is now, or, when it is lost, where it was."""

    start: int
    end: int
    state: State


@dataclass(frozen=True, slots=True)
class _Place:
    """One end a span may have. alike: from 0 to 100, to the words it had there; is_told: by what stands beside it."""

    alike: float
    is_told: bool


_NOWHERE = _Place(0.0, False)


def select(passage: Passage, before: str = "", after: str = "") -> Selector:
    """The selector of a passage. before, after: the text around it, where it is at hand."""
    return select_span(passage.document, (passage.start, passage.end), passage.text, before, after)


def select_span(document: str, span: Span, exact: str, before: str = "", after: str = "") -> Selector:
    """The selector of any span, whose text is `exact`."""
    words = " ".join(exact.split())
    is_short = len(words) <= 2 * _QUOTED
    return Selector(
        document=document,
        start=span[0],
        end=span[1],
        digest=_digest(exact),
        first=words if is_short else _head(words, _QUOTED),
        last="" if is_short else _tail(words, _QUOTED),
        prefix=_tail(" ".join(before[-4 * _CONTEXT :].split()), _CONTEXT),
        suffix=_head(" ".join(after[: 4 * _CONTEXT].split()), _CONTEXT),
    )


def parse_token(token: str) -> Selector:
    """The selector an address holds; raises InvalidQuery."""
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if found:
        document, start, end, *quoted, digest = found.groups()
        prefix, first, last, suffix = (_ESCAPED.sub(_plain, part) for part in quoted)
        span = int(start), int(end)
        is_short = all(len(part) <= _LONGEST_PART for part in (prefix, first, last, suffix))
        if is_short and first.strip() and 0 < span[1] - span[0] <= _LONGEST_SPAN:
            return Selector(document, *span, digest, first, last, prefix, suffix)
    raise InvalidQuery(
        "L’adresse de ce passage est incomplète ou abîmée. Copiez-la de nouveau en entier, "
        "ou cherchez le passage par ses mots."
    )


def resolve(text: str, selector: Selector) -> Resolved:
    """Where the span is in the text of today. Linear in the text, whatever the selector."""
    start, end = selector.start, selector.end
    if end <= len(text) and _digest(text[start:end]) == selector.digest:
        return Resolved(start, end, State.SAME)
    if moved := _moved(text, selector):
        return Resolved(*moved, State.MOVED)
    if changed := _changed(text, selector):
        return Resolved(*changed, State.CHANGED)
    last = _to_word_end(text, min(end, len(text)))
    return Resolved(_to_word_start(text, min(start, max(0, len(text) - (end - start)))), last, State.LOST)


def annotation(selector: Selector, exact: str, anchor: Anchor, source: str) -> dict[str, Any]:
    """The span as a W3C Web Annotation in JSON-LD. source: the address of the document."""
    selectors: list[dict[str, Any]] = [
        {"type": "TextQuoteSelector", "exact": exact, "prefix": selector.prefix, "suffix": selector.suffix},
        {"type": "TextPositionSelector", "start": selector.start, "end": selector.end},
        *_fragments(anchor),
    ]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "motivation": "highlighting",
        "target": {"source": source, "selector": selectors},
    }


def _fragments(anchor: Anchor) -> Iterator[dict[str, Any]]:
    if anchor.page is not None:
        yield {"type": "FragmentSelector", "conformsTo": _PAGES, "value": f"page={anchor.page}"}
    if anchor.start_s is not None:
        times = ",".join(str(round(at, 3)) for at in (anchor.start_s, anchor.end_s) if at is not None)
        yield {"type": "FragmentSelector", "conformsTo": _FRAGMENTS, "value": f"t=npt:{times}"}


def _moved(text: str, selector: Selector) -> Span | None:
    """The same words elsewhere: where what surrounds them is the same too, else the nearest to the old place."""
    length = selector.end - selector.start
    places = [(s, s + length) for s, _ in _occurrences(text, selector.first) if s + length <= len(text)]
    if selector.last:  # a digest costs more than a look at the end
        ends = selector.last[-1]
        places = [(s, e) for s, e in places if text[e - 1] == ends]
    near = nsmallest(
        _COMPARED, places, key=lambda span: (-_context(text, span, selector), abs(span[0] - selector.start))
    )
    return next((span for span in near if _digest(text[slice(*span)]) == selector.digest), None)


def _context(text: str, span: Span, selector: Selector) -> int:
    """How many of the two neighbours of a span are those of the selector."""
    before = " ".join(text[max(0, span[0] - 4 * _CONTEXT) : span[0]].split())
    after = " ".join(text[span[1] : span[1] + 4 * _CONTEXT].split())
    return before.endswith(selector.prefix) + after.startswith(selector.suffix)


def _changed(text: str, selector: Selector) -> Span | None:
    """A beginning and an end that were found again, with other words between."""
    begins, ends = _begins(text, selector), _ends(text, selector)
    pairs = [
        (likeness, span)
        for span in ((b, e) for b in begins for e in ends)
        if _may_span(span, selector)
        and (likeness := _likeness(begins[span[0]], ends[span[1]], _whole(text, span, selector)))
    ]
    if pairs:
        return max(pairs, key=lambda pair: (pair[0], -_distance(pair[1], selector)))[1]
    return _by_beginning(text, begins, selector)


def _may_span(span: Span, selector: Selector) -> bool:
    before, now = selector.end - selector.start, span[1] - span[0]
    return before / 3 - 40 <= now <= 3 * before + 400 and now > 0


def _whole(text: str, span: Span, selector: Selector) -> float:
    """How alike a span is to the old one, where the selector has all of its words."""
    return 0.0 if selector.last else fuzz.ratio(selector.first, text[slice(*span)])


def _likeness(begin: _Place, end: _Place, whole: float = 0.0) -> float:
    """How alike the ends of a span are to those of the old one; 0 where neither is enough."""
    if max(begin.alike, end.alike, whole) < _CHANGED:
        return 0.0
    return begin.alike + end.alike + _BESIDE * (begin.is_told + end.is_told)


def _distance(span: Span, selector: Selector) -> int:
    """How far a span is from where the selector was, and how much longer or shorter."""
    return abs(span[0] - selector.start) + 4 * abs(span[1] - span[0] - selector.end + selector.start)


def _by_beginning(text: str, begins: dict[int, _Place], selector: Selector) -> Span | None:
    """A passage whose end went away: as long as it was."""
    if not begins or len(selector.first) < _TELLING or not selector.last:
        return None
    start = min(begins, key=lambda place: (-_likeness(begins[place], _NOWHERE), abs(place - selector.start)))
    if begins[start].alike < _WHOLE:
        return None
    return start, _to_word_end(text, min(len(text), start + selector.end - selector.start))


def _begins(text: str, selector: Selector) -> dict[int, _Place]:
    """Where the passage may begin: at its first words, or after what stood before."""
    first, prefix = selector.first, selector.prefix
    told = {_skip(text, e) for _, e in _occurrences(text, prefix)}
    if not prefix and selector.start < _CONTEXT:
        told.add(_skip(text, 0))
    own = {s for s, _ in _occurrences(text, first)} or {
        _to_word_start(text, s) for s, _ in _alike(text, first, selector.start)
    }
    return {
        place: _Place(fuzz.ratio(first, text[place : place + len(first)]), place in told)
        for place in _nearest(own, told, selector.start)
    }


def _ends(text: str, selector: Selector) -> dict[int, _Place]:
    """Where the passage may end, in the same way."""
    last, suffix = selector.last or selector.first, selector.suffix
    told = {_back(text, s) for s, _ in _occurrences(text, suffix)} if suffix else {_back(text, len(text))}
    own = {e for _, e in _occurrences(text, last)} or {
        _to_word_end(text, e) for _, e in _alike(text, last, selector.end)
    }
    return {
        place: _Place(fuzz.ratio(last, text[max(0, place - len(last)) : place]), place in told)
        for place in _nearest(own, told, selector.end)
    }


def _nearest(own: set[int], told: set[int], to: int) -> list[int]:
    """The places to compare: those that both point to, then those that one does, the nearest first."""
    return nsmallest(_COMPARED, own | told, key=lambda place: (place not in own or place not in told, abs(place - to)))


def _alike(text: str, words: str, near: int) -> Iterator[Span]:
    """Where words that are nearly these stand: near the old place if they do, else anywhere."""
    for first, last in ((max(0, near - _NEAR), near + _NEAR), (0, len(text))):
        part = text[first:last]
        if len(part) < len(words):
            continue
        found = fuzz.partial_ratio_alignment(words, part, score_cutoff=_ALIKE)
        if found:
            yield first + found.dest_start, first + found.dest_end
            return


def _occurrences(text: str, words: str) -> Iterator[Span]:
    """Where these words stand, whatever the blanks between them; they may overlap."""
    pattern = re.compile(r"\s++".join(map(re.escape, words.split())))
    found = pattern.search(text) if words else None
    for _ in range(_OCCURRENCES):
        if found is None:
            return
        yield found.span()
        found = pattern.search(text, found.start() + 1)


def _digest(exact: str) -> str:
    return sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _head(words: str, most: int) -> str:
    """The first whole words; the beginning of a word that is too long."""
    return words if len(words) <= most else words[: most + 1].rpartition(" ")[0] or words[:most]


def _tail(words: str, most: int) -> str:
    return words if len(words) <= most else words[-most - 1 :].partition(" ")[2] or words[-most:]


def _escaped(part: str) -> str:
    return "".join(_ESCAPE.get(c, c) for c in part)


def _plain(match: re.Match[str]) -> str:
    return "~" if match[1] == "-" else match[1]


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _back(text: str, place: int) -> int:
    while place > 0 and text[place - 1].isspace():
        place -= 1
    return place


def _to_word_start(text: str, place: int) -> int:
    """The beginning of the word this place is in, no further than a word goes."""
    least = max(0, place - _LONGEST_PART)
    while least < place < len(text) and not text[place - 1].isspace():
        place -= 1
    return place


def _to_word_end(text: str, place: int) -> int:
    most = min(len(text), place + _LONGEST_PART)
    while 0 < place < most and not text[place].isspace():
        place += 1
    return place
