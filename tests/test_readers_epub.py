from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import epub, format_of

PAGE = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" ' + (
    'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{}</body></html>'
)
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/livre.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
SCRAMBLED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><e:EncryptedData'
    ' xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptionMethod Algorithm="{}"/></e:EncryptedData></encryption>'
)


def package(*chapters: str, title: str = "Le livre", more: str = "") -> str:
    """A package whose spine is in this order; its manifest is in the order of the names."""
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in sorted(chapters)
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></metadata><manifest>{items}'
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        f'</manifest><spine><itemref idref="nav"/>{spine}</spine>{more}</package>'
    )


def book(folder: Path, opf: str | None, **parts: str | bytes) -> Path:
    """A book with these parts in OEBPS (« a_xhtml » is « a.xhtml »), or in META-INF (« encryption_xml »)."""
    path = folder / "livre.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/nav.xhtml", PAGE.format("<nav><ol><li>SOMMAIRE</li></ol></nav><p>SOMMAIRE</p>"))
        if opf is not None:
            archive.writestr("OEBPS/livre.opf", opf)
        for name, data in parts.items():
            home = "META-INF" if name.endswith("_xml") else "OEBPS"
            archive.writestr(f"{home}/{name.replace('_', '.')}", data)
    return path


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


FIRST = PAGE.format("<h1>Le gaz</h1><p>Il <b>baisse</b>&nbsp;!</p><script/><p>Fin.</p>")
LAST = PAGE.format("<h1>La chaleur</h1><table><tr><td>2019</td><td>3 100 &lt;</td></tr></table>")


def test_chapters_come_in_the_order_of_the_spine_without_the_contents(tmp_path: Path) -> None:
    document = epub.read(book(tmp_path, package("z.xhtml", "a.xhtml"), z_xhtml=FIRST, a_xhtml=LAST))
    assert words(document) == ["Le gaz", "Il baisse\u00a0!", "Fin.", "La chaleur", "2019 | 3 100 <"]


def test_paragraphs_are_counted_through_the_book_and_know_their_heading(tmp_path: Path) -> None:
    last = epub.read(book(tmp_path, package("z.xhtml", "a.xhtml"), z_xhtml=FIRST, a_xhtml=LAST)).segments[-1]
    assert (last.anchor.paragraph, last.anchor.heading) == (5, "La chaleur")


def test_the_recorded_title_is_that_of_the_book_else_its_first_heading(tmp_path: Path) -> None:
    assert epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=LAST)).title == "Le livre"
    assert epub.read(book(tmp_path, package("a.xhtml", title=""), a_xhtml=LAST)).title == "La chaleur"


def test_notes_of_a_page_are_read(tmp_path: Path) -> None:
    page = PAGE.format('<p>Texte.</p><aside epub:type="footnote"><p>Une note.</p></aside><aside>PUBLICITÉ</aside>')
    assert words(epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=page))) == ["Texte.", "Une note."]


def test_a_page_that_is_no_xml_is_read_as_html(tmp_path: Path) -> None:
    page = "<html><body><p>Un<br>deux & trois<p>Quatre</body></html>"
    assert words(epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=page))) == ["Un deux & trois", "Quatre"]


def test_contents_that_the_guide_names_are_left_out(tmp_path: Path) -> None:
    guide = '<guide><reference type="toc" href="som.xhtml#a"/></guide>'
    opf = package("som.xhtml", "a.xhtml", more=guide)
    assert words(epub.read(book(tmp_path, opf, som_xhtml=FIRST, a_xhtml=LAST)))[0] == "La chaleur"


def test_a_missing_chapter_is_told_the_others_are_read(tmp_path: Path) -> None:
    document = epub.read(book(tmp_path, package("a.xhtml", "absent.xhtml"), a_xhtml=LAST))
    assert document.title == "Le livre"
    assert "n’y sont pas" in document.warnings[0]


@pytest.mark.parametrize("address", ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "%2e%2e/%2e%2e/x"])
def test_a_chapter_that_leads_out_of_the_book_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UnreadableDocument, match="hors du fichier"):
        epub.read(book(tmp_path, package(address)))


def test_a_book_without_its_package_or_its_chapters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="OPF"):
        epub.read(book(tmp_path, None))
    with pytest.raises(UnreadableDocument, match="aucun chapitre"):
        epub.read(book(tmp_path, package("absent.xhtml")))


def test_a_book_whose_text_is_encrypted_is_refused_scrambled_fonts_are_fine(tmp_path: Path) -> None:
    fonts = SCRAMBLED.format("http://www.idpf.org/2008/embedding")
    assert epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=LAST, encryption_xml=fonts)).title == "Le livre"
    text = SCRAMBLED.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(UnreadableDocument, match="protégé"):
        epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=LAST, encryption_xml=text))
    with pytest.raises(UnreadableDocument, match="protégé"):
        epub.read(book(tmp_path, package("a.xhtml"), a_xhtml=b"\x93\x11" * 200, rights_xml="<rights/>"))


@pytest.mark.parametrize("name", ["livre", "livre.inconnu", "Livre du 13.04.2021", "livre.v2 relu"])
def test_an_unknown_extension_leaves_the_content_decide(tmp_path: Path, name: str) -> None:
    path = book(tmp_path, package("a.xhtml"), a_xhtml=LAST).rename(tmp_path / name)
    assert format_of(path).name == "epub"


def test_the_spine_of_a_real_book_is_followed_and_its_speakers_are_named(shared: Path) -> None:
    document = epub.read(shared / "realdocs/derived/minumeco_ethicsbydesign2024.epub")
    headings = [document.text[each.start : each.end] for each in document.segments if each.is_heading]
    assert [heading.split()[0] for heading in headings] == ["Première", "Seconde"]
    assert {segment.speaker for segment in document.segments} == {None, "Jérémie Vallet", "Virginie Rozière"}
