"""The quotations of a text: between quotation marks, on lines that open with « > », or else its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kb import french

LEAST_WORDS = 3
"""A word or two between quotation marks are a manner of speaking, not a quotation to verify."""
_LEAST_SENTENCE = 5
_MOST_WORDS = 150
"""A longer quotation is verified in parts, sentence after sentence."""
_LONGEST_PART = 1200
_PAIRS = (("“", "”"), ('"', '"'))
_BLOCK = re.compile(r"(?:^[ \t]*>.*(?:\n|\Z))+", re.MULTILINE)
_MARGIN = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_SIGNED = re.compile(r"\n[ \t]*(?:—|–|--)[^\n]*\n?\Z")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~$!&.)+=-])")
_AROUND = " \t\n\u00a0\u202f"


def quotations(text: str) -> tuple[list[str], int]:
    """The quotations of a text in order, and how many were left out as too short to be verified."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    marked = list(_marked(text))
    kept = [part for part in marked if _count(part) >= LEAST_WORDS]
    if not kept:
        said = [text[start:end] for start, end in french.sentences(re.sub(r"\n(?!\s*\n)", " ", text))]
        kept = [part for part in said if _count(part) >= _LEAST_SENTENCE]
        kept = kept or [part for part in (text.strip(),) if _count(part) >= LEAST_WORDS]
    return [piece for part in kept for piece in _pieces(part)], len(marked) - sum(p in kept for p in marked)


def _count(text: str) -> int:
    return sum(1 for _, _ in zip(range(LEAST_WORDS + _LEAST_SENTENCE), french.tokens(text), strict=False))


def _marked(text: str) -> Iterator[str]:
    """What stands in blocks of « > » lines and between quotation marks, in order."""
    at = 0
    for block in _BLOCK.finditer(text):
        yield from _between(text[at : block.start()])
        inside = _SIGNED.sub("", _ESCAPED.sub(r"\1", _MARGIN.sub("", block.group())))
        yield inside.strip(_AROUND)
        at = block.end()
    yield from _between(text[at:])


def _between(text: str) -> Iterator[str]:
    """What stands between quotation marks; those inside others belong to them."""
    at = 0
    while at < len(text):
        opens = [(text.find(left, at), left, right) for left, right in (("«", "»"), *_PAIRS) if left in text[at:]]
        if not opens:
            return
        start, left, right = min(opens)
        end = _closing(text, start, left, right)
        if end is None:
            at = start + 1
            continue
        yield text[start + 1 : end].strip(_AROUND)
        at = end + 1


def _closing(text: str, start: int, left: str, right: str) -> int | None:
    """Where the mark that opens at `start` is closed; one that never is goes to the end of its paragraph."""
    if left == right:
        end = text.find(right, start + 1)
        return end if end >= 0 else None
    depth = 0
    for found in re.finditer(f"[{left}{right}]", text[start:]):
        depth += 1 if found.group() == left else -1
        if depth == 0:
            return start + found.start()
    last = text.find(right, start)
    paragraph = text.find("\n\n", start)
    return last if last >= 0 else paragraph if paragraph >= 0 else len(text)


def _pieces(quoted: str) -> Iterator[str]:
    """A quotation, in parts that are not too long to be compared."""
    if len(quoted) <= _LONGEST_PART:
        yield quoted
        return
    held = ""
    for start, end in french.sentences(quoted):
        for piece in _runs(quoted[start:end]):
            if held and len(held) + len(piece) > _LONGEST_PART:
                yield held
                held = ""
            held = f"{held} {piece}".strip()
    if held:
        yield held


def _runs(sentence: str) -> Iterator[str]:
    """A sentence without end, cut between words."""
    words = sentence.split()
    for at in range(0, len(words), _MOST_WORDS):
        run = " ".join(words[at : at + _MOST_WORDS])
        yield from (run[n : n + _LONGEST_PART] for n in range(0, len(run), _LONGEST_PART))
