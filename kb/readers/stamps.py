"""Lines that say who speaks and since when, above the words, as meeting software writes them.

« Marie Dupont  0:03 », « 00:00:03 Marie Dupont », « [00:00:03] Marie Dupont : », « 0:0:3.4 --> 0:0:7.1 » above a name,
a name above « 0:03 ». A programme has lines like these (« 9:30 Ouverture »): whether they are believed is decided over
the whole document, in `turns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.readers.blocks import Block, Naming
from kb.readers.cleaning import clean, clean_lines
from kb.readers.names import may_be_label

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIME = rf"[\[(]?(?P<start>{_CLOCK})(?:\s*(?:-->|→|–|-)\s*(?P<end>{_CLOCK}))?[\])]?(?:\s?[AP]M)?"
_NAME = r"(?P<name>[^:;!?…«»\[\]\n]{2,80}?)"
_NAME_FIRST = re.compile(rf"{_NAME}[\s\u00a0]*[,|–—-]?[\s\u00a0]+{_TIME}[\s\u00a0]*:?")
_TIME_FIRST = re.compile(rf"{_TIME}[\s\u00a0]*[,|–—-]?[\s\u00a0]+{_NAME}[\s\u00a0]*:?")
_TIME_ALONE = re.compile(rf"{_TIME}[\s\u00a0]*:?")
_SPELLED = re.compile(r"(?:\d+ (?:heures?|hours?) ?)?(?:\d+ minutes? ?)?\d+ (?:secondes?|seconds?)", re.IGNORECASE)
_LONGEST_HEAD = 3


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who speaks from `start` to `end`, in seconds; `lines` says how many lines tell it."""

    name: str
    start: float
    end: float | None
    lines: int = 1


def stamp(lines: Sequence[str]) -> Stamp | None:
    """The stamp that opens these lines, if one does: on one line, or name and time on two."""
    if not lines:
        return None
    for pattern in (_NAME_FIRST, _TIME_FIRST):
        found = pattern.fullmatch(lines[0].strip())
        if found and _is_name(found["name"]):
            return _made(found["name"], found, 1)
    first = [line.strip() for line in lines[:_LONGEST_HEAD] if not _SPELLED.fullmatch(line.strip())]
    skipped = min(len(lines), _LONGEST_HEAD) - len(first)
    for name, time in (first[:2], first[1::-1]) if len(first) > 1 else ():
        found = _TIME_ALONE.fullmatch(time)
        if found and _is_name(name):
            return _made(name, found, 2 + skipped)
    return None


def unstacked(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, a stamp that opens one made a block of its own. What follows it has its time."""
    pending: Stamp | None = None
    for block in blocks:
        lines = [line for line in clean_lines(block.text) if line]
        found = None if block.is_heading or block.speaker else stamp(lines)
        if found is None:
            yield _timed(block, pending) if pending and lines else block
            pending = None if lines else pending
            continue
        head = " ".join(lines[: found.lines])
        yield replace(_timed(block, found), text=head, lead=clean(found.name), naming=Naming.STAMP)
        rest = lines[found.lines :]
        pending = None if rest else found
        if rest:
            yield replace(_timed(block, found), text=" ".join(rest), lead="", naming=Naming.NO, breaks=False)


def _timed(block: Block, found: Stamp) -> Block:
    if block.anchor.start_s is not None:
        return block
    return replace(block, anchor=replace(block.anchor, start_s=found.start, end_s=found.end))


def _is_name(name: str) -> bool:
    return may_be_label(clean(name)) and not re.search(r"\.$|[\s\u00a0][–—-][\s\u00a0]", name.strip())


def _made(name: str, found: re.Match[str], lines: int) -> Stamp | None:
    start, end = _seconds(found["start"]), _seconds(found["end"]) if found["end"] else None
    return None if start is None else Stamp(name.strip(), start, end if end and end >= start else None, lines)


def _seconds(clock: str) -> float | None:
    """« 1:02:03.4 », « 0:03 »; None where minutes or seconds are above 59."""
    *hours, minutes, seconds = (float(part.replace(",", ".")) for part in clock.split(":"))
    if seconds >= 60 or (hours and minutes >= 60):
        return None
    return sum(hours) * 3600 + minutes * 60 + seconds
