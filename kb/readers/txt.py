"""Plain text: paragraphs by blank lines, or one a line where lines are long; names alone on an indented line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.domain import Anchor, ReadDocument
from kb.readers.blocks import Block, Naming
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import join_lines, words_of
from kb.readers.decoding import read_text
from kb.readers.stamps import stamp

_ITEM = re.compile(r"\s*(?:[-–—•*▪●◦‣]|\d{1,2}[.)]|[a-z]\))\s+\S")
_RULE = re.compile(r"\s*([-=_*~#])\1{2,}\s*$|\s*(?:\* ?){3}\s*$")
_LABEL = re.compile(
    r"\s*[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s"
    r"|\s*[A-ZÀ-ÖØ-ÞŒ][^:!?]{1,80}?[\s\u00a0]?:[\s\u00a0]"
    r"|\s*(?:M\.|MM\.|Mme|Mlle|Dr|Pr)\s[^:!?]{1,60}?\s[—–-]\s"
)
_TIME = re.compile(r"\s*[\[(]?(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?[\])]?\s")
_END = re.compile(r"[.!?…:;»)][\s\u00a0]*$")
_WRAP_AT = 110
_LEAST_WIDTH = 60


@dataclass(frozen=True, slots=True)
class _Paragraph:
    lines: list[str]
    line: int
    set_apart: bool
    blank_after: int


def read(path: Path) -> ReadDocument:
    """Read a text file. Anchors give the line where each paragraph begins."""
    text, warnings = read_text(path)
    blocks = list(blocks_of(re.split("\r\n|[\r\n\u2028\u2029\x0c]", text)))
    headings = [block.text for block in blocks[:1] if block.is_heading]
    return build(blocks, title=choose_title(*headings), warnings=warnings)


def blocks_of(lines: Sequence[str]) -> Iterator[Block]:
    """The paragraphs of a text given as lines."""
    known = words_of(lines)
    paragraphs = list(_paragraphs(lines))
    breaks = False
    for place, paragraph in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        if _RULE.match(paragraph.lines[0]) and len(paragraph.lines) == 1:
            breaks = True
            continue
        is_stamp = stamp(paragraph.lines) is not None
        is_heading = not is_stamp and _is_heading(paragraph, following)
        is_name = is_heading or _stands_as_name(paragraph, following)  # « MARIE DUPONT » looks like a heading
        yield Block(
            "\n".join(paragraph.lines) if is_stamp else join_lines(paragraph.lines, known),
            Anchor(line=paragraph.line, start_s=_time(paragraph.lines[0])),
            is_heading=is_heading,
            naming=Naming.MAYBE if is_name else Naming.NO,
            breaks=breaks,
        )
        breaks = False


def _paragraphs(lines: Sequence[str]) -> Iterator[_Paragraph]:
    width = _width(lines)
    end = 0
    while end < len(lines):
        start = end + _blank_run(lines, end)
        before = start - end
        end = start
        while end < len(lines) and lines[end].strip():
            end += 1
        if end == start:
            return
        after = _blank_run(lines, end)
        set_apart = before >= 3 and after >= 1 and end - start <= 3
        number = start + 1
        for part in _cut(lines[start:end], width):
            number += len(part)
            is_last = number == end + 1
            yield _Paragraph(part, number - len(part), set_apart, (after or 1) if is_last else 0)


def _blank_run(lines: Sequence[str], start: int) -> int:
    end = start
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end - start


def _width(lines: Sequence[str]) -> int | None:
    """The width that lines are wrapped at; None where lines are long, so that each is a paragraph."""
    lengths = sorted(len(line) for line in lines if line.strip())
    usual = lengths[len(lengths) * 98 // 100] if lengths else 0
    return max(usual, _LEAST_WIDTH) if usual <= _WRAP_AT else None


def _cut(group: Sequence[str], width: int | None) -> Iterator[list[str]]:
    """Cut a run of lines without a blank one between them into paragraphs. A stamp is one by itself."""
    if width is None:
        yield from ([line] for line in group)
        return
    part: list[str] = []
    end_of_stamp = 0
    for place, line in enumerate(group):
        if place < end_of_stamp:
            part.append(line)
            continue
        found = stamp(group[place : place + 3])
        if part and (found or place == end_of_stamp or _begins(line, part[-1], width)):
            yield part
            part = []
        end_of_stamp = place + found.lines if found else end_of_stamp
        part.append(line)
    if part:
        yield part


def _begins(line: str, last: str, width: int) -> bool:
    """Whether a line begins a paragraph: an item, a label, or what follows a line that ended short of the width."""
    if _ITEM.match(line) or _LABEL.match(line) or _RULE.match(line):
        return True
    length = len(last.rstrip())
    return length < 0.7 * width and (bool(_END.search(last)) or (length < 0.6 * width and line.lstrip()[:1].isupper()))


def _time(line: str) -> float | None:
    match = _TIME.match(line)
    if not match:
        return None
    hours, minutes, seconds = match.groups(default="0")
    return float(int(hours) * 3600 + int(minutes) * 60 + int(seconds))


def _stands_as_name(paragraph: _Paragraph, following: _Paragraph | None) -> bool:
    """Alone on its indented line, and what follows is indented too."""
    if len(paragraph.lines) != 1 or following is None:
        return False
    line = paragraph.lines[0]
    is_indented = line[0] in " \t" and following.lines[0][0] in " \t"
    name = line.split(",")[0]  # a role may follow
    return is_indented and len(name.strip()) <= 100 and len(line) <= 300 and not _END.search(name)


def _is_heading(paragraph: _Paragraph, following: _Paragraph | None) -> bool:
    """Underlined, or a short line set apart by three blank lines, or in capitals between blank lines."""
    if len(paragraph.lines) != 1:
        return False
    line = paragraph.lines[0].rstrip()
    if following and _RULE.match(following.lines[0]) and not paragraph.blank_after and "=" in following.lines[0]:
        return True
    if len(line) > 100 or line[0] in " \t" or _END.search(line) or line.endswith(","):
        return False
    letters = [character for character in line if character.isalpha()]
    if len(letters) > 3 and all(character.isupper() for character in letters) and paragraph.blank_after:
        return True
    return paragraph.set_apart and bool(letters) and letters[0].isupper()
