"""Why a passage is a hit: what was matched, where it stands, and the sentence that says most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kb import french
from kb.catalogue.glossary import Related
from kb.domain import Why
from kb.french import Token
from kb.store import Words

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a question may be answered by. spellings: what was looked for beside words that nobody wrote, by those."""

    words: Words
    spellings: Mapping[str, str] = field(default_factory=dict)
    related: Sequence[Related] = ()

    def of(self, text: str, *, meaning: float | None) -> Why:
        """The reasons of a passage, as offsets in its text. meaning: its cosine brought to [0, 1]."""
        tokens = list(french.tokens(text))
        stems = set(self.words.stems)
        matched = [(t, stem) for t in tokens if (stem := french.stem(t.form)) in stems]
        single = [(t.start, t.end) for t, _ in matched]
        said = {stem for _, stem in matched}
        exact = [span for phrase in (*self.words.phrases, *self.words.wished) for span in _runs(tokens, phrase)]
        kin = {each: list(_runs(tokens, tuple(french.forms(each.term)))) for each in self.related}
        spans = _merged(sorted([*single, *exact, *(span for found in kin.values() for span in found)]))
        return Why(
            words=tuple(dict.fromkeys(text[start:end] for start, end in _merged(sorted([*single, *exact])))),
            spans=tuple(spans),
            meaning=meaning,
            best_sentence=_best_sentence(text, matched, spans),
            phrases=tuple(dict.fromkeys(text[start:end] for start, end in exact)),
            related=tuple((each.asked, text[found[0][0] : found[0][1]]) for each, found in kin.items() if found),
            corrected=tuple((typed, meant) for typed, meant in self.spellings.items() if french.stem(meant) in said),
        )


def _best_sentence(text: str, matched: Sequence[tuple[Token, str]], marked: Collection[Span]) -> Span | None:
    """The sentence with the most different words of the query, the shorter one when they tie; None without any."""
    scored = []
    for start, end in french.sentences(text) if matched else ():
        inside = {stem for token, stem in matched if start <= token.start and token.end <= end}
        spans = sum(1 for s, e in marked if start <= s and e <= end)
        if inside:
            scored.append((len(inside), min(spans, 9), start - end, (start, end)))
    return max(scored)[-1] if scored else None


def _runs(tokens: Sequence[Token], forms: tuple[str, ...]) -> Iterator[Span]:
    """Where these folded forms stand in a row."""
    for i in range(len(tokens) - len(forms) + 1):
        if all(tokens[i + j].form == form for j, form in enumerate(forms)):
            yield tokens[i].start, tokens[i + len(forms) - 1].end


def _merged(spans: list[Span]) -> list[Span]:
    """Spans in order, overlapping ones made one."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
