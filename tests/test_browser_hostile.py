"""Every page over a memory whose every text says something to a browser: what is written is read, and nothing runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from kb.catalogue import document_id
from kb.catalogue.fields import legible
from kb.encoder import Encoder
from kb.ui.links import session_link, speaker_link
from tests.browsing import PATIENCE_MS
from tests.hostile_room import (
    ANNOUNCED,
    EMOJI,
    ENDLESS,
    FILE,
    FORMULA,
    HOSTILE,
    LONG,
    PILED,
    QUESTION,
    RAN,
    SESSION,
    SESSION_BIDI,
    SOUGHT,
    SPEAKER,
    SPEAKERS,
    STRAY,
    THEME,
    fill,
)
from tests.reading_room import served
from tests.test_browser_app import UNCOVERED, barriers, overflow
from tests.test_browser_app import pytestmark as pytestmark

WIDTHS = (1280, 360)
LONGEST_MS = PATIENCE_MS
"""In which a page must be there, its first words included, on a machine that does other work."""
ENGLISH = re.compile(r"Traceback|Running\.\.\.|Connecting|Exception|\bundefined\b|\bNone\b|pas pu être préparée")
DRAWN = ":is(img, iframe, svg, script, style, object, .katex, del, code, strong, em, a[href^='javascript' i])"
"""What the texts would become, were they read as HTML or as Markdown."""
TRANSCRIPT, NOTE, PROPOS, LEFT = (
    document_id(path)
    for path in (f"{SESSION}/transcription.json", f"{SESSION}/{FILE}", f"{SESSION_BIDI}/propos.txt", STRAY)
)


def _asked(**parameters: str) -> str:
    return "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())


MARKED, SPOKEN, MARKDOWN_NAME, PILED_NAME, SAGE = HOSTILE, SPEAKER, SPEAKERS[1], SPEAKERS[2], legible(SPEAKERS[4])
PAGES = {
    "home": ("/", (QUESTION,)),
    "results": (f"/{_asked(q=SOUGHT)}", (MARKED, MARKDOWN_NAME)),
    "hostile question": (f"/{_asked(q=f'guichet {HOSTILE}', glossaire='oui')}", (MARKED, "d’après le glossaire", LONG)),
    "not covered": (f"/{_asked(q=f'{UNCOVERED} <b>gras</b>')}", ("ne semble pas couvrir",)),
    "never said": (f"/{_asked(q=f'{chr(34)}jamais <b>dit{chr(34)}')}", ("Aucun passage",)),
    "chips": (f"/{_asked(q=SOUGHT, saison='3', intervenant=HOSTILE, theme=THEME, seance=SESSION)}", (MARKED,)),
    "marks piled": (f"/{_asked(q=PILED)}", ("algo",)),
    "a word without end": (f"/{_asked(q=ENDLESS)}", ("2\u00a0000 premiers caractères",)),
    "documents": ("/?saison=3", (MARKED,)),
    "theme": (f"/{_asked(theme=THEME)}", (MARKED,)),
    "speaker chosen": (f"/{_asked(intervenant=MARKDOWN_NAME)}", (MARKDOWN_NAME,)),
    "sessions": ("/seances", (f"Séance {HOSTILE}", QUESTION, legible(f"{EMOJI} <script>"))),
    "session": (
        session_link(SESSION)[1:],
        (f"Séance {HOSTILE}", QUESTION, f"Inscription\u00a0: javascript:window.{RAN}=1", SPOKEN, ANNOUNCED[:80]),
    ),
    "session turned": (
        session_link(SESSION_BIDI)[1:],
        ("Sens retourné isolé droite", "https://ailleurs.invalid/<script>"),
    ),
    "no such session": (f"/seance{_asked(id=HOSTILE)}", ("Cette séance n’est pas dans la mémoire",)),
    "speakers": ("/intervenants", (SPOKEN, MARKDOWN_NAME, SAGE)),
    "speaker": (speaker_link(SPOKEN)[1:], (SPOKEN, MARKED)),
    "speaker in Markdown": (speaker_link(MARKDOWN_NAME)[1:], (MARKDOWN_NAME, f"rôle {HOSTILE}")),
    "speaker piled": (speaker_link(PILED_NAME)[1:], ("Élu ", "algo")),
    "speaker of emoji": (speaker_link(SAGE)[1:], (SAGE, FORMULA)),
    "no such speaker": (f"/intervenant{_asked(nom=HOSTILE)}", ("Cette personne n’est pas dans la mémoire",)),
    "seasons": (f"/saisons-en-regard{_asked(q=SOUGHT)}", (f"Saison 3 {HOSTILE}",)),
    "seasons, hostile question": (f"/saisons-en-regard{_asked(q=f'guichet {HOSTILE}')}", (MARKED,)),
    "timeline": (f"/chronologie{_asked(q=SOUGHT, theme=HOSTILE)}&theme={THEME}", (f"Thème\u00a0: {HOSTILE}",)),
    "timeline, hostile question": (f"/chronologie{_asked(q=f'guichet {HOSTILE}')}", (f"«\u00a0guichet {HOSTILE}",)),
    "timeline, nothing asked": ("/chronologie", (MARKED,)),
    "about": ("/a-propos", (f"Saison 3 {HOSTILE}",)),
    "spoken passage": (f"/passage?id={TRANSCRIPT}.1", (f"Débat {HOSTILE}", SPOKEN, MARKED)),
    "passage of a note": (f"/passage?id={NOTE}.1", (FILE, HOSTILE.split(" ")[0])),
    "passage of lines": (f"/passage?id={PROPOS}.1", ("Le guichet de la mairie rouvre en lignes courtes",)),
    "last passage of lines": (f"/passage?id={PROPOS}.20", (ENDLESS,)),
    "passage of no session": (f"/passage?id={LEFT}.1", (legible(f"{EMOJI} <script>"), MARKED)),
    "selection": ("/selection" + _asked(p="perdu", c=HOSTILE), ("incomplète ou abîmée",)),
    "selection, empty": ("/selection", ("Rien n’est encore choisi",)),
}
"""Each state of a page: its address, and what is read there, letter by letter."""
LOOK = """window.papers = new Set();
const look = () => {
  for (const e of document.querySelectorAll("html, body, .stApp")) papers.add(getComputedStyle(e).backgroundColor);
  for (const e of document.querySelectorAll("[data-testid*=keleton]")) if (e.getClientRects().length) papers.add("box");
  requestAnimationFrame(look);
};
document.addEventListener("DOMContentLoaded", look);"""
"""What is behind the words at each moment, from when the style is there."""
SEEN_IN_DARK = frozenset(("results", "session", "spoken passage"))

ADDRESSES = (
    "/?q=" + "a" * 20_000,
    "/?q=%ff%fe",
    "/?q=%ed%a0%80&theme=%ed%a0%80",
    "/?q=%00&q=guichet&q=guichet%00",
    "/?saison=" + "9" * 40,
    "/?saison=" + "9" * 6000,
    "/?n=-1&q=guichet",
    "/?du=9999-99-99",
    "/?seance=" + "x" * 20_000,
    "/?document=%00%ff&intervenant=%00",
    "/?mode=x&mode=y&glossaire=%3Cb%3E",
    "/?" + "&".join(f"intervenant=x{n}" for n in range(300)),
    "/passage?p=" + "~" * 3000,
    f"/passage?p={TRANSCRIPT}~0~{'9' * 40}~x",
    "/passage?p=%ed%a0%80",
    "/passage?id=a.1&id=b.2",
    "/seance?id=%ff%00",
    "/intervenant?nom=%00&nom=" + "x" * 20_000,
    f"{speaker_link(SPEAKER)[1:]}&page=99999",
    "/chronologie?" + "&".join(f"q=guichet+{n}" for n in range(40)),
    "/chronologie?q=%ff&theme=%ed%a0%80",
    "/saisons-en-regard?q=%00",
    "/selection?" + "&".join(f"p=x{n}&c=%3Cb%3E" for n in range(200)),
    "/selection?p=%ed%a0%80&c=%ed%a0%80",
    "/?q=guichet#<img src=x onerror=alert(1)>",
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("hostile")
    with served(fill(home, encoder), home) as address:
        yield address


@dataclass
class Heard:
    """What a window asked of anybody, and what was said of it on the console."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.said.append(str(error.error)))
        context.on("dialog", lambda dialog: self.said.append(dialog.message))
        context.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        """Streamlit asks for its health under each part of an address, to know where it is served."""
        if message.type == "error" and "/_stcore/" not in str(message.location):
            self.said.append(message.text)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[tuple[Page, Heard]]:
    """One window for all pages, which keeps what it loaded as a reader's does."""
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    heard = Heard()
    heard.listen(context)
    yield context.new_page(), heard
    context.close()


@pytest.fixture
def page(window: tuple[Page, Heard], base: str) -> Iterator[Page]:
    """The window, in which no request goes elsewhere, nothing fails and nothing is said on the console."""
    opened, heard = window
    opened.set_viewport_size({"width": 1280, "height": 800})
    opened.emulate_media(color_scheme="light")
    heard.asked.clear()
    heard.said.clear()
    yield opened
    ours = (base, base.replace("http", "ws", 1))
    assert [url for url in heard.asked if url.startswith(("http", "ws")) and not url.startswith(ours)] == []
    assert heard.said == []


def whole(page: Page, address: str) -> str:
    """Open an address and give what is read there, once its foot is; nothing of it ran, or became what it describes."""
    page.goto(address)
    expect(page.locator(".foot")).to_be_visible(timeout=LONGEST_MS)
    assert page.evaluate(f"window.{RAN}") is None
    assert page.locator(f"[data-testid=stMain] .stHtml {DRAWN}:not(.about *)").count() == 0
    words = page.locator("[data-testid=stMain]").inner_text()
    assert not ENGLISH.search(words)
    return words


def fits(page: Page, width: int) -> bool:
    """Whether a page is no wider than its window, once its pictures are drawn for that width."""
    page.set_viewport_size({"width": width, "height": 800})
    for _ in range(20):
        if overflow(page) == 0:
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("state", PAGES)
def test_what_is_written_is_read_on_every_page_and_nothing_else_happens(page: Page, base: str, state: str) -> None:
    address, expected = PAGES[state]
    words = whole(page, f"{base}{address}")
    assert [text for text in expected if text not in words] == []
    for button in page.get_by_role("button", name=re.compile("^(Citer|Pourquoi|Markdown|BibTeX|RIS|Annotation)")).all():
        button.click()
    for width in WIDTHS:
        assert fits(page, width)
    assert barriers(page, schemes=("light", "dark") if state in SEEN_IN_DARK else ("light",)) == []


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40])
def test_an_address_that_means_nothing_gives_a_page_that_says_so(page: Page, base: str, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    whole(page, base + address)
    assert overflow(page) == 0


@pytest.mark.parametrize(
    ("menu", "expected"), [("Séance", HOSTILE), ("Intervenant", MARKDOWN_NAME), ("Thème", HOSTILE)]
)
def test_a_filter_names_its_choices_as_they_are_written(page: Page, base: str, menu: str, expected: str) -> None:
    whole(page, f"{base}/{_asked(q=SOUGHT)}")
    page.get_by_role("button", name=menu, exact=True).click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("button").first).to_be_visible()
    assert expected in body.inner_text().replace("\u2060", "")
    assert body.locator(f"button {DRAWN}").count() == 0
    assert body.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0


def test_a_choice_of_a_hostile_name_keeps_what_it_names(page: Page, base: str) -> None:
    whole(page, f"{base}/{_asked(q=SOUGHT)}")
    page.get_by_role("button", name="Intervenant", exact=True).click()
    page.get_by_test_id("stPopoverBody").get_by_role("button").filter(has_text="**gras**").click()
    page.wait_for_url("**intervenant=**")
    expect(page.locator(".chips")).to_contain_text(MARKDOWN_NAME)
    expect(page.locator(".hit cite").first).to_have_text(MARKDOWN_NAME)


def test_suggestions_are_words(page: Page, base: str) -> None:
    whole(page, base)
    page.get_by_label("Que cherchez-vous").press_sequentially("guichet")
    options = page.locator(".suggestions")
    expect(options).to_contain_text(f"guichet {HOSTILE}")
    assert options.locator(DRAWN).count() == 0
    for width in WIDTHS:
        assert fits(page, width)
    assert page.evaluate(f"window.{RAN}") is None


def test_a_comment_of_a_selection_is_words(page: Page, base: str) -> None:
    whole(page, f"{base}/{_asked(q=SOUGHT)}")
    token = page.locator("[data-select]").first.get_attribute("data-select") or ""
    comment = HOSTILE[:280]
    whole(page, f"{base}/selection{_asked(p=token, c=comment)}")
    expect(page.get_by_role("textbox", name="Commentaire sur le passage 1")).to_have_value(comment)
    assert page.evaluate(f"window.{RAN}") is None


def test_the_title_of_the_tab_is_the_name_as_it_is_written(page: Page, base: str) -> None:
    whole(page, base + speaker_link(MARKDOWN_NAME)[1:])
    expect(page).to_have_title(f"{MARKDOWN_NAME} · mémoire des débats")


def test_a_title_does_not_turn_the_words_that_follow_it(page: Page, base: str) -> None:
    whole(page, f"{base}/passage?id={PROPOS}.1")
    where = page.locator(".document .where")
    assert where.evaluate("(e) => /[\\u202a-\\u202e\\u2066-\\u2069]/.test(e.textContent)") is False
    expect(where).to_contain_text("Autre document")


def test_until_a_page_is_there_the_paper_is_and_then_a_word(page: Page, base: str) -> None:
    held: list[Route] = []
    waits = True
    page.route("**/static/js/index*", lambda route: held.append(route) if waits else route.continue_())
    for scheme, paper in (("light", "rgb(251, 250, 247)"), ("dark", "rgb(20, 23, 31)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        waits = True
        page.goto(f"{base}/seances", wait_until="commit")
        expect(page.locator("html")).to_have_css("background-color", paper)
        expect(page.get_by_text("La page arrive…")).to_be_visible()
        waits = False
        while held:
            held.pop().continue_()
        expect(page.locator(".foot")).to_be_visible()
        expect(page.get_by_text("La page arrive…")).to_be_hidden()
    page.unroute_all()


def test_the_paper_stays_the_paper_while_the_page_is_made(page: Page, base: str) -> None:
    """Streamlit's own colours and grey boxes are seen by nobody."""
    page.add_init_script(LOOK)
    whole(page, f"{base}/seances")
    assert page.evaluate("[...papers]") == ["rgb(251, 250, 247)"]
