"""What is compared of a quotation and of a text: words and telling signs, whatever their typography.

The written rule. Case, typographic quotes and apostrophes, ligatures, hyphens between two words, blanks, line ends,
words cut at a line end and the marks of punctuation are typography. So are accents where one side has none at all, and
those of capitals: a single accent lost among others makes another word (« formé », « forme »). A question mark, « % »,
« € » and the sign before a number are words. Letters taken for others (rn, m; l, 1) and words joined or split are never
typography.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kb import french

NEGATIONS = frozenset("ne n pas jamais aucun aucune plus rien ni sans non".split())
_SIGNS = re.compile(r"[?%‰€$£+=<>&@#]|(?<![^\s(«“\"])[-−–](?=\d)")
_INSIDE = re.compile(r"(?P<cut>[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.\s?\.\s?\.)|\[[^\[\]]{1,200}\]")
_EXACT = str.maketrans({"œ": "oe", "æ": "ae", "’": "", "ʼ": "", "'": "", ".": ""})
_JOINT = re.compile(r"[\u00ad\u200b\u2010\u2011-]\s*")
_MISREAD = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("1", "l"), ("i", "l"), ("0", "o"), ("5", "s"), ("ii", "u"))


class Kind(StrEnum):
    """What a part of a quotation is: a word, a cut « […] », or words of the person who quotes, in brackets."""

    WORD = "word"
    CUT = "cut"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Item:
    """A word of a text at [start, end): folded, and with its accents but for capitals; or a cut or a bracket."""

    form: str
    exact: str
    start: int
    end: int
    kind: Kind = Kind.WORD


def words(text: str, offset: int = 0) -> list[Item]:
    """The words and telling signs of a text, in order; offset: where the text begins in another."""
    found: list[Item] = []
    at = 0
    for token in french.tokens(text):
        found += _signs(text, at, token.start, offset)
        raw = text[token.start : token.end]
        found.append(Item(token.form, _exact(raw, token.form), token.start + offset, token.end + offset))
        at = token.end
    return found + _signs(text, at, len(text), offset)


def _signs(text: str, start: int, end: int, offset: int) -> list[Item]:
    if start == end or text[start:end] == " ":
        return []
    return [
        Item(sign := "-" if m.group() in "−–" else m.group(), sign, m.start() + offset, m.end() + offset)
        for m in _SIGNS.finditer(text, start, end if end == len(text) else end + 1)
        if m.end() <= end
    ]


@lru_cache(maxsize=100_000)
def _exact(raw: str, form: str) -> str:
    if raw[0].isdigit() or (len(raw) > 1 and raw.isupper()):
        return form
    exact = unicodedata.normalize("NFKC", raw.lower()).translate(_EXACT)
    return form[:1] + exact[1:] if raw[0].isupper() and len(exact) == len(form) else exact


def quoted_items(quote: str) -> list[Item]:
    """The words of a quotation, its cuts, and what its brackets hold; cuts at its ends are nothing."""
    items: list[Item] = []
    at = 0
    for found in _INSIDE.finditer(quote):
        items += words(quote[at : found.start()], at)
        kind = Kind.CUT if found["cut"] else Kind.EDITOR
        items.append(Item("", "", found.start(), found.end(), kind))
        at = found.end()
    items += words(quote[at:], at)
    while items and items[0].kind is Kind.CUT:
        items.pop(0)
    while items and items[-1].kind is Kind.CUT:
        items.pop()
    return items


def unbracketed(quote: str) -> str:
    """A quotation with the letters that were put in brackets for their case back in their words: « [N]ous »."""
    return re.sub(r"\[(\w)\](?=\w)", r"\1", quote)


def is_joint(gap: str) -> bool:
    """Whether what stands between two halves of a word is a hyphen, and a line end if any."""
    return _JOINT.fullmatch(gap) is not None


def misread(form: str) -> str:
    """A word as it would be if letters that a machine takes for one another were the same."""
    for seen, meant in _MISREAD:
        form = form.replace(seen, meant)
    return form


def has_accents(items: Sequence[Item]) -> bool:
    """Whether one of these words has an accent."""
    return any(item.exact != item.form for item in items)


def runs(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The words of each part of a quotation, between cuts and brackets; without signs, which nobody indexes."""
    held: list[Item] = []
    for item in items:
        if item.kind is not Kind.WORD:
            yield held
            held = []
        elif item.form[0].isalnum():
            held.append(item)
    yield held
