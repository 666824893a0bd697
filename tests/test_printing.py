"""What people and programs see of an ingest, and of a search."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from rich.console import Console

from kb.domain import NO_FILTERS, Anchor, Document, DocumentType, Facets, Filters, Hit, Passage, Why
from kb.ingest.report import Note, Report, Stage, Step, Twin, Understood
from kb.printing import hits, progress, remarks, report
from kb.printing.console import dump, safe, shorten, still
from kb.printing.progress import plain_line
from kb.printing.report import note_lines
from kb.search import Related, Results

HOSTILE = "a\x1b[2J\u202egpj.\x9b31m\u2028\x07.md"


def test_what_acts_on_a_terminal_is_shown_by_its_code() -> None:
    assert safe(HOSTILE) == "a\\x1b[2J\\u202egpj.\\x9b31m\\u2028\\x07.md"
    assert safe("Été « 12 » 🧢.md") == "Été « 12 » 🧢.md"


def test_what_acts_gives_way_to_as_many_characters_where_offsets_matter() -> None:
    assert len(still(HOSTILE)) == len(HOSTILE)
    assert safe(still(HOSTILE)) == still(HOSTILE)


def test_json_holds_the_very_name_and_nothing_that_acts(capsys: pytest.CaptureFixture[str]) -> None:
    dump({"file": HOSTILE})
    printed = capsys.readouterr().out
    assert safe(printed, keep="\n") == printed
    assert json.loads(printed) == {"file": HOSTILE}


def test_a_long_name_is_cut_in_its_middle() -> None:
    assert shorten("compte-rendu-de-la-seance.docx", 15) == "compte-…ce.docx"
    assert shorten("note.md", 15) == "note.md"


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Step(12, 42, "s/annonce.md", Stage.TAKEN, passages=14), "12/42 s/annonce.md · 14 passages"),
        (Step(1, 2, "a.md", Stage.TAKEN, passages=1), "1/2 a.md · 1 passage"),
        (Step(2, 2, "vide.pdf", Stage.REFUSED), "2/2 vide.pdf · refusé"),
        (Step(0, 2, "a.md", Stage.READING), ""),
        (Step(0, 2, "a.pdf", Stage.RECOGNISING, page=1, pages=9), ""),
        (Step(1, 2, "a.md", Stage.UNCHANGED), ""),
        (Step(2, 2, None, Stage.INDEXING), "Mise à jour de l’index…"),
    ],
)
def test_elsewhere_than_in_a_terminal_a_file_is_one_line_once_it_is_done_with(step: Step, line: str) -> None:
    assert plain_line(step) == line


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=140)


def test_in_a_terminal_the_bar_tells_stage_file_and_place() -> None:
    console = terminal()
    with progress(quiet=False, console=console) as listen:
        listen(Step(3, 42, "s/scan.pdf", Stage.RECOGNISING, 10, 100, page=2, pages=9))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Caractères scan.pdf p.\u00a02/9" in shown
    assert "3/42" in shown


def test_when_quiet_nothing_is_shown() -> None:
    console = terminal()
    with progress(quiet=True, console=console) as listen:
        listen(Step(1, 2, "a.md", Stage.TAKEN, passages=3))
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]


def test_one_cause_of_many_files_is_said_once_and_long_lists_say_how_to_see_all() -> None:
    notes = [Note(f"{n}.pdf", "fichier vide") for n in range(20)] + [Note("x.md", "illisible")]
    lines = list(note_lines("Refusés", notes))
    assert lines[1] == "  fichier vide (20 fichiers)"
    assert lines[2:10] == [f"    {n}.pdf" for n in range(8)]
    assert lines[10] == "    … et 12 autres fichiers (« kb ingest --json » dit tout)"
    assert lines[11] == "  x.md : illisible"


def test_only_the_fates_that_some_file_had_are_counted_and_each_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report(accepted=["a"], refused=[Note("b", "vide"), Note("c", "vide")], passages=1), as_json=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:2] == ["1 accepté", "2 refusés"]
    assert lines[-1] == "1 passage dans la mémoire, en 0,0 s."


def test_twins_are_named_with_what_they_repeat(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report(accepted=["a.odt", "a.pdf"], twins=[Twin("a.pdf", "a.odt")]), as_json=False)
    assert "a.pdf : même texte que a.odt" in capsys.readouterr().out


UNDERSTOOD = Understood(
    *("s3/seance/note.pdf", DocumentType.PAPER, "Le guichet", date(2021, 4, 13), "s3/seance", 3),
    *(("Mme Roy", "M. Petit", "Mme Lô", "M. Ba"), "fr", 4, 14),
)


def test_a_dry_run_shows_what_was_understood_and_that_nothing_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report(accepted=[UNDERSTOOD.file], understood=[UNDERSTOOD]), as_json=False, dry_run=True)
    shown = capsys.readouterr().out
    for part in (
        "s3/seance (saison\u00a03)",
        "note.pdf",
        "Note",
        "13 avril 2021",
        "4\u00a0: Mme Roy, M. Petit, Mme Lô…",
    ):
        assert part in shown
    assert "rien n’a été écrit" in shown


def test_a_dry_run_gives_everything_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    report(Report(understood=[UNDERSTOOD]), as_json=True, dry_run=True)
    understood = json.loads(capsys.readouterr().out)["understood"][0]
    assert (understood["type"], understood["date"], understood["pages"]) == ("note", "2021-04-13", 4)
    assert understood["speakers"] == ["Mme Roy", "M. Petit", "Mme Lô", "M. Ba"]


SPL = tuple(Related("SPL", name) for name in ("société publique locale", "Epl", "SEM", "SEMOP", "DSP", "régie", "RIP"))


def found(coverage: float | None = 1.0, **more: object) -> Results:
    """One passage, found by all that a passage can be found by, with two that say the same."""
    passage = Passage("n.1", "n", 1, 0, 4, "Oui.", Anchor(page=4))
    reasons = Why(
        words=("confiance",),
        meaning=0.9,
        phrases=("guichet unique",),
        related=(("SPL", "Epl"),),
        corrected=(("confience", "confiance"),),
    )
    hit = Hit(passage, 0.9, Document("n", "n.pdf", "Note", DocumentType.PAPER), None, reasons, ("n.7", "m.2"))
    return Results((hit,), 34, Facets(), coverage, **more)  # type: ignore[arg-type]


def told(capsys: pytest.CaptureFixture[str], results: Results, filters: Filters = NO_FILTERS) -> list[str]:
    remarks("une SPL de confience", filters, results, as_json=False)
    return capsys.readouterr().out.replace("\u00a0", " ").splitlines()


def test_a_sure_answer_is_not_commented(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, found()) == []


def test_an_unsure_answer_is_told_as_such_before_the_passages(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, found(0.0)) == [
        "La mémoire ne semble pas couvrir cette question.",
        "Voici les passages les plus proches ; ils ne répondent peut-être pas.",
    ]
    assert told(capsys, found(0.0), Filters(seasons=(2,)))[0].endswith("cette question avec ces filtres.")


def test_a_corrected_word_and_the_terms_of_the_glossary_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, found(spellings={"confience": "confiance"}, related=SPL)) == [
        "Personne n’a écrit « confience » : la recherche porte aussi sur « confiance ».",
        "Le glossaire propose aussi : société publique locale, Epl, SEM, SEMOP, DSP, régie… (--glossary les cherche).",
    ]
    wide = told(capsys, found(related=SPL, is_wide=True))
    assert wide == ["Cherché aussi, d’après le glossaire : société publique locale, Epl, SEM, SEMOP, DSP, régie, RIP."]


def test_beside_json_what_is_to_know_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    remarks("confience", NO_FILTERS, found(0.0, spellings={"confience": "confiance"}), as_json=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 3


def test_programs_read_every_reason_and_whether_the_question_is_covered(capsys: pytest.CaptureFixture[str]) -> None:
    hits(found(0.0), None, nothing="", as_json=True)
    hit = json.loads(capsys.readouterr().out)[0]
    assert hit["why"] == {
        "words": ["confiance"],
        "spans": [],
        "meaning": 0.9,
        "best_sentence": None,
        "phrases": ["guichet unique"],
        "related": [["SPL", "Epl"]],
        "corrected": [["confience", "confiance"]],
    }
    assert (hit["repeats"], hit["covered"]) == (["n.7", "m.2"], False)


def test_people_read_where_the_same_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    hits(found(), None, nothing="", as_json=False)
    printed = capsys.readouterr().out.replace("\u00a0", " ")
    assert "+ 2 passages qui disent la même chose : n.7, m.2" in printed
    assert "glossaire : Epl (pour SPL) · corrigé : confience → confiance" in " ".join(printed.split())
