"""What people come to do, done in a real browser on the demonstration corpus: members, staff, local elected officials.

Each journey begins on the home page and uses only what can be seen there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.ingest import ingest
from kb.library import Library, open_library
from kb.settings import Settings
from tests.browsing import CHROMIUM, PATIENCE_MS
from tests.reading_room import served

FIELD = "Que cherchez-vous ?"
HEAT = "season-2/2020-02-11-reseaux-de-chaleur"
NEW = "season-3/2021-12-07-reseaux-et-sobriete/compte-rendu.md"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def memory(demo: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A copy of the demonstration memory that a journey of the staff may change."""
    home = tmp_path_factory.mktemp("journeys")
    config = Settings(corpus=home / "corpus", index=home / "index")
    shutil.copytree(demo.corpus, config.corpus)
    shutil.copytree(demo.settings.index, config.index)
    return open_library(config, demo.encoder)


@pytest.fixture(scope="module")
def base(memory: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(memory.settings, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture
def page(context: BrowserContext, base: str) -> Page:
    """The home page, as somebody who has just arrived sees it."""
    opened = context.new_page()
    opened.goto(base)
    expect(opened.get_by_label(FIELD)).to_be_visible()
    return opened


def ask(page: Page, question: str) -> None:
    page.get_by_label(FIELD).fill(question)
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator(".headline, .notice").first).to_be_visible()


def go(page: Page, name: str) -> None:
    """To a page, by the masthead."""
    page.get_by_role("navigation", name="Site").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


# --- a member


def test_a_member_finds_what_an_energy_company_said_of_heat_in_season_2_and_copies_the_citation(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "prix de la chaleur pour les habitants")
    page.get_by_role("button", name=re.compile("^Saison 2")).click()
    page.get_by_role("button", name=re.compile("^Intervenant")).click()
    page.get_by_role("button", name=re.compile("SEM", re.IGNORECASE)).first.click()
    expect(page.get_by_role("list", name="Filtres actifs").get_by_role("link")).to_have_count(2)
    page.keyboard.press("Escape")
    hit = page.locator(".hit").first
    expect(hit.locator("cite")).to_contain_text("SEM")
    speaker = hit.locator("cite").inner_text()
    hit.get_by_role("button", name="Citer").click()
    hit.get_by_role("button", name="Copier la citation").click()
    expect(hit.get_by_role("button", name="Citation copiée")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{speaker}, «")
    assert re.search(r"saison\s2, \d+\s\w+\s2020.*/passage\?p=", copied)


def test_a_member_learns_whether_housing_was_discussed_in_season_1(page: Page) -> None:
    go(page, "Saisons en regard")
    page.get_by_role("textbox").fill("comment remettre des logements vacants en location ?")
    page.get_by_role("button", name="Comparer").click()
    first = page.get_by_role("region", name="Saison 1")
    expect(first.locator("blockquote").first).to_contain_text(re.compile("loge|vacan|habit", re.IGNORECASE))
    first.get_by_role("link", name=re.compile("Tous les passages")).click()
    expect(page.get_by_role("link", name="Retirer le filtre Saison 1")).to_be_visible()


def test_a_member_sends_the_exact_passage_to_a_colleague(page: Page, browser: Browser) -> None:
    ask(page, "ce qui donne confiance au guichet")
    hit = page.locator(".hit").first
    words = hit.locator("blockquote").inner_text()
    hit.get_by_role("button", name="Citer").click()
    address = hit.get_by_role("button", name="Copier le lien").get_attribute("data-text")
    assert address
    colleague = browser.new_page()
    colleague.goto(address)
    expect(colleague.locator("mark.passage").first).to_be_in_viewport(timeout=PATIENCE_MS)
    shown = " ".join(colleague.locator("mark.passage").all_inner_texts())
    colleague.close()
    assert _letters(shown) == _letters(words)


def test_a_member_hears_that_the_memory_does_not_cover_a_question(page: Page) -> None:
    ask(page, "la recette de la tarte aux pommes")
    expect(page.locator(".doubt, .notice").first).to_contain_text("ne")
    expect(page.locator(".notice").first).to_contain_text(re.compile("couvr"))
    expect(page.locator(".headline")).to_have_count(0)


def test_a_member_follows_a_theme_through_the_sessions_and_reads_what_is_counted(page: Page) -> None:
    go(page, "Chronologie")
    page.get_by_role("textbox").fill("la rénovation des copropriétés")
    page.keyboard.press("Enter")
    expect(page.locator("table td a").first).to_be_visible()
    number = max(page.locator("table td a").all(), key=lambda each: int(each.inner_text()))
    amount = number.inner_text()
    number.click()
    expect(page.locator(".headline")).to_contain_text(f"{amount} passage")


def test_a_member_finds_a_person_and_what_they_said_of_a_subject(page: Page) -> None:
    go(page, "Intervenants")
    page.get_by_label(re.compile("^Trouver un nom")).fill("commune rurale")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Maire d’une commune rurale").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maire d’une commune rurale")
    speakers = set(page.locator(".hit cite").all_inner_texts())
    assert speakers == {"Maire d’une commune rurale"}


def test_a_member_searches_reads_and_comes_back_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("le fonds chaleur")
    page.keyboard.press("Enter")
    expect(page.locator(".hit").nth(1)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("mark.passage").first).to_be_in_viewport()
    page.get_by_role("link", name="← Retour aux résultats").press("Enter")
    expect(page.get_by_label(FIELD)).to_have_value("le fonds chaleur")


# --- the staff


def test_the_staff_add_minutes_and_members_find_them_at_once(page: Page, memory: Library) -> None:
    ask(page, "le troupeau de moutons du parc solaire de Brumeval")
    expect(page.locator(".hit", has_text="Brumeval")).to_have_count(0)
    words = "# Compte rendu\n\nLe maire de Brumeval a confié l’entretien du parc solaire à un troupeau de moutons."
    (memory.corpus / NEW).write_text(words, encoding="utf-8")
    assert ingest(memory, [memory.corpus / NEW]).accepted == [NEW]
    page.reload()
    expect(page.locator(".hit").first).to_contain_text("troupeau de moutons")


def test_the_staff_correct_a_text_and_an_address_sent_before_says_so(page: Page, memory: Library) -> None:
    transcript = memory.corpus / HEAT / "transcription.vtt"
    ask(page, '"Fonds chaleur" guichet enveloppe constante')
    hit = page.locator(".hit", has_text="enveloppe constante").first
    hit.get_by_role("button", name="Citer").click()
    address = hit.get_by_role("button", name="Copier le lien").get_attribute("data-text")
    before = transcript.read_text(encoding="utf-8")
    assert before.count("enveloppe constante") == 1
    transcript.write_text(before.replace("enveloppe constante", "enveloppe inchangée"), encoding="utf-8")
    assert ingest(memory, [transcript]).replaced
    page.goto(str(address))
    expect(page.get_by_text("Ce passage a été corrigé depuis")).to_be_visible()
    expect(page.locator("mark.passage", has_text="enveloppe inchangée").first).to_be_in_viewport()


def test_the_staff_see_what_a_season_holds_and_lacks(page: Page) -> None:
    go(page, "À propos")
    expect(page.get_by_role("table", name=re.compile("Séances, documents et passages"))).to_contain_text("Saison 3")
    expect(page.get_by_role("heading", name="Ce qui manque")).to_be_visible()


# --- a local elected official


def test_an_official_opens_a_session_and_sees_a_recommendation_in_its_source(page: Page) -> None:
    go(page, "Séances")
    page.get_by_role("link", name="Réseaux de chaleur").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réseaux de chaleur")
    page.get_by_role("link", name=re.compile(r"p\.\s\d+ dans la note")).first.click()
    picture = page.get_by_role("img", name=re.compile("[Pp]age"))
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("(image) => image.naturalWidth") > 400


def test_an_official_leaves_with_three_passages_and_their_sources(page: Page) -> None:
    ask(page, "recommandations aux communes sur les locaux vides")
    for _ in range(3):
        page.get_by_role("button", name="Ajouter à ma sélection").first.click()
    words = [each.inner_text() for each in page.locator(".hit blockquote").all()[:3]]
    page.get_by_role("link", name="Ma sélection (3)").click()
    expect(page.locator(".headline")).to_have_text("3 passages")
    with page.expect_download() as loading:
        page.get_by_role("button", name=re.compile("Word|DOCX")).click()
    document = docx.Document(BytesIO(Path(loading.value.path()).read_bytes()))
    text = _letters("".join(paragraph.text for paragraph in document.paragraphs))
    assert [_letters(each) in text for each in words] == [True] * 3


def test_an_official_reads_on_a_telephone_without_moving_the_page_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    ask(page, "fermeture du guichet et démarches en ligne")
    page.locator(".hit").first.get_by_role("link", name=re.compile("dans la|Texte intégral")).first.click()
    expect(page.locator("mark.passage").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Ajouter à ma sélection").first.click()
    expect(page.get_by_role("link", name="Ma sélection (1)")).to_be_attached()


def _letters(text: str) -> str:
    """What is read of a text, whatever stands between the words."""
    return "".join(re.findall(r"\w", text))
