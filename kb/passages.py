"""Segments to passages: whole sentences, one speaker, sized in model tokens.

A run is a stretch of segments under one heading, by one speaker, on one slide or page. A run is cut into units
(sentences; a sentence may go on from one subtitle cue, or one page, to the next), and units are laid into passages
of about equal size, none longer than `max_tokens` unless one word is (and no word is of a thousand characters).

An aside (« (Applaudissements.) ») is in a passage only where it stands between words that are: it is nobody's, and
never one of its ends, unless a document holds nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from kb import french
from kb.domain import Anchor, Passage, ReadDocument, Segment

CountTokens = Callable[[Sequence[str]], list[int]]
"""How many model tokens each text takes."""

TARGET_TOKENS = 160
"""See docs/quality.md for how this size was chosen."""
MAX_TOKENS = 240

_LONGEST_SENTENCE = 20_000
_LONGEST_WORD = 1000
"""In characters: beyond, it is no sentence, no word, but a file without punctuation, without blanks."""

_FINISHED = re.compile(r"[.!?…:;][\s\u00a0]*[»”\"’')\]]*$")


@dataclass(frozen=True, slots=True)
class _Unit:
    """Text that is not cut: a span, its size, and the segments it starts and ends in."""

    start: int
    end: int
    tokens: int
    first: Segment
    last: Segment

    @property
    def is_aside(self) -> bool:
        return self.first.is_aside


def cut(
    read: ReadDocument,
    document: str,
    count: CountTokens,
    *,
    target_tokens: int | None = None,
    max_tokens: int | None = None,
) -> list[Passage]:
    """The passages of a document, in order. Every segment but asides and headings with a body is in one."""
    target, limit = target_tokens or TARGET_TOKENS, max_tokens or MAX_TOKENS
    groups: list[list[_Unit]] = []
    for run in _runs(_spoken(read.segments), read.text):
        units = list(_units(read.text, run, count, limit))
        groups.extend(filter(None, map(_without_ends, _lay(read.text, units, target, limit))))
    return [_passage(read.text, document, ordinal, group) for ordinal, group in enumerate(groups, start=1)]


def _spoken(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The segments; where there is nothing but asides, they are ordinary ones."""
    if all(segment.is_aside or segment.is_heading for segment in segments):
        return [replace(segment, is_aside=False) for segment in segments]
    return segments


def _runs(segments: Sequence[Segment], text: str) -> Iterator[list[Segment]]:
    """An aside is in the run it may interrupt; whether the run goes on is asked of the words around it."""
    run: list[Segment] = []
    said: Segment | None = None
    for segment, following in zip_longest(segments, segments[1:]):
        if segment.is_heading and following and not following.is_heading:
            continue  # it is the context of what follows, not a passage
        if segment.is_aside:
            run.append(segment)
            continue
        if said and not _goes_on(said, segment, text):
            yield run
            run = []
        run.append(segment)
        said = segment
    if run:
        yield run


def _without_ends(group: Sequence[_Unit]) -> list[_Unit]:
    """A group without the asides at its ends; empty where it has nothing else."""
    said = [place for place, unit in enumerate(group) if not unit.is_aside]
    return list(group[said[0] : said[-1] + 1]) if said else []


def _goes_on(before: Segment, after: Segment, text: str) -> bool:
    a, b = before.anchor, after.anchor
    if before.is_heading or after.is_heading or before.speaker != after.speaker:
        return False
    if a.slide != b.slide:
        return False
    if a.page != b.page:
        return _unfinished(text[before.start : before.end]) and text[after.start].islower()
    return a.heading == b.heading


def _unfinished(text: str) -> bool:
    return _FINISHED.search(text) is None


def _units(text: str, run: Sequence[Segment], count: CountTokens, max_tokens: int) -> Iterator[_Unit]:
    """Sentences, joined across segments where one runs on, cut where one is longer than a passage may be."""
    spans = [
        (segment.start + s, segment.start + e, segment)
        for segment in run
        for sentence in french.sentences(text[segment.start : segment.end])
        for s, e in _countable(text, segment.start, *sentence)
    ]
    sizes = count([text[s:e] for s, e, _ in spans])
    current: _Unit | None = None
    asides: list[_Unit] = []
    for (start, end, segment), size in zip(spans, sizes, strict=True):
        piece = _Unit(start, end, size, segment, segment)
        if segment.is_aside:
            asides.append(piece)
            continue
        joined = current and replace(
            current, end=end, tokens=sum(unit.tokens for unit in (current, *asides, piece)), last=segment
        )
        if current and joined and _runs_on(text, current, piece) and joined.tokens <= max_tokens:
            current, asides = joined, []
            continue
        if current:
            yield from _split(text, current, count, max_tokens)
        yield from asides
        current, asides = piece, []
    if current:
        yield from _split(text, current, count, max_tokens)
    yield from asides


def _countable(text: str, offset: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; in pieces where it is longer than any, so that none is counted whole again at each halving."""
    while end - start > _LONGEST_SENTENCE:
        blank = text.rfind(" ", offset + start + 1, offset + start + _LONGEST_SENTENCE) - offset
        at = blank if blank > start else start + _LONGEST_SENTENCE
        yield start, at
        start = at + 1 if at == blank else at
    yield start, end


def _runs_on(text: str, before: _Unit, after: _Unit) -> bool:
    if before.last is after.first or not _unfinished(text[before.start : before.end]):
        return False
    return before.last.anchor.start_s is not None or text[after.start].islower()


def _split(text: str, unit: _Unit, count: CountTokens, max_tokens: int) -> Iterator[_Unit]:
    """A unit too long for one passage, halved at the clause or blank nearest its middle until it fits."""
    if unit.tokens <= max_tokens:
        yield unit
        return
    at = _middle(text, unit.start, unit.end)
    if at is None:
        yield unit
        return
    end = len(text[unit.start : at].rstrip()) + unit.start
    left, right = count([text[unit.start : end], text[at : unit.end]])
    yield from _split(text, replace(unit, end=end, tokens=left), count, max_tokens)
    yield from _split(text, replace(unit, start=at, tokens=right), count, max_tokens)


def _middle(text: str, start: int, end: int) -> int | None:
    """Where to cut [start, end): after punctuation near the middle, else after any blank; no word, unless endless."""
    middle, quarter = (start + end) // 2, (end - start) // 4
    for pattern, low, high in (
        (r"(?<=[;:,.!?…])\s+(?=\S)|\n+(?=\S)", middle - quarter, middle + quarter),
        (r"\s+(?=\S)", start + 1, end - 1),
    ):
        ends = [m.end() for m in re.compile(pattern).finditer(text, low, high)]
        if ends:
            return min(ends, key=lambda e: abs(e - middle))
    return middle if end - start > _LONGEST_WORD else None


def _lay(text: str, units: Sequence[_Unit], target: int, limit: int) -> Iterator[list[_Unit]]:
    """Units into groups of about equal size, near `target` and never above `limit` while units allow.

    A numbered recommendation begins a group, so that nobody quotes it without its number and whom it addresses.
    """
    if not units:
        return
    total = sum(u.tokens for u in units)
    share = total / max(1, math.ceil(total / target - 0.25))
    group: list[_Unit] = []
    size = 0
    for unit in units:
        is_full = size + unit.tokens > limit or (size + unit.tokens / 2 > share and not _announces(text, group))
        if group and (is_full or french.opens_recommendation(text[unit.start : unit.end])):
            yield group
            group, size = [], 0
        group.append(unit)
        size += unit.tokens
    yield group


def _announces(text: str, group: Sequence[_Unit]) -> bool:
    """Whether what follows a group belongs to it: a label, or a sentence that ends with a colon."""
    last = text[group[-1].start : group[-1].end] if group else ""
    return last.endswith(":") or french.opens_recommendation(last)


def _passage(text: str, document: str, ordinal: int, group: Sequence[_Unit]) -> Passage:
    start, end = group[0].start, group[-1].end
    first, last = group[0].first, group[-1].last
    return Passage(
        id=f"{document}.{ordinal}",
        document=document,
        ordinal=ordinal,
        start=start,
        end=end,
        text=text[start:end],
        anchor=_anchor(first.anchor, last.anchor),
        speaker=first.speaker,
    )


def _anchor(first: Anchor, last: Anchor) -> Anchor:
    return replace(first, end_s=last.end_s) if first.start_s is not None else first
