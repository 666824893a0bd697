"""Take the screenshots of the README from a running app.

usage: python docs/screenshots.py [ADDRESS]      (http://127.0.0.1:8501 by default; `make run` serves it)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

QUESTION = "prix de la chaleur pour les locataires"


def main() -> None:
    """Write docs/search.png."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8501"
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 1180, "height": 980}, color_scheme="light")
        page.goto(f"{address}/?{urlencode({'q': QUESTION})}")
        page.locator("blockquote mark").first.wait_for()
        page.screenshot(path=Path(__file__).with_name("search.png"))
        browser.close()


if __name__ == "__main__":
    main()
