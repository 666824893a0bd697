"""The page of a passage as Streamlit runs it: its permanent address, what became of it, its source, its citations."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.browse import Located
from kb.domain import NO_FILTERS, PUBLIC, STAFF
from kb.encoder import Encoder
from kb.errors import UnknownItem
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.search.alike import alike
from kb.selectors import Selector, State, parse_token, select
from kb.settings import ROOT, Settings, settings
from kb.store import Scope
from tests.reading_room import HOSTILE, INCLUSION, fill

MAIN = ROOT / "kb" / "ui" / "main.py"
TRANSCRIPT, NOTE = f"{INCLUSION}/transcription.vtt", f"{INCLUSION}/note.pdf"
SAID = "Ce qui donne confiance, c’est la personne au guichet qui écoute."
MINUTES = f"{INCLUSION}/releve.md"
PARAGRAPHS = (
    "La séance s’ouvre sur l’état des guichets, que le maire présente en quelques chiffres avant le débat.",
    "Chaque guichet reçoit en moyenne douze habitants par jour, et ce nombre a doublé depuis deux ans déjà.",
    "La séance se clôt à midi ; la suivante portera sur la fibre optique et sur les écoles raccordées.",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    """A memory that no test changes."""
    return fill(tmp_path_factory.mktemp("memory"), encoder)


@pytest.fixture
def library(filled: Settings, encoder: Encoder) -> Library:
    return open_library(filled, encoder)


@pytest.fixture
def own(tmp_path: Path, encoder: Encoder) -> Library:
    """A memory of one document, which a test may change."""
    config = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    (config.corpus / INCLUSION).mkdir(parents=True)
    found = open_library(config, encoder)
    write(found, PARAGRAPHS)
    return found


@pytest.fixture
def _of(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    forget()


def write(library: Library, paragraphs: tuple[str, ...], path: str = MINUTES) -> None:
    """Put a document of these paragraphs in the corpus, under its headings, and take it in."""
    body = "\n\n".join(f"## Point {n}\n\n{words}" for n, words in enumerate(paragraphs, 1))
    (library.corpus / path).write_text(f"# Relevé\n\n{body}\n", encoding="utf-8")
    ingest(library)


def forget() -> None:
    settings.cache_clear()
    st.cache_resource.clear()


def page(config: Settings, patch: pytest.MonkeyPatch, **parameters: str) -> str:
    """What the page shows at an address, over a memory."""
    patch.setenv("KB_CORPUS", str(config.corpus))
    patch.setenv("KB_INDEX", str(config.index))
    forget()
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.query_params.clear()
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page("passage.py").run()
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def passage_of(library: Library, words: str, path: str = MINUTES) -> Located:
    """The passage of a document that holds these words."""
    document = next(d for d in browse.documents(library, viewer=STAFF) if d.path == path)
    found = next(p for p in library.store.passages(document.id, 1, 999, STAFF) if words in p.text)
    return browse.opened(library, found.id, viewer=STAFF)


def marked(shown: str) -> str:
    return html.unescape("".join(re.findall(r'<mark class="passage"[^>]*>(.*?)</mark>', shown)))


@pytest.mark.usefixtures("_of")
def test_an_address_made_before_a_correction_shows_the_text_of_today_and_says_so(
    own: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = passage_of(own, "douze habitants").selector.token
    write(own, (PARAGRAPHS[0], PARAGRAPHS[1].replace("douze", "quatorze"), PARAGRAPHS[2]))
    shown = page(own.settings, monkeypatch, p=token)
    assert "Ce passage a été corrigé depuis\u00a0; voici le texte actuel." in shown
    assert "quatorze habitants par jour" in marked(shown)


@pytest.mark.usefixtures("_of")
def test_a_passage_that_only_moved_is_shown_without_a_word(own: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    token = passage_of(own, "douze habitants").selector.token
    write(own, ("Un point est ajouté en tête de la séance, à la demande de la directrice de l’agence.", *PARAGRAPHS))
    shown = page(own.settings, monkeypatch, p=token)
    assert "caution" not in shown
    assert marked(shown) == PARAGRAPHS[1]


@pytest.mark.usefixtures("_of")
def test_a_passage_that_was_taken_out_is_said_to_be_lost(own: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    token = passage_of(own, "douze habitants").selector.token
    write(own, (PARAGRAPHS[0], PARAGRAPHS[2]))
    shown = page(own.settings, monkeypatch, p=token)
    assert "Ce passage n’est plus dans le document\u00a0; voici l’endroit où il se trouvait." in shown
    assert 'id="passage"' in shown


def test_a_span_that_is_no_passage_of_today_is_shown_all_the_same(own: Library) -> None:
    selector = passage_of(own, "douze habitants").selector
    text, _ = own.store.text(selector.document, PUBLIC)
    part = select(browse.span(browse.locate(own, selector, viewer=PUBLIC).whole, selector.start + 14, selector.end - 9))
    found = browse.locate(own, part, viewer=PUBLIC)
    assert found.state is State.SAME
    assert found.reading.passage.text == text[part.start : part.end]
    assert found.reading.passage.ordinal == 0
    assert found.nearest == passage_of(own, "douze habitants").reading.passage


def test_a_document_whose_file_was_renamed_is_found_by_the_words(own: Library) -> None:
    selector = passage_of(own, "douze habitants").selector
    (own.corpus / MINUTES).rename(own.corpus / INCLUSION / "compte-rendu.md")
    ingest(own)
    found = browse.locate(own, selector, viewer=PUBLIC)
    assert (found.was_renamed, found.reading.passage.text) == (True, PARAGRAPHS[1])


@pytest.mark.usefixtures("_of")
def test_a_document_that_was_taken_out_is_said_to_be_with_a_way_to_look_for_its_words(
    own: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = passage_of(own, "douze habitants").selector.token
    write(own, ("Un autre document reste, qui ne dit rien des mêmes choses ni des mêmes gens.",), f"{INCLUSION}/b.md")
    (own.corpus / MINUTES).unlink()
    ingest(own)
    shown = page(own.settings, monkeypatch, p=token)
    assert "Ce passage n’est pas dans la mémoire" in shown
    search = re.search(r'<a href="(\./\?q=[^"]+)">Chercher ses premiers mots', shown)
    assert search
    assert parse_qs(urlsplit(html.unescape(search[1])).query)["q"] == ["Chaque guichet reçoit en moyenne"]


@pytest.mark.usefixtures("_of")
@pytest.mark.parametrize("token", ["abîmée", "a~1~2~x", "a" * 3000])
def test_an_address_that_is_damaged_is_explained(filled: Settings, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    shown = page(filled, monkeypatch, p=token)
    assert "<h1>Cette adresse est incomplète</h1>" in shown
    assert "incomplète ou abîmée" in shown
    assert "Chercher dans la mémoire" in shown


def test_a_reserved_passage_is_not_found_by_its_address_nor_by_its_words(library: Library) -> None:
    reserved = passage_of(library, "confidentiel", f"{INCLUSION}/reserve.md").selector
    elsewhere = Selector("0123456789", *(getattr(reserved, name) for name in Selector.__slots__[1:]))
    for selector in (reserved, elsewhere):
        with pytest.raises(UnknownItem):
            browse.locate(library, selector, viewer=PUBLIC)


def test_the_address_of_a_copy_shows_the_document_that_stands_for_it(library: Library) -> None:
    copy = next(d for d in library.store.documents(Scope(PUBLIC)) if d.twin_of)
    text, _ = library.store.text(copy.id, PUBLIC)
    start = text.index("Le grimoire")
    words = text[start : start + 60]
    found = browse.locate(library, select(browse.span(_full(library, copy.id), start, start + 60)), viewer=PUBLIC)
    assert found.instead_of == copy
    assert (found.reading.document.path, found.reading.passage.text) == (copy.twin_of, words)
    assert words in HOSTILE


def _full(library: Library, identifier: str) -> browse.FullText:
    text, segments = library.store.text(identifier, PUBLIC)
    return browse.FullText(library.store.document(identifier, PUBLIC), text, segments)


@pytest.mark.usefixtures("_of")
def test_the_page_has_its_source_its_citations_and_its_neighbours(
    filled: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = passage_of(library, SAID, TRANSCRIPT)
    shown = page(filled, monkeypatch, p=found.selector.token)
    assert re.search(r'<p class="times">de \d\d:\d\d à \d\d:\d\d</p>', shown)
    for said in ("@misc{", "TY  - GEN", "&quot;TextQuoteSelector&quot;", "&gt; ", "Copier le lien"):
        assert said in shown
    before = re.search(r'<a rel="prev" href="\./passage\?p=([^"]+)"', shown)
    assert before
    assert parse_token(parse_qs(f"p={html.unescape(before[1])}")["p"][0]).start < found.reading.passage.start


@pytest.mark.usefixtures("_of")
def test_the_page_of_a_pdf_is_shown_as_a_picture_that_says_what_it_is(
    filled: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = passage_of(library, "agent itinérant", NOTE)
    shown = page(filled, monkeypatch, p=found.selector.token)
    passage = found.reading.passage
    assert f'<img src="./source/{passage.document}/page/2?passage={passage.start}-{passage.end}"' in shown
    assert 'alt="Page 2 du PDF «\u00a0Note sur le guichet\u00a0», avec le passage surligné"' in shown


def test_what_is_near_is_neither_the_passage_nor_a_copy_nor_what_the_viewer_may_not_see(library: Library) -> None:
    passage = passage_of(library, SAID, TRANSCRIPT).reading.passage
    found = alike(library, passage, viewer=PUBLIC)
    assert passage.id not in [each.id for each, _ in found]
    assert not any(abs(each.ordinal - passage.ordinal) < 3 for each, d in found if d.id == passage.document)
    assert not any("reserve" in d.path or "huis-clos" in d.path for _, d in found)
    assert len({each.text for each, _ in found}) == len(found)


@pytest.mark.usefixtures("_of")
def test_the_page_leads_to_the_session_and_to_what_else_is_of_its_themes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = browse.filed(library, viewer=PUBLIC, filters=NO_FILTERS)
    passage = next(passage for passage, document in filed if passage.themes and document.session)
    shown = page(library.settings, monkeypatch, p=select(passage).token)
    assert f'href="./?theme={passage.themes[0]}"' in shown
    assert 'href="./seance?id=' in shown
