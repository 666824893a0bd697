"""SubRip (.srt): cues with their times; « Name : » at the head of a cue says who speaks until the next."""

from __future__ import annotations

from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.builder import build
from kb.readers.cues import MAY_BE_CUT, NO_TIME, blocks_of, has_bad_times, may_be_cut, parse, split_lines
from kb.readers.decoding import read_text


def read(path: Path) -> ReadDocument:
    """Read an SRT file. Raise UnreadableDocument if it holds no cue."""
    text, warnings = read_text(path)
    cues = list(parse(split_lines(text)))
    if not cues:
        raise UnreadableDocument(path.name, "aucun sous-titre minuté n’y figure ; vérifiez que c’est un fichier SRT")
    if has_bad_times(cues):
        warnings.append(NO_TIME)
    if may_be_cut(text):
        warnings.append(MAY_BE_CUT)
    return build(blocks_of(cues), warnings=warnings)
