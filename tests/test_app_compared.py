"""« Saisons en regard » and « Chronologie » as Streamlit runs them, over a real memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.encoder import Encoder
from kb.settings import ROOT, settings
from kb.ui import memory, series
from kb.ui.memory import VIEWER
from tests.reading_room import QUESTION, fill

MAIN = ROOT / "kb" / "ui" / "main.py"
UNCOVERED = "xylophone zygomatique kolkhoze"
SHOPS = "season-1/2019-03-12-vitrines"
THEMES = """
[[themes]]
key = "commerce"
label = "Commerce & <i>boutiques</i>"
words = ["boutique", "foncière de commerce"]

[[themes]]
key = "vide"
label = "Sans passage"
"""


@pytest.fixture(scope="module", autouse=True)
def _memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[None]:
    """The app opens this memory, once for all tests."""
    home = tmp_path_factory.mktemp("compared")
    (home / "corpus").mkdir()
    (home / "corpus" / "themes.toml").write_text(THEMES, encoding="utf-8")
    found = fill(home, encoder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_CORPUS", str(found.corpus))
        patch.setenv("KB_INDEX", str(found.index))
        _forget()
        yield
    _forget()


def _forget() -> None:
    settings.cache_clear()
    st.cache_resource.clear()


def opened(file: str, **parameters: str | list[str]) -> AppTest:
    """A page at an address."""
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.query_params.clear()
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.switch_page(file).run()


def seen(app: AppTest) -> str:
    """All the HTML of a page, non-breaking spaces as spaces; a page that fails is no page."""
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ")


def column(page: str, season: int) -> str:
    """What a page says of a season."""
    return page.partition(f'aria-labelledby="saison-{season}"')[2].partition("</section>")[0]


def pictures(app: AppTest) -> list[dict[str, Any]]:
    """The Vega-Lite specifications of a page's charts."""
    return [json.loads(element.proto.spec) for element in app.get("vega_lite_chart")]


@pytest.mark.parametrize(
    ("file", "url"), [("compare.py", "./saisons-en-regard?q="), ("timeline.py", "./chronologie?q=")]
)
def test_without_a_question_a_page_says_what_it_is_for_and_gives_examples(file: str, url: str) -> None:
    page = seen(opened(file))
    assert 'class="intro"' in page
    assert f'<a href="{url}Qui+accompagne+les+habitants+%3F">Qui accompagne les habitants ?</a>' in page


@pytest.mark.parametrize("file", ["compare.py", "timeline.py"])
def test_a_question_typed_goes_into_the_address(file: str) -> None:
    app = opened(file)
    app.text_input[0].set_value("  fibre   optique ")
    app.button[0].click().run()
    assert app.query_params["q"] in ("fibre optique", ["fibre optique"])
    assert not app.exception


@pytest.mark.parametrize("file", ["compare.py", "timeline.py"])
def test_a_question_that_means_nothing_is_answered_by_what_is_wrong(file: str) -> None:
    assert "Une exclusion (-mot) demande un mot" in seen(opened(file, q="-guichet"))


@pytest.mark.parametrize("file", ["compare.py", "timeline.py"])
def test_what_is_typed_and_what_documents_say_is_never_markup(file: str) -> None:
    page = seen(opened(file, q="<img src=x> grimoire sorcier écrit alert", theme="<b>x</b>"))
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page
    assert "<script>" not in page


def test_a_season_says_its_words_who_said_them_and_where() -> None:
    said = column(seen(opened("compare.py", q=QUESTION)), 3)
    assert '<cite class="who"><bdi>Directrice d’une agence</bdi></cite>' in said
    assert '<span class="best">' in said
    assert "13 avril 2021" in said
    assert "dans la transcription</a>" in said
    assert 'saison=3">Tous les passages de la saison 3' in said
    assert said.count("<blockquote") <= 3


def test_a_season_that_is_silent_is_said_to_be_so_and_can_be_opened_to_what_is_nearest() -> None:
    said = column(seen(opened("compare.py", q=f"{UNCOVERED} boutiques")), 1)
    assert "<strong>Pas abordé</strong>" in said
    assert 'aria-controls="proches-1"' in said
    assert "Une foncière de commerce" in said.partition('id="proches-1" hidden')[2]


def test_a_question_that_no_season_covers_is_said_first() -> None:
    page = seen(opened("compare.py", q=UNCOVERED))
    assert "La mémoire ne semble pas couvrir cette question." in page
    assert page.count("Pas abordé") == 2


def test_what_is_reserved_is_in_no_season_and_in_no_count() -> None:
    for file in ("compare.py", "timeline.py"):
        page = seen(opened(file, q="budget confidentiel huis clos guichet"))
        assert "45 000" not in page
        assert "huis clos parle" not in page
        assert "Séance à huis clos" not in page


def test_the_search_page_leads_to_the_same_question_by_season_and_over_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 0.0)
    page = seen(opened("search.py", q="fibre optique"))
    assert 'href="./saisons-en-regard?q=fibre+optique">Saisons en regard' in page
    assert 'href="./chronologie?q=fibre+optique">Chronologie' in page


def test_a_number_of_the_table_leads_to_the_passages_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 0.0)
    app = opened("timeline.py", q="foncière de commerce")
    page = seen(app)
    address = f"./?q=fonci%C3%A8re+de+commerce&amp;seance={SHOPS.replace('/', '%2F')}"
    assert f'<a href="{address}" aria-label="' in page
    (picture,) = pictures(app)
    shown = [row for layer in picture["layer"] for row in layer["data"]["values"] if "count" in row]
    assert address.replace("&amp;", "&") in [row["address"] for row in shown]
    assert f">{shown[0]['count']}</a>" in page


def test_sessions_stand_in_the_order_of_time_and_one_with_nothing_is_a_zero() -> None:
    app = opened("timeline.py", theme="commerce")
    page = seen(app)
    assert page.index("Vitrines vides") < page.index("Inclure tous les habitants")
    row = page.partition("seance?id=season-3")[2].partition("</tr>")[0]
    assert "<td>0</td>" in row
    assert "Commerce &amp; &lt;i&gt;boutiques&lt;/i&gt;" in page


def test_a_question_that_the_memory_does_not_cover_counts_nothing() -> None:
    app = opened("timeline.py", q=[UNCOVERED])
    assert "La mémoire ne couvre pas ce sujet." in seen(app)
    assert pictures(app) == []
    assert "<table>" not in seen(app)


def test_a_theme_without_a_passage_is_said_to_be_so() -> None:
    assert "Aucune séance n’a de passage sur ce thème." in seen(opened("timeline.py", theme="vide"))


def test_five_series_are_read_together_and_a_sixth_waits() -> None:
    page = seen(opened("timeline.py", q=["un", "deux", "trois", "quatre", "cinq", "six"]))
    assert "Cinq séries au plus se lisent ensemble : « six » attend que vous en retiriez une." in page
    assert page.count('class="series"') == 5
    assert (
        'href="./chronologie?q=un&amp;q=deux&amp;q=trois&amp;q=quatre&amp;q=cinq" aria-label="Retirer « six »"' in page
    )


def test_a_theme_is_added_by_a_link_and_all_is_dropped_by_another() -> None:
    page = seen(opened("timeline.py", q="fibre"))
    assert 'href="./chronologie?q=fibre&amp;theme=commerce"' in page
    assert '<a href="./chronologie">Effacer tout</a>' in page


def test_a_session_without_a_date_comes_last() -> None:
    library = memory.library()
    whole = browse.overview(library, viewer=VIEWER)
    before = [session.id for session in series.sessions(library, whole)]
    library.catalogue.sessions[SHOPS] = replace(library.catalogue.sessions[SHOPS], date=None)
    try:
        assert [session.id for session in series.sessions(library, whole)] == before[::-1]
    finally:
        library.reread()
