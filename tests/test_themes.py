"""Themes of passages: told by words and by meaning, rightly enough; told again when the list of themes changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from benchmarks.themes import Score, labelled, score
from kb.browse import overview, spoken
from kb.catalogue import read_catalogue
from kb.domain import PUBLIC, STAFF, Filters, Passage, Theme
from kb.encoder import Vectors
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.settings import Settings
from kb.store import Scope, Words
from kb.store.local import LocalStore
from kb.themes import QUESTIONS, Sorter, asked, questions
from tests.conftest import LetterEncoder, make_record, put

WATER = Theme("eau", "Eau", ("eau potable", "fuite", "compteur d’eau"))
LONG = " ".join(f"mot{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
"""Long enough to say something, of nothing."""
TOML = '[[themes]]\nkey = "{key}"\nlabel = "{label}"\nwords = ["guichet", "personne", "habitants", "fibre"]\n'


# --- right


def test_nearly_all_themes_of_the_demonstration_corpus_are_right_and_most_are_told(demo: Library) -> None:
    labels = labelled(demo)
    assert len(labels) >= 190
    for judged, least in ((labels[1::2], Score(60, 0.85, 0.92, 0.55)), (labels, Score(120, 0.8, 0.92, 0.56))):
        found = score(judged, [label.passage.themes for label in judged])
        assert all(a >= b for a, b in zip(astuple(found), astuple(least), strict=True)), found


def test_a_theme_is_told_outside_the_sessions_that_are_filed_under_it(demo: Library) -> None:
    stray = [
        (passage.id, theme)
        for document in demo.store.documents(Scope(STAFF))
        for passage in demo.store.passages(document.id, 1, 999, STAFF)
        for theme in passage.themes
        if theme not in document.themes
    ]
    assert len(stray) >= 20


# --- told by words and by meaning


class Plane:
    """Vectors of three dimensions: what is asked is flat, but for the theme, which stands upright."""

    def __init__(self) -> None:
        flat = {text: np.array([1, 0.1 * (-1) ** at, 0], np.float32) for at, text in enumerate(QUESTIONS)}
        upright = {text: np.array([1, 0, 1], np.float32) for text in asked(WATER)}
        assert set(questions([WATER])) == flat.keys() | upright.keys()
        self.sorter = Sorter.of([WATER], flat | upright, np.array([[1, 0, 0], [1, 0, 0]], np.float32))

    def told(self, text: str, *, near: float, filed: bool = False) -> bool:
        """near: the cosine of the passage with the theme, once the background is taken from both."""
        vector = np.array([[1, (1 - near**2) ** 0.5, near]], np.float32)
        (found,) = self.sorter.of_passages([text], vector, ["eau"] if filed else [])
        return found == ("eau",)


def test_meaning_alone_tells_a_theme_where_enough_is_said() -> None:
    assert Plane().told(LONG, near=0.95)
    assert not Plane().told("Et alors ?", near=0.8, filed=False)


def test_different_words_count_and_the_same_one_again_does_not() -> None:
    once, thrice = f"Une fuite. {LONG}", f"Une fuite, une fuite, une fuite. {LONG}"
    several = f"Une fuite d’eau potable, au compteur d’eau. {LONG}"
    assert [Plane().told(text, near=0.25) for text in (once, thrice, several)] == [False, False, True]


def test_what_staff_filed_a_session_under_helps_and_proves_nothing() -> None:
    assert [Plane().told(LONG, near=0.65, filed=filed) for filed in (False, True)] == [False, True]
    assert not Plane().told(LONG, near=0.2, filed=True)


def test_a_passage_has_three_themes_at_most_the_surest_first() -> None:
    themes = [Theme(f"t{n}", f"mot{n}", tuple(f"dit{n}{k}" for k in range(3))) for n in range(5)]
    vectors = {text: np.array([1, 0.1 * (-1) ** at, 0], np.float32) for at, text in enumerate(QUESTIONS)}
    vectors |= {text: np.array([1, 0, 1], np.float32) for theme in themes for text in asked(theme)}
    sorter = Sorter.of(themes, vectors, np.array([[1, 0, 0]], np.float32))
    text = f"{LONG} " + " ".join(f"dit{n}{k}" for n in range(5) for k in range(min(n, 3)))
    assert sorter.of_passages([text], np.array([[1, 0, 1]], np.float32)) == [("t3", "t4", "t2")]


# --- kept, filtered, counted


def test_filters_and_facets_are_of_passages_and_not_of_their_document(store: LocalStore) -> None:
    put(store, make_record("a", "une eau", "un bus"), make_record("b", "une autre eau"))
    assert store.file_again("a", [("eau", "air"), ("bus",)], "mark")
    store.sync()
    scope = Scope(STAFF, Filters(themes=("eau", "air")))
    assert [key for key, _ in store.lexical(Words(("eau", "bus")), scope, 9)] == [1]
    assert [key for key, _ in store.dense(LetterEncoder().encode_query("eau"), scope, 9, among=None)] == [1]
    assert store.overview(Scope(STAFF)).themes == {"air": 1, "bus": 1, "eau": 1}
    assert store.overview(scope).documents == {"a": 1}
    assert [document.path for document in store.documents(scope)] == ["a"]
    assert store.fetch([1])[1][0].themes == ("eau", "air")
    assert store.counts().in_words == store.counts().passages == 3


def test_a_filter_finds_passages_by_the_themes_that_they_have_now(store: LocalStore) -> None:
    put(store, make_record("a", "une eau", "une eau", themes=("eau",)))
    scope = Scope(STAFF, Filters(themes=("eau",)))
    assert len(store.lexical(Words(("eau",)), scope, 9)) == 2
    store.file_again("a", [("bus",), ("eau",)], "mark")
    store.sync()
    assert [key for key, _ in store.lexical(Words(("eau",)), scope, 9)] == [2]
    assert store.overview(Scope(STAFF)).themes == {"bus": 1, "eau": 1}
    assert store.problems() == []


def test_the_same_themes_again_change_nothing_but_the_mark(store: LocalStore) -> None:
    put(store, make_record("a", "une eau", themes=("eau",)))
    before = store.revision
    assert not store.file_again("a", [("eau",)], "mark")
    assert (store.revision, store.sources()["a"].filing) == (before, "mark")


def test_themes_that_were_altered_are_noticed(store: LocalStore) -> None:
    put(store, make_record("a", "une eau", themes=("eau",)))
    with store._rows.transaction() as connection:
        connection.execute("DELETE FROM passage_themes")
    assert store.problems() == ["a : ce qui en est gardé n’est plus ce qui en avait été lu ; lancez « kb rebuild »."]


# --- told again


class Counting(LetterEncoder):
    """Letters, and how many passages were encoded."""

    def __init__(self) -> None:
        self.passages = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += len(texts)
        return super().encode_passages(texts)


@pytest.fixture
def library(config: Settings, corpus: Path) -> Library:
    _write(corpus, TOML.format(key="guichet", label="Guichet"))
    made = open_library(config, Counting())
    ingest(made)
    return made


def _write(corpus: Path, toml: str) -> None:
    (corpus / "themes.toml").write_text(toml, encoding="utf-8")


def test_new_themes_reach_the_passages_at_the_next_ingest_without_reading_or_encoding(
    library: Library, corpus: Path
) -> None:
    assert isinstance(library.encoder, Counting)
    assert set(overview(library, viewer=STAFF).themes) == {"guichet"}
    encoded = library.encoder.passages
    _write(corpus, TOML.format(key="accueil", label="Accueil"))
    report = ingest(library)
    assert set(overview(library, viewer=STAFF).themes) == {"accueil"}
    assert (report.accepted, report.replaced, library.encoder.passages) == ([], [], encoded)
    assert report.filed
    assert set(report.filed) <= set(report.unchanged)
    assert ingest(library).filed == []
    assert library.store.problems() == []


def test_a_list_of_themes_that_is_wrong_leaves_passages_as_they_were(library: Library, corpus: Path) -> None:
    before = overview(library, viewer=STAFF).themes
    _write(corpus, '[[themes]]\nlabel = "Sans clé"\n')
    report = ingest(library)
    assert "chaque [[themes]] doit avoir un « key »" in report.refused[0].cause
    assert overview(library, viewer=STAFF).themes == before
    _write(corpus, TOML.format(key="guichet", label="Guichet"))
    assert ingest(library).filed == []


def test_a_rebuild_tells_the_same_themes(library: Library) -> None:
    def all_themes() -> list[tuple[str, tuple[str, ...]]]:
        documents = library.store.documents(Scope(STAFF))
        return [(p.id, p.themes) for d in documents for p in library.store.passages(d.id, 1, 99, STAFF)]

    before = all_themes()
    ingest(library, force=True)
    library.store.remake()
    assert all_themes() == before
    assert any(themes for _, themes in before)


def test_the_themes_of_what_a_viewer_may_not_see_are_not_counted(library: Library) -> None:
    everyone, public = (overview(library, viewer=viewer) for viewer in (STAFF, PUBLIC))
    reserved = {p.id for p in _reserved(library) if "guichet" in p.themes}
    assert everyone.themes["guichet"] - public.themes["guichet"] == len(reserved)


def _reserved(library: Library) -> list[Passage]:
    (document,) = [d for d in library.store.documents(Scope(STAFF)) if d.path.endswith("reserve.md")]
    return library.store.passages(document.id, 1, 99, STAFF)


def test_what_a_speaker_said_is_kept_where_it_is_of_the_theme(library: Library) -> None:
    whole = spoken(library, viewer=PUBLIC, filters=Filters(speakers=("directrice",)))
    kept = spoken(library, viewer=PUBLIC, filters=Filters(speakers=("directrice",), themes=("guichet",)))
    assert [p for p, _ in whole if "guichet" in p.themes] == [p for p, _ in kept]


# --- the list of themes


def test_without_a_list_the_themes_are_those_that_sessions_are_filed_under(corpus: Path) -> None:
    found = read_catalogue(corpus).themes
    assert found == (Theme("confiance", "Confiance"), Theme("inclusion-numerique", "Inclusion numerique"))


def test_a_theme_that_is_not_in_the_list_is_told_with_the_one_that_was_meant(corpus: Path) -> None:
    _write(corpus, TOML.format(key="inclusion-numeriques", label="Inclusion"))
    warned = read_catalogue(corpus).warnings["season-3/2021-04-13-inclusion/session.toml"]
    assert "le thème « inclusion-numerique » n’est pas dans themes.toml" in warned
    assert "Est-ce « inclusion-numeriques » ?" in warned


WRONG = {
    '[[themes]]\nkey = "eau"\nmots = ["eau"]\n': "thème n°\u00a01 : champ inconnu « mots »",
    '[[themes]]\nkey = "eau"\n[[themes]]\nkey = "eau"\nlabel = "Autre"\n': "un autre thème a le même « key »",
    '[[themes]]\nkey = "eau"\n[[themes]]\nkey = "o"\nlabel = "EAU"\n': "un autre thème a le même « label »",
    '[[themes]]\nkey = "eau"\nwords = ["de la"]\n': "« words » contient « de la », où aucun mot ne se cherche",
    '[[themes]]\nkey = "eau"\nwords = "eau"\n': "« words » doit être une liste",
    '[[theme]]\nkey = "eau"\n': "champ inconnu « theme »",
}


@pytest.mark.parametrize(("toml", "said"), WRONG.items())
def test_a_wrong_theme_is_refused_with_its_place_and_the_way_out(corpus: Path, toml: str, said: str) -> None:
    _write(corpus, toml)
    assert said in read_catalogue(corpus).problems["themes.toml"]
