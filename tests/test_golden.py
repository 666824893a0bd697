"""Golden questions: how staff write them, how they are judged; those of the demonstration corpus must hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kb.catalogue import Catalogue
from kb.catalogue.golden import FILE, GoldenQuestion, Kind, read_golden
from kb.cli import app
from kb.domain import Visibility
from kb.errors import InvalidCatalogue, KbError
from kb.golden import Outcome, Verdict, ask, is_sound
from kb.library import Library
from kb.printing import golden
from kb.settings import ROOT, Settings, settings
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put

QUESTION = '[[questions]]\nquestion = "Qui ouvre le guichet ?"\nkind = "qui"\n'
WHOLE = f'{QUESTION}document = "note.md"\n'


def write(corpus: Path, toml: str) -> Path:
    (corpus / "note.md").write_text("Les communes gardent un guichet ouvert.", encoding="utf-8")
    (corpus / FILE).write_text(toml, encoding="utf-8")
    return corpus


def test_a_question_is_read_with_what_staff_left_out(tmp_path: Path) -> None:
    assert read_golden(write(tmp_path, WHOLE)) == (
        GoldenQuestion(1, "Qui ouvre le guichet ?", Kind.WHO, "note.md", None, within=10, known_gap=False),
    )


def test_a_question_is_read_with_all_that_staff_may_say(tmp_path: Path) -> None:
    toml = f'{WHOLE}quote = "un guichet ouvert"\nwithin = 3\nknown_gap = true\n'
    assert read_golden(write(tmp_path, toml)) == (
        GoldenQuestion(1, "Qui ouvre le guichet ?", Kind.WHO, "note.md", "un guichet ouvert", within=3, known_gap=True),
    )


def test_a_question_that_the_corpus_does_not_answer_says_nothing_else(tmp_path: Path) -> None:
    toml = '[[questions]]\nquestion = "Et l’éolien ?"\nanswered = false\n'
    assert read_golden(write(tmp_path, toml)) == (GoldenQuestion(1, "Et l’éolien ?", Kind.UNANSWERABLE),)


def test_a_question_without_an_answer_may_be_a_known_gap(tmp_path: Path) -> None:
    toml = '[[questions]]\nquestion = "Et l’éolien ?"\nanswered = false\nknown_gap = true\n'
    assert read_golden(write(tmp_path, toml))[0].known_gap


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("questions = ", "golden_questions.toml : ce fichier TOML est mal formé"),
        ("", "ne pose aucune question"),
        ('[[question]]\nquestion = "x"', "champ inconnu « question »"),
        (WHOLE + QUESTION, "question n°\u00a02 : il manque « document »"),
        (WHOLE + WHOLE, "question n°\u00a02 : elle est déjà posée (golden_questions.toml, question n°\u00a01)"),
        ('[[questions]]\nkind = "qui"', "chaque [[questions]] doit avoir un « question »"),
        ('[[questions]]\nquestion = "x"\ndocument = "note.md"', "écrivez « kind » (paraphrase, mots-cles, qui"),
        (WHOLE.replace('"qui"', '"quoi"'), "« kind » vaut « quoi » ; valeurs possibles : paraphrase"),
        (WHOLE.replace('"qui"', '"sans-reponse"'), "answered = false si le corpus n’y répond pas"),
        (WHOLE + "answered = false", "« kind » vaut « qui » et answered = false"),
        (WHOLE.replace('kind = "qui"', "answered = false"), "n’attend rien. Retirez « document »"),
        (WHOLE + 'knwon_gap = "oui"', "champ inconnu « knwon_gap »"),
        (WHOLE + 'known_gap = "oui"', "« known_gap » doit être true ou false"),
        (WHOLE + "within = 0", "« within » vaut 0 ; écrivez un nombre de 1 à 100"),
        (WHOLE + 'quote = "…"', "« quote » ne contient aucun mot"),
        (WHOLE.replace("note.md", "notes.md"), "« notes.md » n’est pas dans le corpus. Est-ce « note.md » ?"),
        (WHOLE.replace("note.md", "../secret.txt"), "n’est pas dans le corpus. A-t-il été renommé ou déplacé ?"),
    ],
)
def test_what_is_wrong_is_named_with_its_question_and_the_way_out(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(InvalidCatalogue) as told:
        read_golden(write(tmp_path, toml))
    assert str(told.value).startswith(FILE)
    assert named in str(told.value)


def test_a_corpus_without_the_file_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InvalidCatalogue, match=r"n’a pas de questions de référence. Créez ce fichier"):
        read_golden(tmp_path)


def test_an_accent_written_otherwise_by_another_system_names_the_same_document(tmp_path: Path) -> None:
    (tmp_path / "e\u0301tude.md").write_text("Une étude.", encoding="utf-8")
    assert read_golden(write(tmp_path, WHOLE.replace("note.md", "étude.md")))[0].document == "étude.md"


@pytest.fixture
def library(store: LocalStore, tmp_path: Path) -> Library:
    """Four documents: two speak of the counter, one is reserved for staff, one is another's twin."""
    put(
        store,
        make_record("note.md", "le guichet reste ouvert", "la fibre arrive"),
        make_record("debat.vtt", "guichet, guichet, guichet"),
        make_record("reserve.md", "le budget du cinéma", visibility=Visibility.STAFF),
    )
    put(store, make_record("marais.md", "le marais salant"))
    twin = make_record("copie.md", "le marais salant")
    store.upsert(
        replace(twin, document=replace(twin.document, twin_of="marais.md"), passages=(), contexts=(), embedded=())
    )
    store.sync()
    return Library(Settings(corpus=tmp_path), Catalogue(tmp_path, {}, {}, {}, (), {}, {}), store, LetterEncoder())


def question(text: str, document: str | None, quote: str | None = None, **more: object) -> GoldenQuestion:
    kind = Kind.WHO if document else Kind.UNANSWERABLE
    return replace(GoldenQuestion(1, text, kind, document, quote), **more)  # type: ignore[arg-type]


def judged(library: Library, text: str, document: str | None, quote: str | None = None, **more: object) -> Outcome:
    return ask(library, [question(text, document, quote, **more)])[0]


def test_a_question_is_answered_when_its_document_is_among_the_first(library: Library) -> None:
    found = judged(library, "la fibre arrive", "note.md")
    assert (found.verdict, found.rank, found.first) == (Verdict.ANSWERED, 1, "note.md")


def test_a_question_is_lost_when_its_document_comes_too_late_and_the_report_says_where(library: Library) -> None:
    found = judged(library, "guichet", "note.md", within=1)
    assert (found.verdict, found.rank, found.first) == (Verdict.LOST, 2, "debat.vtt")


def test_a_quote_is_compared_by_its_words_alone(library: Library) -> None:
    assert judged(library, "fibre", "note.md", "LA FIBRE, arrive !").rank == 1


def test_the_passage_that_answers_is_the_one_that_holds_the_quote(library: Library) -> None:
    found = judged(library, "la fibre arrive", "note.md", "le guichet reste", within=1)
    assert found.verdict is Verdict.LOST


def test_a_quote_that_its_document_does_not_say_is_an_error_of_the_file(library: Library) -> None:
    with pytest.raises(InvalidCatalogue, match=r"la citation « le guichet ferme » n’est pas dans « note.md »"):
        judged(library, "guichet", "note.md", "le guichet ferme")


def test_half_a_word_is_not_a_quote(library: Library) -> None:
    with pytest.raises(InvalidCatalogue):
        judged(library, "guichet", "note.md", "le guichet reste ouv")


def test_questions_are_asked_as_staff(library: Library) -> None:
    assert judged(library, "budget du cinéma", "reserve.md", within=1).verdict is Verdict.ANSWERED


def test_a_twin_is_answered_under_the_name_its_text_is_shown_by(library: Library) -> None:
    assert judged(library, "marais salant", "copie.md", "le marais salant").verdict is Verdict.ANSWERED


def test_a_known_gap_is_no_loss_and_is_told_when_it_is_found_again(library: Library) -> None:
    gap = judged(library, "guichet", "note.md", within=1, known_gap=True)
    again = judged(library, "guichet", "note.md", known_gap=True)
    assert (gap.verdict, again.verdict) == (Verdict.GAP, Verdict.FOUND_AGAIN)
    assert is_sound([gap, again])


def test_a_document_that_is_not_in_the_memory_is_told_as_such(library: Library) -> None:
    found = judged(library, "guichet", "refuse.pdf", "une citation")
    assert (found.verdict, found.absent) == (Verdict.LOST, True)


@pytest.fixture(params=[(0.0, False), (1.1, True)], ids=["covers-all", "covers-nothing"])
def silent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the memory says of every question that it does not seem to cover it."""
    least, is_silent = request.param
    for bound in ("LEAST", "DOUBTFUL"):
        monkeypatch.setattr(f"kb.search.coverage.{bound}", least)
    return bool(is_silent)


def test_of_a_question_without_an_answer_the_memory_should_say_so(library: Library, silent: bool) -> None:
    found = judged(library, "l’éolien en mer", None)
    expected = Verdict.SILENT if silent else Verdict.CLAIMED
    assert (found.verdict, found.rank, found.absent, is_sound([found])) == (expected, None, False, silent)


def test_a_question_claimed_may_be_a_known_gap(library: Library, silent: bool) -> None:
    found = judged(library, "l’éolien en mer", None, known_gap=True)
    assert (found.verdict, is_sound([found])) == (Verdict.FOUND_AGAIN if silent else Verdict.GAP, True)


def test_a_question_found_of_which_the_memory_doubts_is_told_and_not_lost(library: Library, silent: bool) -> None:
    found = judged(library, "la fibre arrive", "note.md")
    assert (found.verdict, found.is_doubted, is_sound([found])) == (Verdict.ANSWERED, silent, True)


def test_a_question_that_is_lost_is_lost_whatever_the_memory_says_of_it(library: Library, silent: bool) -> None:
    found = judged(library, "guichet", "note.md", within=1)
    assert (found.verdict, found.is_doubted) == (Verdict.LOST, False)


def test_a_question_that_cannot_be_searched_is_named(library: Library) -> None:
    with pytest.raises(InvalidCatalogue, match="question n°\u00a01 : "):
        judged(library, "-guichet", "note.md")


def test_an_empty_memory_is_told_rather_than_found_wanting(store: LocalStore, tmp_path: Path) -> None:
    empty = Library(Settings(corpus=tmp_path), Catalogue(tmp_path, {}, {}, {}, (), {}, {}), store, LetterEncoder())
    with pytest.raises(KbError, match=r"La mémoire est vide. Lancez « kb ingest »"):
        judged(empty, "guichet", "note.md")


def outcomes() -> list[Outcome]:
    asked = replace(question("Qui ouvre ?", "note.md", "un guichet"), number=7)
    return [
        Outcome(asked, Verdict.LOST, 14, "debat.vtt"),
        Outcome(replace(asked, number=8, known_gap=True), Verdict.FOUND_AGAIN, 3, "note.md"),
        Outcome(replace(asked, number=9), Verdict.ANSWERED, 1, "note.md"),
        Outcome(replace(asked, number=10), Verdict.LOST, None, None, absent=True),
        Outcome(replace(asked, number=11), Verdict.ANSWERED, 2, "debat.vtt", is_doubted=True),
        Outcome(question("Et l’éolien ?", None), Verdict.SILENT, None, "note.md"),
        Outcome(question("Et le moustique ?", None), Verdict.CLAIMED, None, "marais.md"),
        Outcome(question("Et la cantine ?", None, known_gap=True), Verdict.GAP, None, "debat.vtt"),
    ]


def test_people_read_what_is_lost_where_it_went_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    golden(outcomes(), as_json=False)
    printed = capsys.readouterr().out.replace("\u00a0", " ")
    for line in (
        "Qui l’a dit : 3 sur 5",
        "attendu dans les 10 premiers passages : note.md, « un guichet »",
        "trouvé au rang 14 ; en tête : debat.vtt",
        "ce document n’est pas dans la mémoire ; « kb ingest » dit pourquoi",
        "trouvée, mais la mémoire dit ne pas la couvrir",
        "Sans réponse dans le corpus : 1 sur 3 où la mémoire le dit",
        "la mémoire croit y répondre ; en tête : marais.md",
        "En tout : 8 questions, dont 5 à trouver. 3 trouvées (1 au premier rang, 3 dans les trois premiers), "
        "2 perdues. 3 questions sans réponse : la mémoire le dit de 1, et croit répondre à 2. 1 lacune connue.",
        "✗ Une question perdue est une régression",
        "✗ La mémoire croit répondre à une question que le corpus laisse sans réponse",
        "+ Lacune comblée : n° 8. Retirez known_gap = true dans golden_questions.toml.",
        "! 1 question trouvée, mais la mémoire dit ne pas la couvrir.",
    ):
        assert line in printed


def test_programs_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    golden(outcomes(), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["asked"], told["lost"], told["kinds"]["qui"]["answered"]) == (False, 8, 2, 2)
    assert (told["claimed"], told["kinds"]["sans-reponse"]["silent"], told["doubted"]) == (1, 1, 1)
    assert (told["in_first_1"], told["kinds"]["sans-reponse"]["in_first_3"]) == (1, 0)
    assert (told["questions"][0]["verdict"], told["questions"][0]["rank"]) == ("lost", 14)
    assert [each["doubted"] for each in told["questions"]].index(True) == 4


def test_no_golden_question_of_the_demonstration_corpus_is_lost_or_claimed(demo: Library) -> None:
    found = ask(demo, read_golden(demo.corpus))
    wrong = (Verdict.LOST, Verdict.CLAIMED)
    assert [(o.question.question, o.verdict, o.rank) for o in found if o.verdict in wrong] == []


def test_the_golden_questions_of_the_demonstration_corpus_are_many_and_of_every_kind() -> None:
    kinds = Counter(question.kind for question in read_golden(ROOT / "corpus"))
    assert sum(kinds.values()) >= 60
    assert min(kinds[kind] for kind in Kind) >= 10


@pytest.fixture
def served(demo: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The settings of the demonstration memory, as the command reads them."""
    monkeypatch.setenv("KB_CORPUS", str(demo.corpus))
    monkeypatch.setenv("KB_INDEX", str(demo.settings.index))
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def test_the_command_ends_well_when_nothing_is_lost(served: pytest.MonkeyPatch, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    served.setenv("KB_CORPUS", str(write(corpus, WHOLE)))
    served.setenv("KB_INDEX", str(tmp_path / "index"))
    settings.cache_clear()
    assert CliRunner().invoke(app, ["ingest"]).exit_code == 0
    done = CliRunner().invoke(app, ["eval", "--golden", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["sound"]) == (0, True)


def test_the_command_ends_with_1_when_a_question_is_lost(served: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served.setenv("KB_CORPUS", str(write(tmp_path, WHOLE)))
    settings.cache_clear()
    done = CliRunner().invoke(app, ["eval", "--golden"])
    assert (done.exit_code, "1 perdue" in done.stdout) == (1, True)


@pytest.mark.parametrize("arguments", [[], ["--golden", "--mode", "words"], ["un-jeu", "--golden"]])
def test_the_command_asks_for_one_thing_at_a_time(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["eval", *arguments])
    assert "--golden" in str(done.exception)
