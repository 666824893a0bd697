"""How well an extracted text reads, so that two extractions of one PDF can be compared. Pure functions."""

from __future__ import annotations

import itertools
import re
from collections import Counter

_SHORT_WORDS = frozenset(
    "a à ai as au aux ay b bi c ça ce ci d da dé de di du dû e ès en es et eu ex f fi go h ha hé ho hz i ii il in is iv"
    " ix"
    " j je k kg km l la là le li lu m ma me mi mm mn mu n nb ne né ni no nu o ô oh on or os ou où p"
    " pp pu q qu r ré s sa"
    " se"
    " si su sû t ta te tu u un v va vi via vs vu w x xx y z to of by no".split()
)
_GLYPH_NAME = re.compile(r"/[a-z]{2,}[a-z0-9]*(?![\w/.])|\(cid:\d+\)|/g\d{1,4}\b")
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd\x00-\x08\x0e-\x1f\x7f-\x9f]")
_CAMEL = re.compile(r"[a-zà-ÿ]{3,}[A-ZÀ-Þ][a-zà-ÿ]{3,}[A-ZÀ-Þ]?")
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiouyàâäéèêëîïôöùûüœæ")
_LONGEST = 28
_COMMON = frozenset("de la le les des et en un une du que pour est dans the of and to in à au par sur ne pas".split())


def poverty(text: str) -> float:
    """Share of the words that read badly, in [0, 1]: 0 is clean text, above 0.02 something is wrong.

    Counted as bad: fragments of one or two letters that are no French word, halves of a word that is whole elsewhere,
    words run together, glyph names, characters that stand for none.
    """
    tokens = text.split()
    if not tokens:
        return 1.0
    bad = len(_GLYPH_NAME.findall(text)) + len(_STRANGE.findall(text)) / 3
    words = [token.strip(".,;:!?()[]«»“”\"'’-–—•…/") for token in tokens]
    bad += sum(1 for word in words if _is_fragment(word) or _is_run_together(word))
    bad += _halves(words)
    return min(1.0, bad / len(tokens))


def is_gibberish(text: str) -> bool:
    """Whether hardly any word of a text of some length is one that every text has.

    Without a single one, signs for a third of the text, words without an end or hardly a vowel are enough.
    """
    words = [word.lower() for word in _LETTERS.findall(text)]
    common = sum(1 for word in words if word in _COMMON)
    if common or not text.strip():
        return len(words) >= 60 and common < len(words) / 60
    signs = sum(1 for character in text if not (character.isalnum() or character.isspace()))
    letters = "".join(words)
    vowels = sum(1 for letter in letters if letter in _VOWELS)
    is_no_language = len(letters) >= 100 and (len(letters) > 15 * len(words) or vowels < 0.25 * len(letters))
    return signs > 0.3 * len(text) or is_no_language or len(words) >= 60


def _is_fragment(word: str) -> bool:
    return len(word) <= 2 and word.isalpha() and word.islower() and word not in _SHORT_WORDS


def _is_run_together(word: str) -> bool:
    if "/" in word or "@" in word or "." in word or "_" in word:
        return False
    return (len(word) > _LONGEST and word.isalpha()) or bool(_CAMEL.search(word))


def _halves(words: list[str]) -> int:
    """« incertit ude » where « incertitude » is written elsewhere and one half nowhere else."""
    counts = Counter(words)
    found = 0
    for left, right in itertools.pairwise(words):
        if left.isalpha() and right.isalpha() and right.islower() and f"{left}{right}" in counts:
            found += min(counts[left], counts[right]) <= 1
    return found
