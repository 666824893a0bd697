"""The pages as Streamlit runs them, without a browser, over a real memory."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.domain import PUBLIC, STAFF, Document, DocumentType, Filters
from kb.encoder import Encoder
from kb.library import open_library
from kb.search import search
from kb.settings import ROOT, Settings, settings
from kb.ui import home
from kb.ui.filters import named_by
from tests.reading_room import INCLUSION, QUESTION, RESERVED, fill

MAIN = ROOT / "kb" / "ui" / "main.py"
DOCUMENT_ABSENT = "inconnu"
TRANSCRIPT = f"{INCLUSION}/transcription.vtt"
GLOSSARY = """
[[terms]]
term = "guichet"
expansion = "point d’accueil"
definition = "Le lieu où une personne reçoit les habitants."
aliases = ["foncière de commerce"]
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    found = fill(tmp_path_factory.mktemp("memory"), encoder)
    (found.corpus / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    return found


@pytest.fixture(scope="module", autouse=True)
def configured(memory: Settings) -> Iterator[None]:
    """The app opens this memory, once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        use(memory.corpus, memory.index, patch)
        yield
    forget()


@pytest.fixture(autouse=True)
def _covering(monkeypatch: pytest.MonkeyPatch) -> None:
    """How likely an answer must be is not for these tests: what they ask is covered, unless they say otherwise."""
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 0.0)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """For a test that makes the app open another memory."""
    yield monkeypatch
    monkeypatch.undo()
    forget()


def use(corpus: Path, index: Path, patch: pytest.MonkeyPatch) -> None:
    """Make the app open this memory."""
    patch.setenv("KB_CORPUS", str(corpus))
    patch.setenv("KB_INDEX", str(index))
    forget()


def forget() -> None:
    """Close what the app had opened."""
    settings.cache_clear()
    st.cache_resource.clear()


def opened(**parameters: str | list[str]) -> AppTest:
    """The search page at an address."""
    app = AppTest.from_file(str(MAIN), default_timeout=30)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def seen(app: AppTest) -> str:
    """All the HTML of a page; a page that fails is no page."""
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_at_first_sight_the_page_says_what_the_memory_holds() -> None:
    page = seen(opened())
    assert "Capteurs de territoire" in page
    for said in ("2 saisons", "2 séances", "4 documents", "Comment ramener la vie dans les centres ?"):
        assert said in page


def test_example_questions_are_links_to_their_answers() -> None:
    assert '<a href="./?q=Qui+accompagne+les+habitants+%3F">Qui accompagne les habitants ?</a>' in seen(opened())


def test_a_question_in_the_address_is_answered() -> None:
    app = opened(q=QUESTION)
    assert app.text_input(key="question").value == QUESTION
    assert "<mark>confiance</mark>" in seen(app)


def test_a_question_typed_goes_into_the_address() -> None:
    app = opened()
    app.text_input(key="question").set_value("  fibre   optique ")
    app.button[0].click().run()
    assert app.query_params["q"] == "fibre optique"
    assert "<mark>fibre</mark>" in seen(app)


def test_a_filter_chosen_goes_into_the_address_and_keeps_only_what_it_says() -> None:
    app = opened(q="boutiques")
    app.button_group(key="saisons").set_value([1]).run()
    assert app.query_params["saison"] == "1"
    assert "Vitrines vides" in seen(app)
    assert "Inclure tous les habitants" not in seen(app)


def test_filters_show_the_counts_of_the_current_answer() -> None:
    whole = opened().button_group(key="types").options
    kept = opened(q='"fibre optique"').button_group(key="types").options
    assert (kept, len(whole)) == (["Transcription (1)"], 3)


def test_a_filter_in_use_still_shows_what_its_other_values_would_add() -> None:
    seasons = opened(q="guichet", saison="1").button_group(key="saisons").options
    assert all("(0)" not in option for option in seasons)


def test_clearing_keeps_the_question_and_drops_the_filters() -> None:
    app = opened(q="boutiques", saison="1", mode="mots")
    app.button(key="effacer").click().run()
    assert dict(app.query_params) == {"q": "boutiques"}


def test_a_date_is_taken_as_people_write_it() -> None:
    app = opened(q="boutiques")
    app.text_input(key="au").set_value("2020").run()
    assert app.query_params["au"] == "2020-12-31"
    assert "Inclure tous les habitants" not in seen(app)


def test_what_is_no_date_is_said_and_changes_nothing() -> None:
    app = opened(q="boutiques")
    app.text_input(key="du").set_value("hier").run()
    assert "« hier » n’est pas une date" in seen(app)
    assert app.text_input(key="du").value == "hier"
    assert dict(app.query_params) == {"q": "boutiques"}


def test_filters_without_a_question_list_the_documents() -> None:
    page = seen(opened(saison="3"))
    assert "3 documents" in page
    assert "Note sur le guichet" in page


def test_nothing_found_is_said_with_what_to_try() -> None:
    page = seen(opened(q='"jamais dit ainsi"'))
    assert "Aucun passage ne contient cette expression" in page
    assert "Chercher sans les guillemets" in page


@pytest.mark.parametrize(("least", "said"), [(0.0, "à lire avec prudence"), (1.1, "ne semble pas couvrir")])
def test_words_found_nowhere_call_for_prudence(least: float, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", least)
    page = seen(opened(q="xylophone zygomatique"))
    assert said in page
    assert "Aucun de ces passages ne contient les mots de la question." in page


def test_passages_of_a_question_that_is_not_covered_are_shown_as_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 1.1)
    page = seen(opened(q="boutiques", saison="1"))
    assert "La mémoire ne semble pas couvrir cette question avec ces filtres." in page
    assert '<a href="./?q=boutiques">Chercher dans toute la mémoire</a>' in page
    assert '<ol class="hits nearest">' in page
    assert "headline" not in page


@pytest.mark.parametrize("mode", ["mots", "sens"])
def test_words_alone_and_meaning_alone_say_nothing_of_coverage(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", 1.1)
    page = seen(opened(q="boutiques", mode=mode))
    assert "headline" in page
    assert "nearest" not in page


def test_a_typing_error_is_said_with_what_was_looked_for() -> None:
    page = seen(opened(q="qui donne confience ?"))
    said = "Personne n’a écrit « confience » : la recherche porte aussi sur « confiance »."
    assert said in page.replace("\u00a0", " ")
    assert "corrigé\u00a0: confience → confiance" in page


def test_the_glossary_is_followed_when_its_link_is() -> None:
    page = seen(opened(q="guichet", saison="1", mode="mots"))
    assert "foncière de commerce achète" not in page
    offered = re.search(
        r'<a href="(\./\?[^"]+)">Chercher aussi\u00a0: <bdi>point d’accueil, foncière de commerce<', page
    )
    assert offered
    parameters = parse_qs(urlsplit(html.unescape(offered[1])).query)
    assert parameters == {"q": ["guichet"], "saison": ["1"], "mode": ["mots"], "glossaire": ["oui"]}
    page = seen(opened(**parameters))
    assert "glossaire\u00a0: foncière de commerce (pour guichet)" in page
    assert '<a href="./?q=guichet&amp;saison=1&amp;mode=mots">Chercher sans</a>' in page


def test_another_question_keeps_the_glossary_and_the_document() -> None:
    app = opened(q="guichet", glossaire="oui", document=DOCUMENT_ABSENT)
    app.text_input(key="question").set_value("boutiques")
    app.button[0].click().run()
    assert dict(app.query_params) == {"q": "boutiques", "glossaire": "oui", "document": DOCUMENT_ABSENT}


def test_a_document_can_be_looked_into_and_left(memory: Settings, encoder: Encoder) -> None:
    document = identifier_of(TRANSCRIPT, memory, encoder)
    page = seen(opened(q="séance du guichet"))
    assert f'href="./?q=s%C3%A9ance+du+guichet&amp;document={document}">Dans ce document\u00a0: ' in page
    page = seen(opened(q="séance du guichet", document=document))
    assert "Dans ce document" not in page
    assert 'aria-label="Retirer le filtre Document\u00a0: Transcription du débat"' in page
    assert set(re.findall(r"Transcription du débat|Note sur le guichet", page)) == {"Transcription du débat"}


def test_inside_a_document_the_question_is_as_covered_as_in_the_memory(
    memory: Settings, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, question = open_library(memory, encoder), "rouvrir des boutiques"
    document = identifier_of(TRANSCRIPT, memory, encoder)
    whole, within = (
        search(library, question, viewer=PUBLIC, filters=Filters(documents=chosen)).coverage
        for chosen in ((), (document,))
    )
    assert whole is not None
    assert within is not None
    assert within < whole
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", whole)
    assert "headline" in seen(opened(q=question, document=document))


def test_a_document_that_is_not_there_is_said() -> None:
    page = seen(opened(q="guichet", document=DOCUMENT_ABSENT))
    assert "La mémoire n’a pas le document que nomme l’adresse." in page
    assert f"Document\u00a0: {DOCUMENT_ABSENT}" in page


def test_the_title_of_a_document_the_reader_may_not_see_is_not_told(memory: Settings, encoder: Encoder) -> None:
    reserved = identifier_of(f"{INCLUSION}/reserve.md", memory, encoder)
    page = seen(opened(q="budget", document=reserved))
    assert "La mémoire n’a pas le document que nomme l’adresse." in page
    assert "45 000" not in page


def test_passages_that_say_the_same_are_one_click_away() -> None:
    page = seen(opened(q="nous reprenons l’ordre du jour de la séance, sans hâte"))
    assert re.search(r"\+\u00a0\d+ passages? qui di(t|sent) la même chose</button>", page)
    assert re.search(r'<ul class="panel same" id="same-\d+" hidden><li><a href="./passage\?p=', page)


def test_a_search_that_means_nothing_is_explained() -> None:
    assert "écrivez au moins un mot" in seen(opened(q="?!"))


def test_an_exclusion_alone_is_told_what_it_needs() -> None:
    assert "Une exclusion (-mot) demande un mot à chercher à côté." in seen(opened(q="-mot"))


def test_the_headline_speaks_of_all_that_was_found_and_of_what_is_shown() -> None:
    page = seen(opened(q="séance"))
    said = re.search(r'role="status" tabindex="-1">(\d+) passages, 1 séance · voici (?:le|les \d+) premiers?<', page)
    assert said
    assert int(said[1]) > page.count('class="hit"')


def test_each_active_filter_is_shown_with_a_link_to_the_address_without_it() -> None:
    page = seen(opened(q="boutiques", saison="1", du="2019", au="2020"))
    assert (
        'href="./?q=boutiques&amp;du=2019-01-01&amp;au=2020-12-31" aria-label="Retirer le filtre Saison\u00a01"' in page
    )
    assert "<bdi>du 1er janvier 2019 au 31 décembre 2020</bdi>" in page


def test_a_speaker_without_a_question_is_heard_in_order() -> None:
    page = seen(opened(intervenant="Sociologue des usages"))
    said = re.findall(r'<cite class="who"><bdi>([^<]+)', page)
    assert said
    assert set(said) == {"Sociologue des usages"}


def test_a_name_is_found_without_its_accents_and_with_any_apostrophe() -> None:
    name = "Chargée de mission d’une SEM"
    assert [named_by(name, typed) for typed in ("chargee", "d'une sem", "D’UNE", "maire")] == [True, True, True, False]


def test_many_speakers_are_found_by_a_part_of_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.ui.filters._IN_SIGHT", 1)
    app = opened(q=QUESTION)
    app.text_input(key="intervenants-cherche").set_value("d'une agence").run()
    assert [option.partition(" (")[0] for option in app.button_group(key="intervenants").options] == [
        "Directrice d’une agence"
    ]


def test_dates_that_cross_are_said() -> None:
    assert "vient après la seconde" in seen(opened(q="boutiques", du="2021", au="2019"))


def test_a_season_that_is_not_there_is_said() -> None:
    page = seen(opened(saison="9"))
    assert "La mémoire n’a pas de saison 9." in page
    assert "Aucun document ne correspond à ces filtres." in page


def test_a_question_that_is_too_long_is_said_to_be_cut() -> None:
    assert "2\u00a0000 premiers caractères" in seen(opened(q="fibre " * 400))


def test_a_season_says_how_much_of_it_is_fictional() -> None:
    real = Document("a", "a.txt", "A", DocumentType.OTHER)
    fictional = replace(real, demo=True)
    assert [home.how_real(found) for found in ([real], [fictional], [real, fictional, fictional])] == [
        "",
        "démonstration",
        "démonstration, sauf 1 document",
    ]


def test_what_the_words_mean_is_told_without_a_memory(tmp_path: Path, elsewhere: pytest.MonkeyPatch) -> None:
    use(tmp_path / "absent", tmp_path / "index", elsewhere)
    page = seen(opened().switch_page("about.py").run())
    assert '<h2 id="demonstration">' in page


def test_an_address_that_means_nothing_is_explained() -> None:
    assert "« abc » n’est pas un numéro de saison" in seen(opened(saison="abc"))


def test_hostile_words_are_shown_as_they_are() -> None:
    page = seen(opened(q="sorcier grimoire"))
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "**pas gras**, $x^2$" in page


def test_a_reserved_document_appears_nowhere(memory: Settings, encoder: Encoder) -> None:
    library = open_library(memory, encoder)
    assert any(d.path.endswith("reserve.md") for d in browse.documents(library, viewer=STAFF))
    page = re.sub(r'href="[^"]*"', "", seen(opened(q="budget confidentiel")))  # links repeat the question
    assert "confidentiel" not in page.replace("<mark>", "")


def test_the_title_of_a_session_the_reader_may_not_see_is_not_told() -> None:
    app = opened(q="huis clos guichet", seance=RESERVED)
    assert f"{RESERVED} (0)" in app.button_group(key="seances").options
    assert "Séance à huis clos" not in seen(app)


def test_an_empty_memory_says_how_to_fill_it(tmp_path: Path, elsewhere: pytest.MonkeyPatch) -> None:
    (tmp_path / "corpus").mkdir()
    use(tmp_path / "corpus", tmp_path / "index", elsewhere)
    page = seen(opened())
    assert "La mémoire est vide" in page
    assert "kb ingest" in page


def test_a_corpus_that_is_not_there_is_said_in_french(tmp_path: Path, elsewhere: pytest.MonkeyPatch) -> None:
    use(tmp_path / "absent", tmp_path / "index", elsewhere)
    assert "ce dossier n’existe pas" in seen(opened())


def test_an_index_that_cannot_be_read_is_said_in_french(
    tmp_path: Path, memory: Settings, elsewhere: pytest.MonkeyPatch
) -> None:
    shutil.copytree(memory.index, tmp_path / "index")
    for file in (tmp_path / "index").glob("index.sqlite-*"):
        file.unlink()
    (tmp_path / "index" / "index.sqlite").write_bytes(b"ce n'est pas une base" * 500)
    use(memory.corpus, tmp_path / "index", elsewhere)
    assert "La mémoire ne peut pas être ouverte" in seen(opened())


def passage_page(identifier: str) -> AppTest:
    app = opened()
    app.query_params.clear()
    app.query_params["id"] = identifier
    return app.switch_page("passage.py").run()


def identifier_of(path: str, memory: Settings, encoder: Encoder) -> str:
    documents = browse.documents(open_library(memory, encoder), viewer=STAFF)
    return next(d.id for d in documents if d.path == path)


def test_a_passage_is_marked_in_its_document(memory: Settings, encoder: Encoder) -> None:
    page = seen(passage_page(f"{identifier_of(f'{INCLUSION}/transcription.vtt', memory, encoder)}.1"))
    assert '<mark class="passage" id="passage">' in page
    assert "Télécharger l’original (<bdi>transcription.vtt</bdi>)" in page


def test_what_is_to_know_of_how_a_text_was_obtained_is_said() -> None:
    library = open_library(settings())
    warned = {s.document: s.warnings for s in library.store.sources().values() if s.warnings}
    for document, warnings in warned.items():
        assert "À savoir sur ce texte" in seen(passage_page(f"{document}.1")), warnings
    assert warned, "a document of this memory was taken in with a warning"


def test_a_file_of_the_same_text_is_named_beside_the_one_shown(memory: Settings, encoder: Encoder) -> None:
    page = seen(passage_page(f"{identifier_of(f'{INCLUSION}/hostile.txt', memory, encoder)}.1"))
    assert "Même texte dans" in page
    assert "copie-des-echanges.txt" in page


@pytest.mark.parametrize("identifier", ["inconnu.1", "", "../../etc/passwd", "x.99999999999999999999999"])
def test_a_passage_that_is_not_there_is_said(identifier: str) -> None:
    assert "Ce passage n’est pas dans la mémoire" in seen(passage_page(identifier))


def test_a_reserved_passage_is_as_one_that_is_not_there(memory: Settings, encoder: Encoder) -> None:
    page = seen(passage_page(f"{identifier_of(f'{INCLUSION}/reserve.md', memory, encoder)}.1"))
    assert "Ce passage n’est pas dans la mémoire" in page
    assert "confidentiel" not in page


def test_what_nobody_foresaw_is_told_without_its_details() -> None:
    def page() -> None:
        from kb.ui.frame import tell_unexpected

        assert tell_unexpected(ValueError("chemin /secret"))

    said = seen(AppTest.from_function(page).run())
    assert "Cette page n’a pas pu être préparée" in said
    assert "secret" not in said


def test_a_theme_without_a_question_shows_its_passages_in_order() -> None:
    library = open_library(settings())
    theme = next(iter(browse.overview(library, viewer=PUBLIC).themes))
    counts = browse.overview(library, viewer=PUBLIC, filters=Filters(themes=(theme,)))
    page = seen(opened(theme=theme))
    passages = sum(counts.types.values())
    assert f"{passages} passage" in page
    assert page.count('<figure class="hit"') == min(passages, 10)


def test_a_theme_without_a_question_is_counted_by_the_other_filters() -> None:
    library = open_library(settings())
    whole = browse.overview(library, viewer=PUBLIC)
    theme = min(whole.themes, key=lambda key: whole.themes[key])
    counts = browse.overview(library, viewer=PUBLIC, filters=Filters(themes=(theme,)))
    shown = [option for group in opened(theme=theme).button_group for option in group.options]
    assert [f"Saison\u00a0{number} ({counts.seasons.get(number, 0)})" for number in sorted(whole.seasons)] == [
        option for option in shown if option.startswith("Saison")
    ]
