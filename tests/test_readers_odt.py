from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import docx, odt, pdf, read
from tests.opendocument_files import opendocument, style

BOLD = 'fo:font-weight="bold"'
HIDDEN = 'text:display="none"'
NOTE = """
<text:h text:outline-level="1">Bilan du gaz</text:h><text:p>Avant-propos.</text:p>
<text:h text:outline-level="2">Chiffres</text:h>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Année</text:p></table:table-cell>
<table:table-cell><text:p>Coût</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>2023</text:p></table:table-cell><table:table-cell><text:p>12 M€</text:p>
</table:table-cell></table:table-row></table:table>
<text:list><text:list-item><text:p>Trier.</text:p></text:list-item></text:list><text:p>Fin.</text:p>
"""


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


def read_body(folder: Path, body: str, styles: str = "", named: str = "") -> ReadDocument:
    return odt.read(opendocument(folder / "note.odt", body, styles=styles, named=named))


def test_paragraphs_tables_and_lists_come_in_order(tmp_path: Path) -> None:
    assert words(read_body(tmp_path, NOTE)) == [
        "Bilan du gaz", "Avant-propos.", "Chiffres", "Année | Coût", "2023 | 12 M€", "Trier.", "Fin.",
    ]  # fmt: skip


def test_paragraphs_know_their_number_and_heading(tmp_path: Path) -> None:
    last = read_body(tmp_path, NOTE).segments[-1]
    assert (last.anchor.paragraph, last.anchor.heading) == (7, "Chiffres")


def test_the_heading_on_the_page_gives_the_title_before_the_recorded_one(tmp_path: Path) -> None:
    assert odt.read(opendocument(tmp_path / "a.odt", NOTE, title="Ancien modèle")).title == "Bilan du gaz"
    plain = opendocument(tmp_path / "b.odt", "<text:p>Texte.</text:p>", title="Note de séance")
    assert odt.read(plain).title == "Note de séance"


def test_blanks_tabs_and_line_breaks_part_words_spans_do_not(tmp_path: Path) -> None:
    body = '<text:p>l’éner<text:span>gie</text:span> <text:s text:c="3"/>a<text:tab/>b<text:line-break/>c</text:p>'
    assert read_body(tmp_path, body).text == "l’énergie a b c"


def test_a_note_stands_after_the_text_not_in_the_sentence(tmp_path: Path) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Voir le rapport.</text:p>"
        "</text:note-body></text:note>"
    )
    body = f"<text:p>Le gaz{note} baisse.</text:p><text:p>Fin.</text:p>"
    assert words(read_body(tmp_path, body)) == ["Le gaz baisse.", "Fin.", "Voir le rapport."]


def test_text_frames_and_shapes_are_read_after_their_paragraph(tmp_path: Path) -> None:
    body = (
        "<text:p>Avant<draw:frame><draw:text-box><text:p>Encadré</text:p></draw:text-box></draw:frame>"
        "<draw:g><draw:custom-shape><text:p>Forme</text:p></draw:custom-shape></draw:g></text:p><text:p>Après</text:p>"
    )
    assert words(read_body(tmp_path, body)) == ["Avant", "Encadré", "Forme", "Après"]


def test_insertions_are_read_deletions_comments_and_hidden_words_are_not(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>SUPPRIMÉ</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>Reste<text:change-start/> INSÉRÉ<text:change-end/><text:span text:style-name='T1'>CACHÉ</text:span>"
        "<office:annotation><text:p>COMMENTAIRE</text:p></office:annotation>.</text:p>"
        "<text:p text:style-name='P1'>CACHÉ</text:p>"
        "<text:section text:display='none'><text:p>CACHÉ</text:p></text:section>"
        "<text:p><text:hidden-paragraph text:is-hidden='true'/>CACHÉ</text:p>"
    )
    styles = style("T1", HIDDEN, family="text") + style("P1", HIDDEN)
    assert read_body(tmp_path, body, styles).text == "Reste INSÉRÉ."


def test_the_table_of_contents_and_page_furniture_are_left_out(tmp_path: Path) -> None:
    body = (
        "<text:table-of-content><text:index-body><text:p>I. Chiffres<text:tab/>3</text:p></text:index-body>"
        "</text:table-of-content><text:p>Texte.</text:p>"
    )
    assert read_body(tmp_path, body).text == "Texte."


def test_a_paragraph_style_made_for_names_names_who_speaks_whatever_was_changed_in_its_look(tmp_path: Path) -> None:
    turns = "".join(
        f"<text:p text:style-name='P1'>{name}</text:p><text:p>Bonjour.</text:p><text:p>Merci.</text:p>"
        for name in ("Maire", "Habitante")
    )
    document = read_body(tmp_path, turns, style("P1", BOLD, parent="Nom"), style("Nom"))
    assert [segment.speaker for segment in document.segments] == ["Maire"] * 2 + ["Habitante"] * 2


def test_bold_labels_name_who_speaks(tmp_path: Path) -> None:
    turns = "".join(
        f"<text:p><text:span text:style-name='T1'>{name} : </text:span>Nous y sommes.</text:p>"
        for name in ("Maire", "Habitante", "Maire")
    )
    document = read_body(tmp_path, turns, style("T1", parent="Fort", family="text"), style("Fort", BOLD, family="text"))
    assert [segment.speaker for segment in document.segments] == ["Maire", "Habitante", "Maire"]
    assert words(document)[0] == "Nous y sommes."


def test_a_heading_without_a_level_and_a_style_named_heading_are_headings(tmp_path: Path) -> None:
    body = "<text:h>Un</text:h><text:p text:style-name='Heading_20_2'>Deux</text:p><text:p>Texte.</text:p>"
    document = read_body(tmp_path, body, named=style("Heading_20_2"))
    assert [segment.is_heading for segment in document.segments] == [True, True, False]


LISTS = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-suffix=")"'
    ' style:num-format="1"/><text:list-level-style-number text:level="2" style:num-format="a" text:display-levels="2"/>'
    '</text:list-style><text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"'
    ' text:bullet-char="x"/></text:list-style>'
)


def test_items_have_the_number_or_bullet_that_the_page_shows(tmp_path: Path) -> None:
    def item(text: str, more: str = "", start: int = 0) -> str:
        own = f'text:start-value="{start}"' if start else ""
        return f"<text:list-item {own}><text:p>{text}</text:p>{more}</text:list-item>"

    def listed(style_name: str, *items: str, more: str = "") -> str:
        return f"<text:list text:style-name='{style_name}' {more}>{''.join(items)}</text:list>"

    inner = f"<text:list>{item('bois')}{item('gaz')}</text:list>"
    body = (
        listed("L1", item("Chauffer", inner), item("Isoler", "<text:p>puis</text:p>"))
        + listed("L1", item("Payer"), more="text:continue-numbering='true'")
        + listed("L1", item("Voter"), item("Agir", start=7))
        + listed("L2", item("Fin"))
    )
    assert words(read_body(tmp_path, body, LISTS)) == [
        "1) Chauffer", "1.a bois", "1.b gaz", "2) Isoler", "puis", "3) Payer", "1) Voter", "7) Agir", "• Fin",
    ]  # fmt: skip


def test_headings_have_the_number_of_the_outline_and_the_title_has_none(tmp_path: Path) -> None:
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
    )
    body = NOTE.replace("<text:list><text:list-item><text:p>Trier.</text:p></text:list-item></text:list>", "")
    document = read_body(tmp_path, body, named=outline)
    assert [text for text in words(document) if text[0] == "I"] == ["I. Bilan du gaz", "I.1 Chiffres"]
    assert document.title == "Bilan du gaz"


def test_a_file_protected_by_a_password_is_refused(tmp_path: Path) -> None:
    locked = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    with pytest.raises(UnreadableDocument, match="protégé par mot de passe"):
        odt.read(opendocument(tmp_path / "a.odt", NOTE, manifest=locked))


def test_entities_are_refused_a_document_type_alone_is_not(tmp_path: Path) -> None:
    kind = '<?xml version="1.0"?><!DOCTYPE office:document-content PUBLIC "-//OpenOffice.org//DTD" "office.dtd"{}>'
    old = opendocument(tmp_path / "a.odt", "<text:p>Texte.</text:p>", head=kind.format(""))
    assert odt.read(old).text == "Texte."
    entity = ' [<!ENTITY x SYSTEM "file:///etc/passwd">]'
    with pytest.raises(UnreadableDocument, match="entités"):
        odt.read(opendocument(tmp_path / "b.odt", "<text:p>&x;</text:p>", head=kind.format(entity)))


def test_a_file_without_content_or_with_content_cut_short_is_refused(tmp_path: Path) -> None:
    whole = opendocument(tmp_path / "a.odt", NOTE)
    for name, size, cause in (("b.odt", 0, "son contenu manque"), ("c.odt", 400, "abîmé")):
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(tmp_path / name, "w") as target:
            for part in source.namelist():
                if part != "content.xml" or size:
                    target.writestr(part, source.read(part)[: size if part == "content.xml" else None])
        with pytest.raises(UnreadableDocument, match=cause):
            odt.read(tmp_path / name)


def test_a_text_without_extension_is_read_by_its_content(tmp_path: Path) -> None:
    path = opendocument(tmp_path / "note.odt", NOTE).rename(tmp_path / "Séance du 13.04.2021")
    assert read(path).title == "Bilan du gaz"


@pytest.mark.parametrize(
    ("name", "twin", "least"),
    [
        ("minumeco_rgesn_exemple_declaration", "docx", 0.999),
        ("dinum_2022-01_FLOSS-ESR_synthese-atelier1", "pdf", 0.98),
        ("rgaa_modele-rapport-audit", "pdf", 0.98),
    ],
)
def test_a_real_text_has_the_words_of_its_twin(shared: Path, name: str, twin: str, least: float) -> None:
    home = shared / "realdocs"
    here = _count(odt.read(home / "odt" / f"{name}.odt"))
    there = _count({"docx": docx, "pdf": pdf}[twin].read(home / twin / f"{name}.{twin}"))
    assert 2 * (here & there).total() / (here.total() + there.total()) >= least


def _count(document: ReadDocument) -> Counter[str]:
    """Words, without the numbers of lists, which only a page shows."""
    return Counter(word for word in re.findall(r"\w+", document.text.lower()) if not word.isdigit())
