"""The sessions and the people as a reader goes through them, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kb.encoder import Encoder
from tests.browsing import CHROMIUM
from tests.programme_room import HEAT, NEXT, furnish
from tests.reading_room import INCLUSION, served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The address of the served app."""
    home = tmp_path_factory.mktemp("programme")
    with served(furnish(home, encoder), home) as address:
        yield address


def test_from_the_home_page_to_what_somebody_said_in_a_session(page: Page, base: str) -> None:
    page.goto(base)
    page.locator(".seasons li").filter(has_text="Saison 2").get_by_role("link", name="1 séance").click()
    expect(page.locator("#saison-2")).to_be_in_viewport()
    page.get_by_role("link", name="Réseaux de chaleur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Réseaux de chaleur : le prix et la confiance")
    expect(page.locator(".quote").first).to_contain_text("soixante-seize euros")
    page.locator(".people").get_by_role("link", name="Martine Duval").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Martine Duval")
    field = page.get_by_label("Chercher dans ses prises de parole")
    field.fill("mégawattheure")
    field.press("Enter")
    expect(page.locator(".hit mark").first).to_have_text("mégawattheure")
    expect(page.get_by_role("link", name="Retirer le filtre Intervenant")).to_be_visible()


def test_a_card_leads_to_its_session_and_to_who_speaks(page: Page, base: str) -> None:
    page.goto(f"{base}/?q={quote('soixante-seize euros le mégawattheure')}")
    page.locator(".hit").first.get_by_role("link", name="Réseaux de chaleur").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réseaux de chaleur")
    page.go_back()
    page.locator(".hit").first.get_by_role("link", name="Martine Duval").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Martine Duval")


def test_all_the_passages_that_answer_a_question_are_one_click_away(page: Page, base: str) -> None:
    page.goto(f"{base}/seance?id={quote(HEAT, safe='')}")
    page.get_by_role("link", name="Voir tous les passages").first.click()
    expect(page.get_by_label("Que cherchez-vous")).to_have_value(re.compile("^À quel prix"))
    expect(page.locator(".hit").first).to_be_visible()


def test_no_page_has_a_barrier_or_is_wider_than_its_window(page: Page, base: str) -> None:
    pages = {
        "seances": ".season",
        f"seance?id={quote(HEAT, safe='')}": ".quote",
        f"seance?id={quote(NEXT, safe='')}": ".questions",
        f"seance?id={quote(INCLUSION, safe='')}": ".papers",
        "seance?id=inconnue": ".notice",
        "intervenants": ".people",
        "intervenants?nom=xylophone": ".headline",
        f"intervenant?nom={quote('Sociologue des usages')}": ".pages",
        f"intervenant?nom={quote('Jean Absent')}": ".part",
        "intervenant?nom=inconnue": ".notice",
    }
    for address, sign in pages.items():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{base}/{address}")
        expect(page.locator(sign).first).to_be_visible()
        expect(page.locator(".foot")).to_be_visible()
        assert page.get_by_role("heading", level=1).count() == 1, address
        assert barriers(page) == [], address
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert overflow(page) == 0, address
        assert barriers(page) == [], f"{address} on a telephone"


def overflow(page: Page) -> int:
    """By how many pixels the page, or the part of it that scrolls, is wider than its window."""
    return int(
        page.evaluate(
            "Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]"
            ".map((e) => e.scrollWidth - e.clientWidth))"
        )
    )


def barriers(page: Page) -> list[str]:
    """What axe finds in light, then in dark, as « scheme, rule: element »."""
    found = []
    for scheme, paper in (("light", "rgb(251, 250, 247)"), ("dark", "rgb(20, 23, 31)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator(".stApp, .plain").first).to_have_css("background-color", paper)
        rules = Axe().run(page).response["violations"]
        found += [f"{scheme}, {rule['id']}: {node['html'][:120]}" for rule in rules for node in rule["nodes"]]
    return found
