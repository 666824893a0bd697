"""What the page « À propos » says of the memory that stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.domain import PUBLIC, STAFF, Viewer
from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.programme import programme
from kb.programme.gaps import Gaps, gaps
from kb.settings import Settings
from tests.conftest import LetterEncoder, make_record, put
from tests.reading_room import fill
from tests.test_app_pages import MAIN, forget, seen, use

TODAY = date(2021, 6, 1)
CORPUS = {
    "season-3/a/session.toml": 'title = "Entendue"\ndate = 2021-03-01\n',
    "season-3/a/transcription.txt": "Maire : Nous avons parlé de l’eau et de la fibre pendant toute la matinée.",
    "season-3/b/session.toml": 'title = "Écrite"\ndate = 2021-04-01\n',
    "season-3/b/note.md": "# Note\n\nUne note sur l’eau, sans un mot de ce qui s’est dit.",
    "season-3/c/session.toml": 'title = "Vide"\ndate = 2021-05-01\n',
    "season-3/d/session.toml": 'title = "À venir"\ndate = 2021-07-01\n',
    "season-3/e/session.toml": 'title = "À huis clos"\ndate = 2021-05-02\nvisibility = "staff"\n',
}


@pytest.fixture
def library(tmp_path: Path, letters: LetterEncoder) -> Library:
    for name, text in CORPUS.items():
        (path := tmp_path / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    opened = open_library(Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"), letters)
    assert not ingest(opened).refused
    return opened


def found(library: Library, viewer: Viewer = PUBLIC) -> Gaps:
    return gaps(library, programme(library, viewer=viewer), TODAY, viewer=viewer)


def test_a_past_session_without_a_document_is_missing(library: Library) -> None:
    assert [each.title for each in found(library).empty] == ["Vide"]


def test_a_session_whose_documents_tell_nothing_of_what_was_said_is_missing(library: Library) -> None:
    assert [each.title for each in found(library).unheard] == ["Écrite"]


def test_a_session_of_a_later_day_is_to_come_and_not_missing(library: Library) -> None:
    assert [each.title for each in found(library).to_come] == ["À venir"]


def test_a_session_that_the_viewer_may_not_know_of_is_not_named_as_missing(library: Library) -> None:
    assert {each.title for each in found(library, STAFF).empty} - {each.title for each in found(library).empty} == {
        "À huis clos"
    }


def test_a_document_read_in_part_is_named_with_what_was_said_of_it(library: Library) -> None:
    record = make_record("season-3/b/scan.pdf", "eau", session="season-3/b", season=3)
    put(library.store, replace(record, warnings=("page 2 sans texte",)))
    ((document, said),) = found(library).incomplete
    assert (document.path, said) == ("season-3/b/scan.pdf", ("page 2 sans texte",))


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Settings]:
    config = fill(tmp_path_factory.mktemp("about"), encoder)
    with pytest.MonkeyPatch.context() as patch:
        use(config.corpus, config.index, patch)
        yield config
    forget()


def about() -> str:
    return seen(AppTest.from_file(str(MAIN), default_timeout=30).run().switch_page("about.py").run())


def test_the_page_counts_what_everybody_may_read(memory: Settings) -> None:
    known = programme(open_library(memory), viewer=PUBLIC)
    whole = sum(each.passages for each in known.meetings) + sum(each.passages for each in known.unfiled)
    assert whole == sum(browse.overview(open_library(memory), viewer=PUBLIC).types.values())
    said = about()
    assert "Ce que la mémoire contient" in said
    assert "Ce qui manque" in said


def test_the_page_explains_all_the_same_when_the_memory_cannot_be_opened(
    memory: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(tmp_path / "absent", memory.index, monkeypatch)
    said = about()
    assert "ne peut pas être ouverte" in said
    assert "Déclaration d’accessibilité" in said
    forget()


def test_every_section_is_one_link_away_from_the_top(memory: Settings) -> None:
    said = about()
    assert re.findall(r'<li><a href="#([^"]+)">', said) == re.findall(r'<h2 id="([^"]+)">', said)
    assert said.count("<h2>") == 0


def test_readers_are_told_to_whom_to_write_only_where_somebody_reads(
    memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "écrivez" not in about()
    monkeypatch.setenv("KB_CONTACT", "memoire@exemple.fr")
    use(memory.corpus, memory.index, monkeypatch)
    assert 'écrivez à <a href="mailto:memoire@exemple.fr">memoire@exemple.fr</a>' in about()


@pytest.mark.parametrize("written", ["<b>x</b>", "personne", "a@b", "x@exemple.fr, y@exemple.fr", "1" * 300])
def test_a_contact_that_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        Settings(contact=written)


def test_a_postal_address_is_a_contact() -> None:
    assert Settings(contact=" 3 rue du Débat,\n 75000 Paris").contact == "3 rue du Débat, 75000 Paris"
