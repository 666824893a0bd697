"""The commands as a person runs them: a new process, the real model, the real readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kb.cli import app
from kb.settings import ROOT, settings
from tests.conftest import NOTE_MD, SESSION_TOML, TRANSCRIPT_VTT

SESSION = "season-3/2021-04-13-inclusion"
GLOSSARY = """
[[terms]]
term = "fibre"
expansion = "réseau optique"
definition = "Un réseau à très haut débit."
aliases = ["12 000 habitants"]
"""
THEMES = """
[[themes]]
key = "confiance"
label = "Confiance"
words = ["inspirer confiance", "personne qui accompagne", "guichet"]

[[themes]]
key = "eau"
label = "Eau"
"""


def kb(
    home: Path, *arguments: str, script: tuple[str, ...] = ("-m", "kb.cli"), **extra: str
) -> subprocess.CompletedProcess[str]:
    folders = {"KB_CORPUS": str(home / "corpus"), "KB_INDEX": str(home / "index"), "COLUMNS": "100"}
    environment = os.environ | folders | extra
    command = [sys.executable, *script, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that was ingested by the command, with one file that cannot be read."""
    home = tmp_path_factory.mktemp("cli")
    session = home / "corpus" / "season-3" / "2021-04-13-inclusion"
    session.mkdir(parents=True)
    (session.parent / "season.toml").write_text('number = 3\ntitle = "Saison 3"\n')
    described = SESSION_TOML.partition('[[documents]]\nfile = "reserve.md"')[0]
    (session / "session.toml").write_text(described, encoding="utf-8")
    (session / "transcription.vtt").write_text(TRANSCRIPT_VTT, encoding="utf-8")
    (session / "note-de-position.md").write_text(NOTE_MD, encoding="utf-8")
    (home / "corpus" / "vide.pdf").write_bytes(b"")
    (home / "corpus" / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    (home / "corpus" / "themes.toml").write_text(THEMES, encoding="utf-8")
    (home / "first.json").write_text(kb(home, "ingest", "--json").stdout, encoding="utf-8")
    return home


def answer(home: Path, *arguments: str) -> Any:
    return json.loads(kb(home, *arguments, "--json").stdout)


def test_ingest_reports_every_file_in_json(home: Path) -> None:
    report = json.loads((home / "first.json").read_text(encoding="utf-8"))
    assert set(report) == {
        "accepted", "unchanged", "replaced", "removed", "filed", "warned", "refused", "twins", "passages", "seconds",
    }  # fmt: skip
    assert len(report["accepted"]) == 2
    assert report["refused"] == [{"file": "vide.pdf", "cause": "fichier vide"}]


def test_ingest_exits_with_1_when_a_file_is_refused_and_names_it(home: Path) -> None:
    done = kb(home, "ingest")
    assert done.returncode == 1
    assert "vide.pdf : fichier vide" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_dry_run_says_what_it_understands_and_leaves_no_trace(home: Path) -> None:
    elsewhere = home / "no-index-yet"
    done = kb(home, "ingest", "--dry-run", "--json", KB_INDEX=str(elsewhere))
    understood = json.loads(done.stdout)["understood"]
    assert not elsewhere.exists()
    transcript = next(each for each in understood if each["file"].endswith("transcription.vtt"))
    assert (transcript["type"], transcript["date"], transcript["season"]) == ("transcription", "2021-04-13", 3)
    assert transcript["speakers"][0] == "Directrice d’une agence numérique"
    before = {path: path.read_bytes() for path in (home / "index").rglob("*") if path.is_file()}
    kb(home, "ingest", "--dry-run")
    assert {path: path.read_bytes() for path in (home / "index").rglob("*") if path.is_file()} == before


def test_progress_never_mixes_with_what_is_printed(home: Path, tmp_path: Path) -> None:
    done = kb(home, "ingest", "--dry-run", "--json", KB_INDEX=str(tmp_path / "index"))
    assert done.stderr == ""
    plain = kb(home, "ingest", "--dry-run", KB_INDEX=str(tmp_path / "index"))
    assert "3/3" in plain.stderr
    assert "3/3" not in plain.stdout


def test_a_file_name_cannot_act_on_the_terminal(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\u202ecod.md").write_text("Le guichet reste ouvert aux habitants.", encoding="utf-8")
    for arguments in (("ingest", "--dry-run"), ("ingest", "--json"), ("search", "guichet", "--mode", "words")):
        done = kb(home, *arguments, KB_CORPUS=str(tmp_path), KB_INDEX=str(home / "hostile-index"))
        assert "cod" in done.stdout
        assert not {"\x1b", "\u202e"} & set(done.stdout + done.stderr)


def test_the_ingest_script_is_the_same_door(home: Path) -> None:
    done = kb(home, "--json", script=("ingest.py",))
    assert len(json.loads(done.stdout)["unchanged"]) == 2


def test_a_hit_in_json_has_all_that_a_program_needs(home: Path) -> None:
    hit = answer(home, "search", "qui inspire confiance aux habitants ?")[0]
    assert hit["text"].startswith("Ce n’est pas l’outil qui inspire confiance")
    assert hit["speaker"] == "Directrice d’une agence numérique"
    assert hit["anchor"]["start_s"] == 1.0
    assert hit["season"] == 3
    assert hit["session"]["date"] == "2021-04-13"
    assert hit["themes"] == ["confiance"]
    assert hit["document"]["path"].endswith("transcription.vtt")
    assert 0 <= hit["score"] <= 1
    assert 0 <= hit["why"]["meaning"] <= 1
    assert "confiance" in hit["why"]["words"]
    start, end = hit["why"]["best_sentence"]
    assert "confiance" in hit["text"][start:end]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--season", "3"), True),
        (("--season", "1"), False),
        (("--session", "2021-04-13-inclusion"), True),
        (("--speaker", "directrice"), True),
        (("--speaker", "préfet"), False),
        (("--speaker", "LA DIRECTRICE"), True),
        (("--type", "transcription"), True),
        (("--theme", "confiance"), True),
        (("--theme", "eau"), False),
        (("--since", "2021-04-14"), False),
        (("--until", "2021-04-13"), True),
        (("--document", f"{SESSION}/transcription.vtt"), True),
        (("--document", f"{SESSION}/note-de-position.md"), False),
    ],
)
def test_each_filter_of_the_command_reaches_the_search(
    home: Path, options: tuple[str, ...], found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_CORPUS", str(home / "corpus"))
    monkeypatch.setenv("KB_INDEX", str(home / "index"))
    settings.cache_clear()
    done = CliRunner().invoke(app, ["search", "confiance", "--mode", "words", "--json", *options])
    settings.cache_clear()
    assert bool(json.loads(done.stdout)) is found


def test_a_document_is_named_by_its_id_as_by_its_path(home: Path) -> None:
    hit = answer(home, "search", "fibre", "--mode", "words")[0]
    of_document = answer(home, "search", "fibre", "--mode", "words", "--document", hit["document"]["id"])
    assert {each["document"]["id"] for each in of_document} == {hit["document"]["id"]}


def test_a_typing_error_is_told_beside_the_json(home: Path) -> None:
    done = kb(home, "search", "confience", "--json")
    assert "Personne n’a écrit" in done.stderr
    assert json.loads(done.stdout)[0]["why"]["corrected"] == [["confience", "confiance"]]


def test_the_glossary_is_told_of_and_followed_only_when_asked(home: Path) -> None:
    done = kb(home, "search", "fibre", "--mode", "words")
    assert "Le glossaire propose aussi\u00a0: réseau optique, 12 000 habitants (--glossary les cherche)." in done.stdout
    related = [each["why"]["related"] for each in answer(home, "search", "fibre", "--mode", "words", "--glossary")]
    assert [["fibre", "12 000 habitants"]] in related


def test_show_gives_a_passage_with_its_neighbours(home: Path) -> None:
    identifier = answer(home, "search", "fibre optique", "--mode", "words")[0]["passage"]
    shown = answer(home, "show", identifier)
    assert "fibre" in shown["text"]
    assert shown["before"]


def test_people_get_the_place_and_the_reasons(home: Path) -> None:
    printed = kb(home, "search", "inspire confiance").stdout
    assert "Saison\u00a03, 13 avril 2021 · Transcription · 00:01" in printed
    assert "mots\u00a0: inspire, confiance" in printed


def test_verify_says_that_all_is_sound_then_names_what_is_not(home: Path) -> None:
    assert kb(home, "verify").returncode == 0
    note = home / "corpus" / "season-3" / "2021-04-13-inclusion" / "note-de-position.md"
    before = note.read_text(encoding="utf-8")
    note.write_text("Autre chose.", encoding="utf-8")
    done = kb(home, "verify")
    note.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert "note-de-position.md" in done.stdout


def test_status_counts_what_is_in(home: Path) -> None:
    status = answer(home, "status")
    assert (status["documents"], status["seasons"]) == (2, {"3": status["passages"]})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "?!"), "La recherche est vide"),
        (("search", "x", "--since", "hier"), "2021-04-13"),
        (("show", "inconnu.1"), "Aucun passage"),
        (("search", "-eau"), "Une exclusion"),
        (("search", "eau", "--season", "x"), "« --season » ne convient pas"),
        (("search", "eau", "--session", "zut"), "Séances connues"),
        (("search", "eau", "--document", f"{SESSION}/transcriptions.vtt"), f"Est-ce « {SESSION}/transcription.vtt » ?"),
        (("search", "eau", "--document", "zut"), "« kb search --json » donne"),
        (("truc",), "n’existe pas"),
    ],
)
def test_a_wrong_request_is_one_line_in_french_and_status_2(
    home: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = kb(home, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_that_is_not_there_is_refused_naming_the_setting(home: Path, tmp_path: Path) -> None:
    done = kb(home, "search", "eau", KB_MODEL=str(tmp_path / "absent"))
    assert done.returncode == 1
    assert "KB_MODEL" in done.stderr
    assert "Traceback" not in done.stderr
