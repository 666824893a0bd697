from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import accents, pages, pdf, pdfium, pypdf_lines, read
from kb.readers.layout import Line
from kb.readers.legibility import is_gibberish, poverty
from kb.readers.tables import with_rows

LONG = (
    "La commune a raccordé trois mille cent logements au réseau de chaleur, malgré des travaux qui ont duré plus que "
    "prévu et que les habitants ont supportés avec patience pendant deux hivers de suite."
)


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


def drawn(folder: Path, *contents: Sequence[str]) -> Path:
    """A PDF of one page for each list of lines."""
    path = folder / "note.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for lines in contents:
        for place, line in enumerate(lines):
            canvas.drawString(60, 780 - 14 * place, line)
        canvas.showPage()
    canvas.save()
    return path


def note(folder: Path) -> Path:
    styles = getSampleStyleSheet()
    path = folder / "note.pdf"
    story = [
        Paragraph("Réseaux de chaleur", styles["Title"]), Paragraph(LONG, styles["BodyText"]),
        Paragraph("Recommandations", styles["Heading2"]), Paragraph(LONG, styles["BodyText"]),
        Paragraph("Mutualiser les achats.", styles["BodyText"], bulletText="•"),
        Table([["Année", "Logements"], ["2019", "3 100"]], colWidths=120), PageBreak(),
        Paragraph(LONG, styles["BodyText"]),
    ]  # fmt: skip
    SimpleDocTemplate(str(path), pagesize=A4, title="Note de position").build(story)
    return path


def test_lines_of_a_paragraph_are_one_line_headings_items_and_rows_stay_apart(tmp_path: Path) -> None:
    assert words(pdf.read(note(tmp_path))) == [
        "Réseaux de chaleur", LONG, "Recommandations", LONG, "• Mutualiser les achats.", "Année | Logements",
        "2019 | 3 100", LONG,
    ]  # fmt: skip


def test_words_know_their_page_paragraph_and_heading(tmp_path: Path) -> None:
    segments = pdf.read(note(tmp_path)).segments
    assert [segment.anchor.page for segment in segments] == [1] * 7 + [2]
    assert (segments[3].anchor.paragraph, segments[3].anchor.heading) == (4, "Recommandations")
    assert [segment.is_heading for segment in segments[:4]] == [True, False, True, False]


def test_the_recorded_title_is_the_title(tmp_path: Path) -> None:
    assert pdf.read(note(tmp_path)).title == "Note de position"


def test_of_two_pages_the_same_words_at_the_same_spot_are_a_header(tmp_path: Path) -> None:
    path = drawn(tmp_path, ("Institut du débat", LONG[:80]), ("Institut du débat", LONG[80:]))
    assert "Institut du débat" not in pdf.read(path).text


def test_headers_footers_and_page_numbers_that_recur_are_dropped(tmp_path: Path) -> None:
    contents = [("Institut du débat", f"Le texte {word} commence ici.", f"Page {number} / 4")
                for number, word in enumerate(("alpha", "bêta", "gamma", "delta"), start=1)]  # fmt: skip
    assert words(pdf.read(drawn(tmp_path, *contents))) == [
        f"Le texte {word} commence ici." for word in ("alpha", "bêta", "gamma", "delta")
    ]


def test_words_cut_at_line_ends_are_made_whole(tmp_path: Path) -> None:
    path = drawn(tmp_path, ("Les collectivi-", "tés territo-", "riales et peut-", "être le vice-", "président."))
    assert pdf.read(path).text == "Les collectivités territoriales et peut-être le vice-président."


def photographed(folder: Path, *contents: str | None) -> Path:
    """A PDF of one page for each text; None is a page that holds but a picture."""
    path = folder / "note.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for text in contents:
        if text is None:
            canvas.drawImage(ImageReader(Image.new("L", (40, 60), 128)), 60, 500, 200, 300)
        else:
            canvas.drawString(60, 780, text)
        canvas.showPage()
    canvas.save()
    return path


def test_pages_that_are_pictures_are_named(tmp_path: Path) -> None:
    document = read(photographed(tmp_path, "Un texte.", None, "Un autre.", None))
    assert (document.pages, document.image_pages) == (4, (2, 4))
    assert [warning.split(" ; ")[0] for warning in document.warnings] == ["pages 2, 4 sans texte (images ?)"]


def test_blank_pages_are_not_worth_a_warning(tmp_path: Path) -> None:
    document = read(drawn(tmp_path, ("Un texte.",), (), ("Un autre.",), ()))
    assert (document.image_pages, document.warnings) == ((), ())


def test_a_document_that_is_all_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"document numérisé.*tesseract"):
        read(photographed(tmp_path, None, None))


def test_a_blank_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="pages blanches"):
        pdf.read(drawn(tmp_path, (), ()))


def masked(folder: Path, **how: object) -> Path:
    """A page that says one thing, and another in some other manner."""
    path = folder / "note.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(60, 780, "Le budget est voté.")
    if how.get("picture"):
        canvas.drawImage(ImageReader(Image.new("L", (40, 60), 128)), 0, 0, *A4)
    if how.get("ground"):
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(0, 600, 400, 200, fill=1, stroke=0)
    text = canvas.beginText(float(str(how.get("left", 60))), 700)
    text.setFont("Helvetica", float(str(how.get("size", 12))))
    text.setTextRenderMode(int(str(how.get("mode", 0))))
    text.setFillGray(float(str(how.get("grey", 0))))
    text.textLine("Le budget est rejeté.")
    canvas.drawText(text)
    canvas.save()
    return path


@pytest.mark.parametrize("how", [{"grey": 1}, {"mode": 3}, {"size": 1}, {"left": 700}], ids=str)
def test_what_nobody_can_see_is_left_out_with_a_warning(tmp_path: Path, how: dict[str, object]) -> None:
    document = pdf.read(masked(tmp_path, **how))
    assert document.text == "Le budget est voté."
    assert [warning.split(" (")[0] for warning in document.warnings] == ["texte masqué"]
    assert document.warnings[0].endswith("ignoré, page 1")


@pytest.mark.parametrize("how", [{"grey": 1, "ground": True}, {"mode": 3, "picture": True}, {"grey": 0.6}], ids=str)
def test_white_on_a_dark_ground_and_the_text_of_a_scan_are_read(tmp_path: Path, how: dict[str, object]) -> None:
    document = pdf.read(masked(tmp_path, **how))
    assert "Le budget est rejeté." in document.text
    assert not document.warnings


def set_apart(folder: Path, *pieces: tuple[str, float, float, float]) -> Path:
    """A line made of pieces: text, left, rise and size of each."""
    path = folder / "note.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for text, left, rise, size in pieces:
        canvas.setFont("Helvetica", size)
        canvas.drawString(60 + left, 700 + rise, text)
    canvas.save()
    return path


def test_a_space_of_no_width_does_not_cut_a_word(tmp_path: Path) -> None:
    path = set_apart(
        tmp_path, ("Ce dispos ", 0, 0, 12), ("itif de pointage", stringWidth("Ce dispos", "Helvetica", 12), 0, 12)
    )
    assert pdf.read(path).text == "Ce dispositif de pointage"


def test_signs_of_two_parts_stay_with_their_word(tmp_path: Path) -> None:
    path = drawn(tmp_path, ("Il dit : « Est-ce voté ? »",))
    assert pdf.read(path).text == "Il dit\u00a0: «\u00a0Est-ce voté\u00a0?\u00a0»"


def test_the_call_of_a_note_is_no_part_of_the_word(tmp_path: Path) -> None:
    path = set_apart(tmp_path, ("La sobriété", 0, 0, 12), ("1", stringWidth("La sobriété", "Helvetica", 12), 5, 7))
    assert pdf.read(path).text == "La sobriété 1"


def test_a_raised_or_lowered_piece_does_not_cut_its_line(tmp_path: Path) -> None:
    pieces = [("au 2", 0.0, 12), ("ème", 4.0, 7), (" trimestre le CO", 0.0, 12), ("2", -3.0, 7), (" baisse", 0.0, 12)]
    lefts = [sum(stringWidth(text, "Helvetica", size) for text, _, size in pieces[:place]) for place in range(5)]
    path = set_apart(
        tmp_path, *((text, left, rise, size) for (text, rise, size), left in zip(pieces, lefts, strict=True))
    )
    assert pdf.read(path).text == "au 2ème trimestre le CO2 baisse"


def test_a_page_that_is_shown_turned_has_the_lines_of_one_that_stands(tmp_path: Path) -> None:
    path = note(tmp_path)
    straight = words(pdf.read(path))
    writer = pypdf.PdfWriter(clone_from=path)
    for page in writer.pages:
        width, height = page.mediabox.width, page.mediabox.height
        page.add_transformation(pypdf.Transformation().rotate(90).translate(float(height), 0))
        page.mediabox = page.cropbox = pypdf.generic.RectangleObject((0, 0, height, width))
        page.rotate(90)
    writer.write(tmp_path / "tourne.pdf")
    assert words(pdf.read(tmp_path / "tourne.pdf")) == straight


def locked(source: Path, user_password: str) -> Path:
    writer = pypdf.PdfWriter(clone_from=source)
    writer.encrypt(user_password, "propriétaire")
    path = source.with_name("protege.pdf")
    writer.write(path)
    return path


def test_a_file_protected_by_an_empty_password_is_read(tmp_path: Path) -> None:
    assert pdf.read(locked(drawn(tmp_path, ("Un texte.",)), "")).text == "Un texte."


def test_a_file_protected_by_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="protégé par mot de passe"):
        pdf.read(locked(drawn(tmp_path, ("Un texte.",)), "secret"))


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = note(tmp_path)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(UnreadableDocument, match="abîmé"):
        pdf.read(path)


def test_both_libraries_read_the_same_words_at_the_same_places(tmp_path: Path) -> None:
    path = note(tmp_path)
    ours = pypdf_lines.Pypdf(path).lines(0)
    with pdfium.opened(path) as document:
        theirs = pdfium.lines_of(document, 0)
    first, same = (next(line for line in lines if "raccordé" in line.text) for lines in (ours, theirs))
    assert first.text.split() == same.text.split()
    assert (first.size, first.left, first.base) == pytest.approx((same.size, same.left, same.base), abs=1.5)


def test_poverty_tells_split_words_from_clean_ones() -> None:
    clean = "La surface est multipliée par deux, avec une incertitude de 5 % sur le résultat. " * 3
    split = clean + "La surface est mu ltipliée par deux, avec une incertit ude de 5 % sur le résultat. "
    assert poverty(clean) == 0
    assert poverty(split) > 0.02
    assert poverty("/head2right Objectif /head2right Moyens AchatsMobilitésBâtiments") > 0.3


def test_text_of_no_language_is_told_from_text() -> None:
    assert is_gibberish("7(02,1'(/,%(5$7,21(1(5*,(")
    assert not is_gibberish(LONG)


def test_free_accents_go_back_to_their_vowel() -> None:
    assert accents.mend_accents("nume´rique et r´eseau") == "nume\u0301rique et re\u0301seau"


def test_cells_on_one_base_are_a_row_whatever_the_lines_of_each() -> None:
    lines = [Line("Forme", 9, left=50, base=700), Line("de méfiance", 9, left=50, base=688),
             Line("Ce qui aide", 9, left=200, base=700), Line("Texte.", 9, left=50, base=650)]  # fmt: skip
    assert [line.text for line in with_rows(lines)] == ["Forme de méfiance | Ce qui aide", "Texte."]


def test_a_cell_set_in_the_middle_of_its_row_belongs_to_it() -> None:
    lines = [Line("Le service a-t-il défini", 9, left=50, base=700), Line("ses cibles", 9, left=50, base=690),
             Line("et ses attentes ?", 9, left=50, base=680), Line("X", 9, left=200, base=690),
             Line("Suite du texte.", 9, left=50, base=640)]  # fmt: skip
    rows = ["Le service a-t-il défini ses cibles et ses attentes ? | X", "Suite du texte."]
    assert [line.text for line in with_rows(lines)] == rows


def test_rows_of_one_line_each_are_not_one_row() -> None:
    lines = [Line("Communes", 9, left=50, base=700), Line("Départements", 9, left=50, base=690),
             Line("12", 9, left=200, base=690)]  # fmt: skip
    assert [line.text for line in with_rows(lines)] == ["Communes", "Départements | 12"]


def test_a_cell_of_two_lines_stands_beside_a_cell_of_one() -> None:
    lines = [Line("Année", 9, left=50, base=700, right=80), Line("Logements", 9, left=120, base=705, right=170),
             Line("raccordés", 9, left=122, base=695, right=168)]  # fmt: skip
    assert [line.text for line in with_rows(lines)] == ["Année | Logements raccordés"]


def test_the_short_lines_of_a_heading_cell_stay_together() -> None:
    lines = [Line("Critère", 9, left=50, base=700), Line("Validé", 9, left=120, base=700),
             Line("Surcoût <", 9, left=200, base=705), Line("5 %", 9, left=214, base=695),
             Line("Surcoût >", 9, left=300, base=705), Line("20 %", 9, left=311, base=695)]  # fmt: skip
    assert [line.text for line in with_rows(lines)] == ["Critère | Validé | Surcoût < 5 % | Surcoût > 20 %"]


def test_entries_of_a_table_of_contents_are_left_out() -> None:
    lines = [Line("1. Objectif ............................ 4"), Line("5.2", 9, left=50, base=700),
             Line("Moyens .......................... 12", 9, left=90, base=700), Line("Un vrai texte.")]  # fmt: skip
    assert [block.text for block in pages.blocks_of([lines])] == ["Un vrai texte."]
