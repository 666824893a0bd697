"""Real files, real readers in their child process; the letter encoder, so that an exact index can be compared."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from kb.domain import PUBLIC, STAFF
from kb.errors import KbError
from kb.ingest import Stage, ingest, stale, take
from kb.ingest.report import Step
from kb.ingest.state import MOVING
from kb.library import Library, open_library
from kb.search import search
from kb.settings import Settings
from kb.store import Scope
from tests.conftest import LetterEncoder

NOTE = "season-3/2021-04-13-inclusion/note-de-position.md"
VTT = "season-3/2021-04-13-inclusion/transcription.vtt"


@pytest.fixture
def library(config: Settings) -> Library:
    return open_library(config, LetterEncoder())


def paths(library: Library) -> list[str]:
    return [d.path for d in library.store.documents(Scope(STAFF))]


def test_the_whole_corpus_goes_in_without_its_toml(library: Library) -> None:
    report = ingest(library)
    assert len(report.accepted) == 4
    assert report.refused == []
    assert report.passages == library.store.counts().passages > 0
    assert not any(path.endswith(".toml") for path in paths(library))


def test_a_second_run_changes_nothing(library: Library) -> None:
    ingest(library)
    revision = library.store.revision
    report = ingest(library)
    assert (len(report.unchanged), report.accepted, library.store.revision) == (4, [], revision)


def test_a_changed_file_replaces_its_old_version(library: Library) -> None:
    ingest(library)
    (library.corpus / NOTE).write_text("# Note\n\nLes piscines rouvrent.\n", encoding="utf-8")
    report = ingest(library)
    assert (report.replaced, len(report.unchanged)) == ([NOTE], 3)
    assert search(library, '"gardent un guichet"', viewer=STAFF).hits == ()
    assert search(library, '"les piscines rouvrent"', viewer=STAFF).hits[0].document.path == NOTE


def test_a_removed_file_is_taken_out(library: Library) -> None:
    ingest(library)
    (library.corpus / NOTE).unlink()
    assert ingest(library).removed == [NOTE]
    assert NOTE not in paths(library)


def test_changed_metadata_reaches_the_documents(library: Library) -> None:
    ingest(library)
    toml = library.corpus / "season-3" / "2021-04-13-inclusion" / "session.toml"
    toml.write_text(toml.read_text().replace("Débat sur l’inclusion", "Débat corrigé"))
    again = open_library(library.settings, LetterEncoder())
    assert VTT in ingest(again).replaced
    assert "Débat corrigé" in [d.title for d in again.store.documents(Scope(STAFF))]


def test_one_bad_file_is_refused_by_name_and_stops_nobody(library: Library) -> None:
    (library.corpus / "abime.pdf").write_bytes(b"%PDF-1.7\n garbage")
    (library.corpus / "vide.docx").write_bytes(b"")
    report = ingest(library)
    assert sorted(note.file for note in report.refused) == ["abime.pdf", "vide.docx"]
    assert all(note.cause and "Traceback" not in note.cause for note in report.refused)
    assert len(report.accepted) == 4


def test_a_file_that_becomes_unreadable_is_taken_out_and_named(library: Library) -> None:
    ingest(library)
    (library.corpus / NOTE).write_bytes(b"")
    report = ingest(library)
    assert ([note.file for note in report.refused], report.removed) == ([NOTE], [NOTE])


def test_a_wrong_session_toml_is_named_and_keeps_its_documents_as_they_were(library: Library) -> None:
    ingest(library)
    toml = library.corpus / "season-3" / "2021-04-13-inclusion" / "session.toml"
    toml.write_text("title = ")
    again = open_library(library.settings, LetterEncoder())
    report = ingest(again)
    assert report.refused[0].file == "season-3/2021-04-13-inclusion/session.toml"
    assert (report.removed, report.unchanged, len(paths(again))) == ([], ["texte-egare.txt"], 4)


def test_nothing_goes_live_below_a_wrong_session_toml(library: Library) -> None:
    toml = library.corpus / "season-3" / "2021-04-13-inclusion" / "session.toml"
    toml.write_text("title = ")
    again = open_library(library.settings, LetterEncoder())
    assert ingest(again).accepted == ["texte-egare.txt"]


def test_some_paths_alone_leave_the_others_alone(library: Library) -> None:
    report = ingest(library, [library.corpus / VTT])
    assert (report.accepted, paths(library)) == ([VTT], [VTT])
    (library.corpus / VTT).unlink()
    ingest(library, [library.corpus / NOTE])
    assert paths(library) == [NOTE, VTT]  # not asked for, not removed


def test_a_dry_run_writes_nothing(library: Library) -> None:
    report = ingest(library, dry_run=True)
    assert (len(report.accepted), paths(library)) == (4, [])


SESSION = "season-3/2021-04-13-inclusion"


@pytest.mark.parametrize(("session", "home"), [("2021-04-13-inclusion", SESSION), (None, "a-classer")])
def test_a_file_from_outside_is_copied_then_taken_in(
    library: Library, tmp_path: Path, session: str | None, home: str
) -> None:
    outside = tmp_path / "ailleurs.md"
    outside.write_text("Texte venu d’ailleurs.\n", encoding="utf-8")
    assert take(library, [outside], session=session).accepted == [f"{home}/ailleurs.md"]
    assert outside.exists()


def test_a_dry_run_from_outside_copies_nothing(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "ailleurs.md"
    outside.write_text("Texte venu d’ailleurs.\n", encoding="utf-8")
    report = take(library, [outside], dry_run=True)
    assert (report.accepted, report.understood[0].file) == (["a-classer/ailleurs.md"], "a-classer/ailleurs.md")
    assert not (library.corpus / "a-classer").exists()


def test_what_cannot_be_taken_from_outside_is_named_leaves_nothing_and_stops_nobody(
    library: Library, tmp_path: Path
) -> None:
    other, broken, good = tmp_path / "note-de-position.md", tmp_path / "abime.pdf", tmp_path / "bon.md"
    other.write_text("Autre chose.\n", encoding="utf-8")
    broken.write_bytes(b"%PDF-1.7 garbage")
    good.write_text("Un bon texte.\n", encoding="utf-8")
    before = (library.corpus / NOTE).read_text(encoding="utf-8")
    report = take(library, [other, broken, tmp_path / "absent.md", good], session=SESSION)
    assert [Path(note.file).name for note in report.refused] == ["note-de-position.md", "abime.pdf", "absent.md"]
    assert report.accepted == [f"{SESSION}/bon.md"]
    assert (library.corpus / NOTE).read_text(encoding="utf-8") == before
    assert not (library.corpus / SESSION / "abime.pdf").exists()


def test_an_unknown_session_is_refused_with_the_known_ones(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "x.md"
    outside.write_text("x")
    with pytest.raises(KbError, match="2021-04-13-inclusion"):
        take(library, [outside], session="inconnue")


def test_a_name_that_is_not_utf8_is_refused_and_stops_nobody(library: Library) -> None:
    (library.corpus / os.fsdecode(b"invalide-\xff.txt")).write_text("x")
    report = ingest(library)
    assert [note.file for note in report.refused] == ["invalide-\\xff.txt"]
    assert len(report.accepted) == 4


def test_a_reserved_document_that_was_renamed_does_not_become_public(library: Library) -> None:
    home = library.corpus / SESSION
    (home / "reserve.md").rename(home / "budget.md")
    again = open_library(library.settings, LetterEncoder())
    report = ingest(again)
    assert report.refused[0].file == f"{SESSION}/session.toml"
    assert "A-t-il été renommé" in report.refused[0].cause
    assert report.accepted == ["texte-egare.txt"]


def test_an_accent_written_in_another_way_on_disk_is_the_same_name(library: Library) -> None:
    home = library.corpus / SESSION
    toml = home / "session.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("reserve.md", "réservé.md"), encoding="utf-8")
    (home / "reserve.md").rename(home / unicodedata.normalize("NFD", "réservé.md"))
    again = open_library(library.settings, LetterEncoder())
    ingest(again)
    assert search(again, '"budget confidentiel"', viewer=STAFF).hits
    assert search(again, '"budget confidentiel"', viewer=PUBLIC).hits == ()


def test_speakers_times_and_sessions_arrive_at_the_hit(library: Library) -> None:
    ingest(library)
    hit = search(library, '"inspire confiance"', viewer=PUBLIC).hits[0]
    assert hit.passage.speaker == "Directrice d’une agence numérique"
    assert (hit.passage.anchor.start_s, hit.passage.anchor.end_s) == (1.0, 15.0)
    assert hit.session is not None
    assert hit.session.title == "Inclure tous les citoyens"
    assert hit.document.season == 3


def test_a_document_reserved_for_staff_stays_hidden_from_the_public(library: Library) -> None:
    ingest(library)
    assert search(library, '"budget confidentiel"', viewer=STAFF).hits
    assert search(library, '"budget confidentiel"', viewer=PUBLIC).hits == ()


def test_a_corpus_without_write_permission_is_read(library: Library) -> None:
    for folder, _, files in os.walk(library.corpus):
        for name in files:
            Path(folder, name).chmod(0o444)
        Path(folder).chmod(0o555)
    try:
        assert len(ingest(library).accepted) == 4
    finally:
        for folder, _, _ in os.walk(library.corpus):
            Path(folder).chmod(0o755)


def test_a_file_changed_since_its_ingestion_is_reported(library: Library) -> None:
    ingest(library)
    assert stale(library) == []
    (library.corpus / NOTE).write_text("Changé.", encoding="utf-8")
    assert stale(library) == [NOTE]


def test_a_missing_corpus_is_said_with_the_setting_to_correct(tmp_path: Path) -> None:
    with pytest.raises(KbError, match="KB_CORPUS"):
        open_library(Settings(corpus=tmp_path / "absent", index=tmp_path / "i"), LetterEncoder())


def test_an_unchanged_file_is_not_even_read(library: Library) -> None:
    for file in library.corpus.rglob("*"):
        os.utime(file, (1, 1))
    ingest(library)
    (library.corpus / NOTE).chmod(0)  # root may read it all the same: the stamp alone must do
    sizes = {path: source.stamp for path, source in library.store.sources().items()}
    assert all(sizes.values())
    assert len(ingest(library).unchanged) == 4


def test_a_file_of_the_same_size_and_another_date_is_read_again(library: Library) -> None:
    file = library.corpus / NOTE
    for each in library.corpus.rglob("*"):
        os.utime(each, (1, 1))
    ingest(library)
    file.write_text(file.read_text(encoding="utf-8").replace("guichet", "comptoir"), encoding="utf-8")
    assert ingest(library).replaced == [NOTE]


def test_a_file_that_is_being_written_keeps_its_version_before(library: Library) -> None:
    ingest(library)
    growing = library.corpus / NOTE
    script = (
        "import sys,time\nwhile True:\n    open(sys.argv[1], 'a').write('Encore une phrase. ')\n    time.sleep(0.002)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(growing)])
    try:
        time.sleep(0.3)
        report = ingest(library)
    finally:
        writer.kill()
        writer.wait()
    assert [(note.file, note.cause) for note in report.refused] == [(NOTE, MOVING)]
    assert (report.removed, NOTE in paths(library)) == ([], True)
    assert ingest(library).replaced == [NOTE]


def test_a_refused_file_is_not_tried_again_until_it_changes(library: Library) -> None:
    broken = library.corpus / "abime.pdf"
    broken.write_bytes(b"%PDF-1.7\n garbage")
    first = ingest(library)
    steps: list[Step] = []
    again = ingest(library, listen=steps.append)
    assert again.refused == first.refused
    assert not [step for step in steps if step.stage is Stage.READING]
    broken.write_text("corrigé", encoding="utf-8")
    assert ingest(library).refused != first.refused
    broken.unlink()
    assert ingest(library).refused == []
    assert library.store.refusals() == {}


def test_an_empty_corpus_is_taken_for_a_drive_that_is_not_there(library: Library) -> None:
    ingest(library)
    before = paths(library)
    for file in library.corpus.rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(KbError, match="Le disque partagé est-il accessible"):
        ingest(library)
    assert paths(library) == before


def test_a_copy_cut_short_leaves_no_half_file_in_the_corpus(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "ailleurs.md"
    outside.write_text("Texte venu d’ailleurs.\n", encoding="utf-8")
    home = library.corpus / "a-classer"
    take(library, [outside])
    assert [file.name for file in home.iterdir()] == ["ailleurs.md"]
    (home / ".copie-123").write_text("moitié")
    assert [path for path in ingest(library).accepted if "copie" in path] == []
