"""French as speech recognition writes it, and as people say it: a text made harder to read, not another text."""

from __future__ import annotations

import random
import re

FILLERS = ("euh", "ben", "bah", "hein", "donc euh", "voilà", "enfin", "en fait", "du coup", "disons", "quoi", "bon")
_PUNCTUATION = re.compile(r"\s*[.,;:!?…«»\"()]+\s*|\s+[–—-]\s+")
_BLANKS = re.compile(r"\s+")
_ONE_IN = 14
"""On average, one filler for so many words."""


def noisy(text: str, chance: random.Random) -> str:
    """The text as a recogniser may write it: without punctuation and capitals, with fillers, or both."""
    roll = chance.random()
    if roll < 0.8:
        text = unpunctuated(text)
    if roll > 0.5:
        text = hesitant(text, chance)
    return text


def unpunctuated(text: str) -> str:
    """Small letters and no punctuation; apostrophes and hyphens inside words stay."""
    return _BLANKS.sub(" ", _PUNCTUATION.sub(" ", text)).strip().lower()


def hesitant(text: str, chance: random.Random) -> str:
    """The same words in the same order, with fillers between some of them."""
    said: list[str] = []
    for word in text.split():
        if chance.random() < 1 / _ONE_IN:
            said.append(chance.choice(FILLERS))
        said.append(word)
    return " ".join(said)
