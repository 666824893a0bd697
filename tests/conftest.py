"""What several tests share: an encoder a reader can compute, records, and a small corpus of real files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kb.domain import Anchor, Document, DocumentType, Passage, Segment, Visibility
from kb.encoder import Encoder, Vectors
from kb.encoder.load import load_encoder
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.settings import ROOT, Settings, settings
from kb.store import Record
from kb.store.local import LocalStore
from tests.browsing import ARGUMENTS, CHROMIUM, PATIENCE_MS

SHARED = ROOT.parent / "shared"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class LetterEncoder:
    """Counts letters: two texts are near when they use the same letters as often. 26 dimensions."""

    name = "letters"
    dimensions = len(LETTERS)
    max_tokens = 512

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        counts = np.array([text.lower().count(letter) for letter in LETTERS], dtype=np.float32)
        norm = float(np.linalg.norm(counts))
        return counts / norm if norm else counts

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


@pytest.fixture
def letters() -> LetterEncoder:
    return LetterEncoder()


def make_record(
    path: str,
    *texts: str,
    speaker: str | None = None,
    season: int | None = None,
    session: str | None = None,
    kind: DocumentType = DocumentType.OTHER,
    themes: tuple[str, ...] = (),
    day: date | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Record:
    """A document whose passages are the texts, joined by blank lines."""
    document = Document(path, path, path, kind, day, session, season, themes, visibility)
    text = "\n\n".join(texts)
    passages, at = [], 0
    for ordinal, piece in enumerate(texts, start=1):
        span = (at, at + len(piece))
        passages.append(
            Passage(f"{path}.{ordinal}", path, ordinal, *span, piece, Anchor(page=ordinal), speaker, themes)
        )
        at += len(piece) + 2
    segments = tuple(Segment(p.start, p.end, p.anchor, p.speaker) for p in passages)
    hashes = tuple(sha256(t.encode()).hexdigest() for t in texts)
    return Record(document, "0" * 64, "f" * 64, text, segments, tuple(passages), ("",) * len(texts), hashes)


Filled = Callable[..., LocalStore]


@pytest.fixture
def store(tmp_path: Path, letters: LetterEncoder) -> Iterator[LocalStore]:
    """An empty store of letter vectors."""
    made = LocalStore(tmp_path / "index", letters.dimensions)
    made.reset(letters.name)
    yield made
    made.close()


def put(store: LocalStore, *records: Record, encoder: Encoder | None = None) -> None:
    """Put records in, with their vectors, and bring the indexes up to date."""
    encoder = encoder or LetterEncoder()
    for record in records:
        store.remember(record.embedded, encoder.encode_passages([p.text for p in record.passages]))
        store.upsert(record)
    store.sync()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real model."""
    return load_encoder(settings())


SESSION_TOML = """
title = "Inclure tous les citoyens"
date = 2021-04-13
themes = ["confiance", "inclusion-numerique"]
questions = ["Comment rétablir la confiance ?"]
demo = true

[[speakers]]
name = "Directrice d’une agence numérique"
sphere = "epl"
aliases = ["La directrice"]

[[documents]]
file = "transcription.vtt"
type = "transcription"
title = "Débat sur l’inclusion"

[[documents]]
file = "reserve.md"
visibility = "staff"
"""

TRANSCRIPT_VTT = """WEBVTT

00:00:01.000 --> 00:00:08.000
<v La directrice>Ce n’est pas l’outil qui inspire confiance,

00:00:08.000 --> 00:00:15.000
<v La directrice>c’est la personne qui accompagne les habitants au guichet.

00:00:15.000 --> 00:00:24.000
<v Maire d’une commune rurale>Dans ma commune, 12 000 habitants attendent encore la fibre optique.
"""

NOTE_MD = """# Note de position

## Le guichet

Les communes gardent un guichet ouvert, avec une personne formée.

## La fibre

Le département raccorde les écoles à la fibre avant 2022.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of one session: a transcript, a note, a document reserved for staff, and a stray file."""
    home = tmp_path / "corpus"
    session = home / "season-3" / "2021-04-13-inclusion"
    session.mkdir(parents=True)
    (home / "season-3" / "season.toml").write_text('number = 3\ntitle = "Saison 3"\ntheme = "Le numérique ?"\n')
    (session / "session.toml").write_text(SESSION_TOML, encoding="utf-8")
    (session / "transcription.vtt").write_text(TRANSCRIPT_VTT, encoding="utf-8")
    (session / "note-de-position.md").write_text(NOTE_MD, encoding="utf-8")
    (session / "reserve.md").write_text("Le budget confidentiel du guichet est de 45 000 €.\n", encoding="utf-8")
    (home / "texte-egare.txt").write_text("Un texte sans séance, sur la géothermie profonde.\n", encoding="utf-8")
    return home


@pytest.fixture
def config(corpus: Path, tmp_path: Path) -> Settings:
    """Settings of that corpus."""
    return Settings(corpus=corpus, index=tmp_path / "index")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation sets and real documents beside the project."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: no evaluation sets or real documents here")
    return SHARED


def copy_tree(source: Path, target: Path) -> Path:
    """A copy of a folder that may be changed."""
    return Path(shutil.copytree(source, target))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Library:
    """The demonstration corpus, ingested with the real model in an index of its own."""
    library = open_library(Settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("demo")), encoder)
    assert not ingest(library).refused
    return library


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def opened_with() -> dict[str, Any]:
    """What is special about a reader's window; a module that needs more says so by a fixture of this name."""
    return {}


@pytest.fixture
def context(browser: Browser, base: str, opened_with: dict[str, Any]) -> Iterator[BrowserContext]:
    """A reader's own window; no request of theirs may go to another host, and no script may fail."""
    opened = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 1280, "height": 800}, **opened_with})
    opened.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    failures: list[str] = []
    opened.on("weberror", lambda error: failures.append(str(error.error)))
    yield opened
    opened.close()
    assert [url for url in asked if url.startswith(("http", "ws")) and not url.startswith(base)] == []
    assert failures == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
