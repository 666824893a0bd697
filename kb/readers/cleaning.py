"""What is done to every character of every document, in one place. Pure functions, idempotent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_ARROWS = re.compile("[\uf0e0\uf0e8]")
_BULLET_GLUED = re.compile(r"^([•▪■●◦‣])(?=\w)")
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_KEPT_BLANK = re.compile("[\u00a0\u202f]")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")

_HYPHENS = "-‐\u00ad"
_LONGEST_WORD = 80

_COMPOUND_STARTS = frozenset(
    "peut vice sous avant arrière après demi semi non porte grand grands grande grandes contre chef rendez savoir"
    " haut hauts moyen court long mieux centre centres vis outre saint sainte nord sud ouest tête là eux elles lui"
    " nous vous soi celui celle ceux celles vingt trente quarante cinquante soixante quatre dix".split()
)
_COMPOUND_ENDS = frozenset("être ci là même mêmes à dire delà dessus dessous devant dedans dehors ville bourg".split())
_LINKS = frozenset("de du des à en t la le les sur sous et au aux est ès lès".split())
_INVERTED = frozenset("il ils elle elles on".split())


def clean(text: str) -> str:
    """One paragraph as one line: NFC, no control or invisible character, single blanks, no blank at the ends.

    Non-breaking spaces stay what they are; a run of blanks that holds one becomes one.
    """
    return " ".join(line for line in clean_lines(text) if line)


def clean_lines(text: str) -> list[str]:
    """The same, keeping the lines of the text apart; empty lines are kept as empty strings."""
    return [_clean_line(line) for line in _LINE_END.split(text)]


def join_lines(lines: Sequence[str], known: frozenset[str] = frozenset()) -> str:
    """Lines of a laid-out paragraph as one line; words cut at line ends are made whole.

    known: words of the document in lower case (see `words_of`): the form the document uses elsewhere wins.
    """
    joined: list[str] = []
    for line in lines:
        stripped = line.strip()
        if not stripped:
            continue
        if joined:
            joined[-1:] = _join(joined[-1], stripped, known)
        else:
            joined.append(stripped)
    return "".join(joined)


def words_of(lines: Iterable[str]) -> frozenset[str]:
    """Words, in lower case, that are whole in these lines (the last of a line that ends on a hyphen is not)."""
    words: set[str] = set()
    for line in lines:
        tokens = line.split()
        if tokens and tokens[-1][-1] in _HYPHENS:
            tokens.pop()
        for token in tokens:
            words.update(word.lower().replace("‐", "-") for word in _WORD.findall(token[:_LONGEST_WORD]))
    return frozenset(words)


def _clean_line(line: str) -> str:
    line = _ANSI.sub("", line)
    line = _CONTROL.sub("", _INVISIBLE.sub("", line))
    line = unicodedata.normalize("NFC", line.translate(_LIGATURES))
    line = _PRIVATE.sub("•", _ARROWS.sub("→", line))
    line = _BLANKS.sub(_one_blank, line).strip()
    return _BULLET_GLUED.sub(r"\1 ", line)


def _one_blank(run: re.Match[str]) -> str:
    kept = _KEPT_BLANK.search(run.group())
    return kept.group() if kept else " "


def _join(before: str, after: str, known: frozenset[str]) -> tuple[str, str]:
    """The two lines, with what belongs between them."""
    if before.endswith("\u00ad"):
        return before[:-1], after
    if len(before) < 2 or before[-1] not in "-‐" or not before[-2].isalnum():
        return before, f" {after}"
    left, right = _last_word(before[-_LONGEST_WORD:-1]), _first_word(after[:_LONGEST_WORD])
    return (before[:-1] if _is_cut_word(left.lower(), right, known) else before), after


def _is_cut_word(left: str, right: str, known: frozenset[str]) -> bool:
    """Whether the hyphen between two halves is only layout. A real one stays."""
    if not right or not right[0].islower() or not left:
        return False
    if f"{left}{right}".lower() in known:
        return True
    if f"{left}-{right}".lower() in known:
        return False
    part = left.rsplit("-", 1)[-1]
    first = right.split("-", 1)[0]
    if "-" in left and part in _LINKS:
        return False
    if part in _COMPOUND_STARTS or first in _COMPOUND_ENDS:
        return False
    return not (first in _INVERTED and part[-1] in "td")


def _last_word(text: str) -> str:
    found = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*$", text)
    return found.group() if found else ""


def _first_word(text: str) -> str:
    found = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    return found.group() if found else ""
