"""Take a picture of every page, from a running app with the demonstration corpus.

usage: python docs/screenshots.py [ADDRESS]      (http://127.0.0.1:8501 by default; `make run` serves it)
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

QUESTION = "prix de la chaleur pour les locataires"
THEMES = ["logement", "energie", "confiance"]
QUOTED = "« Ce qui donne confiance, c’est la personne qui se tient à côté de vous au guichet, et qui sera là demain. »"
FOLDER = Path(__file__).parent / "pages"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_KEPT = 3
"""Passages in the selection that is pictured."""
_TALLEST = 1400


def main() -> None:
    """Write docs/pages/*.png."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8501"
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        page = browser.new_page(
            viewport={"width": 1180, "height": 980}, color_scheme="light", reduced_motion="reduce", locale="fr-FR"
        )
        for name in walk(page, address):
            page.wait_for_timeout(400)  # pictures of pages and fonts arrive after the words
            _fit(page)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")
        browser.close()


def walk(page: Page, address: str) -> Iterator[str]:
    """Go through the pages as a reader would; gives the name of each one once it is shown."""
    page.goto(f"{address}/")
    page.locator(".seasons").wait_for()
    yield "accueil"
    page.goto(f"{address}/?{urlencode({'q': QUESTION})}")
    page.locator("blockquote mark").first.wait_for()
    yield "recherche"
    for button in page.locator("button[data-select]").all()[:_KEPT]:
        button.click()
    page.locator('.hit .acts a[href*="passage?"]').first.click()
    page.locator("mark.passage").first.wait_for()
    yield "passage"
    page.get_by_role("link", name="Ma sélection").first.click()
    page.locator("blockquote >> visible=true").first.wait_for()
    yield "selection"
    page.goto(f"{address}/seances")
    page.locator("h1").wait_for()
    yield "seances"
    page.locator('a[href*="seance?"]').first.click()
    page.locator("blockquote >> visible=true").first.wait_for()
    yield "seance"
    page.goto(f"{address}/intervenants")
    page.locator('a[href*="intervenant?"]').first.wait_for()
    yield "intervenants"
    page.locator('a[href*="intervenant?"]').first.click()
    page.locator("blockquote >> visible=true").first.wait_for()
    yield "intervenant"
    page.goto(f"{address}/saisons-en-regard?{urlencode({'q': QUESTION})}")
    page.locator("blockquote >> visible=true").first.wait_for()
    yield "saisons-en-regard"
    page.goto(f"{address}/chronologie?{urlencode({'q': QUESTION, 'theme': THEMES}, doseq=True)}")
    page.locator("table").first.wait_for()
    yield "chronologie"
    page.goto(f"{address}/verifier?{urlencode({'texte': QUOTED})}")
    page.locator("blockquote >> visible=true").first.wait_for()
    yield "verifier"
    page.goto(f"{address}/a-propos")
    page.locator(".amounts").wait_for()
    yield "a-propos"


def _fit(page: Page) -> None:
    """Make the window as tall as the page, within reason."""
    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
    page.set_viewport_size({"width": 1180, "height": min(max(int(height), 600), _TALLEST)})


if __name__ == "__main__":
    main()
