"""Where a quotation may come from: passages that say its rare words and runs of three, then the text around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb import french
from kb.browse import FullText
from kb.domain import Segment
from kb.library import Library
from kb.quotes.aligning import Table, table
from kb.quotes.wording import Item, Kind, runs, words
from kb.store import Scope, Words

_CANDIDATES = 6
_RARE, _PHRASES, _IN_PHRASE = 16, 24, 3
_BESIDE, _OVER_CUTS = 250, 3000
"""Characters that are looked at around a passage, beside as many as the quotation has; and more where it has cuts."""
_LABEL = 90
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a document and how the quotation fits into it; free: words that it may leave out at no cost."""

    whole: FullText
    words: Sequence[Item]
    free: Sequence[bool]
    table: Table


@dataclass(slots=True)
class Texts:
    """The texts of the documents that one verification looks at, each read once."""

    library: Library
    scope: Scope
    _kept: dict[str, FullText] = field(default_factory=dict)

    def whole(self, identifier: str) -> FullText:
        """A document's text; raises UnknownItem."""
        if identifier not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            document = self.library.store.document(identifier, self.scope.viewer)
            self._kept[identifier] = FullText(document, *self.library.store.text(identifier, self.scope.viewer))
        return self._kept[identifier]


def places(texts: Texts, items: Sequence[Item], length: int) -> list[Place]:
    """Where the quotation may stand, the nearest first; length: its characters."""
    has_cuts = any(item.kind is Kind.CUT for item in items)
    margin = length + _BESIDE + (_OVER_CUTS if has_cuts else 0)
    store = texts.library.store
    exact = tuple(tuple(item.form for item in run) for run in runs(items) if run)
    asked = (Words(phrases=exact), _asked(texts, items))  # where every part is whole, others need no look
    keys: list[int] = []
    for each in asked:
        keys = keys or [key for key, _ in store.lexical(each, texts.scope, _CANDIDATES)]
    rows = store.fetch(keys)
    spans: dict[str, list[tuple[int, int]]] = {}
    for key in keys:
        if key in rows:
            passage, document = rows[key]
            spans.setdefault(document.id, []).append((passage.start - margin, passage.end + margin))
    found = [
        _place(texts.whole(name), window, items) for name, each in spans.items() for window in _merged(sorted(each))
    ]
    return sorted((place for place in found if place.words), key=lambda place: place.table.least)


def _asked(texts: Texts, items: Sequence[Item]) -> Words:
    """The rarest words of a quotation, and runs of three spread over it."""
    parts = [[item.form for item in run] for run in runs(items)]
    forms = [form for part in parts for form in part]
    telling = dict.fromkeys(form for form in forms if not french.is_stop_word(form)) or dict.fromkeys(forms)
    rarity = texts.library.store.rarity
    stems = sorted(dict.fromkeys(map(french.stem, list(telling)[:200])), key=lambda stem: -rarity([stem]))[:_RARE]
    phrases = list(
        dict.fromkeys(
            tuple(part[at : at + _IN_PHRASE]) for part in parts for at in range(max(1, len(part) - _IN_PHRASE + 1))
        )
    )
    step = max(1, -(-len(phrases) // _PHRASES))
    return Words(stems=tuple(stems), wished=tuple(filter(None, phrases[::step])))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for start, end in spans:
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made


def _place(whole: FullText, window: tuple[int, int], items: Sequence[Item]) -> Place:
    start, end = max(0, window[0]), min(len(whole.text), window[1])
    while start > 0 and not whole.text[start - 1].isspace():
        start -= 1
    while end < len(whole.text) and not whole.text[end].isspace():
        end += 1
    source = words(whole.text[start:end], start)
    free = unsaid(whole, source)
    return Place(whole, source, free, table(items, source, free))


def unsaid(whole: FullText, source: Sequence[Item]) -> list[bool]:
    """Of each word, whether it was written around what was said: a heading, an aside, the name of who speaks."""
    free = [False] * len(source)
    before: str | None = None
    at = 0
    for segment in whole.segments:
        if at >= len(source) or segment.start >= source[-1].end:
            break
        is_said = not segment.is_aside and not segment.is_heading
        if segment.end <= source[0].start:
            before = segment.speaker if is_said else before
            continue
        end = _label_end(whole.text, segment, before) if is_said else segment.end
        while at < len(source) and source[at].start < segment.start:
            at += 1
        while at < len(source) and source[at].start < end:
            free[at] = True
            at += 1
        before = segment.speaker if is_said else before
    return free


def _label_end(text: str, segment: Segment, before: str | None) -> int:
    """Where the name of who speaks ends, at the beginning of a turn: « Animatrice : Bonjour. »."""
    if segment.speaker is None or segment.speaker == before:
        return segment.start
    head = text[segment.start : min(segment.end, segment.start + _LABEL)]
    label, colon, _ = head.partition(":")
    told = set(french.forms(label)) - french.STOP_WORDS
    named = told & set(french.forms(segment.speaker))
    return segment.start + len(label) + 1 if colon and named and 2 * len(named) >= len(told) else segment.start
