from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import pytest
from pptx import Presentation

from kb.errors import UnreadableDocument
from kb.readers import format_of, read, sandbox
from kb.readers.programs import run
from kb.settings import Settings

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
Maker = Callable[[str], Path]


@pytest.fixture
def limits(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path, read_seconds=90)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes real files of before 2007: « note.doc » and « support.ppt »."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: no file of before 2007 can be made or read here")
    home = tmp_path_factory.mktemp("ancien")
    note = python_docx.Document()
    note.add_heading("Bilan du gaz", 0)
    note.add_paragraph("Le gaz baisse depuis l’été.")
    note.save(str(home / "note.docx"))
    for number in range(1500):
        note.add_paragraph(f"Paragraphe {number}, assez long pour que la conversion passe par un fichier temporaire.")
    note.save(str(home / "long.docx"))
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[0])
    slide.shapes.title.text, slide.placeholders[1].text = "Réseau de chaleur", "Séance du 11 février"
    slides.save(str(home / "support.pptx"))
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    for name, kind in (("note.docx", "doc"), ("long.docx", "doc"), ("support.pptx", "ppt")):
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(home), str(home / name)]
        assert run(command, folder=home, seconds=90, megabytes=2048)
    return lambda name: home / name


def test_a_word_file_of_before_2007_is_read(old: Maker, limits: Settings) -> None:
    document = sandbox.read_safely(old("note.doc"), limits)
    assert document.text == "Bilan du gaz\n\nLe gaz baisse depuis l’été."
    assert document.title == "Bilan du gaz"


def test_a_long_one_is_read_to_its_end(old: Maker, limits: Settings) -> None:
    assert "Paragraphe 1499," in sandbox.read_safely(old("long.doc"), limits).text


def test_a_presentation_of_before_2007_is_read_slide_by_slide(old: Maker, limits: Settings) -> None:
    document = sandbox.read_safely(old("support.ppt"), limits)
    assert (document.title, document.pages) == ("Réseau de chaleur", 1)
    assert [segment.anchor.slide for segment in document.segments] == [1, 1]


def test_a_name_of_after_2007_does_not_hide_it(old: Maker, limits: Settings, tmp_path: Path) -> None:
    path = tmp_path / "--note.docx"
    shutil.copyfile(old("note.doc"), path)
    assert sandbox.read_safely(path, limits).title == "Bilan du gaz"


def test_nothing_is_left_beside_the_file(old: Maker, limits: Settings, tmp_path: Path) -> None:
    path = tmp_path / "note.doc"
    shutil.copyfile(old("note.doc"), path)
    sandbox.read_safely(path, limits)
    assert list(tmp_path.iterdir()) == [path]


def test_without_libreoffice_it_is_refused_with_the_way_out(
    tmp_path: Path, limits: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.doc"
    path.write_bytes(OLD + "WordDocument".encode("utf-16-le"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableDocument, match=r"note\.doc : ancien format Office .*installez LibreOffice") as caught:
        sandbox.read_safely(path, limits)
    assert not caught.value.lasting
    with pytest.raises(UnreadableDocument, match="installez LibreOffice"):
        read(path)


def test_a_broken_one_is_refused_under_its_own_name(old: Maker, limits: Settings, tmp_path: Path) -> None:
    path = tmp_path / "abime.ppt"
    path.write_bytes(OLD + "PowerPoint Document".encode("utf-16-le"))
    with pytest.raises(UnreadableDocument, match=r"^abime\.ppt : ancien format Office .*n’a pas pu convertir"):
        sandbox.read_safely(path, limits)


@pytest.mark.parametrize(
    ("name", "stream", "chosen"),
    [("a.doc", "WordDocument", "legacy"), ("a.pps", "PowerPoint Document", "legacy"), ("a", "WordDocument", "legacy")],
)
def test_the_streams_inside_tell_what_it_is(tmp_path: Path, name: str, stream: str, chosen: str) -> None:
    path = tmp_path / name
    path.write_bytes(OLD + stream.encode("utf-16-le"))
    assert format_of(path).name == chosen


@pytest.mark.parametrize("name", ["classeur.doc", "classeur.xls", "message.msg"])
def test_what_else_such_a_container_holds_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(OLD + "Workbook".encode("utf-16-le"))
    with pytest.raises(UnreadableDocument, match=r"ancien format Office|non pris en charge"):
        read(path)
