"""WebVTT: cues with their times; the voice tag `<v Name>` says who speaks."""

from __future__ import annotations

import re
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.builder import build, choose_title
from kb.readers.cues import MAY_BE_CUT, NO_TIME, blocks_of, has_bad_times, may_be_cut, parse, split_lines
from kb.readers.decoding import read_text

_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
NO_HEADER = "l’en-tête WEBVTT manque : le fichier a été lu tout de même"


def read(path: Path) -> ReadDocument:
    """Read a WebVTT file. Raise UnreadableDocument if it holds no cue."""
    text, warnings = read_text(path)
    lines = split_lines(text)
    header = lines[0].strip()
    if not header.startswith("WEBVTT"):
        header = ""
        warnings.append(NO_HEADER)
    cues = list(parse(_without_asides(lines)))
    if not cues:
        raise UnreadableDocument(path.name, "aucun sous-titre minuté n’y figure ; vérifiez que c’est un fichier WebVTT")
    if has_bad_times(cues):
        warnings.append(NO_TIME)
    if may_be_cut(text):
        warnings.append(MAY_BE_CUT)
    title = choose_title(header.removeprefix("WEBVTT").strip(" \t-–—:"))
    return build(blocks_of(cues), title=title, warnings=warnings)


def _without_asides(lines: list[str]) -> list[str]:
    """Drop NOTE, STYLE and REGION blocks, which end at a blank line."""
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        opens = not inside and _ASIDE.match(line) and (number == 0 or not lines[number - 1].strip())
        if opens and "-->" not in line:
            inside = True
        if not line.strip():
            inside = False
        kept.append("" if inside else line)
    return kept
