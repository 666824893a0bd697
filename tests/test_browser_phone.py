"""A reader on a phone, in a real Chromium: the place one comes back to, the room that words have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from kb.encoder import Encoder
from tests.reading_room import QUESTION, fill, served
from tests.test_browser_app import at, barriers, overflow
from tests.test_browser_app import pytestmark as pytestmark

PHONE: ViewportSize = {"width": 360, "height": 740}
ZOOMED: ViewportSize = {"width": 320, "height": 256}
LONG_LIST = "?intervenant=Maire+d%E2%80%99une+commune+rurale"


@pytest.fixture
def opened_with() -> dict[str, Any]:
    """A telephone's."""
    return {"viewport": PHONE}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("phone")
    config = fill(home, encoder)
    with (config.corpus / "season-1/2019-03-12-vitrines/session.toml").open("a", encoding="utf-8") as written:
        written.writelines(f'\n[[speakers]]\nname = "Invitée numéro {n}"\nsphere = "etat"\n' for n in range(30))
    with served(config, home) as address:
        yield address


def sides(part: Locator) -> tuple[float, float]:
    """Where its upper and lower sides are."""
    box = part.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def is_one_line(part: Locator) -> bool:
    """Whether all that it holds stands on one line."""
    tops = part.evaluate(
        "(e) => [...e.children].map((c) => c.getBoundingClientRect()).map((b) => b.top + b.height / 2)"
    )
    return bool(max(tops) - min(tops) < 8)


@pytest.mark.parametrize("way", ["back", "link"])
def test_one_comes_back_to_the_place_that_was_left(page: Page, base: str, way: str) -> None:
    page.goto(f"{base}/{LONG_LIST}")
    page.get_by_role("button", name="Voir plus de passages").click()
    expect(page.locator(".hit").nth(14)).to_be_attached()
    left = page.locator(".hit").nth(14)
    source = left.get_by_role("link", name="dans la transcription")
    source.scroll_into_view_if_needed()
    before = sides(left)
    source.click()
    expect(page.locator("mark.passage").first).to_be_in_viewport()
    if way == "back":
        page.go_back()
    else:
        page.get_by_role("link", name="← Retour aux résultats").click()
    expect(left).to_be_in_viewport()
    page.wait_for_timeout(500)
    assert abs(sides(left)[0] - before[0]) < 40


def test_a_page_opened_anew_starts_at_its_top(page: Page, base: str) -> None:
    page.goto(f"{base}/{LONG_LIST}")
    page.locator(".hit").nth(8).scroll_into_view_if_needed()
    page.goto(f"{base}/seances")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{base}/{LONG_LIST}")
    expect(page.locator(".hit").nth(8)).to_be_attached()
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_the_first_words_found_are_seen_without_scrolling(page: Page, base: str) -> None:
    page.goto(at(base, QUESTION, "&saison=3"))
    words = page.locator(".hit blockquote").first
    expect(words).to_be_visible()
    expect(page.locator(".chips")).to_be_visible()
    assert sides(words)[0] + 24 < PHONE["height"]
    assert is_one_line(page.locator(".masthead nav ul"))
    assert is_one_line(page.locator(".st-key-filtres"))
    assert overflow(page) <= 0
    assert barriers(page) == []


def test_the_page_that_is_shown_is_in_sight_in_the_menu(page: Page, base: str) -> None:
    page.goto(f"{base}/a-propos")
    expect(page.get_by_role("navigation", name="Site").get_by_role("link", name="À propos")).to_be_in_viewport(ratio=1)
    table = page.locator("table.amounts").bounding_box()
    assert table
    assert table["x"] + table["width"] <= PHONE["width"] - 15
    assert overflow(page) <= 0


@pytest.mark.parametrize("window", [PHONE, ZOOMED], ids=["phone", "400 %"])
def test_the_beginning_of_a_passage_is_under_nothing(page: Page, base: str, window: ViewportSize) -> None:
    page.set_viewport_size(window)
    page.goto(at(base))
    page.get_by_role("link", name="dans la transcription").first.click()
    passage = page.locator("mark.passage").first
    expect(passage).to_be_in_viewport()
    first = passage.evaluate(
        "(mark) => { const box = mark.getClientRects()[0]; return [box.left + 4, box.top + box.height / 2]; }"
    )
    assert passage.evaluate("(mark, [x, y]) => mark.contains(document.elementFromPoint(x, y))", first)
    ways = page.get_by_role("navigation", name="Autour du passage")
    assert ways.evaluate("(nav) => nav.getBoundingClientRect().bottom") < first[1]
    expect(ways.get_by_role("link", name="Passage précédent")).to_have_count(1)
    heights = ways.get_by_role("link").evaluate_all(
        "(links) => links.map((link) => link.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


def test_a_long_list_of_people_is_closed_by_sphere_and_keeps_what_is_opened(page: Page, base: str) -> None:
    page.goto(f"{base}/intervenants")
    state = page.locator("details.people", has_text="État")
    expect(state).not_to_have_attribute("open", "")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") < 2 * PHONE["height"]
    assert barriers(page) == []
    state.locator("summary").press("Enter")
    guest = page.get_by_role("link", name="Invitée numéro 7")
    guest.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invitée numéro 7")
    page.go_back()
    expect(guest).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    expect(page.locator("details.people:not([open])")).to_have_count(0)


def test_on_a_phone_each_season_is_one_touch_away(page: Page, base: str) -> None:
    page.goto(f"{base}/saisons-en-regard?q=guichet")
    ways = page.get_by_role("navigation", name="Saisons")
    ways.get_by_role("link").last.click()
    expect(page.locator(".column h2").last).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(ways).to_be_hidden()
