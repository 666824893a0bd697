"""Two files of the same text: recognised, linked, shown once, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import PUBLIC, STAFF, Filters
from kb.ingest import ingest
from kb.ingest.report import Twin
from kb.library import Library, open_library
from kb.search import search
from kb.settings import Settings
from kb.store import Scope
from tests.conftest import LetterEncoder

SENTENCES = [f"La commune numéro {n} confie le réseau d’eau à sa société publique locale." for n in range(40)]
TEXT = "\n\n".join(SENTENCES)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    corpus = tmp_path / "twins"
    corpus.mkdir()
    return open_library(Settings(corpus=corpus, index=tmp_path / "index"), LetterEncoder())


def write(library: Library, name: str, text: str = TEXT) -> Path:
    file = library.corpus / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def hits(library: Library, question: str) -> list[str]:
    return [hit.document.path for hit in search(library, question, viewer=STAFF).hits]


def test_a_twin_is_reported_linked_and_shown_once(library: Library) -> None:
    write(library, "rapport.md")
    write(library, "rapport.txt")
    report = ingest(library)
    assert report.accepted == ["rapport.md", "rapport.txt"]
    assert report.twins == [Twin("rapport.txt", "rapport.md")]
    assert hits(library, '"commune numéro 7"') == ["rapport.md"]
    shown, hidden = library.store.documents(Scope(STAFF))
    assert (shown.twin_of, hidden.twin_of) == (None, "rapport.md")
    assert library.store.twins(shown, STAFF) == [hidden]
    assert library.store.twins(hidden, STAFF) == [shown]
    assert library.store.text(hidden.id, STAFF)[0].startswith(SENTENCES[0])


@pytest.mark.parametrize("first", ["rapport.md", "rapport.txt"])
def test_which_is_shown_does_not_hang_on_which_came_first(library: Library, first: str) -> None:
    write(library, first)
    ingest(library)
    write(library, "rapport.txt" if first == "rapport.md" else "rapport.md")
    assert ingest(library).twins == [Twin("rapport.txt", "rapport.md")]
    assert hits(library, '"commune numéro 7"') == ["rapport.md"]
    assert ingest(library).replaced == []
    assert library.store.problems() == []


def test_when_the_one_shown_goes_the_other_is_shown(library: Library) -> None:
    write(library, "rapport.md")
    write(library, "rapport.txt")
    ingest(library)
    (library.corpus / "rapport.md").unlink()
    report = ingest(library)
    assert (report.removed, report.replaced, report.twins) == (["rapport.md"], ["rapport.txt"], [])
    assert hits(library, '"commune numéro 7"') == ["rapport.txt"]


def test_when_the_one_shown_changes_the_other_is_shown_too(library: Library) -> None:
    write(library, "rapport.md")
    write(library, "rapport.txt")
    ingest(library)
    write(library, "rapport.md", "Un tout autre texte, sur les piscines.\n")
    ingest(library)
    assert hits(library, '"commune numéro 7"') == ["rapport.txt"]
    assert hits(library, '"sur les piscines"') == ["rapport.md"]


def test_what_only_the_twin_says_is_found_in_the_twin(library: Library) -> None:
    write(library, "rapport.md")
    write(library, "rapport.txt", TEXT + "\n\nLe conseil a refusé la régie, par douze voix contre onze, en juin.\n")
    assert ingest(library).twins == [Twin("rapport.txt", "rapport.md")]
    assert hits(library, '"refusé la régie"') == ["rapport.txt"]
    assert hits(library, '"commune numéro 7"') == ["rapport.md"]


def test_a_reserved_copy_never_hides_a_public_one(library: Library) -> None:
    write(library, "a/rapport.md")
    write(library, "a/session.toml", 'title = "A"\nvisibility = "staff"\n')
    write(library, "rapport.txt")
    again = open_library(library.settings, LetterEncoder())
    ingest(again)
    found = search(again, '"commune numéro 7"', viewer=PUBLIC).hits
    assert [hit.document.path for hit in found] == ["rapport.txt"]
    assert again.store.twins(found[0].document, PUBLIC) == []


def test_a_stray_copy_is_hidden_behind_the_one_filed_in_a_session(library: Library) -> None:
    write(library, "a/rapport.txt")
    write(library, "a/session.toml", 'title = "A"\ndate = 2021-04-13\n')
    write(library, "rapport.md")
    again = open_library(library.settings, LetterEncoder())
    assert ingest(again).twins == [Twin("rapport.md", "a/rapport.txt")]


def test_the_same_text_in_two_sessions_is_kept_in_both_and_shown_once(library: Library) -> None:
    for home, day in (("a", "2021-04-13"), ("b", "2021-06-01")):
        write(library, f"{home}/rapport.txt")
        write(library, f"{home}/session.toml", f'title = "{home}"\ndate = {day}\n')
    again = open_library(library.settings, LetterEncoder())
    assert ingest(again).twins == []
    (hit,) = search(again, '"commune numéro 7"', viewer=PUBLIC).hits
    kept = {hit.document.id, *(each.rpartition(".")[0] for each in hit.repeats)}
    assert {again.store.document(each, PUBLIC).path for each in kept} == {"a/rapport.txt", "b/rapport.txt"}
    for home in "ab":
        (own,) = search(again, '"commune numéro 7"', viewer=PUBLIC, filters=Filters(sessions=(home,))).hits
        assert own.document.path == f"{home}/rapport.txt"
