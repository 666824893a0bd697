"""CTM (NIST), what speech recognisers write: a word a line, with recording, channel, start, duration and confidence.

Words are joined into cues. Marks that some recognisers put among them (« <start=…,end=…,speaker=S0> ») are no words:
they say which voice speaks. Of words heard in two ways, the first is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import clocks
from kb.readers.builder import build
from kb.readers.decoding import read_text
from kb.readers.spoken import UNPUNCTUATED, Spoken, blocks_of, from_words, without_punctuation
from kb.readers.voices import Voices

_LEAST_FIELDS = 5
_COMMENT = ";;"
_MARK = re.compile(r"<.*>|\[[A-Z_-]+\]|%[A-Za-z]+|\(%[A-Za-z]+\)|@")
_SPEAKER = re.compile(r"<[^>]*\bspeaker=([^,>\s]+)")
_UNKNOWN = re.compile(r"<unk>|\[unk\]", re.IGNORECASE)
_MISSED = "[…]"

NAMELESS = "transcription automatique, mot à mot : les orateurs n’y ont pas de nom"


@dataclass(frozen=True, slots=True)
class _Line:
    recording: str
    channel: str
    start: float
    duration: float
    word: str


def read(path: Path) -> ReadDocument:
    """Read a CTM file. Raise UnreadableDocument if hardly a line is one of its words."""
    text, warnings = read_text(path)
    written = [(number, line) for number, line in enumerate(text.splitlines(), start=1)
               if line.strip() and not line.startswith(_COMMENT)]  # fmt: skip
    lines = [(number, _line(line)) for number, line in written]
    wrong = [number for number, line in lines if line is None]
    if 2 * len(wrong) >= len(lines):
        raise UnreadableDocument(path.name, "ce n’est pas un CTM (un mot par ligne, avec son temps et sa durée)")
    if wrong:
        warnings.append(f"ligne {wrong[0]} : ce n’est pas un mot minuté ; {len(wrong)} ligne(s) passée(s)")
    voices = Voices()
    cues = list(from_words(_words((line for _, line in lines if line), voices)))
    if not cues:
        raise UnreadableDocument(path.name, "aucun mot n’y figure")
    warnings += [*_quality(cues), *voices.warnings()]
    return build(blocks_of(cues), warnings=warnings)


def _line(line: str) -> _Line | None:
    fields = line.split()
    if len(fields) < _LEAST_FIELDS:
        return None
    start, duration = clocks.read(fields[2], 1.0), clocks.read(fields[3], 1.0)
    if fields[4].upper().startswith("<ALT"):
        return _Line(fields[0], fields[1], 0.0, 0.0, fields[4].upper())
    if start is None or duration is None:
        return None
    return _Line(fields[0], fields[1], start.amount, duration.amount, fields[4])


def _words(lines: Iterable[_Line], voices: Voices) -> Iterator[Spoken]:
    place: tuple[str, str] | None = None
    speaker: str | None = None
    is_second = breaks = False
    for line in lines:
        here = (line.recording, line.channel)
        begins, place = place is not None and here != place, here
        if begins:
            speaker, breaks = None, True
        if line.word.startswith("<ALT"):
            is_second = line.word == "<ALT>"
            continue
        said_by = _SPEAKER.match(line.word)
        if said_by:
            speaker = voices.name(said_by[1])
        word = _MISSED if _UNKNOWN.fullmatch(line.word) else line.word
        if is_second or (word != _MISSED and _MARK.fullmatch(word)):
            continue
        end = line.start + line.duration
        yield Spoken(word, speaker, round(line.start, 3), round(end, 3), breaks=breaks)
        breaks = False


def _quality(cues: Sequence[Spoken]) -> Iterator[str]:
    """What a machine did not write."""
    yield NAMELESS
    if without_punctuation(cues):
        yield UNPUNCTUATED
    missed = sum(cue.text.count(_MISSED) for cue in cues)
    if missed:
        yield f"mots que la machine n’a pas reconnus, notés « {_MISSED} » : {missed}"
