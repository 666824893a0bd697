from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import read
from tests.conftest import SHARED

HEADER = """<teiHeader><fileDesc><titleStmt><title>Séance du 13 avril</title></titleStmt>
<publicationStmt><p>Licence libre</p></publicationStmt></fileDesc><profileDesc><particDesc><listPerson>
<person xml:id="LM"><persName><surname>Martin</surname><forename>Léa</forename></persName></person>
</listPerson></particDesc></profileDesc></teiHeader>"""


def tei(
    folder: Path, body: str, *, before: str = "", header: str = HEADER, name: str = "séance.tei.xml"
) -> ReadDocument:
    path = folder / name
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{before}<TEI xmlns="http://www.tei-c.org/ns/1.0">{header}'
    path.write_text(f"{xml}<text><body>{body}</body></text></TEI>", encoding="utf-8")
    return read(path)


def said(document: ReadDocument) -> list[tuple[str | None, str]]:
    return [(segment.speaker, document.text[segment.start : segment.end]) for segment in document.segments]


def test_the_header_gives_the_title_and_no_words(tmp_path: Path) -> None:
    document = tei(tmp_path, "<p>Bonjour.</p>")
    assert (document.title, document.text) == ("Séance du 13 avril", "Bonjour.")


def test_a_turn_is_its_speakers_and_the_label_stays_in_the_text(tmp_path: Path) -> None:
    document = tei(
        tmp_path,
        "<p>Présidence de Mme Durand</p><sp><speaker>Mme la présidente.</speaker><p>. La séance est ouverte.</p></sp>"
        "<sp><speaker>Jean Petit, rapporteur</speaker><p>Merci.</p><p>Je commence.</p></sp><p>Fin.</p>",
    )
    assert said(document) == [
        (None, "Présidence de Mme Durand"),
        ("Mme la présidente", "La séance est ouverte."),
        ("Jean Petit", "Merci."),
        ("Jean Petit", "Je commence."),
        (None, "Fin."),
    ]
    assert "Jean Petit, rapporteur\n\nMerci." in document.text


def test_who_leads_to_the_persons_of_the_header(tmp_path: Path) -> None:
    document = tei(tmp_path, '<u who="#LM"><seg>Bonjour.</seg><seg>Merci.</seg></u><u who="#Jean_Petit">Oui.</u>')
    assert said(document) == [("Léa Martin", "Bonjour."), ("Léa Martin", "Merci."), ("Jean Petit", "Oui.")]


def test_an_identifier_that_spells_no_name_is_a_numbered_voice(tmp_path: Path) -> None:
    document = tei(tmp_path, '<u who="#PA606171">Bonjour.</u><u who="#PA1">Oui.</u><u>Qui parle ?</u>')
    assert [speaker for speaker, _ in said(document)] == ["Intervenant 1", "Intervenant 2", None]
    assert "PA606171" in document.warnings[0]


def test_a_note_of_the_speaker_names_the_next_turn_only(tmp_path: Path) -> None:
    document = tei(
        tmp_path,
        '<note type="speaker">M. Jean Petit :</note><u who="#PA1">Oui.</u><note>Applaudissements</note><u>Non.</u>',
    )
    assert said(document) == [("M. Jean Petit", "Oui."), (None, "(Applaudissements)"), (None, "Non.")]


@pytest.mark.parametrize(
    "noted",
    [
        "<stage>(Sourires.)</stage>",
        "<incident><desc>Sourires.</desc></incident>",
        "<kinesic><desc>Sourires.</desc></kinesic>",
        '<x:interruption xmlns:x="urn:x" text="Sourires."/>',
    ],
)
def test_what_was_noted_stands_apart_and_is_nobodys(tmp_path: Path, noted: str) -> None:
    document = tei(tmp_path, f'<u who="#LM"><seg>Bonjour ! {noted} Je reprends.</seg></u>')
    assert said(document) == [("Léa Martin", "Bonjour !"), (None, "(Sourires.)"), ("Léa Martin", "Je reprends.")]


def test_a_direction_in_the_middle_of_a_sentence_does_not_cut_it(tmp_path: Path) -> None:
    document = tei(tmp_path, '<u who="#LM">Je dis <stage>Bruit</stage> que oui.</u>')
    assert said(document) == [("Léa Martin", "Je dis (Bruit) que oui.")]


def test_a_footnote_follows_its_paragraph(tmp_path: Path) -> None:
    document = tei(tmp_path, '<sp who="#LM"><p>La loi<note place="foot">Loi de 2015.</note> dit cela.</p></sp>')
    assert said(document) == [("Léa Martin", "La loi dit cela."), (None, "(Loi de 2015.)")]
    assert [segment.is_aside for segment in document.segments] == [False, True]


def test_headings_lists_and_tables_are_read(tmp_path: Path) -> None:
    document = tei(
        tmp_path,
        "<div><head>Article <hi>2</hi></head><list><item>Un</item><item>Deux</item></list>"
        "<table><row><cell>Lille</cell><cell>12</cell></row></table></div>",
    )
    assert [words for _, words in said(document)] == ["Article 2", "Un", "Deux", "Lille | 12"]
    assert document.segments[0].is_heading
    assert document.segments[3].anchor.heading == "Article 2"


def test_of_a_choice_one_reading_is_kept(tmp_path: Path) -> None:
    assert (
        tei(tmp_path, "<p>La <choice><sic>comune</sic><corr>commune</corr></choice><lb/>vote.</p>").text
        == "La commune vote."
    )


def test_turns_of_a_timeline_have_their_times(tmp_path: Path) -> None:
    timeline = ('<timeline unit="s"><when xml:id="T0"/><when xml:id="T1" interval="2.5" since="#T0"/>'
                '<when xml:id="T2" interval="2" since="#T1"/></timeline>')  # fmt: skip
    document = tei(tmp_path, f'{timeline}<u who="#LM" start="#T1" end="#T2">Bonjour.</u>')
    assert (document.segments[0].anchor.start_s, document.segments[0].anchor.end_s) == (2.5, 4.5)


def test_a_doctype_without_entities_is_read_and_its_entities_are_characters(tmp_path: Path) -> None:
    document = tei(tmp_path, "<p>L&eacute;a</p>", before='<!DOCTYPE TEI SYSTEM "http://127.0.0.1:9/tei.dtd">')
    assert document.text == "Léa"


@pytest.mark.parametrize(
    "declared", ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "aaaa"><!ENTITY x "&a;&a;">']
)
def test_entities_are_refused(tmp_path: Path, declared: str) -> None:
    with pytest.raises(UnreadableDocument, match="entités"):
        tei(tmp_path, "<p>&x;</p>", before=f"<!DOCTYPE TEI [{declared}]>")


def test_an_inclusion_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text("<p>SECRET</p>")
    body = '<p>Bonjour.</p><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret.xml"/>'
    assert tei(tmp_path, body).text == "Bonjour."


@pytest.mark.parametrize(
    ("xml", "cause"),
    [
        ("<livre><p>Bonjour.</p></livre>", "racine « livre »"),
        ("<TEI><text><p>Bonjour.", "abîmé ou incomplet .ligne 1"),
        ("<TEI>" + "<div>" * 5000 + "</div>" * 5000 + "</TEI>", "imbriqué"),
        ("Bonjour.", "abîmé"),
    ],
)
def test_xml_that_cannot_be_taken_in_is_refused_in_french(tmp_path: Path, xml: str, cause: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(xml, encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=cause):
        read(path)


def test_an_akoma_ntoso_debate_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "débat.xml"
    path.write_text(
        '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate><meta><references>'
        '<TLCPerson eId="lm" showAs="Léa Martin"/></references></meta><debateBody><debateSection>'
        '<heading>Ouverture</heading><speech by="#lm"><from>Mme Martin</from><p>Bonjour.</p></speech>'
        "<scene>Applaudissements</scene></debateSection></debateBody></debate></akomaNtoso>",
        encoding="utf-8",
    )
    assert said(read(path)) == [(None, "Ouverture"), ("Léa Martin", "Bonjour."), (None, "(Applaudissements)")]


def test_a_sitting_of_the_national_assembly_is_read(tmp_path: Path) -> None:
    path = tmp_path / "compteRendu.xml"
    path.write_text(
        '<compteRendu xmlns="http://schemas.assemblee-nationale.fr/referentiel"><uid>CR1</uid><metadonnees><session>S'
        "</session></metadonnees><contenu><point><texte>Article 2</texte><paragraphe><orateurs><orateur>"
        "<nom>M. Jean Petit</nom><id>12</id><qualite>rapporteur</qualite></orateur></orateurs>"
        "<texte>Avis défavorable au n[[o]] 15. "
        "<italique>(Sourires.)</italique></texte></paragraphe><paragraphe><orateurs/><texte>La séance est suspendue."
        "</texte></paragraphe></point></contenu></compteRendu>",
        encoding="utf-8",
    )
    assert said(read(path)) == [
        (None, "Article 2"),
        ("M. Jean Petit", "Avis défavorable au no 15."),
        (None, "(Sourires.)"),
        (None, "La séance est suspendue."),
    ]


def test_a_text_file_that_holds_tei_is_read_as_tei(tmp_path: Path) -> None:
    assert tei(tmp_path, "<p>Bonjour.</p>", before="<!-- a --><!-- b -->", name="séance.txt").text == "Bonjour."


def test_the_sitting_has_the_speakers_of_its_twins() -> None:
    home = SHARED / "realdocs"
    if not home.is_dir():
        pytest.skip("../shared is absent: no real documents here")
    ours, text = (
        {re.sub(r"^(M\.|Mme)\s", "", each.speaker) for each in read(home / name).segments if each.speaker}
        for name in ("xml/an_seance_2013-02-08_3e.tei.xml", "txt/an_seance_2013-02-08_3e.txt")
    )
    assert ours ^ text <= {"Plusieurs députés du groupe SRC", "Plusieurs députés du groupe UMP"}
    assert len(ours) == 83
