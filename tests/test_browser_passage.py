"""The page of a passage in a real Chromium: its source, its citations, the way on, what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kb import browse
from kb.domain import PUBLIC
from kb.encoder import Encoder
from kb.library import Library, open_library
from kb.ui.links import passage_address
from tests.reading_room import INCLUSION, fill, served
from tests.test_browser_app import barriers
from tests.test_browser_app import pytestmark as pytestmark

TRANSCRIPT, NOTE, HOSTILE = (f"{INCLUSION}/{name}" for name in ("transcription.vtt", "note.pdf", "hostile.txt"))
SAID = "la personne au guichet qui écoute"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[tuple[str, Library]]:
    """The address of a served memory, and the memory."""
    home = tmp_path_factory.mktemp("passages")
    config = fill(home, encoder)
    with served(config, home) as base:
        yield base, open_library(config, encoder)


@pytest.fixture
def base(room: tuple[str, Library]) -> str:
    return room[0]


@pytest.fixture
def opened_with() -> dict[str, Any]:
    """One that may read and write what is copied."""
    return {"permissions": ["clipboard-read", "clipboard-write"]}


def address(room: tuple[str, Library], words: str, path: str) -> str:
    """The permanent address of the passage of a document that holds these words."""
    base, library = room
    document = next(d for d in browse.documents(library, viewer=PUBLIC) if d.path == path)
    found = next(p for p in library.store.passages(document.id, 1, 999, PUBLIC) if words in p.text)
    return passage_address(browse.opened(library, found.id, viewer=PUBLIC).selector, f"{base}/")


def test_the_page_of_a_pdf_stands_beside_the_passage(page: Page, room: tuple[str, Library]) -> None:
    page.goto(address(room, "agent itinérant", NOTE))
    picture = page.get_by_role("img", name="Page 2 du PDF")
    expect(picture).to_be_in_viewport()
    expect(page.locator("#passage")).to_be_in_viewport()
    page.wait_for_function("() => document.querySelector('.page img').naturalWidth > 500")


def test_a_form_of_citation_is_copied_whole(page: Page, room: tuple[str, Library]) -> None:
    page.goto(address(room, SAID, TRANSCRIPT))
    page.get_by_role("button", name="BibTeX").click()
    panel = page.locator("#form-bibtex")
    panel.get_by_role("button", name="Copier").click()
    expect(panel.get_by_role("button")).to_have_text("Citation copiée")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@misc{")
    assert copied.endswith("}\n")


def test_one_goes_on_to_the_next_passage_and_back(page: Page, room: tuple[str, Library]) -> None:
    page.goto(address(room, "Nous en venons au point 3", TRANSCRIPT))
    expect(page.locator("#passage")).to_be_in_viewport()
    words = page.locator("#passage").inner_text()
    page.get_by_role("link", name="Suivant").click()
    expect(page.locator("#passage")).not_to_have_text(words)
    expect(page.locator("#passage")).to_be_in_viewport()
    page.get_by_role("link", name="Précédent").click()
    expect(page.locator("#passage")).to_have_text(words)


def test_what_became_of_a_passage_is_in_sight_with_it(page: Page, room: tuple[str, Library]) -> None:
    page.goto(re.sub("[0-9a-f]{8}$", "00000000", address(room, SAID, TRANSCRIPT)))
    expect(page.locator("#passage")).to_be_in_viewport()
    expect(page.get_by_text("Ce passage a été corrigé depuis")).to_be_in_viewport()


def test_on_a_narrow_screen_the_source_is_one_touch_away(page: Page, room: tuple[str, Library]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address(room, SAID, TRANSCRIPT))
    expect(page.locator("#passage")).to_be_in_viewport()
    page.get_by_role("link", name="Source").click()
    expect(page.get_by_role("heading", name="La source")).to_be_in_viewport()
    page.get_by_role("link", name="Revenir au passage").click()
    expect(page.locator("#passage")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_kind_of_source_has_a_barrier(page: Page, room: tuple[str, Library], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for words, path in ((SAID, TRANSCRIPT), ("agent itinérant", NOTE), ("sorcier", HOSTILE)):
        page.goto(address(room, words, path))
        expect(page.locator("#passage")).to_be_visible()
        for button in page.locator(".forms button").all():
            button.click()
        assert barriers(page) == [], path
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width, path
