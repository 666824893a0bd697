"""A selection from the first passage to the file and to a colleague, in a real Chromium."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document as read_docx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from kb.encoder import Encoder
from tests.reading_room import QUESTION, fill, served
from tests.test_browser_app import at, barriers, overflow
from tests.test_browser_app import pytestmark as pytestmark

ADD = "Ajouter à ma sélection"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("selected")
    with served(fill(home, encoder), home) as address:
        yield address


def choose(page: Page, base: str, count: int = 2, question: str = QUESTION) -> None:
    """Put the first passages that answer into the selection, and open it."""
    page.goto(at(base, question))
    expect(page.get_by_role("button", name=ADD).first).to_be_visible()
    for _ in range(count):
        page.get_by_role("button", name=ADD).first.click()
    page.get_by_role("link", name=f"Ma sélection ({count})").click()
    expect(page.locator(".headline")).to_have_text(f"{count} passage{'s' if count > 1 else ''}")
    expect(page.get_by_role("button", name="Vider la sélection")).to_be_visible()


def quotes(page: Page) -> list[str]:
    return page.locator("[class*=st-key-choix-] blockquote").all_inner_texts()


def comment(page: Page, rank: int) -> Locator:
    return page.locator("[class*=st-key-choix-]").nth(rank - 1).get_by_role("textbox")


def counted(page: Page, count: int) -> None:
    name = f"Ma sélection ({count})" if count else "Ma sélection"
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_passages_are_chosen_on_a_page_and_counted_on_every_page(page: Page, base: str) -> None:
    page.goto(at(base))
    page.get_by_role("button", name=ADD).first.click()
    expect(page.locator(".unseen[role=status]")).to_have_text("Ajouté à votre sélection : 1 passage")
    counted(page, 1)
    page.goto(f"{base}/a-propos")
    counted(page, 1)
    page.goto(at(base))
    page.get_by_role("button", name="Dans ma sélection : retirer").click()
    counted(page, 0)


def test_a_passage_is_chosen_on_its_own_page_and_known_there(page: Page, base: str) -> None:
    page.goto(at(base, '"la personne au guichet"'))
    page.get_by_role("link", name="dans la transcription").first.click()
    page.get_by_role("button", name=ADD).click()
    counted(page, 1)
    page.goto(at(base, '"la personne au guichet"'))
    expect(page.get_by_role("button", name="Dans ma sélection : retirer")).to_have_count(1)


def test_a_selection_is_ordered_and_commented_with_the_keyboard_and_outlives_the_window(page: Page, base: str) -> None:
    choose(page, base)
    first, second = quotes(page)
    comment(page, 2).fill("À citer")
    comment(page, 2).press("Control+Enter")
    page.wait_for_url("**c=**")
    page.get_by_role("button", name="Monter le passage 2").focus()
    page.keyboard.press("Enter")
    expect(comment(page, 1)).to_have_value("À citer")
    expect(page.get_by_role("button", name="Descendre le passage 1")).to_be_focused()
    expect(page.locator("[class*=st-key-choix-] blockquote")).to_have_text([second, first], use_inner_text=True)
    again = page.context.new_page()
    page.close()
    again.goto(f"{base}/selection")
    expect(comment(again, 1)).to_have_value("À citer")
    expect(again.locator("[class*=st-key-choix-] blockquote")).to_have_text([second, first], use_inner_text=True)


def test_a_comment_is_kept_as_it_is_written_and_going_back_loses_nothing(page: Page, base: str) -> None:
    choose(page, base)
    field = comment(page, 1)
    field.press_sequentially("À dire au conseil")
    expect(page).to_have_url(re.compile("conseil"))
    expect(field).to_be_focused()
    field.press_sequentially(" du 3 mai")
    expect(page).to_have_url(re.compile("mai"))
    page.go_back()
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_role("link", name="Ma sélection (2)").click()
    expect(comment(page, 1)).to_have_value("À dire au conseil du 3 mai")


def test_what_is_taken_out_can_be_put_back(page: Page, base: str) -> None:
    choose(page, base)
    page.get_by_role("button", name="Retirer le passage 1").click()
    counted(page, 1)
    expect(page.get_by_role("button", name="Rétablir")).to_be_focused()
    page.keyboard.press("Enter")
    counted(page, 2)
    expect(page.get_by_role("button", name="Retirer le passage 1")).to_be_focused()
    page.get_by_role("button", name="Vider la sélection").click()
    counted(page, 0)
    expect(page.get_by_role("button", name="Rétablir")).to_be_focused()
    page.get_by_role("button", name="Rétablir").click()
    counted(page, 2)
    page.reload()
    expect(page.locator(".headline")).to_have_text("2 passages")
    expect(page.locator(".received").first).to_be_hidden()


def test_a_selection_is_taken_away_in_files_that_say_what_the_page_says(page: Page, base: str, tmp_path: Path) -> None:
    choose(page, base)
    expected = [quote.strip("«» \u00a0\n") for quote in quotes(page)]
    files = {}
    for name, ending in (("Document Word", "docx"), ("Tableau (CSV)", "csv"), ("Markdown", "md")):
        with page.expect_download() as taken:
            page.get_by_role("button", name=name).click()
        files[ending] = tmp_path / taken.value.suggested_filename
        taken.value.save_as(files[ending])
        assert files[ending].match(f"ma-selection-*.{ending}")
    word = read_docx(str(files["docx"]))
    assert [p.text for p in word.paragraphs if p.style and p.style.name == "Quote"] == expected
    table = csv.DictReader(io.StringIO(files["csv"].read_text("utf-8-sig"), newline=""), delimiter=";")
    assert [row["Passage"] for row in table] == expected
    for link in (link for p in word.paragraphs for link in p.hyperlinks if "/passage?" in link.address):
        page.goto(link.address)
        expect(page.locator("#passage")).to_be_visible()


def test_a_shared_selection_never_takes_the_place_of_the_readers_own(page: Page, browser: Browser, base: str) -> None:
    choose(page, base)
    shared = page.url
    colleague = browser.new_context(locale="fr-FR").new_page()
    choose(colleague, base, 1, "boutiques")
    colleague.goto(shared)
    expect(colleague.get_by_role("heading", name="Cette sélection n’est pas la vôtre")).to_be_visible()
    expect(colleague.locator(".headline")).to_have_text("2 passages")
    expect(colleague.get_by_role("button", name="Vider la sélection")).to_be_visible()
    assert quotes(colleague) == quotes(page)
    assert barriers(colleague) == []
    counted(colleague, 1)
    colleague.get_by_role("button", name="Descendre le passage 1").click()
    expect(colleague.get_by_role("button", name="Monter le passage 2")).to_be_focused()
    counted(colleague, 1)
    colleague.get_by_role("button", name="Ajouter ces passages à la mienne").click()
    counted(colleague, 3)
    expect(colleague.locator(".headline")).to_have_text("3 passages")
    expect(colleague.locator(".received").first).to_be_hidden()
    colleague.context.close()


def test_a_shared_selection_is_kept_by_who_has_none_when_they_say_so(page: Page, browser: Browser, base: str) -> None:
    choose(page, base)
    newcomer = browser.new_context(locale="fr-FR").new_page()
    newcomer.goto(page.url)
    counted(newcomer, 0)
    newcomer.get_by_role("button", name="La garder sur cet appareil").click()
    counted(newcomer, 2)
    expect(newcomer.locator(".received").last).to_be_hidden()
    newcomer.context.close()


def test_going_back_to_an_older_address_of_ones_own_shows_the_selection_of_today(page: Page, base: str) -> None:
    choose(page, base)
    page.goto(at(base, "boutiques"))
    page.get_by_role("button", name=ADD).first.click()
    counted(page, 3)
    page.go_back()
    expect(page.locator(".headline")).to_have_text("3 passages")
    expect(page.locator(".received").first).to_be_hidden()


def test_two_windows_show_the_same_selection(page: Page, context: BrowserContext, base: str) -> None:
    choose(page, base)
    other = context.new_page()
    other.goto(at(base, "boutiques"))
    other.get_by_role("button", name=ADD).first.click()
    expect(page.locator(".headline")).to_have_text("3 passages")


def test_a_full_selection_says_so_and_its_address_opens(page: Page, base: str) -> None:
    choose(page, base, 1)
    page.evaluate(
        """() => {
            const [{p}] = JSON.parse(localStorage.selection);
            const parts = p.split("~");
            const many = Array.from({length: 60}, (_, n) => {
                const other = [...parts.slice(0, 2), String(Number(parts[1]) + n + 1), ...parts.slice(3)].join("~");
                return {p: other, c: "Un commentaire, é & è. ".repeat(10)};
            });
            localStorage.selection = JSON.stringify(many);
        }"""
    )
    page.goto(at(base, "boutiques"))
    page.get_by_role("button", name=ADD).first.click()
    expect(page.get_by_role("button", name="Votre sélection est pleine (60 passages au plus)")).to_be_visible()
    page.get_by_role("link", name="Ma sélection (60)").click()
    expect(page.locator(".headline")).to_have_text("60 passages")
    expect(comment(page, 60)).to_have_value("Un commentaire, é & è. " * 9 + "Un commentaire, é & è.")
    assert len(page.url) > 15_000


def test_no_state_of_a_selection_has_a_barrier_nor_is_too_wide(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{base}/selection")
    expect(page.locator(".notice:visible")).to_be_visible()
    assert (barriers(page), overflow(page)) == ([], 0)
    choose(page, base)
    page.get_by_role("button", name="Citer").first.click()
    assert (barriers(page), overflow(page)) == ([], 0)
    small = page.locator("[data-testid=stMain] :is(a, button):visible").evaluate_all(
        "(found) => found.map((e) => [e.textContent, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"
    )
    assert small == []
    page.get_by_role("button", name="Retirer le passage 1").click()
    expect(page.get_by_role("button", name="Rétablir")).to_be_visible()
    assert (barriers(page), overflow(page)) == ([], 0)
