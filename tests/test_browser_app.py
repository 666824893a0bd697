"""The app as a reader uses it: the real server, a real memory, a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.encoder import Encoder
from tests.browsing import CHROMIUM
from tests.reading_room import QUESTION, fill, served

GLOSSARY = """
[[terms]]
term = "guichet"
expansion = "point d’accueil"
definition = "Le lieu où une personne reçoit les habitants."
aliases = ["foncière de commerce", "agent itinérant", "maison de services"]
"""
UNCOVERED = "xylophone zygomatique kolkhoze"
REPEATED = "nous reprenons confience au guichet"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not tried in a browser"),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The address of the served app."""
    home = tmp_path_factory.mktemp("browsed")
    config = fill(home, encoder)
    (config.corpus / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    with served(config, home) as address:
        yield address


def at(base: str, question: str = QUESTION, more: str = "") -> str:
    return f"{base}/?q={quote(question)}{more}"


def test_a_question_typed_finds_its_passage_with_the_words_marked(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_label("Que cherchez-vous").fill(QUESTION)
    page.get_by_role("button", name="Rechercher").click()
    hit = page.locator(".hit").filter(has_text="la personne au guichet qui écoute").first
    expect(hit.locator("mark", has_text="confiance")).to_be_visible()
    expect(hit.locator("cite")).to_have_text("Directrice d’une agence")


def test_a_question_is_asked_with_the_keyboard_alone(page: Page, base: str) -> None:
    page.goto(base)
    expect(page.locator(".seasons")).to_be_visible()
    field = page.get_by_label("Que cherchez-vous")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(10):  # what scrolls, the pages of the masthead, the field
        if not field.evaluate("(e) => e === document.activeElement"):
            page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.type("fibre optique")
    page.keyboard.press("Enter")
    expect(page.locator(".hit mark").first).to_have_text("fibre")


def test_an_example_question_is_one_click_from_its_answer(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("link", name="Qui accompagne les habitants").click()
    expect(page.locator(".hit").first).to_be_visible()


def test_reading_around_shows_what_was_said_before_and_after_in_place(page: Page, base: str) -> None:
    page.goto(at(base, '"la personne au guichet"'))
    hit = page.locator(".hit").first
    before, after = hit.locator(".around").first, hit.locator(".around").last
    expect(before).to_be_hidden()
    hit.get_by_role("button", name="Lire autour").click()
    expect(before).to_contain_text("quand tout passe en ligne")
    expect(after).to_contain_text("fibre optique")
    hit.get_by_role("button", name="Lire autour").click()
    expect(before).to_be_hidden()


def test_a_citation_is_copied_with_its_address(context: BrowserContext, page: Page, base: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    page.goto(at(base, '"la personne au guichet"'))
    page.get_by_role("button", name="Citer").first.click()
    page.get_by_role("button", name="Copier la citation").first.click()
    expect(page.get_by_role("button", name="Citation copiée")).to_be_visible()
    expect(page.locator(".unseen[role=status]")).to_have_text("Citation copiée")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Directrice d’une agence, «\u00a0Ce n’est pas l’outil.")
    assert f"{base}/passage?p=" in copied
    page.get_by_role("button", name="Copier le lien").first.click()
    expect(page.get_by_role("button", name="Lien copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"{base}/passage?p=")


def test_the_source_of_a_pdf_opens_at_its_page(page: Page, base: str) -> None:
    page.goto(at(base, "agent itinérant samedi"))
    link = page.get_by_role("link", name="p. 2 dans la note")
    with page.expect_response("**/source/**") as opened:
        link.first.click()
    assert opened.value.headers["content-type"] == "application/pdf"
    assert page.evaluate("location.href").endswith("#page=2")


def test_the_source_of_a_transcript_opens_with_the_passage_in_view(page: Page, base: str) -> None:
    page.goto(at(base, '"la personne au guichet"'))
    page.get_by_role("link", name="dans la transcription").first.click()
    expect(page.locator("#passage")).to_contain_text("Ce qui donne confiance, c’est la personne au guichet")
    expect(page.locator("#passage")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).not_to_be_in_viewport()


def test_a_shared_address_gives_the_same_page_to_someone_else(page: Page, browser: Browser, base: str) -> None:
    page.goto(base)
    page.get_by_label("Que cherchez-vous").fill("boutiques")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("button", name="Saison 1").click()
    page.wait_for_url("**saison=1**")
    expect(page.locator(".headline")).to_have_text("1 passage, 1 séance")
    elsewhere = browser.new_page(locale="fr-FR")
    elsewhere.goto(page.url)
    expect(elsewhere.locator(".hits")).to_have_text(page.locator(".hits").inner_text(), use_inner_text=True)
    expect(elsewhere.get_by_label("Que cherchez-vous")).to_have_value("boutiques")
    expect(elsewhere).to_have_title("boutiques · mémoire des débats")
    elsewhere.close()


def test_the_back_button_returns_to_the_question_before(page: Page, base: str) -> None:
    page.goto(at(base, "fibre optique"))
    expect(page.locator(".hit mark").first).to_have_text("fibre")
    page.get_by_label("Que cherchez-vous").fill("boutiques")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator(".hit mark").first).to_have_text("boutiques")
    page.go_back()
    expect(page.locator(".hit mark").first).to_have_text("fibre")
    expect(page.get_by_label("Que cherchez-vous")).to_have_value("fibre optique")


def test_several_values_of_a_filter_are_chosen_without_reopening_it(page: Page, base: str) -> None:
    page.goto(at(base))
    page.get_by_role("button", name="Type", exact=True).click()
    page.get_by_role("button", name="Transcription (").click()
    page.wait_for_url("**type=transcription**")
    page.get_by_role("button", name="Note (").click()
    page.wait_for_url("**type=note**")
    expect(page.get_by_role("button", name="Type (2)")).to_be_visible()


def test_a_menu_opened_with_the_keyboard_takes_the_focus_and_gives_it_back(page: Page, base: str) -> None:
    page.goto(at(base))
    menu, body = page.get_by_role("button", name="Type", exact=True), page.get_by_test_id("stPopoverBody")
    menu.focus()
    page.keyboard.press("Enter")
    expect(body.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    expect(body.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Séance", exact=True)).to_be_focused()
    expect(body).to_have_count(0)


def test_a_question_typed_goes_along_with_the_filter_chosen_before_it_was_sent(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_label("Que cherchez-vous").fill("boutiques")
    page.get_by_role("button", name="Saison 1").click()
    page.wait_for_url("**q=boutiques**saison=1**")
    expect(page.locator(".hit mark").first).to_have_text("boutiques")


def test_a_question_typed_goes_along_with_a_date(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_label("Que cherchez-vous").fill("boutiques")
    page.get_by_role("button", name="Dates").click()
    page.get_by_label("Jusqu’au").fill("1/2/20")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=boutiques**au=2020-02-01**")
    expect(page.get_by_label("Que cherchez-vous")).to_have_value("boutiques")


def test_a_filter_taken_off_leaves_the_focus_on_what_was_found(page: Page, base: str) -> None:
    page.goto(at(base, "boutiques", "&saison=1"))
    page.get_by_role("link", name="Retirer le filtre Saison 1").click()
    page.wait_for_url(lambda url: "saison" not in url)
    expect(page.locator(".headline")).to_be_focused()


def test_the_first_question_leaves_the_focus_in_its_field(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_label("Que cherchez-vous").fill("boutiques")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_be_visible()
    expect(page.get_by_label("Que cherchez-vous")).to_be_focused()


def test_the_glossary_is_followed_and_left_with_the_keyboard(page: Page, base: str) -> None:
    page.goto(at(base, "guichet", "&saison=1&mode=mots"))
    wider = page.get_by_role("link", name="Chercher aussi : point d’accueil, foncière de commerce, agent itinérant…")
    wider.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**saison=1**glossaire=oui")
    expect(page.locator(".hit mark").first).to_have_text("foncière de commerce")
    expect(page.locator(".headline")).to_be_focused()
    page.get_by_role("button", name="Pourquoi ?").first.click()
    expect(page.locator(".why").first).to_contain_text("glossaire : foncière de commerce (pour guichet)")
    page.get_by_role("button", name="Saison 3").click()
    page.wait_for_url("**saison=3**glossaire=oui")
    page.get_by_role("link", name="Chercher sans").click()
    page.wait_for_url(lambda url: "glossaire" not in url)
    expect(page.get_by_role("link", name="Chercher aussi :")).to_be_visible()


def test_all_that_a_document_says_is_one_click_away_and_so_is_the_way_back(page: Page, base: str) -> None:
    page.goto(at(base, "séance du guichet"))
    page.get_by_role("link", name="Dans ce document :").first.click()
    page.wait_for_url("**document=**")
    expect(page.locator(".headline")).to_be_focused()
    expect(page.get_by_role("link", name="Dans ce document :")).to_have_count(0)
    page.get_by_role("button", name="Saison 3").click()
    page.wait_for_url("**saison=3**document=**")
    page.get_by_role("link", name="Retirer le filtre Document :").click()
    page.wait_for_url(lambda url: "document=" not in url)
    expect(page.get_by_role("link", name="Dans ce document :").first).to_be_visible()


def test_passages_that_say_the_same_are_opened_in_place(page: Page, base: str) -> None:
    page.goto(at(base, REPEATED))
    same = page.get_by_role("button", name="la même chose").first
    links = page.locator(".same").first.get_by_role("link")
    expect(links).to_have_count(0)
    same.click()
    links.first.click()
    expect(page.locator("#passage")).to_contain_text("Nous reprenons l’ordre du jour")


def test_a_question_that_is_not_covered_is_told_before_anything_else(page: Page, base: str) -> None:
    page.goto(at(base, UNCOVERED, "&saison=3"))
    told = page.get_by_role("status").filter(has_text="ne semble pas couvrir")
    expect(told.get_by_role("heading", level=2)).to_have_text(
        "La mémoire ne semble pas couvrir cette question avec ces filtres."
    )
    expect(page.locator(".headline, .caution")).to_have_count(0)
    told.get_by_role("link", name="Chercher dans toute la mémoire").click()
    page.wait_for_url(lambda url: "saison" not in url)
    expect(page.locator(".doubt")).to_be_focused()


def test_from_a_passage_one_goes_back_to_the_results(page: Page, base: str) -> None:
    page.goto(at(base, '"la personne au guichet"', "&saison=3"))
    page.get_by_role("link", name="dans la transcription").first.click()
    page.get_by_role("link", name="Retour aux résultats").click()
    page.wait_for_url("**/?q=**saison=3")
    expect(page.locator(".hits")).to_be_visible()


def test_what_is_touched_is_large_enough_for_a_finger(page: Page, base: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(at(base, REPEATED, "&saison=3"))
    for name in ("Citer", "la même chose"):
        page.get_by_role("button", name=name).first.click()
    expect(page.locator(".beside")).to_have_count(2)
    small = page.locator(".stHtml :is(a, button):visible").evaluate_all(
        "(found) => found.map((e) => [e.textContent, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"
    )
    assert small == []


def test_hostile_words_stay_words(page: Page, base: str) -> None:
    page.goto(at(base, "sorcier grimoire"))
    expect(page.locator(".hits")).to_contain_text("<img src=x onerror=\"document.title='pris'\">")
    expect(page.locator(".hits")).to_contain_text(
        "**pas gras**, $x^2$, [un lien](javascript:alert(1)), :material/home:"
    )
    assert page.locator(".hits :is(img, script, .katex, strong, a[href^=javascript])").count() == 0
    page.locator(".hit").filter(has_text="sorcier").get_by_role("link", name="dans le compte rendu").click()
    expect(page.locator(".reading")).to_contain_text("<script>alert(1)</script>")
    assert "pris" not in page.title()


@pytest.mark.parametrize("width", [360, 320])
def test_nothing_is_wider_than_a_telephone(page: Page, base: str, width: int) -> None:
    """320 pixels is also a screen of 1280 read at 400 %."""
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(base)
    expect(page.locator(".seasons")).to_be_visible()
    assert overflow(page) == 0
    page.goto(at(base))
    page.get_by_role("button", name="Citer").first.click()
    page.get_by_role("button", name="Lire autour").first.click()
    assert overflow(page) == 0
    page.get_by_role("link", name="dans la transcription").first.click()
    expect(page.locator("#passage")).to_be_in_viewport()
    assert overflow(page) == 0
    for question in (f"guichet {UNCOVERED}", REPEATED):
        page.goto(at(base, question, "&glossaire=oui"))
        for button in page.get_by_role("button", name=re.compile("Pourquoi|la même chose")).all():
            button.click()
        expect(page.locator(".beside").first).to_be_visible()
        assert overflow(page) == 0


def overflow(page: Page) -> int:
    """By how many pixels the page, or the part of it that scrolls, is wider than its window."""
    return int(
        page.evaluate(
            "Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]"
            ".map((e) => e.scrollWidth - e.clientWidth))"
        )
    )


def test_no_state_of_the_app_has_a_barrier_in_light_or_dark(page: Page, base: str) -> None:
    states = {
        base: ".seasons",
        at(base, '"jamais dit ainsi"'): ".notice",
        f"{base}/?saison=3": ".documents",
        f"{base}/a-propos": ".about",
        f"{base}/source/inconnu": "h1",
        f"{base}/passage?id=inconnu.1": ".notice",
        f"{base}/nulle-part": "h1",
        at(base, UNCOVERED, "&saison=3"): ".nearest",
        at(base, REPEATED, "&glossaire=oui"): ".beside",
        at(base): ".hits",
    }
    for address, sign in states.items():
        page.goto(address)
        expect(page.locator(sign).first).to_be_visible()
        for button in page.get_by_role("button", name="la même chose").all():
            button.click()
        assert barriers(page) == [], address
    page.get_by_role("button", name="Saison 3").click()
    expect(page.get_by_role("button", name="Effacer")).to_be_visible()
    for name in ("pourquoi", "Citer", "Lire autour", "Dates"):
        page.get_by_role("button", name=name).first.click()
    expect(page.get_by_label("À partir du")).to_be_visible()
    assert barriers(page) == [], "panels and menu open"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="dans la transcription").first.click()
    expect(page.locator("#passage")).to_be_visible()
    assert barriers(page) == [], "passage"


PAPERS = {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 23, 31)"}


def barriers(page: Page, schemes: Iterable[str] = tuple(PAPERS)) -> list[str]:
    """What axe finds in light, then in dark, as « scheme, rule: element »."""
    found = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator(".stApp, .plain").first).to_have_css("background-color", PAPERS[scheme])
        rules = Axe().run(page).response["violations"]
        found += [f"{scheme}, {rule['id']}: {node['html'][:120]}" for rule in rules for node in rule["nodes"]]
    return found


def test_the_page_is_in_french_and_bears_no_trace_of_its_maker(page: Page, base: str) -> None:
    page.goto(base)
    expect(page.locator(".seasons")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page).to_have_title("Capteurs de territoire · mémoire des débats")
    for name in ("stToolbar", "stAppDeployButton", "stMainMenu", "stStatusWidget", "stHeader"):
        expect(page.get_by_test_id(name)).to_be_hidden()
    assert "Streamlit" not in page.locator("body").inner_text()
    assert "expand_more" not in page.locator("body").inner_text()
