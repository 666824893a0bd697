from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import read


def table(folder: Path, text: str, name: str = "débat.csv", encoding: str = "utf-8") -> ReadDocument:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read(path)


def said(document: ReadDocument) -> list[tuple[str | None, str]]:
    return [(segment.speaker, document.text[segment.start : segment.end]) for segment in document.segments]


def test_each_row_of_a_transcript_is_a_turn_with_its_speaker_its_time_and_its_line(tmp_path: Path) -> None:
    document = table(
        tmp_path, 'Orateur;Début;Fin;Texte\r\nMme Léa;00:01;00:03;"Bonjour; à tous"\r\n', encoding="cp1252"
    )
    (segment,) = document.segments
    assert said(document) == [("Mme Léa", "Bonjour; à tous")]
    assert (segment.anchor.start_s, segment.anchor.end_s, segment.anchor.line) == (1.0, 3.0, 2)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [("intervenant", "horodatage", "propos"), ("Maire", "00:00:05", "Bonjour."), ("Élue", "1:02:03.5", "Oui.")]
    document = table(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert said(document) == [("Maire", "Bonjour."), ("Élue", "Oui.")]
    assert document.segments[1].anchor.start_s == 3723.5


@pytest.mark.parametrize(
    "headings",
    ["Nom de l’intervenant,Texte", "Locutrice,Texte", "SPEAKER,Transcript", "Prénom,Nom,Texte", "Orateur,Contenu"],
)
def test_headings_are_known_in_french_and_in_english(tmp_path: Path, headings: str) -> None:
    row = "Léa,Martin,Bonjour." if headings.startswith("Prénom") else "Léa Martin,Bonjour."
    assert said(table(tmp_path, f"{headings}\n{row}\n")) == [("Léa Martin", "Bonjour.")]


def test_an_empty_speakers_cell_is_nobody(tmp_path: Path) -> None:
    document = table(tmp_path, "speaker,text\nMaire,Bonjour.\n,On applaudit.\nÉlue,Merci.\n")
    assert [speaker for speaker, _ in said(document)] == ["Maire", None, "Élue"]


def test_titles_above_the_headings_are_no_turn(tmp_path: Path) -> None:
    document = table(tmp_path, "Débat du 13 avril;;\n;;\nOrateur;Début;Texte\nMaire;0:05;Bonjour.\n")
    assert document.title == "Débat du 13 avril"
    assert said(document)[-1] == ("Maire", "Bonjour.")


def test_milliseconds_are_told_from_seconds_by_the_heading_or_by_the_pace_of_speech(tmp_path: Path) -> None:
    by_pace = table(tmp_path, "start\tend\ttext\n1000\t3500\tBonjour à toutes et à tous.\n", "a.tsv")
    by_name = table(tmp_path, "début (ms);fin (ms);texte\n1000;60000;Oui.\n", "b.csv")
    seconds = table(tmp_path, "start,end,text\n1.5,3,Bonjour à toutes.\n", "c.csv")
    assert [each.segments[0].anchor.start_s for each in (by_pace, by_name, seconds)] == [1.0, 1.0, 1.5]


def test_a_quote_that_is_never_closed_is_told_with_its_line_and_loses_no_row(tmp_path: Path) -> None:
    document = table(tmp_path, 'orateur,texte\nMaire,Oui.\nÉlue,"jamais fermé\nMaire,Merci.\n')
    assert said(document) == [("Maire", "Oui."), ("Élue", '"jamais fermé'), ("Maire", "Merci.")]
    assert "ligne 3" in document.warnings[0]


def test_a_quote_that_swallows_rows_gives_nobody_the_words_of_another(tmp_path: Path) -> None:
    document = table(tmp_path, 'orateur,texte\nMaire,Oui.\nÉlue,"ouvert\nMaire,Non.\nÉlue,fermé"\n')
    assert ("Maire", "Non.") in said(document)
    assert "ligne 3" in document.warnings[0]


def test_a_cell_may_hold_several_paragraphs(tmp_path: Path) -> None:
    document = table(tmp_path, 'orateur,texte\nMaire,"Un.\n\nDeux."\nÉlue,Trois.\n')
    assert said(document) == [("Maire", "Un."), ("Maire", "Deux."), ("Élue", "Trois.")]
    assert [segment.anchor.line for segment in document.segments] == [2, 2, 5]


def test_words_cut_by_the_delimiter_are_put_together_again(tmp_path: Path) -> None:
    document = table(tmp_path, "orateur,texte\nMaire,Bonjour, à tous.\n")
    assert said(document) == [("Maire", "Bonjour, à tous.")]
    assert "ligne 2" in document.warnings[0]


def test_a_formula_is_no_name_and_its_words_are_kept(tmp_path: Path) -> None:
    document = table(tmp_path, "orateur,texte\n=cmd|' /C calc'!A0,Bonjour.\n")
    assert said(document) == [(None, "=cmd|' /C calc'!A0 | Bonjour.")]


def test_columns_that_are_left_out_are_named(tmp_path: Path) -> None:
    document = table(tmp_path, "orateur,texte,langue\nMaire,Bonjour.,fr\n")
    assert "« langue »" in document.warnings[0]


def test_a_giant_field_and_a_nul_are_read(tmp_path: Path) -> None:
    document = table(tmp_path, f"orateur,texte\nMaire,bon\0jour\nÉlue,{'mot ' * 50_000}\n")
    assert said(document)[0] == ("Maire", "bonjour")
    assert len(said(document)[1][1]) == 199_999


def test_one_column_is_a_text_whose_labels_are_speakers(tmp_path: Path) -> None:
    rows = ["texte", *("Mme la maire : Bonjour à tous.", "M. Petit : Merci à vous.") * 3]
    assert [speaker for speaker, _ in said(table(tmp_path, "\n".join(rows)))][1:3] == ["Mme la maire", "M. Petit"]


@pytest.mark.parametrize("text", [";;;\n;;;\n", "orateur;début;texte\n"])
def test_a_table_without_a_row_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"aucune ligne|aucun texte"):
        table(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "Commune;Budget;Année\nLille;12 000;2019\nMetz;;2020\n",
        "Nom,Contenu\nProjet solaire,Panneaux sur les toits.\nRéseau de chaleur,Bois.\n",
        "id\tquery\tquote\nA01\tcombien ?\tvingt communes\n",
    ],
)
def test_a_table_that_is_no_transcript_is_refused_with_what_it_lacks(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableDocument, match="n’est pas une transcription"):
        table(tmp_path, text)
