"""Timed subtitles, WebVTT and SRT alike: one tolerant grammar, because real files break both formats' rules.

Words are never dropped for a bad time line: such a cue keeps its words and loses its times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.domain import Anchor
from kb.readers.blocks import Block
from kb.readers.cleaning import clean

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?$")
_ARROW = re.compile(r"-->")
_COUNTER = re.compile(r"\s*\d+\s*$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,500}>|<\d[\d:.]*>|\{\\[^}]{0,200}\}")
_CODE = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_DASHED = re.compile(r"\s*[-–—]\s?(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][»”\")\s\u00a0]*$")
_PAUSE_S = 2.0

NO_TIME = "certains sous-titres n’ont pas de temps valable : leur texte est gardé sans minutage"
MAY_BE_CUT = "le fichier s’arrête au milieu d’une ligne : il en manque peut-être une partie"


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from `start` to `end` (seconds; None where the file's times mean nothing)."""

    lines: tuple[str, ...]
    start: float | None
    end: float | None


def parse(lines: Sequence[str]) -> Iterator[Cue]:
    """The cues of a file, in its order. A number alone above a time line is a counter; elsewhere it is words."""
    times = [index for index, line in enumerate(lines) if _ARROW.search(line)]
    for place, index in enumerate(times):
        stop = times[place + 1] if place + 1 < len(times) else len(lines)
        body = list(lines[index + 1 : stop])
        if stop < len(lines):
            body = _without_identifier(body)
        start, end = _times(lines[index])
        words = tuple(line.strip() for line in body if line.strip())
        if words:
            yield Cue(words, start, end)


def blocks_of(cues: Iterable[Cue]) -> Iterator[Block]:
    """One block a cue, or one a voice where a cue holds several."""
    before: Cue | None = None
    last: Block | None = None
    for cue in cues:
        fresh = _without_repeat(cue, before)
        before = cue
        for block in _voices(fresh):
            last = replace(block, joins=_goes_on(last, block))
            yield last


def split_lines(text: str) -> list[str]:
    """The lines of a subtitle file, whatever its line ends."""
    return re.split("\r\n|\r|\n", text)


def has_bad_times(cues: Iterable[Cue]) -> bool:
    """Whether some cue lost its times."""
    return any(cue.start is None for cue in cues)


def may_be_cut(text: str) -> bool:
    """Whether a file ends within a line, without so much as a full stop."""
    return text[-1:].isalnum()


def _times(line: str) -> tuple[float | None, float | None]:
    match = _TIMES.match(line)
    if not match:
        return None, None
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if start is None or end is None or end < start:
        return None, None
    return start, end


def _seconds(parts: Sequence[str | None]) -> float | None:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    if int(minutes) > 59 or int(seconds) > 59:
        return None
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _without_identifier(body: list[str]) -> list[str]:
    """The lines before the next time line, less that cue's counter or name: the line right above it."""
    if not body or not body[-1].strip():
        return body
    above = body[-2].strip() if len(body) > 1 else "x"
    if _COUNTER.match(body[-1]) or not above:
        return body[:-1]
    return body


def _without_repeat(cue: Cue, before: Cue | None) -> Cue:
    """Rolling captions show the last line again: it is kept once."""
    if before and len(before.lines) <= len(cue.lines) and cue.lines[0] == before.lines[-1] and len(cue.lines) > 1:
        return replace(cue, lines=cue.lines[1:])
    return cue


def _voices(cue: Cue) -> Iterator[Block]:
    anchor = Anchor(start_s=cue.start, end_s=cue.end)
    text = "\n".join(cue.lines)
    pieces = _VOICE.split(text)
    if pieces[0].strip():
        yield from _unnamed(pieces[0], anchor)
    for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
        yield Block(plain(words), anchor, speaker=clean(html.unescape(name)) or None)


def _unnamed(text: str, anchor: Anchor) -> Iterator[Block]:
    """Lines that all begin with a dash are as many voices, none of them named."""
    lines = plain(text).split("\n")
    if len(lines) > 1 and all(_DASHED.match(line) for line in lines):
        for line in lines:
            yield Block(_DASHED.sub("", line, count=1), anchor, breaks=True)
    else:
        yield Block(" ".join(lines), anchor)


def plain(text: str) -> str:
    """Words without tags, styling codes and entities. Lines are kept apart."""
    text = text.replace("\\N", "\n").replace("\\h", " ")
    return html.unescape(_TAG.sub("", _CODE.sub("", text)))


def _goes_on(last: Block | None, block: Block) -> bool:
    """Whether a cue goes on with the words of the one before: same voice, no pause after a full sentence."""
    if last is None or block.breaks or last.breaks or last.speaker != block.speaker:
        return False
    if not _SENTENCE_END.search(last.text):
        return True
    if last.anchor.end_s is None or block.anchor.start_s is None:
        return False
    return block.anchor.start_s - last.anchor.end_s < _PAUSE_S
