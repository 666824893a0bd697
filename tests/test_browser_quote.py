"""A journalist checks a quote: the real server, a real memory, a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from kb.encoder import Encoder
from tests.browsing import CHROMIUM
from tests.reading_room import fill, served
from tests.test_browser_app import barriers, overflow

SAID = "Ce qui donne confiance, c’est la personne au guichet qui écoute."
ARTICLE = (
    f"La directrice assure : « {SAID.replace('donne', 'inspire')} » Elle ajoute : « Ce n'est pas l'outil. [...] c'est "
    "la personne au guichet » et « Le dragon gardait un trésor au fond de la grotte »."
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The address of the served app."""
    home = tmp_path_factory.mktemp("quoting")
    with served(fill(home, encoder), home) as address:
        yield address


def test_a_journalist_checks_a_quote(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("link", name="Vérifier une citation").click()
    page.get_by_label("Texte à vérifier").fill(ARTICLE)
    page.get_by_role("button", name="Vérifier").click()
    verdicts = page.locator(".verdict h2")
    expect(verdicts).to_have_text(["Modifiée", "Mot pour mot", "Introuvable"])
    page.wait_for_url("**texte=**")
    changed = page.locator(".verdict").first
    expect(changed.locator("del")).to_contain_text("donne")
    expect(changed.locator("ins")).to_contain_text("inspire")
    expect(changed.locator(".remarks")).to_contain_text("est devenu")
    changed.get_by_role("button", name="Citer").click()
    expect(changed.locator(".citation")).to_contain_text(SAID)
    changed.get_by_role("link", name="dans la transcription").click()
    expect(page.locator("#passage")).to_contain_text("Ce qui donne confiance")


def test_the_page_has_no_barrier_and_fits_every_screen(page: Page, base: str) -> None:
    for address, sign in ((f"{base}/verifier", ".how"), (f"{base}/verifier?texte={quote(ARTICLE)}", ".verdict")):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            expect(page.locator(sign).first).to_be_visible()
            assert barriers(page) == [], (address, width)
            assert overflow(page) == 0, (address, width)
