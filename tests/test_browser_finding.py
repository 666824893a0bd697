"""Help for finding, in a real Chromium: suggestions while typing, and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from kb.encoder import Encoder
from tests.reading_room import fill, served
from tests.test_browser_app import GLOSSARY, at, barriers, overflow
from tests.test_browser_app import pytestmark as pytestmark

FIELD = "Que cherchez-vous"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("finding")
    config = fill(home, encoder)
    (config.corpus / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    with served(config, home) as address:
        yield address


def typed(page: Page, words: str) -> None:
    """Type in the field, once the page is there."""
    expect(page.get_by_role("combobox", name=FIELD)).to_be_visible()
    page.get_by_role("combobox", name=FIELD).press_sequentially(words)
    expect(page.get_by_role("option").first).to_be_visible()


def test_a_suggestion_is_chosen_with_the_keyboard(page: Page, base: str) -> None:
    page.goto(base)
    typed(page, "inclure tou")
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".unseen[role=status]")).to_contain_text("suggestion")
    page.keyboard.press("ArrowDown")
    option = page.get_by_role("option", name="Inclure tous les habitants séance")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/seance?id=season-3**")


def test_escape_closes_the_suggestions_and_keeps_what_is_typed(page: Page, base: str) -> None:
    page.goto(base)
    typed(page, "maire d")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("combobox", name=FIELD)).to_have_value("maire d")


def test_enter_without_a_choice_asks_what_is_typed(page: Page, base: str) -> None:
    page.goto(base)
    typed(page, "guichet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=guichet")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_term_of_the_glossary_is_written_into_the_field_and_can_be_asked(page: Page, base: str) -> None:
    page.goto(base)
    typed(page, "maison de")
    page.get_by_role("option", name="maison de services glossaire").click()
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_have_value("maison de services")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=maison+de+services")


def test_on_a_telephone_suggestions_are_large_and_nothing_moves(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(base)
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_be_visible()
    before = page.locator(".examples").bounding_box()
    typed(page, "directrice")
    assert page.locator(".examples").bounding_box() == before
    assert page.get_by_role("option").first.evaluate("(e) => e.offsetHeight") >= 44
    assert overflow(page) == 0
    page.get_by_role("option", name="Directrice d’une agence intervenant").click()
    page.wait_for_url("**/intervenant?nom=**")


def test_the_question_that_was_meant_is_one_click_away(page: Page, base: str) -> None:
    page.goto(at(base, "qui donne confience ?"))
    page.get_by_role("link", name="Vouliez-vous dire : « qui donne confiance ? »").click()
    page.wait_for_url("**/?q=qui+donne+confiance+%3F")
    expect(page.locator(".hit mark", has_text="confiance").first).to_be_visible()
    expect(page.locator(".beside").filter(has_text="Personne")).to_have_count(0)


def test_slash_goes_to_the_field_from_any_page_and_is_a_letter_in_it(page: Page, base: str) -> None:
    page.goto(f"{base}/a-propos")
    expect(page.locator(".about")).to_be_visible()
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name=FIELD)
    expect(field).to_be_focused()
    page.keyboard.type("13/04")
    expect(field).to_have_value("13/04")


def test_arrows_go_from_hit_to_hit_and_enter_opens_one(page: Page, base: str) -> None:
    page.goto(at(base))
    hits = page.locator("figure.hit")
    expect(hits.nth(1)).to_be_visible()
    for key, at_hit in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("End", hits.count() - 1), ("Home", 0)):
        page.keyboard.press(key)
        expect(hits.nth(at_hit)).to_be_focused()
        expect(hits.nth(at_hit)).to_be_in_viewport()
    expect(hits.first).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    page.wait_for_url("**/passage?**")


def test_the_help_is_shown_and_the_keys_are_turned_off_on_this_device(page: Page, base: str) -> None:
    page.goto(at(base))
    expect(page.locator("figure.hit").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Au clavier")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Désactiver ces touches").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for key in ("?", "ArrowDown", "/"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("figure.hit:focus, input:focus")).to_have_count(0)
    page.goto(f"{base}/a-propos")
    page.get_by_role("button", name="Voir ou désactiver les touches").click()
    page.get_by_role("button", name="Réactiver ces touches").click()
    page.get_by_role("button", name="Fermer").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Au clavier")).to_be_visible()


def test_suggestions_have_no_barrier_in_light_or_dark(page: Page, base: str) -> None:
    page.goto(base)
    typed(page, "co")
    page.keyboard.press("ArrowDown")
    assert barriers(page) == []
