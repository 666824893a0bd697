"""« Vérifier une citation » as Streamlit runs it, over a real memory; and `kb quote` in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from kb.cli import app as cli
from kb.encoder import Encoder
from kb.settings import ROOT, settings
from tests.reading_room import fill

MAIN = ROOT / "kb" / "ui" / "main.py"
SAID = "Ce qui donne confiance, c’est la personne au guichet qui écoute."
CHANGED = SAID.replace("donne confiance", "fait peur")


@pytest.fixture(scope="module", autouse=True)
def _memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[None]:
    """The app and the commands open this memory, once for all tests."""
    found = fill(tmp_path_factory.mktemp("quoted"), encoder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_CORPUS", str(found.corpus))
        patch.setenv("KB_INDEX", str(found.index))
        _forget()
        yield
    _forget()


def _forget() -> None:
    settings.cache_clear()
    st.cache_resource.clear()


def opened(text: str = "") -> AppTest:
    """The page at an address."""
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.query_params.clear()
    if text:
        app.query_params["texte"] = text
    return app.switch_page("quote.py").run()


def seen(app: AppTest) -> str:
    """All the HTML of a page, non-breaking spaces as spaces; a page that fails is no page."""
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ")


def sent(app: AppTest, text: str) -> AppTest:
    """The page after a text was typed and sent."""
    app.text_area[0].set_value(text)
    return app.button[0].click().run()


def test_the_empty_page_says_what_is_verified() -> None:
    assert "Ce qui est vérifié" in seen(opened())


def test_a_quotation_that_is_verbatim_comes_with_its_source_and_its_address() -> None:
    page = seen(opened(f"« {SAID} »"))
    assert ">Mot pour mot</h2>" in page
    assert f"<mark>{SAID.rstrip('.')}</mark>" in page
    assert "Directrice d’une agence" in page
    assert 'href="./passage?p=' in page


def test_what_differs_is_told_by_strokes_and_in_words() -> None:
    page = seen(opened(f"« {CHANGED} »"))
    assert ">Modifiée</h2>" in page
    assert '<del><span class="unseen">[retiré : </span>donne confiance<span class="unseen">]</span></del>' in page
    assert '<ins><span class="unseen">[ajouté : </span>fait peur<span class="unseen">]</span></ins>' in page
    assert "« donne confiance » est devenu « fait peur »." in page


def test_what_was_not_said_and_what_may_not_be_seen_are_not_found_alike() -> None:
    page = seen(opened("« Le budget confidentiel est de 45 000 €. » « Le dragon gardait un trésor. »"))
    assert page.count(">Introuvable</h2>") == 2


def test_a_pasted_text_is_shown_and_never_interpreted() -> None:
    page = seen(opened("« Nous voulons <script>alert(1)</script> <b>tout</b> de suite »"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_too_short_a_text_is_told_so() -> None:
    assert "trois mots" in seen(opened("oui"))


def test_a_short_text_goes_into_the_address() -> None:
    app = sent(opened(), f"« {SAID} »")
    assert f"« {SAID} »" in app.query_params["texte"]
    assert ">Mot pour mot</h2>" in seen(app)


def test_a_long_text_is_verified_and_stays_out_of_the_address() -> None:
    app = sent(opened(), f"« {SAID} » " + "Rien à citer ici. " * 200)
    assert "texte" not in app.query_params
    assert ">Mot pour mot</h2>" in seen(app)


def test_the_command_gives_verdicts_with_their_sources() -> None:
    done = CliRunner().invoke(cli, ["quote", f"« {SAID} » et « {CHANGED} »", "--json"])
    told = json.loads(done.stdout)["quotes"]
    assert [each["verdict"] for each in told] == ["verbatim", "altered"]
    assert told[0]["source"]["text"] == SAID
    assert told[1]["changes"] == [{"source": "donne confiance", "quote": "fait peur"}]


def test_the_command_reads_a_file_or_its_standard_input(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(f"« {SAID} »", encoding="utf-8")
    by_file = CliRunner().invoke(cli, ["quote", str(tmp_path / "article.txt")])
    by_pipe = CliRunner().invoke(cli, ["quote", "-"], input=f"« {SAID} »")
    assert "Mot pour mot" in by_file.stdout
    assert by_file.stdout == by_pipe.stdout
