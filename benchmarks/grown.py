"""A memory of any size, made of real passages, put in a store by the ways of the product. For the other benchmarks.

The real passages come first, with their own vectors. Each further one is made of two of them, the same two that
`scale.grown` mixes the vectors of: whole sentences, drawn in turn from the one and the other, up to the size of a
passage of the product. Words that are common in real passages are as common in grown ones, but no new word ever comes;
and a sentence is in as many passages as the memory is times larger than the sets.

Documents have 100 passages (20 in a memory of a few thousand) and two speakers in turn. They go through 50 sessions of
10 seasons, one document a session in turn, so that a session keeps 2 % of the passages, scattered all over. One in ten
is for members only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import scale

from kb import french
from kb.domain import Anchor, Document, DocumentType, Passage, Segment, Visibility
from kb.ingest.record import context, embedded_text
from kb.library import open_library
from kb.settings import Settings, settings
from kb.store import Record, Vectors

SESSIONS, SEASONS, SPEAKERS = 50, 10, 400
SESSION = "season-2/seance-7"
"""The one that the filter keeps; all its documents are public."""
QUESTIONS = 400
_SEED = 1
_LONGEST = 700
"""Characters of a grown passage: as many as a passage of the product has."""
_SYNC_EVERY = 200
_THEMES = ("numérique", "énergie", "logement", "mobilités", "eau", "déchets", "commerce", "patrimoine")


@dataclass(frozen=True)
class Material:
    """Real passages with their vectors, in the order they are put in, and real questions."""

    texts: Sequence[str]
    vectors: Vectors
    questions: Sequence[str]

    @cached_property
    def sentences(self) -> list[list[str]]:
        """Of each passage."""
        return [[text[start:end] for start, end in french.sentences(text)] for text in self.texts]


def material(folders: Sequence[Path]) -> Material:
    """Of retrieval sets, shuffled; as many questions of each."""
    dice = np.random.default_rng(_SEED)
    texts = [text for folder in folders for text in scale.texts(folder, "corpus")]
    vectors = np.concatenate([scale.embedded(folder).passages for folder in folders])
    order = dice.permutation(len(texts))
    share = -(-QUESTIONS // len(folders))
    asked = [scale.texts(folder, "queries") for folder in folders]
    questions = [text for found in asked for text in found[:: max(1, len(found) // share)][:share]]
    return Material([texts[i] for i in order], vectors[order], [questions[i] for i in dice.permutation(len(questions))])


def settings_of(work: Path, size: int) -> Settings:
    """Where the memory of a size is, in a working folder."""
    return settings().model_copy(update={"corpus": work / f"corpus-{size}", "index": work / f"index-{size}"})


def build(work: Path, size: int, made_of: Material) -> None:
    """Make the memory of a size, unless it is there; one that was left half made is made again."""
    where = settings_of(work, size)
    if (done := work / f"made-{size}").exists():
        return
    for folder in (where.corpus, where.index):
        shutil.rmtree(folder, ignore_errors=True)
    _write_catalogue(where.corpus)
    library = open_library(where)
    store = library.store
    with store.writing():
        store.reset(library.encoder.name)
        for number, (record, vectors) in enumerate(records(made_of, size), 1):
            assert store.missing(record.embedded) == set(record.embedded)
            store.remember(record.embedded, vectors)
            store.upsert(record)
            if not number % _SYNC_EVERY:  # as a long ingest does
                store.sync(snapshot=False)
        store.complete()
        store.sync()
    assert store.counts().passages == store.counts().in_words == size
    done.touch()


def _write_catalogue(corpus: Path) -> None:
    for number in range(SESSIONS):
        folder = corpus / _session(number)
        folder.mkdir(parents=True)
        (folder / "session.toml").write_text(
            f'title = "Séance {number} : {_THEMES[number % len(_THEMES)]}"\ndate = {_day(number)}\n', encoding="utf-8"
        )


def records(made_of: Material, size: int) -> Iterator[tuple[Record, Vectors]]:
    """Documents, with the vectors of their passages."""
    number, each = 0, 100 if size > 100 * SESSIONS else 20
    for keys, vectors in scale.grown(made_of.vectors, size):
        texts = _texts(made_of, int(keys[0]) - 1, len(keys))
        for start in range(0, len(texts), each):
            yield record(number, texts[start : start + each]), vectors[start : start + each]
            number += 1


def _texts(made_of: Material, first: int, count: int) -> list[str]:
    """Of as many passages as `scale.grown` gives at once, from the same draws."""
    dice = np.random.default_rng([scale._SEED, first])
    pairs = [dice.integers(0, len(made_of.texts), count) for _ in range(2)]
    order = np.random.default_rng([_SEED, 1, first])
    return [
        made_of.texts[first + i] if first + i < len(made_of.texts) else _mixed(made_of, int(a), int(b), order)
        for i, (a, b) in enumerate(zip(*pairs, strict=True))
    ]


def _mixed(made_of: Material, a: int, b: int, dice: np.random.Generator) -> str:
    sources = [dice.permutation(len(made_of.sentences[i])) for i in (a, b)]
    chosen: list[str] = []
    room = _LONGEST
    for place in range(max(map(len, sources))):
        for which, order in zip((a, b), sources, strict=True):
            if place < len(order):
                sentence = made_of.sentences[which][order[place]]
                if len(sentence) <= room or not chosen:
                    chosen.append(sentence)
                    room -= len(sentence) + 1
    return " ".join(chosen)


def record(number: int, texts: Sequence[str]) -> Record:
    """A document of these passages, as an ingest makes it. Its sketch is drawn: it resembles no other."""
    document = _document(number)
    passages = tuple(_passages(document, number, texts))
    contexts = tuple(context(passage, document, f"Séance {number % SESSIONS}") for passage in passages)
    pairs = zip(contexts, passages, strict=True)
    hashes = tuple(sha256(f"{p.id} {embedded_text(c, p)}".encode()).hexdigest() for c, p in pairs)
    dice = np.random.default_rng([_SEED, 2, number])
    return Record(
        document=document,
        sha256=sha256(document.id.encode()).hexdigest(),
        fingerprint="f" * 64,
        text="\n\n".join(texts),
        segments=tuple(Segment(p.start, p.end, p.anchor, p.speaker) for p in passages),
        passages=passages,
        contexts=contexts,
        embedded=hashes,
        sketch=tuple(int(hash_) for hash_ in np.sort(dice.integers(0, 1 << 62, 256))),
    )


def _document(number: int) -> Document:
    name = f"document-{number:05}"
    return Document(
        id=name,
        path=f"{_session(number % SESSIONS)}/{name}.md",
        title=f"Document {number}",
        type=list(DocumentType)[number % len(DocumentType)],
        date=_day(number % SESSIONS),
        session=_session(number % SESSIONS),
        season=number % SESSIONS // (SESSIONS // SEASONS) + 1,
        themes=(_THEMES[number % len(_THEMES)],),
        visibility=Visibility.MEMBERS if number % 10 == 9 else Visibility.PUBLIC,
    )


def _session(number: int) -> str:
    return f"season-{number // (SESSIONS // SEASONS) + 1}/seance-{number}"


def _day(number: int) -> date:
    return date(2015, 1, 15) + timedelta(days=30 * number)


def _passages(document: Document, number: int, texts: Sequence[str]) -> Iterator[Passage]:
    at = 0
    for ordinal, text in enumerate(texts, 1):
        speaker = f"Intervenant {(7 * number + ordinal % 2) % SPEAKERS}"
        place = Anchor(page=ordinal // 3 + 1)
        themes = tuple(_THEMES[(number + each) % len(_THEMES)] for each in range(ordinal % 3))
        yield Passage(
            f"{document.id}.{ordinal}", document.id, ordinal, at, at + len(text), text, place, speaker, themes
        )
        at += len(text) + 2
