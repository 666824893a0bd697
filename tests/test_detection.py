"""What names and contents say of a document, and what they do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.catalogue import read_catalogue
from kb.catalogue.dates import dates
from kb.catalogue.detection import detect_date, detect_title, detect_type
from kb.catalogue.language import detect_language
from kb.domain import Anchor, DocumentType, ReadDocument, Segment
from kb.errors import UnreadableDocument
from kb.readers.sandbox import read_safely
from kb.settings import ROOT, Settings

DAY = date(2021, 4, 13)


def read_of(*lines: str, title: str | None = None, heading: int = 0, speaker: str | None = None) -> ReadDocument:
    """A document of these lines, the first `heading` of them headings, the others said by `speaker`."""
    segments, at = [], 0
    for number, line in enumerate(lines):
        is_heading = number < heading
        segments.append(Segment(at, at + len(line), Anchor(), None if is_heading else speaker, is_heading))
        at += len(line) + 2
    return ReadDocument("\n\n".join(lines), tuple(segments), title)


NOTHING = read_of("Rien de daté ici.")


@pytest.mark.parametrize(
    "written",
    [
        "13 avril 2021",
        "mardi 13 avril 2021",
        "Mardi 13 Avril 2021",
        "13\u00a0avril\u00a02021",
        "13 avr. 2021",
        "13/04/2021",
        "13-04-2021",
        "13.04.2021",
        "2021-04-13",
        "les 13 et 14 avril 2021",
        "du 13 au 15 avril 2021",
        "du mardi 13 au jeudi 15 avril 2021",
    ],
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert [each.day for each in dates(f"Réunion : {written} à Lyon")] == [DAY]


def test_the_first_of_a_month_is_a_day() -> None:
    assert [each.day for each in dates("le 1er mars 2021, puis le 1ᵉʳ mai 2021")] == [
        date(2021, 3, 1),
        date(2021, 5, 1),
    ]


@pytest.mark.parametrize(
    "written", ["avril 2021", "le 13 avril", "version 4.1.2", "séance n° 3 mars 2021", "12 000 en 2021", "art. 13-4"]
)
def test_what_is_no_whole_day_is_no_date(written: str) -> None:
    assert list(dates(written)) == []


@pytest.mark.parametrize(
    "written", ["lundi 13 avril 2021", "31 avril 2021", "2021-13-04", "du 1er janvier au 31 décembre 2021"]
)
def test_a_day_that_contradicts_itself_is_never_given(written: str) -> None:
    assert {each.day for each in dates(written)} <= {None}


@pytest.mark.parametrize(
    "path",
    [
        "compte-rendu 2021-04-13.docx",
        "20210413_debat.docx",
        "13042021-debat.docx",
        "debat-13-04-2021.pdf",
        "debat_13_04_2021_v2.pdf",
        "Débat du 13 avril 2021.pdf",
        "13_avr_2021_-_debat.pdf",
        "2021-04-13-inclusion/note.pdf",
        "2019-01-01-archives/2021-04-13 note.pdf",
    ],
)
def test_a_name_gives_its_date_and_the_nearest_name_wins(path: str) -> None:
    assert detect_date(path, NOTHING) == DAY


@pytest.mark.parametrize(
    "path", ["20130143.txt", "2021-04.pdf", "2021-04-13 et 2021-05-04.pdf", "SG_211123.pdf", "a.pdf"]
)
def test_a_name_without_one_clear_day_gives_none(path: str) -> None:
    assert detect_date(path, NOTHING) is None


@pytest.mark.parametrize(
    "lines",
    [
        ("Compte rendu de la réunion du 13 avril 2021", "Le plan du 12 mars 2019 est suivi."),
        ("Conseil de l’air", "13 avril 2021", "Étaient présents : M. le maire."),
        ("Paris, le 20 avril 2021", "Compte rendu de la séance du mardi 13 avril 2021"),
        (
            "Note",
            "L’atelier s’est déroulé le mardi 13 avril 2021 de 9 h à 12 h, avec une cinquantaine de personnes. " * 2,
        ),
        ("La saison ouvre le mardi 13 avril 2021, à 9 h 30. " + "Un fil relie les séances de l’année. " * 5,),
        ("À Paris, le 13 avril 2021", "Communiqué de presse"),
        ("Publié le 2 avril 2021.", "Séance du 13 avril 2021"),
    ],
)
def test_the_day_of_the_debate_is_found_near_the_top(lines: tuple[str, ...]) -> None:
    assert detect_date("a.pdf", read_of(*lines)) == DAY


@pytest.mark.parametrize(
    "lines",
    [
        ("13 avril 2021", "14 mai 2021"),
        ("Séance du 13 avril 2021", "Séance du 14 mai 2021"),
        ("Paris, le 17 mars 2021", "La séance se tiendra le 13 avril 2021 à Paris, en présence de tous les élus. " * 2),
        ("Approbation du procès-verbal de la séance du 12 mars 2021",),
        ("Mise à jour du 13 avril 2021",),
        ("Document en application de la loi du 7 octobre 2016",),
        ("Avril 2021",),
        (
            "Un texte long. " * 20,
            "Un budget est voté le 13 avril 2021 par le conseil, sans débat, " + "et ainsi de suite " * 9,
        ),
    ],
)
def test_a_doubtful_or_foreign_day_is_never_given_for_that_of_the_debate(lines: tuple[str, ...]) -> None:
    assert detect_date("a.pdf", read_of(*lines)) is None


def test_a_date_in_a_name_wins_over_one_in_the_text() -> None:
    assert detect_date("2021-04-13.pdf", read_of("Séance du 14 mai 2020")) == DAY


def test_a_date_that_someone_says_is_not_that_of_the_debate() -> None:
    assert detect_date("a.vtt", read_of("Bonjour.", "C’était le 13 avril 2021.", speaker="La maire")) is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("annonce.md", "annonce"),
        ("Invitation séance 3.pdf", "annonce"),
        ("CR_reunion.docx", "compte-rendu"),
        ("compte-rendu-du-support.pdf", "compte-rendu"),
        ("PV du conseil.pdf", "compte-rendu"),
        ("webinaire.vtt", "transcription"),
        ("presentation.srt", "transcription"),
        ("verbatim-debat.docx", "transcription"),
        ("note-de-position.pdf", "note"),
        ("RapportFinal.pdf", "note"),
        ("debat.pptx", "support"),
        ("diaporama.pdf", "support"),
        ("modele-rapport-audit.pdf", "autre"),
        ("notebook.pdf", "autre"),
        ("document.pdf", "autre"),
    ],
)
def test_a_type_is_read_in_a_name(path: str, kind: str) -> None:
    assert detect_type(path, NOTHING) is DocumentType(kind)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Compte rendu de la réunion du 13 avril 2021", "compte-rendu"),
        ("Projet de compte-rendu", "compte-rendu"),
        ("Note de position", "note"),
        ("Invitation à la séance d’ouverture", "annonce"),
        ("La note de musique", "autre"),
    ],
)
def test_a_type_is_read_in_the_first_lines_of_a_file_whose_name_says_nothing(line: str, kind: str) -> None:
    assert detect_type("document.pdf", read_of("Capteurs de territoire", line)) is DocumentType(kind)


def test_a_text_where_people_take_turns_is_a_transcript_whatever_a_vague_name_says() -> None:
    read = read_of("Bilan gaz", "Oui.", "Non.", "Peut-être.", heading=1, speaker="La maire")
    assert detect_type("bilan-gaz.docx", read) is DocumentType.TRANSCRIPT


def test_a_title_is_the_readers_unless_it_says_nothing() -> None:
    read = read_of("Le guichet reste ouvert", "Où nous contacter ?", heading=1)
    assert detect_title("a.pdf", ReadDocument(read.text, read.segments, "Un guichet")) == "Un guichet"
    for nothing in ("note_v2.docx", "Microsoft Word - note.doc", "Où nous contacter ?", "Accueil", "note_finale_v3"):
        assert detect_title("a.pdf", ReadDocument(read.text, read.segments, nothing)) == "Le guichet reste ouvert"


def test_a_question_that_is_asked_far_below_is_no_title() -> None:
    read = read_of("Un.", "Deux.", "Trois.", "Quatre.", "Cinq.", "Et demain ?", title="Et demain ?")
    assert detect_title("point-d-etape.pdf", read) == "Point d etape"


def test_a_title_that_is_a_question_is_kept_where_it_opens_the_text() -> None:
    read = read_of(
        "Qui peut rouvrir les commerces ?", "Trois maires répondent.", title="Qui peut rouvrir les commerces ?"
    )
    assert detect_title("a.docx", read) == "Qui peut rouvrir les commerces ?"


def test_a_plain_text_takes_its_first_line_for_title_unless_it_is_a_sentence() -> None:
    assert (
        detect_title("an_seance.txt", read_of("Troisième séance du vendredi", "Elle ouvre."))
        == "Troisième séance du vendredi"
    )
    assert detect_title("an_seance.txt", read_of("La séance est ouverte.")) == "An seance"


def test_a_quotation_mark_that_never_closes_is_dropped() -> None:
    assert detect_title("a.html", read_of("x", title="«\u00a0Troisième séance")) == "Troisième séance"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Les habitants demandent un guichet ouvert, avec une personne formée qui les accompagne.", "fr"),
        ("The city council asks for an open desk where trained staff help every resident with the forms.", "en"),
        ("Die Bürgerinnen und Bürger wünschen sich eine offene Anlaufstelle mit geschultem Personal.", "de"),
        ("Los vecinos piden una ventanilla abierta, con personal que les ayude a hacer los trámites en línea.", "es"),
        ("SEM, SPL, SEMOP : 12 000", "fr"),
        ("OK", "fr"),
        ("", "fr"),
    ],
)
def test_a_language_is_told_from_the_text_and_is_french_where_it_does_not_say(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_what_session_toml_says_wins_over_all_that_is_detected(tmp_path: Path) -> None:
    (tmp_path / "session.toml").write_text(
        '[[documents]]\nfile = "cr-2020-01-01.md"\ntitle = "T"\ntype = "note"\ndate = 2021-04-13\nlanguage = "oc"\n',
        encoding="utf-8",
    )
    document = read_catalogue(tmp_path).describe("cr-2020-01-01.md", read_of("Séance du 2 mai 2019", title="Autre"))
    assert (document.title, document.type, document.date, document.language) == ("T", DocumentType.PAPER, DAY, "oc")


REAL = {
    "docx/meetings_bilan-gaz-idf.docx": ("transcription", None),
    "docx/meetings_congres-elus-touristiques.docx": ("transcription", None),
    "docx/meetings_conseil-national-air.docx": ("transcription", date(2017, 10, 30)),
    "docx/minumeco_CP_NUMERIQUE_ECORESPONSABLE.docx": ("autre", date(2024, 7, 18)),
    "html/an_seance_2013-02-08_3e.html": ("transcription", date(2013, 2, 8)),
    "md/minumeco_transcription_ethicsbydesign2024.md": ("transcription", None),
    "pdf/dinum_2022-01_FLOSS-ESR_synthese-atelier1.pdf": ("compte-rendu", date(2022, 1, 14)),
    "pdf/dinum_2023_01_RapportIndiceDurabilite.pdf": ("note", date(2023, 1, 16)),
    "pdf/dinum_20_Jan_2023_-_BlueHats_-_Retex_SAMBA-AD_-_v1.pdf": ("autre", date(2023, 1, 20)),
    "pdf/dinum_CR_Garagethon_BlueHats_janvier_2024.pdf": ("compte-rendu", date(2024, 1, 9)),
    "pdf/dinum_Convention_Adullact-Dinum-2022.pdf": ("autre", None),
    "pdf/dinum_pole-logiciels-libres-produits-bluehats.pdf": ("autre", None),
    "pdf/minumeco_27032024_DP_Plan_de_transfo_eecolo_de_lEtat.pdf": ("autre", date(2024, 3, 27)),
    "pdf/minumeco_Bilan_ecoconception_SNE_recherche_2021_10.pdf": ("note", None),
    "pdf/minumeco_Webinaire-Impact-bonnes-pratiques-organisations-08-12-2021.pdf": ("support", date(2021, 12, 8)),
    "pdf/minumeco_discoursPM.pdf": ("autre", date(2024, 3, 28)),
    "pdf/rgaa_modele-rapport-audit.pdf": ("autre", None),
    "txt/an_seance_2013-02-08_3e.txt": ("transcription", date(2013, 2, 8)),
    "txt/meetings_bilan-gaz-idf_asr.ctm": ("transcription", None),
    "xml/an_seance_2013-02-08_3e.tei.xml": ("transcription", date(2013, 2, 8)),
    "odt/dinum_2022-01_FLOSS-ESR_synthese-atelier1.odt": ("compte-rendu", date(2022, 1, 14)),
    "odt/rgaa_modele-rapport-audit.odt": ("autre", None),
    "derived/minumeco_ethicsbydesign2024.epub": ("transcription", None),
    "derived/minumeco_ethicsbydesign2024.rtf": ("transcription", None),
}
"""Read by eye, file by file."""


@pytest.mark.parametrize("name", REAL)
def test_real_documents_are_taken_for_what_they_are(name: str, shared: Path) -> None:
    folder = shared / "realdocs"
    try:
        read = read_safely(folder / name, Settings(corpus=folder, index=folder / "index"))
    except UnreadableDocument as error:
        pytest.fail(str(error))
    kind, day = REAL[name]
    assert (detect_type(name, read).value, detect_date(name, read), detect_language(read.text)) == (kind, day, "fr")


def test_no_document_of_the_corpus_is_given_a_wrong_date_by_its_text() -> None:
    catalogue = read_catalogue(ROOT / "corpus")
    wrong, found = [], 0
    for path in catalogue.entries:
        file = ROOT / "corpus" / path
        read = read_safely(file, Settings(corpus=ROOT / "corpus", index=ROOT / "index"))
        day = detect_date(file.name, read)
        found += day is not None
        wrong += [path] if day not in (None, catalogue.describe(path, read).date) else []
    assert wrong == []
    assert found >= len(catalogue.entries) * 0.7
