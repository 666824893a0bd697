"""A memory that goes away or is being made, seen from an open page: the page says so, and recovers by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import Settings
from kb.store.local import LocalStore
from tests.browsing import ARGUMENTS, CHROMIUM, PATIENCE_MS
from tests.reading_room import QUESTION, fill, served
from tests.test_browser_app import at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    return fill(tmp_path_factory.mktemp("lost"), encoder)


@pytest.fixture
def page(memory: Settings, tmp_path: Path) -> Iterator[Page]:
    with served(memory, tmp_path) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = browser.new_page(locale="fr-FR")
        opened.set_default_timeout(PATIENCE_MS)
        opened.goto(at(base, QUESTION))
        opened.locator("blockquote").first.wait_for()
        yield opened
        browser.close()


def test_a_page_whose_index_went_away_says_so_and_opens_again_once_it_is_made(
    page: Page, memory: Settings, encoder: Encoder
) -> None:
    shutil.rmtree(memory.index)
    page.reload()
    expect(page.get_by_role("heading", name="La mémoire est vide")).to_be_visible()
    library = open_library(memory, encoder)
    _begin_and_stop(library.store, encoder)
    ingest(library, [memory.corpus / "season-1"])
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.locator(".filling")).to_contain_text("en train de se remplir")
    ingest(library)
    expect(page.locator(".filling")).to_contain_text("maintenant complète")
    page.get_by_role("link", name="Recharger la page").click()
    expect(page.locator(".headline")).to_be_visible()
    expect(page.locator(".filling")).to_have_count(0)


def _begin_and_stop(store: object, encoder: Encoder) -> None:
    """An ingest that was stopped before its first document."""
    assert isinstance(store, LocalStore)
    with store.writing():
        store.reset(encoder.name)


def test_a_page_whose_server_went_away_says_so_and_goes_on_once_it_is_back(memory: Settings, tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(locale="fr-FR")
        page.set_default_timeout(PATIENCE_MS)
        with served(memory, tmp_path) as base:
            page.goto(at(base, QUESTION))
            expect(page.locator(".foot")).to_be_visible()
        told = page.get_by_role("dialog")
        expect(told).to_contain_text("Le serveur ne répond plus")
        expect(told).to_contain_text("La page reprendra d’elle-même")
        expect(page.locator("blockquote").first).to_be_visible()
        before = page.evaluate("performance.timeOrigin")
        with served(memory, tmp_path, int(base.rpartition(":")[2])):
            page.wait_for_function("(before) => performance.timeOrigin !== before", arg=before)
            expect(told).to_have_count(0)
            expect(page.locator(".foot")).to_be_visible()
            page.get_by_label("Que cherchez-vous").fill("boutiques")
            page.keyboard.press("Enter")
            expect(page.locator(".hit mark").first).to_have_text("boutiques")
        browser.close()
