"""A folder of documents and nothing else, no TOML, is a memory: every page opens on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import Settings
from kb.ui.pages import PAGES, PageOf
from tests.test_app_pages import MAIN, forget, opened, seen, use


@pytest.fixture(scope="module", autouse=True)
def bare(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("bare")
    config = Settings(corpus=home / "corpus", index=home / "index")
    config.corpus.mkdir()
    (config.corpus / "compte rendu.md").write_text("# La fibre\n\nLa fibre arrive au bourg en mai.", encoding="utf-8")
    ingest(open_library(config, encoder))
    with pytest.MonkeyPatch.context() as patch:
        use(config.corpus, config.index, patch)
        yield config
    forget()


@pytest.mark.parametrize("page", PAGES, ids=[page.title for page in PAGES])
def test_every_page_opens(page: PageOf) -> None:
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    if page.url:
        app.switch_page(page.file).run()
    assert not app.exception
    assert "n’a pas pu être préparée" not in seen(app)


def test_the_home_page_lists_the_documents() -> None:
    assert "<bdi>La fibre</bdi>" in seen(opened())


def test_a_question_is_answered() -> None:
    assert "<mark>fibre</mark>" in seen(opened(q="la fibre"))


def test_a_question_is_asked_season_by_season_though_there_is_none() -> None:
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.switch_page("compare.py")
    app.query_params["q"] = "la fibre"
    assert not app.run().exception


def test_a_question_is_followed_over_sessions_though_there_is_none() -> None:
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.switch_page("timeline.py")
    app.query_params["q"] = "la fibre"
    assert not app.run().exception
