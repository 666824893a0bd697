"""« Saisons en regard » and « Chronologie » as a reader goes through them, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.encoder import Encoder
from tests.browsing import CHROMIUM, PATIENCE_MS
from tests.reading_room import QUESTION, fill, served

UNCOVERED = "xylophone zygomatique kolkhoze boutiques"
WORDS = "agence guichet écoute"
THEMES = """
[[themes]]
key = "commerce"
label = "Commerce"
words = ["boutique", "foncière de commerce"]
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The address of the served app."""
    home = tmp_path_factory.mktemp("compared")
    (home / "corpus").mkdir()
    (home / "corpus" / "themes.toml").write_text(THEMES, encoding="utf-8")
    with served(fill(home, encoder), home) as address:
        yield address


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """A reader's own window; no request of theirs may go to another host, no script may fail, no policy be broken."""
    expect.set_options(timeout=PATIENCE_MS)
    opened = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    failures: list[str] = []
    opened.on("weberror", lambda error: failures.append(str(error.error)))
    opened.on("console", lambda said: failures.append(said.text) if "Content Security" in said.text else None)
    yield opened
    opened.close()
    assert [url for url in asked if url.startswith(("http", "ws")) and not url.startswith(base)] == []
    assert failures == []


def barriers(page: Page) -> list[str]:
    """What axe finds in light, then in dark, as « scheme, rule: element »."""
    found = []
    for scheme, paper in (("light", "rgb(251, 250, 247)"), ("dark", "rgb(20, 23, 31)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator(".stApp")).to_have_css("background-color", paper)
        rules = Axe().run(page).response["violations"]
        found += [f"{scheme}, {rule['id']}: {node['html'][:120]}" for rule in rules for node in rule["nodes"]]
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page, or the part of it that scrolls, is wider than its window."""
    return int(
        page.evaluate(
            "Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]"
            ".map((e) => e.scrollWidth - e.clientWidth))"
        )
    )


def test_from_an_answer_to_the_seasons_side_by_side_and_on_to_a_passage(page: Page, base: str) -> None:
    page.goto(f"{base}/?q={quote(WORDS)}")
    page.locator(".across").get_by_role("link", name="Saisons en regard").click()
    expect(page).to_have_title(re.compile(r"Saisons en regard · mémoire des débats$"))
    first, third = (page.get_by_role("region", name=name) for name in ("Les centres", "Le numérique"))
    expect(first).to_contain_text("Pas abordé")
    expect(third.locator("blockquote .best").first).to_be_visible()
    tops = [season.bounding_box() for season in (first, third)]
    assert tops[0]
    assert tops[1]
    assert tops[0]["y"] == tops[1]["y"], "side by side"
    third.get_by_role("link", name="dans la transcription").first.click()
    expect(page.locator("#passage").first).to_be_in_viewport()


def test_what_is_nearest_in_a_silent_season_is_one_key_away(page: Page, base: str) -> None:
    page.goto(f"{base}/saisons-en-regard?q={quote(UNCOVERED)}")
    button = page.get_by_role("region", name="Les centres").get_by_role("button", name="Voir le passage le plus proche")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Une foncière de commerce achète")).to_be_visible()


def test_a_question_and_a_theme_are_compared_then_one_is_dropped(page: Page, base: str) -> None:
    page.goto(f"{base}/chronologie")
    page.get_by_label("Votre question").fill(WORDS)
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(1)
    page.get_by_role("button", name="Ajouter un thème").click()
    page.get_by_role("link", name="Commerce").click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    expect(page.get_by_role("columnheader", name="Thème : Commerce")).to_be_visible()
    page.get_by_role("link", name=f"Retirer « {WORDS} »").click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(1)


def test_a_bar_and_its_number_in_the_table_lead_to_the_same_passages(page: Page, base: str) -> None:
    page.goto(f"{base}/chronologie?q={quote(WORDS)}")
    number = page.get_by_role("row", name="Inclure tous les habitants").locator("td a")
    expect(number).to_be_visible()
    amount, address = number.inner_text(), number.evaluate("(a) => a.href")
    page.locator("[data-testid=stVegaLiteChart] .mark-text text").filter(has_text=amount).last.click()
    page.wait_for_url(address)
    expect(page.locator(".headline")).to_contain_text(f"{amount} passage")


def test_the_picture_is_said_in_french_and_no_menu_hangs_on_it(page: Page, base: str) -> None:
    page.goto(f"{base}/chronologie?q={quote(WORDS)}")
    picture = page.get_by_test_id("stVegaLiteChart")
    expect(picture.locator("svg")).to_be_visible()
    expect(picture).to_have_attribute("aria-label", re.compile("Le tableau plus bas donne chaque nombre"))
    expect(picture).to_have_attribute("aria-roledescription", "graphique")
    expect(page.locator("details.vega-actions, .vega-actions")).to_have_count(0)
    page.get_by_role("heading", name="Chronologie").hover()
    picture.hover()
    expect(page.get_by_test_id("stElementToolbar").locator("visible=true")).to_have_count(0)
    assert "X-axis" not in picture.inner_html()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_state_has_a_barrier_nor_is_wider_than_its_window(page: Page, base: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    long = quote("anticonstitutionnellement" * 8)
    states = {
        "saisons-en-regard": ".examples",
        f"saisons-en-regard?q={quote(QUESTION)}": ".side-by-side",
        f"saisons-en-regard?q={quote(UNCOVERED)}": ".side-by-side",
        "saisons-en-regard?q=-mot": ".notice",
        "chronologie": ".examples",
        f"chronologie?q={quote(WORDS)}&theme=commerce&q={quote(UNCOVERED)}": "[data-testid=stVegaLiteChart] svg",
        f"chronologie?q=a&q=b&q=c&q=d&q=e&q={long}": ".caution",
    }
    for address, sign in states.items():
        page.goto(f"{base}/{address}")
        expect(page.locator(sign).first).to_be_visible()
        for button in page.get_by_role("button", name=re.compile("^Voir le|^Ajouter un thème")).all():
            button.click()
        assert overflow(page) == 0, address
        assert barriers(page) == [], address
