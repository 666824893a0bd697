from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import odp, read
from tests.opendocument_files import opendocument


def frame(kind: str, *texts: str, more: str = "") -> str:
    paragraphs = "".join(f"<text:p>{text}</text:p>" for text in texts)
    return f'<draw:frame presentation:class="{kind}" {more}><draw:text-box>{paragraphs}</draw:text-box></draw:frame>'


SLIDES = f"""
<draw:page><draw:frame presentation:class="subtitle"><draw:text-box>
<text:list text:style-name="L1"><text:list-item><text:p>Séance du 11 février</text:p></text:list-item></text:list>
</draw:text-box></draw:frame>
{frame("title", "Réseau de", "chaleur")}</draw:page>
<draw:page>{frame("title", "Chiffres")}
<draw:frame><table:table><table:table-row><table:table-cell><text:p>2019</text:p></table:table-cell>
<table:table-cell><text:p>3 100 logements</text:p></table:table-cell></table:table-row></table:table></draw:frame>
<draw:g><draw:custom-shape><text:p>Dans un groupe</text:p></draw:custom-shape></draw:g>
{frame("outline", "Cliquez pour ajouter", more='presentation:placeholder="true"')}
{frame("page-number", "2")}{frame("footer", "PIED DE PAGE")}
<presentation:notes><draw:page-thumbnail presentation:class="page"/>{frame("notes", "À dire : le record.")}
{frame("page-number", "2")}</presentation:notes></draw:page>
"""


def slides(folder: Path) -> Path:
    bullets = (
        '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="●"/>'
        "</text:list-style>"
    )
    return opendocument(folder / "support.odp", SLIDES, styles=bullets, title="Modèle")


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


def test_slides_give_title_body_tables_groups_and_notes_without_furniture(tmp_path: Path) -> None:
    assert words(odp.read(slides(tmp_path))) == [
        "Réseau de chaleur", "Séance du 11 février", "Chiffres", "2019 | 3 100 logements", "Dans un groupe",
        "À dire : le record.",
    ]  # fmt: skip


def test_words_of_a_slide_know_their_slide_and_its_title(tmp_path: Path) -> None:
    document = odp.read(slides(tmp_path))
    assert [segment.anchor.slide for segment in document.segments] == [1, 1, 2, 2, 2, 2]
    assert document.segments[-1].anchor.heading == "Chiffres"
    assert [segment.is_heading for segment in document.segments] == [True, False, True, False, False, False]


def test_the_first_slide_gives_the_title_and_slides_are_counted(tmp_path: Path) -> None:
    document = odp.read(slides(tmp_path))
    assert (document.title, document.pages) == ("Réseau de chaleur", 2)


def test_a_presentation_named_as_one_of_powerpoint_is_refused_with_its_true_name(tmp_path: Path) -> None:
    path = slides(tmp_path).rename(tmp_path / "support.pptx")
    with pytest.raises(UnreadableDocument, match=r"renommez le fichier en « \.odp »"):
        read(path)


def test_a_presentation_without_a_body_is_refused(tmp_path: Path) -> None:
    path = opendocument(tmp_path / "texte.odt", "<text:p>Texte.</text:p>").rename(tmp_path / "support.odp")
    with pytest.raises(UnreadableDocument, match="son contenu manque"):
        odp.read(path)
