import os
from datetime import date
from pathlib import Path

import pytest

from kb.catalogue import document_id, read_catalogue
from kb.catalogue.people import unify
from kb.domain import Anchor, DocumentType, ReadDocument, Segment, Visibility
from kb.errors import InvalidCatalogue

HOME = "season-3/2021-04-13-inclusion"
READ = ReadDocument("texte", (Segment(0, 5, Anchor()),), title="Titre du fichier")


def test_a_document_takes_what_session_toml_says(corpus: Path) -> None:
    document = read_catalogue(corpus).describe(f"{HOME}/transcription.vtt", READ)
    assert (document.title, document.type, document.date) == (
        "Débat sur l’inclusion",
        DocumentType.TRANSCRIPT,
        date(2021, 4, 13),
    )
    assert (document.season, document.session, document.demo) == (3, HOME, True)
    assert document.themes == ("confiance", "inclusion-numerique")


def test_what_the_toml_leaves_out_comes_from_the_file(corpus: Path) -> None:
    document = read_catalogue(corpus).describe(f"{HOME}/note-de-position.md", READ)
    assert (document.title, document.type) == ("Titre du fichier", DocumentType.PAPER)


def test_a_document_may_be_narrower_than_its_session_but_never_wider(corpus: Path) -> None:
    catalogue = read_catalogue(corpus)
    assert catalogue.describe(f"{HOME}/reserve.md", READ).visibility is Visibility.STAFF
    assert catalogue.describe(f"{HOME}/note-de-position.md", READ).visibility is Visibility.PUBLIC


def test_a_stray_file_belongs_to_no_session(corpus: Path) -> None:
    document = read_catalogue(corpus).describe("texte-egare.txt", ReadDocument("x", (Segment(0, 1, Anchor()),)))
    assert (document.session, document.season, document.title) == (None, None, "Texte egare")


def test_a_folder_without_any_toml_is_a_valid_corpus(tmp_path: Path) -> None:
    document = read_catalogue(tmp_path).describe("2019-05-02 compte rendu.docx", READ)
    assert (document.date, document.type) == (date(2019, 5, 2), DocumentType.MINUTES)


def test_a_season_is_found_in_a_folder_name(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path).describe("saison-4/note.md", READ).season == 4


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"title = ", "mal formé"),
        (b'title = "\xe9"', "UTF-8"),
        (b"title = 3", "« title » doit être un texte"),
        (b'themes = "eau"', "« themes » doit être une liste"),
        (b'date = "13 avril"', "date sans guillemets, par exemple 2021-04-13"),
        (b'visibility = "secret"', "public, members, staff"),
        (b"demo = 1", "true ou false"),
        (b"documents = {}", "[[documents]]"),
        (b'[[documents]]\ntitle = "x"', "« file »"),
        (b'[[documents]]\nfile = "a"\ntype = "video"', "« video » ; valeurs possibles : annonce, transcription"),
        (b'speakers = "x"', "[[speakers]]"),
        (b'visibilty = "staff"', "champ inconnu « visibilty »"),
        (b'[[documents]]\nfile = "a.md"\nvisibilty = "staff"', "champ inconnu « visibilty »"),
        (b'[[documents]]\nfile = "../a.md"', "hors du dossier"),
        (b'[[documents]]\nfile = "absent.md"\nvisibility = "staff"', "A-t-il été renommé"),
        (b'[[speakers]]\nrole = "maire"', "« name »"),
    ],
)
def test_a_wrong_session_toml_is_a_problem_named_with_its_cause(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "session.toml").write_bytes(content)
    catalogue = read_catalogue(tmp_path)
    assert catalogue.problems["s/session.toml"].startswith("s/session.toml : ")
    assert named in catalogue.problems["s/session.toml"]
    with pytest.raises(InvalidCatalogue):
        catalogue.describe("s/note.md", READ)


def test_a_wrong_toml_does_not_keep_the_other_sessions_from_being_read(corpus: Path) -> None:
    (corpus / "autre").mkdir()
    (corpus / "autre" / "session.toml").write_text("title = ")
    (corpus / "folder.toml").mkdir()
    catalogue = read_catalogue(corpus)
    assert list(catalogue.sessions) == [HOME]
    assert list(catalogue.problems) == ["autre/session.toml"]


def test_variants_of_a_name_become_the_one_session_toml_gives(corpus: Path) -> None:
    session = read_catalogue(corpus).sessions[HOME]
    read = ReadDocument(
        "ab", (Segment(0, 1, Anchor(), "la  directrice".replace("  ", " ")), Segment(1, 2, Anchor(), "X"))
    )
    assert [s.speaker for s in unify(read, session).segments] == ["Directrice d’une agence numérique", "X"]


def test_metadata_changes_the_fingerprint_and_nothing_else_does(corpus: Path) -> None:
    path = f"{HOME}/note-de-position.md"
    before = read_catalogue(corpus).fingerprint(path)
    assert read_catalogue(corpus).fingerprint(path) == before
    toml = corpus / HOME / "session.toml"
    toml.write_text(toml.read_text().replace("Inclure tous", "Inclure enfin tous"))
    assert read_catalogue(corpus).fingerprint(path) != before


def test_what_people_read_is_one_line_without_what_is_not_seen(tmp_path: Path) -> None:
    home = tmp_path / "\u202eséance\u200b"
    home.mkdir()
    (home / "session.toml").write_text(
        'title = "Inclure\\n tous\\u202e les\\u0000 habitants"\nquestions = ["Qui\\u2066 vient ?"]\n'
        '[[speakers]]\nname = "Mai\\u00adre"\n[[documents]]\nfile = "a\u200d.txt"\ntitle = "Note\\u001b[31m"\n',
        encoding="utf-8",
    )
    (home / "a\u200d.txt").write_text("Bonjour.\n", encoding="utf-8")
    catalogue = read_catalogue(tmp_path)
    session = catalogue.sessions[home.name]
    assert (session.title, session.questions, session.speakers[0].name) == (
        "Inclure tous les habitants",
        ("Qui vient ?",),
        "Maire",
    )
    assert catalogue.describe(f"{home.name}/a\u200d.txt", READ).title == "Note[31m"


def test_an_id_depends_on_the_path_alone() -> None:
    assert document_id("a/b.md") == document_id("a/b.md") != document_id("a/c.md")


def test_a_described_file_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "session.toml").write_text('[[documents]]\nfile = "absent.md"')
    catalogue = read_catalogue(tmp_path)
    assert catalogue.problems == {}
    assert "« absent.md »" in catalogue.warnings["session.toml"]


def test_a_toml_that_is_no_file_or_leads_out_is_a_problem(tmp_path: Path) -> None:
    home = tmp_path / "corpus"
    for name in ("pipe", "link"):
        (home / name).mkdir(parents=True)
    os.mkfifo(home / "pipe" / "session.toml")
    (tmp_path / "outside.toml").write_text("title = 'x'")
    (home / "link" / "session.toml").symlink_to(tmp_path / "outside.toml")
    assert sorted(read_catalogue(home).problems) == ["link/session.toml", "pipe/session.toml"]
