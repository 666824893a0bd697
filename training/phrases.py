"""What a text talks about, in its own words: the phrases somebody might type to find it. Pure functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.french import Token, is_stop_word, sentences, stem, tokens

_LONGEST, _LEAST_WORDS = 7, 2
_SHORTEST_WORD = 4
_INSIDE = frozenset("de du des d la le les l et en a au aux pour par sur".split())
"""Stop words that may stand inside a phrase: « le contrôle des structures »."""


def rarity(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """Inverse document frequency of each stem, ln(n / df): (Spärck Jones, 1972)."""
    sets = [set(said) for said in documents]
    counts = Counter(word for said in sets for word in said)
    return {word: math.log(len(sets) / count) for word, count in counts.items()}


def phrases(texts: Sequence[str], rare: Mapping[str, float], *, most: int) -> list[str]:
    """At most so many phrases of a document of these texts, the most telling first, no word in two of them.

    A phrase tells by its words: each counts its rarity, times how often the document says it, on a log scale.
    """
    said = Counter(stem(t.form) for text in texts for t in tokens(text))
    weights = {word: rare.get(word, 0.0) * (1 + math.log(count)) for word, count in said.items() if count > 1}
    found: dict[str, float] = {}
    for text in texts:
        for start, end in sentences(text):
            found |= _candidates(text[start:end], weights)
    chosen: list[str] = []
    taken: set[str] = set()
    for phrase in sorted(found, key=lambda p: (-found[p], p)):
        words = {stem(t.form) for t in tokens(phrase) if not is_stop_word(t.form)}
        if not words & taken and len(chosen) < most:
            chosen.append(phrase)
            taken |= words
    return chosen


def _candidates(sentence: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Runs of words that begin and end with a telling one, by how much they tell."""
    words = list(tokens(sentence))
    found = {}
    for first, opening in enumerate(words):
        if not _tells(opening, weights):
            continue
        for last in range(first + 1, min(first + _LONGEST, len(words))):
            between = sentence[words[last - 1].end : words[last].start]
            if between.strip(" '’-"):
                break
            if _tells(words[last], weights):
                run = words[first : last + 1]
                telling = {stem(w.form) for w in run if _tells(w, weights)}
                if len(telling) >= _LEAST_WORDS:
                    phrase = sentence[opening.start : words[last].end]
                    found[phrase[0].upper() + phrase[1:]] = sum(weights[w] for w in telling) / math.sqrt(len(run))
            elif words[last].form not in _INSIDE:
                break
    return found


def _tells(word: Token, weights: Mapping[str, float]) -> bool:
    return len(word.form) >= _SHORTEST_WORD and not is_stop_word(word.form) and weights.get(stem(word.form), 0) > 0
