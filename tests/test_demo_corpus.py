"""The demonstration corpus keeps what the README promises of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.catalogue import Catalogue, read_catalogue
from kb.domain import Document, DocumentType, ReadDocument
from kb.readers import is_ignorable, read
from kb.settings import ROOT

CORPUS = ROOT / "corpus"
FILES = [p for p in sorted(CORPUS.rglob("*")) if p.is_file() and not is_ignorable(p)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(CORPUS)


@pytest.fixture(scope="module")
def documents(catalogue: Catalogue) -> dict[Path, tuple[ReadDocument, Document]]:
    found = {}
    for path in FILES:
        content = read(path)
        found[path] = (content, catalogue.describe(path.relative_to(CORPUS).as_posix(), content))
    return found


def test_it_is_large_and_varied_enough_to_try_everything(
    catalogue: Catalogue, documents: dict[Path, tuple[ReadDocument, Document]]
) -> None:
    assert len(catalogue.seasons) == 3
    assert len(catalogue.sessions) >= 10
    assert len(FILES) >= 30
    assert len({p.suffix for p in FILES}) >= 7
    assert sum(len(content.text.split()) for content, _ in documents.values()) >= 25_000
    assert sum(p.stat().st_size for p in FILES) < 8_000_000


def test_every_file_is_described_and_every_description_has_its_file(catalogue: Catalogue) -> None:
    assert {p.relative_to(CORPUS).as_posix() for p in FILES} == set(catalogue.entries)


def test_all_but_the_announcement_says_that_it_is_fiction(
    documents: dict[Path, tuple[ReadDocument, Document]],
) -> None:
    true = [d.path for _, d in documents.values() if not d.demo]
    assert true == ["season-3/2021-04-13-inclusion-du-citoyen/annonce.md"]


def test_transcripts_name_only_the_speakers_of_their_session(
    catalogue: Catalogue, documents: dict[Path, tuple[ReadDocument, Document]]
) -> None:
    for content, document in documents.values():
        if document.type is not DocumentType.TRANSCRIPT:
            continue
        session = catalogue.sessions[document.session or ""]
        heard = {segment.speaker for segment in content.segments if segment.speaker}
        known = {name for speaker in session.speakers for name in (speaker.name, *speaker.aliases)}
        announced = {speaker.name for speaker in session.speakers if speaker.announced}
        assert len(heard) >= 3, document.path
        assert heard <= known - announced, document.path


def test_themes_are_those_of_the_list(catalogue: Catalogue) -> None:
    keys = {theme.key for theme in catalogue.themes}
    assert {key for session in catalogue.sessions.values() for key in session.themes} <= keys


def test_the_built_documents_are_those_of_their_sources() -> None:
    done = subprocess.run([sys.executable, "demo/build.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
