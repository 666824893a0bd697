"""Why a passage is a hit: the words matched, where they stand, and the sentence that says most."""

from __future__ import annotations

from collections.abc import Collection

from kb import french
from kb.domain import Why
from kb.store import Words

Span = tuple[int, int]


def why(text: str, words: Words, *, meaning: float | None) -> Why:
    """The reasons of a passage for a query, as offsets in its text."""
    matched = matches(text, words)
    forms = dict.fromkeys(text[start:end] for start, end in matched)
    return Why(tuple(forms), tuple(matched), meaning, best_sentence(text, words.stems, matched))


def matches(text: str, words: Words) -> list[Span]:
    """Where the words and phrases of a query stand in a text, in order, without overlaps."""
    tokens = list(french.tokens(text))
    wanted = set(words.stems)
    spans = [(t.start, t.end) for t in tokens if french.stem(t.form) in wanted]
    forms = [t.form for t in tokens]
    for phrase in words.phrases:
        for i in range(len(forms) - len(phrase) + 1):
            if tuple(forms[i : i + len(phrase)]) == phrase:
                spans.append((tokens[i].start, tokens[i + len(phrase) - 1].end))
    return _merged(sorted(spans))


def best_sentence(text: str, stems: Collection[str], matched: Collection[Span]) -> Span | None:
    """The sentence with the most different words of the query, the shorter one when they tie; None without any."""
    scored = []
    for start, end in french.sentences(text):
        inside = {french.stem(t.form) for t in french.tokens(text[start:end])} & set(stems)
        marked = sum(1 for s, e in matched if start <= s and e <= end)
        if inside:
            scored.append((len(inside), min(marked, 9), start - end, (start, end)))
    return max(scored)[-1] if scored else None


def _merged(spans: list[Span]) -> list[Span]:
    """Spans in order, overlapping ones made one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
