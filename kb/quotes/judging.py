"""What a quotation did to the words it quotes: nothing, or which ones it added, left out and replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from kb import french
from kb.quotes.aligning import Step, steps
from kb.quotes.finding import Place
from kb.quotes.wording import NEGATIONS, Item, Kind, has_accents, is_joint, misread

_HIDDEN = 5
"""A cut of no more words than this that takes a negation away turns a sentence round."""
_LEAST_ALIKE, _LEAST_RUN, _LEAST_TELLING = 0.55, 3, 2
"""From which share of the same words, how many in a row and how many telling ones, a text is one that was altered."""
_STOPS = re.compile(r"[,;:.!()]")


class Part(StrEnum):
    """What a piece of a quotation is: as in the source, added, missing from it, of the editor, or a cut."""

    SAME = "same"
    ADDED = "added"
    MISSING = "missing"
    EDITOR = "editor"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a quotation, in order; of what is missing, the words of the source."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the source and what the quotation has in their place; either may be empty."""

    source: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a quotation compares with a place: its pieces, its changes, where the words stand in the document's text.

    is_misread: the changes may all be letters taken for others. replaced: words that gave way to brackets.
    typography: what differs and changes no word. is_alike: enough is the same for the words to have been altered.
    """

    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]
    spans: tuple[tuple[int, int], ...]
    typography: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    is_misread: bool = False
    is_alike: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """Steps that belong together: one that is the same, or those of one change."""

    part: Part
    steps: tuple[Step, ...]


def judge(quote: str, items: Sequence[Item], place: Place) -> Judgement:
    """Compare a quotation with the place where it fits best."""
    reader = _Reader(quote, items, place, steps(items, place.words, place.free, place.table))
    groups = reader.groups()
    same = [step for group in groups if group.part is Part.SAME for step in group.steps]
    spans = tuple(reader.spans(groups))
    changes = [group for group in groups if group.part is Part.ADDED]
    return Judgement(
        pieces=tuple(reader.pieces(groups)),
        changes=(*map(reader.change, changes), *reader.turned()),
        spans=spans,
        typography=tuple(reader.typography(groups)),
        replaced=tuple(reader.replaced()),
        is_misread=bool(changes) and all(map(reader.is_misread, changes)),
        is_alike=reader.is_alike(same, changes),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """A quotation, a place, what each says, and how the one fits into the other."""

    quote: str
    items: Sequence[Item]
    place: Place
    way: Sequence[Step]

    def groups(self) -> list[_Group]:
        """The steps, those of one change together; what nobody said is in none."""
        made: list[_Group] = []
        held: list[Step] = []
        for step in self.way:
            if step.is_replaced or (step.quoted is None and self.place.free[step.source or 0]):
                continue
            kind = self._kind(step)
            if kind is Part.ADDED:
                held.append(step)
                continue
            made += self._closed(held, is_first=not made)
            held = []
            made.append(_Group(kind, (step,)))
        return [*made, *self._closed(held, is_first=not made, is_last=True)]

    def _kind(self, step: Step) -> Part:
        if step.quoted is not None and self.items[step.quoted].kind is not Kind.WORD:
            return Part.CUT if self.items[step.quoted].kind is Kind.CUT else Part.EDITOR
        return Part.SAME if self._is_same(step) else Part.ADDED

    def _is_same(self, step: Step) -> bool:
        if step.quoted is None or step.source is None:
            return False
        item, word = self.items[step.quoted], self.place.words[step.source]
        return item.form == word.form and (item.exact == word.exact or self._is_accent_typography(item, word))

    def _is_accent_typography(self, item: Item, word: Item) -> bool:
        """No accent at all on one side is a keyboard's or a machine's doing, as is one that a capital lost."""
        if item.exact[1:] == word.exact[1:] and (self._raw(item)[0].isupper() or self._said(word)[0].isupper()):
            return True
        if self._raw(item).isupper() or self._said(word).isupper():
            return True
        return not has_accents(self.items) or not has_accents(self._neighbours(word))

    def _neighbours(self, word: Item) -> Sequence[Item]:
        """As many words of the source around one as the quotation has."""
        size = len(self.items)
        return [w for w in self.place.words if abs(w.start - word.start) <= 8 * size + 40]

    def _closed(self, held: list[Step], *, is_first: bool, is_last: bool = False) -> Iterator[_Group]:
        """A change, or a word that was only cut; at the ends of the quotation, beside which the source goes on."""
        if not held:
            return
        quoted = [step for step in held if step.quoted is not None]
        source = [step.source for step in held if step.source is not None]
        tails = [source[n:] for n in range(len(source) if is_first else 1)]
        heads = [source[:n] for n in range(1, len(source) if is_last else 1)]
        for kept in (*tails, *heads):
            steps = (*(Step(step.quoted, None) for step in quoted), *(Step(None, each) for each in kept))
            if self._is_joined(steps):
                yield _Group(Part.SAME, steps)
                return
        yield _Group(Part.ADDED, tuple(held))

    def _is_joined(self, held: Sequence[Step]) -> bool:
        """Whether both sides have the same letters, but for hyphens and line ends inside a word."""
        quoted, source = self._sides(held)
        if "".join(i.form for i in quoted) != "".join(i.form for i in source) or len(quoted) == len(source):
            return False
        texts = ((quoted, self.quote), (source, self.place.whole.text))
        return all(is_joint(text[a.end : b.start]) for side, text in texts for a, b in pairwise(side))

    def _sides(self, held: Sequence[Step]) -> tuple[list[Item], list[Item]]:
        return (
            [self.items[s.quoted] for s in held if s.quoted is not None],
            [self.place.words[s.source] for s in held if s.source is not None],
        )

    def _raw(self, item: Item) -> str:
        return self.quote[item.start : item.end]

    def _said(self, word: Item) -> str:
        return self.place.whole.text[word.start : word.end]

    def change(self, group: _Group) -> Change:
        """What stands for what in a change."""
        quoted, source = self._sides(group.steps)
        text = self.place.whole.text
        return Change(
            " ".join(text[source[0].start : _after(text, source[-1])].split()) if source else "",
            " ".join(self.quote[quoted[0].start : _after(self.quote, quoted[-1])].split()) if quoted else "",
        )

    def is_misread(self, group: _Group) -> bool:
        """Whether a change may be letters that a machine took for others, or blanks that it lost."""
        quoted, source = self._sides(group.steps)
        return misread("".join(i.form for i in quoted)) == misread("".join(i.form for i in source))

    def is_alike(self, same: Sequence[Step], changes: Sequence[_Group]) -> bool:
        """Whether so much is the same that the words were altered, rather than others said."""
        changed = sum(max(map(len, self._sides(group.steps))) for group in changes)
        alike = sum(step.quoted is not None for step in same)
        telling = {self.items[s.quoted].form for s in same if s.quoted is not None} - french.STOP_WORDS
        near = alike / max(1, alike + changed) >= _LEAST_ALIKE and self._run() >= _LEAST_RUN
        return near and len(telling) >= _LEAST_TELLING

    def _run(self) -> int:
        """The most words in a row that are the same."""
        most = now = 0
        for step in self.way:
            now = now + 1 if self._is_same(step) else 0
            most = max(most, now)
        return most

    def turned(self) -> Iterator[Change]:
        """Negations and numbers that brackets or a short cut took away."""
        for step in self.way:
            if step.is_replaced and step.source is not None:
                word = self.place.words[step.source]
                if word.form in NEGATIONS or word.form[0].isdigit():
                    yield Change(self._said(word), "[…]")
        for hidden in self._hidden():
            if len(hidden) <= _HIDDEN and any(word.form in NEGATIONS for word in hidden):
                yield Change(" ".join(map(self._said, hidden)), "[…]")

    def _hidden(self) -> Iterator[list[Item]]:
        """The words that each cut passes over."""
        last: int | None = None
        is_cut = False
        for step in self.way:
            if step.source is None:
                is_cut = is_cut or (step.quoted is not None and self.items[step.quoted].kind is Kind.CUT)
                continue
            if is_cut and last is not None:
                yield [self.place.words[n] for n in range(last + 1, step.source) if not self.place.free[n]]
            last, is_cut = step.source, False

    def replaced(self) -> Iterator[str]:
        """The words that gave way to what stands in brackets."""
        for step in self.way:
            if step.is_replaced and step.source is not None:
                yield self._said(self.place.words[step.source])

    def typography(self, groups: Sequence[_Group]) -> Iterator[str]:
        """What differs and changes no word."""
        same = [group for group in groups if group.part is Part.SAME]
        pairs = [self._sides(group.steps) for group in same]
        if any(
            [i.exact for i in quoted] != [w.exact for w in source]
            for quoted, source in pairs
            if len(quoted) == len(source)
        ):
            yield "accents"
        if any(len(quoted) != len(source) for quoted, source in pairs):
            yield "mots coupés ou traits d’union"
        if any(self._stops(*pair) for pair in pairwise(pairs)):
            yield "ponctuation"

    def _stops(self, one: tuple[list[Item], list[Item]], two: tuple[list[Item], list[Item]]) -> bool:
        """Whether the punctuation between two words that are neighbours on both sides is not the same."""
        (quoted, source), (next_quoted, next_source) = one, two
        first, last = source[-1], next_source[0]
        between = [w for w in self.place.words if first.end <= w.start < last.start]
        said = self.place.whole.text[first.end : last.start]
        here = self.quote[quoted[-1].end : next_quoted[0].start]
        if between or any(char.isalnum() for char in here + said) or "…" in here + said or "..." in here + said:
            return False
        return _STOPS.findall(here) != _STOPS.findall(said)

    def pieces(self, groups: Sequence[_Group]) -> Iterator[Piece]:
        """The quotation from its beginning to its end, with what is missing where it is missing."""
        at, held = 0, ""
        part: Part | None = None
        for group in groups:
            quoted, source = self._sides(group.steps)
            if group.part is Part.ADDED and source:
                if held and part:
                    yield Piece(part, held)
                held, part = "", None
                yield Piece(Part.MISSING, self.change(group).source)
            if not quoted:
                continue
            if part is not group.part and held and part:
                yield Piece(part, held)
                held = ""
            end = _after(self.quote, quoted[-1])
            held, part, at = held + self.quote[at:end], group.part, end
        if held and part:
            yield Piece(part, held)
        if self.quote[at:]:
            yield Piece(Part.SAME, self.quote[at:])

    def spans(self, groups: Sequence[_Group]) -> Iterator[tuple[int, int]]:
        """Where the words of the quotation stand, from cut to cut."""
        start = end = -1
        for group in groups:
            _, source = self._sides(group.steps)
            if group.part is Part.CUT and start >= 0:
                yield start, end
                start = -1
            elif source:
                start = start if start >= 0 else source[0].start
                end = source[-1].end
        if start >= 0:
            yield start, end


def _after(text: str, word: Item) -> int:
    """Where a word ends, with the apostrophe of one that is elided."""
    return word.end + text.startswith(("’", "'"), word.end)
