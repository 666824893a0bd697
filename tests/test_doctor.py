"""What the machine has, and what is lost without the rest."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kb.cli import app
from kb.doctor import Finding, examine, is_well
from kb.settings import Settings, settings


def named(found: list[Finding], name: str) -> Finding:
    return next(each for each in found if each.name == name)


@pytest.fixture
def whole(tmp_path: Path) -> Settings:
    (tmp_path / "corpus").mkdir()
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def test_a_machine_with_what_is_required_is_well(whole: Settings) -> None:
    assert is_well(examine(whole))


def test_looking_writes_nothing(whole: Settings, tmp_path: Path) -> None:
    examine(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_a_corpus_that_is_not_there_is_named_with_the_setting_to_correct(tmp_path: Path) -> None:
    found = examine(Settings(corpus=tmp_path / "absent", index=tmp_path / "index"))
    assert not is_well(found)
    assert str(tmp_path / "absent") in named(found, "Corpus").found
    assert "KB_CORPUS" in named(found, "Corpus").remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_index_that_cannot_be_written_is_not_well(whole: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    found = examine(whole)
    tmp_path.chmod(0o700)
    assert not named(found, "Index").is_well


def test_an_index_that_is_a_file_is_not_well(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "index").write_text("x")
    found = examine(Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"))
    assert (named(found, "Index").is_well, is_well(found)) == (False, False)


def test_a_model_folder_that_is_not_there_is_not_well(whole: Settings, tmp_path: Path) -> None:
    found = examine(whole.model_copy(update={"model": str(tmp_path / "modele")}))
    assert "KB_MODEL" in named(found, "Modèle").remedy
    assert not is_well(found)


def test_programs_that_are_missing_are_optional_and_say_what_is_lost_and_how_to_get_them(
    whole: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = examine(whole)
    assert is_well(found)
    for name, package in (("Reconnaissance de caractères", "tesseract-ocr-fra"), ("LibreOffice", "libreoffice-writer")):
        finding = named(found, name)
        assert not finding.is_well
        assert finding.lost
        assert package in finding.remedy


def test_recognition_that_was_turned_off_is_no_lack(whole: Settings) -> None:
    assert named(examine(whole.model_copy(update={"ocr": "off"})), "Reconnaissance de caractères").is_well


@pytest.mark.parametrize(("corpus", "status"), [("corpus", 0), ("absent", 1)])
def test_the_command_exits_with_1_when_something_required_is_missing(
    whole: Settings, corpus: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_CORPUS", str(whole.corpus.parent / corpus))
    monkeypatch.setenv("KB_INDEX", str(whole.index))
    settings.cache_clear()
    done = CliRunner().invoke(app, ["doctor", "--json"])
    printed = CliRunner().invoke(app, ["doctor"])
    settings.cache_clear()
    assert (done.exit_code, printed.exit_code) == (status, status)
    assert json.loads(done.stdout)["well"] is (status == 0)
    assert "Corpus\u00a0: " in printed.stdout
