"""From a set to pairs: what somebody may ask, and a passage that answers it. Pure functions."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from kb.french import sentences, stems
from training.noise import noisy
from training.phrases import phrases, rarity
from training.sets import Row, TrainingSet


class Kind(StrEnum):
    """Where a pair comes from."""

    QUESTION = "question"
    """A question and a passage of the answer."""
    TITLE = "title"
    """A subject line and a passage of the exchange."""
    SENTENCE = "sentence"
    """A sentence and its passage without it."""
    TURN = "turn"
    """What one speaker says and what the next replies."""
    PHRASE = "phrase"
    """A phrase that tells what an exchange is about, and a passage of it."""
    SPEECH = "speech"
    """A sentence of who asks, and a passage of the reply."""


SHARES: Mapping[Kind, float] = {
    Kind.QUESTION: 0.27,
    Kind.TITLE: 0.18,
    Kind.PHRASE: 0.20,
    Kind.SPEECH: 0.12,
    Kind.SENTENCE: 0.15,
    Kind.TURN: 0.08,
}
"""How often each kind is drawn, whatever the number of its pairs."""
VARIANTS = 2
"""Ways of showing a passage, with its heading or without, as written or noisy; a query is shown in one."""
_PHRASES = 4
_WORDS_OF_A_QUESTION = range(8, 71)
_WORDS_OF_A_SENTENCE = range(8, 41)
_WORDS_OF_A_SPEECH = range(14, 41)
_LEAST_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together. heading: the passage's title, which an index puts before it."""

    query: str
    passage: str
    document: str
    kind: Kind
    heading: str = ""


def make_pairs(data: TrainingSet, chance: random.Random) -> list[Pair]:
    """Every pair the set gives, each once."""
    documents = _documents(data.passages)
    made = [*asked(data), *answered(documents), *turns(documents), *cloze(data.passages, chance), *told(documents)]
    return list(dict.fromkeys(made))


def asked(data: TrainingSet) -> Iterator[Pair]:
    """The set's own queries with each passage marked relevant; a subject line is a query that asks nothing."""
    passages = {row.id: row for row in data.passages}
    for query, passage in data.relevant:
        text = data.queries[query].text
        kind = Kind.QUESTION if text.rstrip().endswith("?") else Kind.TITLE
        yield _pair(text, passages[passage], kind)


def answered(documents: Mapping[str, Sequence[Row]]) -> Iterator[Pair]:
    """The longer of the last two questions a speaker asks, and each longer sentence, with each passage of the reply."""
    for rows in documents.values():
        for before, after in pairwise(_speeches(rows)):
            said = [s for row in before for s in _sentences(row.text)]
            questions = [s for s in said if s.endswith("?") and len(s.split()) in _WORDS_OF_A_QUESTION]
            if questions:
                question = max(questions[-2:], key=len)
                yield from (_pair(question, row, Kind.QUESTION) for row in after)
                fit = [s for s in said if len(s.split()) in _WORDS_OF_A_SPEECH]
                yield from (_pair(sentence, row, Kind.SPEECH) for sentence in fit for row in after)


def turns(documents: Mapping[str, Sequence[Row]]) -> Iterator[Pair]:
    """The end of a speech and the beginning of the next, by another speaker."""
    for rows in documents.values():
        for before, after in pairwise(_speeches(rows)):
            yield _pair(before[-1].text, after[0], Kind.TURN)


def cloze(passages: Iterable[Row], chance: random.Random) -> Iterator[Pair]:
    """A sentence of each passage, and the passage without it."""
    for row in passages:
        spans = sentences(row.text)
        fit = [s for s in spans if len(row.text[s[0] : s[1]].split()) in _WORDS_OF_A_SENTENCE]
        if len(spans) >= _LEAST_SENTENCES and fit:
            start, end = chance.choice(fit)
            rest = f"{row.text[:start].rstrip()} {row.text[end:].lstrip()}".strip()
            yield Pair(row.text[start:end], rest, row.document, Kind.SENTENCE, row.title)


def told(documents: Mapping[str, Sequence[Row]]) -> Iterator[Pair]:
    """The phrases by which each document differs from the others, with each of its passages."""
    rare = rarity([s for row in rows for s in stems(row.text)] for rows in documents.values())
    for rows in documents.values():
        for phrase in phrases([row.text for row in rows], rare, most=_PHRASES):
            yield from (_pair(phrase, row, Kind.PHRASE) for row in rows)


def stream(pairs: Sequence[Pair], chance: random.Random) -> Iterator[Pair]:
    """Pairs without end: kinds by their shares, and within a kind each pair once before any comes again."""
    by_kind: dict[Kind, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_kind[pair.kind].append(pair)
    kinds = [kind for kind in SHARES if by_kind[kind]]
    decks: dict[Kind, list[Pair]] = {kind: [] for kind in kinds}
    while kinds:
        (kind,) = chance.choices(kinds, [SHARES[k] for k in kinds])
        if not decks[kind]:
            decks[kind] = chance.sample(by_kind[kind], len(by_kind[kind]))
        yield decks[kind].pop()


def texts(pair: Pair, variant: int, *, noise: float) -> tuple[str, str]:
    """The query and the passage as a model is shown them: now and then noisy, with or without the heading.

    variant: below VARIANTS. The same text is shown the same way each time, so that what is known of it can be kept.
    """
    return _shown(pair.query, random.Random(pair.query), noise), _passage(pair, variant, noise)


def _passage(pair: Pair, variant: int, noise: float) -> str:
    chance = random.Random(f"{variant}{pair.passage}")
    passage = _shown(pair.passage, chance, noise)
    return f"{pair.heading} {passage}".strip() if chance.random() < 0.5 else passage


def _shown(text: str, chance: random.Random, noise: float) -> str:
    return noisy(text, chance) if chance.random() < noise else text


def _pair(query: str, passage: Row, kind: Kind) -> Pair:
    return Pair(query, passage.text, passage.document, kind, passage.title)


def _documents(passages: Iterable[Row]) -> dict[str, list[Row]]:
    documents: dict[str, list[Row]] = defaultdict(list)
    for row in passages:
        documents[row.document].append(row)
    return documents


def _speeches(rows: Sequence[Row]) -> list[list[Row]]:
    """Consecutive passages of one speaker together; what names no speaker is no speech."""
    speeches: list[list[Row]] = []
    for row in rows:
        if not row.speaker:
            continue
        if speeches and speeches[-1][-1].speaker == row.speaker:
            speeches[-1].append(row)
        else:
            speeches.append([row])
    return speeches


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]
