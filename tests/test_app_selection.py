"""The page « Ma sélection » as Streamlit runs it, and what its address holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.domain import PUBLIC, STAFF
from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.selectors import select
from kb.settings import Settings
from kb.ui import basket
from kb.ui.basket import MOST, Choice
from tests.reading_room import INCLUSION, fill
from tests.test_app_pages import forget, opened, seen, use

NOTE = "season-1/2019-03-12-vitrines/note-de-position.md"


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    return fill(tmp_path_factory.mktemp("memory"), encoder)


@pytest.fixture(scope="module")
def library(memory: Settings, encoder: Encoder) -> Library:
    return open_library(memory, encoder)


@pytest.fixture(scope="module", autouse=True)
def _configured(memory: Settings) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use(memory.corpus, memory.index, patch)
        yield
    forget()


def token(library: Library, path: str, ordinal: int = 1) -> str:
    document = next(d for d in browse.documents(library, viewer=STAFF) if d.path == path)
    return browse.around(library, f"{document.id}.{ordinal}", viewer=STAFF).selector.token


@pytest.fixture(scope="module")
def tokens(library: Library) -> list[str]:
    """A passage of the PDF, one of the transcript, one of the note on shops."""
    return [
        token(library, f"{INCLUSION}/note.pdf", 2),
        token(library, f"{INCLUSION}/transcription.vtt"),
        token(library, NOTE),
    ]


def page(*tokens: str, comments: tuple[str, ...] = ()) -> AppTest:
    app = opened()
    app.query_params.clear()
    if tokens:
        app.query_params["p"] = list(tokens)
    if comments:
        app.query_params["c"] = list(comments)
    return app.switch_page("selection.py").run()


def order(app: AppTest) -> list[str]:
    """The passages of the page, by a word that each of them alone has."""
    assert not app.exception
    shown = [e.proto.body for e in app.get("html") if '<h2 class="rank">' in e.proto.body]
    words = {
        "agent itinérant": "note",
        "Qui donne confiance": "débat",
        "ordre du jour": "débat",
        "foncière": "vitrines",
    }
    return [next((name for word, name in words.items() if word in each), "?") for each in shown]


def click(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def kept(app: AppTest) -> list[str]:
    found = app.query_params.get("p", [])
    return [found] if isinstance(found, str) else list(found)


def test_an_empty_selection_says_how_to_fill_it() -> None:
    assert "Rien n’est encore choisi" in seen(page())


def test_the_passages_of_the_address_are_shown_in_its_order_with_their_words(tokens: list[str]) -> None:
    app = page(*tokens)
    said = seen(app)
    assert order(app) == ["note", "débat", "vitrines"]
    assert "3 passages" in said
    assert "La commune maintient un agent itinérant qui reçoit les familles le samedi matin." in said
    assert "démonstration" in said


def test_a_passage_is_moved_and_taken_out_and_put_back(tokens: list[str]) -> None:
    app = click(page(*tokens, comments=("un", "deux")), "Monter le passage 2")
    assert (order(app), kept(app)) == (["débat", "note", "vitrines"], [tokens[1], tokens[0], tokens[2]])
    assert [area.value for area in app.text_area] == ["deux", "un", ""]
    app = click(app, "Retirer le passage 1")
    assert order(app) == ["note", "vitrines"]
    app = click(app, "Rétablir ce qui vient d’être retiré")
    assert order(app) == ["débat", "note", "vitrines"]
    assert app.text_area[0].value == "deux"


def test_an_emptied_selection_can_be_had_back(tokens: list[str]) -> None:
    app = click(page(*tokens), "Vider la sélection")
    assert not kept(app)
    assert order(click(app, "Rétablir ce qui vient d’être retiré")) == ["note", "débat", "vitrines"]


def test_a_comment_goes_into_the_address(tokens: list[str]) -> None:
    app = page(*tokens)
    app.text_area[1].set_value("  À citer.\nDeux fois. ").run()
    assert app.query_params["c"] == ["", "À citer.\nDeux fois."]
    assert app.text_area[1].value == "À citer.\nDeux fois."


def test_a_comment_is_never_markup(tokens: list[str]) -> None:
    app = page(tokens[0], comments=("<script>alert(1)</script>",))
    assert "<script" not in seen(app)
    assert app.text_area[0].value == "<script>alert(1)</script>"


@pytest.mark.parametrize("broken", ["", " ", "x", "<b>x</b>", "a~b~c~d~e~f~g~h", "inconnu~0~9~~abc~~~00000000"])
def test_a_passage_that_cannot_be_found_is_said_in_its_place(broken: str, tokens: list[str]) -> None:
    app = page(tokens[0], broken, tokens[2])
    said = seen(app)
    assert order(app)[0] == "note"
    assert ("incomplète ou abîmée" in said or "n’est plus dans la mémoire" in said) is bool(broken.strip())
    assert "<b>" not in said


def test_a_reserved_passage_is_as_one_that_is_gone(library: Library) -> None:
    said = seen(page(token(library, f"{INCLUSION}/reserve.md")))
    assert "n’est plus dans la mémoire" in said
    assert "confidentiel" not in said.partition("Emporter")[0]


def test_a_passage_that_was_corrected_says_so_with_the_words_of_today(
    tmp_path: Path, encoder: Encoder, memory: Settings, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = fill(tmp_path, encoder)
    (config.corpus / NOTE).write_text(
        "# Rouvrir des boutiques\n\nUne foncière de commerce achète les murs et loue les boutiques à un prix doux.\n",
        encoding="utf-8",
    )
    ingest(open_library(config, encoder))
    with pytest.MonkeyPatch.context() as patch:
        use(config.corpus, config.index, patch)
        said = seen(page(tokens[2]))
    use(memory.corpus, memory.index, monkeypatch)
    assert "corrigé depuis" in said
    assert "à un prix doux" in said


def test_an_address_that_names_nothing_is_not_offered_to_be_kept() -> None:
    said = seen(page("abîmé"))
    assert "incomplète ou abîmée" in said
    assert "La garder sur cet appareil" not in said


def test_too_many_passages_are_cut_and_said(library: Library) -> None:
    document = next(d for d in browse.documents(library, viewer=PUBLIC) if d.path.endswith("transcription.vtt"))
    passages = library.store.passages(document.id, 1, MOST + 4, PUBLIC)
    app = page(*(select(passage).token for passage in passages))
    assert len(app.text_area) == MOST
    assert "en nomme 4 de plus" in seen(app)


def test_an_address_holds_what_a_selection_says() -> None:
    chosen = (Choice("a~1~2~b~c~~d~00000000"), Choice("a~3~4~b~c~~d~00000001", "é & ~ +\nfin"))
    parameters = basket.write(chosen)
    assert basket.read(parameters) == (chosen, 0)
    assert basket.link(()) == "./selection"
    assert basket.link(chosen).startswith("./selection?p=a~1~2~b~c~~d~00000000&p=a~3~4")


def test_one_passage_is_chosen_once_whatever_its_address_says_around_it() -> None:
    chosen, _ = basket.read({"p": ["a~1~2~avant~c~~d~00000000", "a~1~2~~c~~~00000000"], "c": ["un"]})
    assert chosen == (Choice("a~1~2~avant~c~~d~00000000", "un"),)


def test_a_passage_moved_beyond_an_end_stays_there() -> None:
    chosen = tuple(Choice(f"a~{n}~9~b~c~~d~00000000") for n in range(3))
    assert basket.moved(chosen, chosen[0].key, -1) == chosen
    assert basket.moved(chosen, "inconnu", 1) == chosen
    assert basket.moved(chosen, chosen[0].key, 5) == (chosen[1], chosen[2], chosen[0])
