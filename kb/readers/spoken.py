"""What was said, as tables and JSON hold it: one record a turn, a cue or a word, with its speaker and its times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from kb.domain import Anchor
from kb.readers.blocks import Block
from kb.readers.clocks import MOST_S, Time, unit_by_pace

_PARAGRAPHS = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)\s*")
_SENTENCE_END = re.compile(r"[.!?…][»”\")\s\u00a0]*$")
_CLOSING = re.compile(r"[.,…)\]}”]+")
_TALL = re.compile(r"[;:!?»%]+")
_OPENING = ("'", "’", "«", "(", "[", "-")
_PAUSE_S = 2.0
_BREATH_S = 1.0
_MOST_WORDS = 60

UNPUNCTUATED = "transcription automatique sans ponctuation : elle est découpée aux silences"
BAD_TIMES = "certaines lignes n’ont pas de temps valable : leur texte est gardé sans minutage"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words said from `start` to `end` (seconds). `breaks`: another recording, or another channel, begins here."""

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    line: int | None = None
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The same as it was read: times may lack their unit. `duration` stands where the end is not given."""

    text: str
    label: str | None = None
    start: Time | None = None
    end: Time | None = None
    duration: Time | None = None
    line: int | None = None


def timed(records: Sequence[Record], names: Sequence[str | None]) -> list[Spoken]:
    """The records with their speakers' names and their times in seconds. An end before its start is no time."""
    unit = unit_by_pace(list(_spans(records)))
    return [
        _in_seconds(Spoken(record.text, name, line=record.line), record, unit)
        for record, name in zip(records, names, strict=True)
    ]


def blocks_of(turns: Iterable[Spoken]) -> Iterator[Block]:
    """One block a turn, or one a paragraph of it. Turns go on in one line while one voice speaks without a pause."""
    turns = list(turns)
    is_punctuated = _is_punctuated(turns)
    last: Spoken | None = None
    for turn in turns:
        joins = last is not None and _goes_on(last, turn, is_punctuated=is_punctuated)
        anchor = Anchor(start_s=turn.start, end_s=turn.end, line=turn.line)
        for paragraph in _PARAGRAPHS.split(turn.text.strip()):
            yield Block(paragraph, anchor, speaker=turn.speaker, joins=joins, breaks=turn.breaks and not joins)
            joins = False
        last = turn


def from_words(words: Iterable[Spoken]) -> Iterator[Spoken]:
    """Words one by one as cues: up to the end of a sentence, a breath, another voice, or sixty words.

    Where words bring their own blanks (« Bonjour », « à »), nothing is put between them.
    """
    words = list(words)
    bring_blanks = any(word.text[:1].isspace() for word in words)
    cue: list[Spoken] = []
    for word in words:
        if cue and _cuts(cue, word):
            yield _joined(cue, bring_blanks=bring_blanks)
            cue = []
        cue.append(word)
    if cue:
        yield _joined(cue, bring_blanks=bring_blanks)


def has_bad_times(turns: Iterable[Spoken]) -> bool:
    """Whether some turns have their time and others do not."""
    found = {turn.start is None for turn in turns}
    return len(found) > 1


def without_punctuation(turns: Iterable[Spoken]) -> bool:
    """Whether hardly a sentence ends, as in the output of a machine that does not punctuate."""
    return not _is_punctuated(list(turns))


def _spans(records: Sequence[Record]) -> Iterator[tuple[float, float, int]]:
    """Start, end and letters of the records whose times have no unit; the next start stands for a missing end."""
    for record, following in zip_longest(records, records[1:]):
        start, end = record.start, record.end
        if start is None or start.is_known:
            continue
        if end is None and record.duration is not None and not record.duration.is_known:
            end = Time(start.amount + record.duration.amount, is_known=False)
        if end is None and following is not None:
            end = following.start
        if end is not None and not end.is_known:
            yield start.amount, end.amount, len(record.text.strip())


def _in_seconds(turn: Spoken, record: Record, unit: float) -> Spoken:
    start, end, lasts = (_seconds(time, unit) for time in (record.start, record.end, record.duration))
    if end is None and start is not None and lasts is not None:
        end = start + lasts
    if start is None or (end is not None and end < start):
        return turn
    return replace(turn, start=round(start, 3), end=None if end is None else round(end, 3))


def _seconds(time: Time | None, unit: float) -> float | None:
    if time is None:
        return None
    found = time.amount if time.is_known else time.amount * unit
    return found if found <= MOST_S else None


def _is_punctuated(turns: Sequence[Spoken]) -> bool:
    words = sum(len(turn.text.split()) for turn in turns)
    ends = sum(len(re.findall(r"[.!?…](?:\s|$)", turn.text)) for turn in turns)
    return 80 * ends >= words


def _goes_on(last: Spoken, turn: Spoken, *, is_punctuated: bool) -> bool:
    """Whether one voice goes on: in the middle of a sentence, or without a pause. Turns without times stand apart."""
    if last.speaker != turn.speaker or turn.breaks or last.start is None or turn.start is None:
        return False
    if is_punctuated and not _SENTENCE_END.search(last.text):
        return True
    return last.end is not None and turn.start - last.end < _PAUSE_S


def _cuts(cue: Sequence[Spoken], word: Spoken) -> bool:
    last = cue[-1]
    if word.breaks:
        return True
    if _sticks(word.text):
        return False  # recognisers give punctuation neither time nor voice
    if word.speaker != last.speaker:
        return True
    if _SENTENCE_END.search(last.text) or len(cue) >= _MOST_WORDS:
        return True
    return last.end is not None and word.start is not None and word.start - last.end >= _BREATH_S


def _joined(cue: Sequence[Spoken], *, bring_blanks: bool) -> Spoken:
    """One cue; its time runs from the first word that has one to the last."""
    text = ""
    for word in cue:
        text += word.text if bring_blanks else _gap(text, word.text.strip()) + word.text.strip()
    starts = [word.start for word in cue if word.start is not None]
    ends = [word.end for word in cue if word.end is not None]
    return replace(cue[0], text=text, start=min(starts, default=None), end=max(ends, default=None))


def _sticks(word: str) -> bool:
    return bool(_CLOSING.fullmatch(word.strip()) or _TALL.fullmatch(word.strip()))


def _gap(before: str, word: str) -> str:
    """What stands between two tokens: nothing after « l’ » or before a comma, a non-breaking space before « ? »."""
    if not before or _CLOSING.fullmatch(word) or before.endswith(_OPENING) or word.startswith("-"):
        return ""
    return "\u00a0" if _TALL.fullmatch(word) else " "
