"""Help for finding: what is suggested while someone types, and what they may have meant."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest

from kb.domain import PUBLIC, STAFF
from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.settings import Settings
from kb.suggest import Kind, gather
from kb.ui import suggestions
from tests.reading_room import INCLUSION, fill
from tests.test_app_pages import GLOSSARY, forget, opened, seen, use

THEMES = """
[[themes]]
key = "confiance"
label = "Confiance des habitants"
words = ["confiance", "guichet", "peur de se tromper"]
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    found = fill(tmp_path_factory.mktemp("memory"), encoder)
    (found.corpus / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    (found.corpus / "themes.toml").write_text(THEMES, encoding="utf-8")
    ingest(open_library(found, encoder))  # passages are filed under the themes there are
    return found


@pytest.fixture(scope="module")
def library(memory: Settings, encoder: Encoder) -> Library:
    return open_library(memory, encoder)


@pytest.fixture(scope="module", autouse=True)
def _configured(memory: Settings) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use(memory.corpus, memory.index, patch)
        yield
    forget()


def suggested(library: Library, typed: str, most: int = 8) -> list[tuple[Kind, str]]:
    return [(each.kind, each.name) for each in gather(library, viewer=PUBLIC).like(typed, most)]


def test_what_begins_like_the_typed_letters_is_suggested_kind_by_kind(library: Library) -> None:
    assert suggested(library, "hab") == [
        (Kind.SESSION, "Inclure tous les habitants"),
        (Kind.THEME, "Confiance des habitants"),
    ]


@pytest.mark.parametrize("typed", ["maire d'une c", "MAIRE COMMUNE", "rurale mai"])
def test_accents_case_apostrophes_and_order_do_not_matter(library: Library, typed: str) -> None:
    assert suggested(library, typed) == [(Kind.SPEAKER, "Maire d’une commune rurale")]


@pytest.mark.parametrize("typed", ["", "a", "abitants", "zzz", "habitants du centre ville"])
def test_what_no_name_begins_with_suggests_nothing(library: Library, typed: str) -> None:
    assert suggested(library, typed) == []


def test_every_kind_has_its_chance(library: Library) -> None:
    kinds = [kind for kind, _ in suggested(library, "gu")]
    assert kinds == [Kind.DOCUMENT, Kind.TERM]
    assert [kind for kind, _ in suggested(library, "co", most=2)] == [Kind.SPEAKER, Kind.THEME]


def test_another_name_of_a_term_is_suggested_with_the_term(library: Library) -> None:
    found = gather(library, viewer=PUBLIC).like("fonciere")
    assert [(each.kind, each.name, each.detail) for each in found] == [(Kind.TERM, "foncière de commerce", "guichet")]


def test_what_a_viewer_may_not_see_is_not_suggested(library: Library) -> None:
    assert suggested(library, "huis clos") == []
    assert suggested(library, "budget") == []
    assert gather(library, viewer=STAFF).like("huis clos")


def test_each_suggestion_leads_where_its_kind_is_shown() -> None:
    found = {
        each.kind: suggestions.address(each)
        for typed in ("maire", "habitants", "guichet")
        for each in suggestions.names(suggestions.memory.library()).like(typed)
    }
    assert found[Kind.SPEAKER] == "./intervenant?nom=Maire%20d%E2%80%99une%20commune%20rurale"
    assert found[Kind.SESSION] == f"./seance?id={INCLUSION.replace('/', '%2F')}"
    assert found[Kind.THEME] == "./?theme=confiance"
    assert found[Kind.DOCUMENT].startswith("./passage?")
    assert found[Kind.TERM] == ""


def test_names_are_gathered_once_and_again_when_staff_change_one(memory: Settings) -> None:
    shown = suggestions.memory.library()
    once = suggestions.names(shown)
    assert suggestions.names(shown) is once
    (memory.corpus / "themes.toml").write_text(f"{THEMES}\n", encoding="utf-8")
    assert suggestions.names(shown) is not once


def test_a_question_with_a_typing_error_is_one_click_from_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 0.0)
    page = html.unescape(seen(opened(q="qui donne confience au guichet ?"))).replace("\u00a0", " ")
    assert "Vouliez-vous dire : <bdi>« qui donne confiance au guichet ? »</bdi> ?" in page
    assert 'class="meant" href="./?q=qui+donne+confiance+au+guichet+%3F"' in page
