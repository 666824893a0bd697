"""Pages that are pictures, recognised by the real tesseract where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdf
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import ocr
from kb.readers.hocr import recognition_of
from kb.readers.layout import Line
from kb.readers.sandbox import read_safely
from kb.readers.scans import numbered
from kb.settings import Settings

needs_tesseract = pytest.mark.skipif(not ocr.is_installed(), reason="tesseract is not installed with its French")

TITLE = "Inclusion numérique"
FIRST = [
    "Les communes gardent un guichet ouvert, avec une personne formée qui accompagne",
    "les habitants dans leurs démarches ; aucune n’a fermé le sien depuis deux ans.",
]
SECOND = [
    "Le département raccorde les écoles à la fibre avant la fin de l’année prochaine,",
    "et forme les agents qui tiennent les permanences dans les quartiers éloignés.",
]


def page(*, title: str = "", lines: Sequence[str] = (), folder: Path) -> Image.Image:
    """What a scanner makes of a page: text as it was drawn, with nothing but pixels."""
    canvas = Canvas(str(folder / "dessin.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 20)
    canvas.drawString(70, 770, title)
    canvas.setFont("Helvetica", 12)
    for place, line in enumerate(lines):
        canvas.drawString(70, 730 - 16 * place, line)
    canvas.save()
    with pdfium.PdfDocument(folder / "dessin.pdf") as document:
        return document[0].render(scale=200 / 72, grayscale=True).to_pil()


def scanned(folder: Path, *pictures: Image.Image | str) -> Path:
    """A PDF of one picture a page; a text is a page that was never printed."""
    path = folder / "scan.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for picture in pictures:
        if isinstance(picture, str):
            canvas.drawString(70, 730, picture)
        else:
            width, height = A4 if picture.height > picture.width else A4[::-1]
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(picture), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return path


def limits(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"corpus": folder, **values})


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


@needs_tesseract
def test_a_scan_is_read_with_its_paragraphs_headings_and_pages(tmp_path: Path) -> None:
    pictures = page(title=TITLE, lines=FIRST, folder=tmp_path), page(lines=SECOND, folder=tmp_path)
    document = read_safely(scanned(tmp_path, *pictures), limits(tmp_path))
    assert [text.replace("'", "’") for text in words(document)] == [TITLE, " ".join(FIRST), " ".join(SECOND)]
    assert [segment.is_heading for segment in document.segments] == [True, False, False]
    assert [segment.anchor.page for segment in document.segments] == [1, 1, 2]
    assert (document.pages, document.image_pages) == (2, ())


@needs_tesseract
def test_recognised_pages_are_to_be_checked_and_the_others_are_not(tmp_path: Path) -> None:
    path = scanned(tmp_path, "Un texte qui n’a jamais été imprimé.", page(lines=FIRST, folder=tmp_path))
    document = read_safely(path, limits(tmp_path))
    assert document.warnings == ("page 2 : texte obtenu par reconnaissance de caractères, à vérifier",)
    assert document.text.startswith("Un texte qui n’a jamais été imprimé.")


@needs_tesseract
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_was_scanned_turned_is_read_upright(tmp_path: Path, angle: int) -> None:
    lines = [*FIRST, *SECOND] * 3
    picture = page(title=TITLE, lines=lines, folder=tmp_path).rotate(angle, expand=True)
    document = read_safely(scanned(tmp_path, picture), limits(tmp_path))
    found = words(document)
    assert found[0] == TITLE
    assert "les habitants dans leurs démarches" in found[1]


@needs_tesseract
def test_pages_beyond_the_time_of_a_document_are_named_and_the_others_kept(tmp_path: Path) -> None:
    pictures = [page(lines=lines, folder=tmp_path) for lines in (FIRST, SECOND, FIRST, SECOND)]
    path = scanned(tmp_path, "Un texte.", *pictures)
    document = read_safely(path, limits(tmp_path, ocr_seconds=0.01))
    assert words(document) == ["Un texte."]
    assert document.warnings[0].startswith("pages 2–5 sans texte : la reconnaissance de caractères a dépassé 1 s")
    assert document.image_pages == (2, 3, 4, 5)


@needs_tesseract
def test_a_picture_without_words_is_no_reason_to_warn(tmp_path: Path) -> None:
    path = scanned(tmp_path, "Un texte.", Image.radial_gradient("L").resize((300, 400)))
    assert read_safely(path, limits(tmp_path)).warnings == ()


@needs_tesseract
def test_what_is_done_is_told_page_by_page(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = scanned(tmp_path, page(lines=FIRST, folder=tmp_path), page(lines=SECOND, folder=tmp_path))
    read_safely(path, limits(tmp_path), lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def
1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfrange <20> <7e> <0003> endbfrange
endcmap end end"""


def misnamed(folder: Path) -> Path:
    """A page that shows French, whose font says that its shapes are other characters."""
    canvas = Canvas(str(folder / "juste.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 12)
    for place, line in enumerate([*FIRST, *SECOND]):
        canvas.drawString(70, 730 - 16 * place, line)
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=folder / "juste.pdf")
    stream = pypdf.generic.DecodedStreamObject()
    stream.set_data(CMAP)
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        font.get_object()[pypdf.generic.NameObject("/ToUnicode")] = writer._add_object(stream)
    writer.write(folder / "faux.pdf")
    return folder / "faux.pdf"


@needs_tesseract
def test_text_of_no_language_gives_way_to_what_the_page_shows(tmp_path: Path) -> None:
    document = read_safely(misnamed(tmp_path), limits(tmp_path))
    assert "les habitants dans leurs démarches" in document.text
    assert document.warnings == ("page 1 : texte obtenu par reconnaissance de caractères, à vérifier",)


def test_text_of_no_language_is_told_where_it_cannot_be_recognised(tmp_path: Path) -> None:
    (warning,) = read_safely(misnamed(tmp_path), limits(tmp_path, ocr="off")).warnings
    assert warning.startswith("page 1 : le texte ne se lit pas (police sans table de caractères) ; ")


def test_a_scan_is_refused_where_recognition_is_off(tmp_path: Path) -> None:
    path = scanned(tmp_path, page(lines=FIRST, folder=tmp_path))
    with pytest.raises(UnreadableDocument, match=r"document numérisé.*KB_OCR=off"):
        read_safely(path, limits(tmp_path, ocr="off"))


def test_without_tesseract_the_pages_are_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = scanned(tmp_path, "Un texte.", page(lines=FIRST, folder=tmp_path))
    (warning,) = read_safely(path, limits(tmp_path)).warnings
    assert warning.startswith("page 2 sans texte (images ?) ; installez tesseract (langue fra)")


def test_without_tesseract_a_scan_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableDocument, match=r"document numérisé.*installez tesseract"):
        read_safely(scanned(tmp_path, page(lines=FIRST, folder=tmp_path)), limits(tmp_path))


def test_pages_are_named_as_a_person_would() -> None:
    assert numbered([3]) == "page 3"
    assert numbered([8, 2, 9, 10, 12, 13]) == "pages 2, 8–10, 12, 13"


HOCR = """<html xmlns="http://www.w3.org/1999/xhtml"><body>
<div class='ocr_page' title='image "page.pgm"; bbox 0 0 2480 3500'><p class='ocr_par'>
<span class='ocr_line' title="bbox 300 1000 2000 1050; baseline 0 -10; x_size 50">
<span class='ocrx_word' title='bbox 300 1010 320 1040; x_wconf 60'>e</span>
<span class='ocrx_word' title='bbox 400 1000 700 1050; x_wconf 95'>Un</span>
<span class='ocrx_word' title='bbox 720 1000 900 1050; x_wconf 93'>guichet</span>
<span class='ocrx_word' title='bbox 1500 1000 1600 1050; x_wconf 96'>2019</span></span>
<span class='ocr_line' title="bbox 300 1400 900 1450; baseline 0 -10; x_size 48">
<span class='ocrx_word' title='bbox 300 1400 700 1450; x_wconf 20'>Gfj%k</span></span>
</p></div></body></html>"""


def test_lines_have_their_place_in_points_bullets_are_bullets_and_noise_is_dropped() -> None:
    recognition = recognition_of(HOCR.encode(), dots=300)
    assert recognition.lines == (
        Line("• Un guichet", 12, left=72, base=590.4, right=216), Line("2019", 12, left=360, base=590.4, right=384),
    )  # fmt: skip
    assert recognition.confidence == 86


def test_a_file_that_is_no_hocr_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="hOCR"):
        recognition_of(b"<html", dots=300)
