from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.domain import Anchor, ReadDocument, Segment
from kb.errors import UnreadableDocument
from kb.readers import SUPPORTED, child, format_of, is_ignorable, read, sandbox, wire, worker
from kb.readers.sniffing import holds
from kb.readers.wire import from_json, to_json
from kb.settings import Settings


@pytest.fixture
def limits(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path, read_seconds=60)


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


def cause_of(path: Path, limits: Settings) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        sandbox.read_safely(path, limits)
    return caught.value.cause


# The table and the sniffing


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "Thumbs.db", "~$note.docx", ".~lock.note.odt#", ".cache.md", "session.toml", "__MACOSX/._note.docx"],
)
def test_traces_of_software_are_passed_over(name: str) -> None:
    assert is_ignorable(Path("corpus") / name)


def test_documents_are_not_passed_over() -> None:
    assert not any(is_ignorable(Path(f"note{extension}")) for extension in SUPPORTED)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("vide.txt", "", "fichier vide"),
        ("blancs.txt", " \n\u00a0\u200b\n", "le fichier ne contient aucun texte"),
        ("tableau.xlsx", "x", "format non pris en charge (.xlsx) ; exportez le document en PDF ou en DOCX"),
        ("page.pdf", "<!doctype html><p>Session expirée</p>", "ce n’est pas un PDF : le contenu est une page HTML"),
        ("texte.pdf", "Un texte.", "ce n’est pas un PDF"),
        ("note.docx", b"%PDF-1.7\n", "ce n’est pas un document Word (.docx) : le contenu est celui d’un PDF"),
        ("note.txt", b"%PDF-1.7\n", "ce n’est pas un texte : le contenu est celui d’un PDF"),
        ("son.vtt", b"ID3\x04" + bytes(50), "le contenu est un son ou une vidéo"),
        ("programme.md", b"MZ" + bytes(range(256)), "le contenu est binaire"),
        ("photo.pdf", b"\x89PNG\r\n", "le contenu est une image"),
        ("note.docx", b"PK\x03\x04" + bytes(60), "le fichier est abîmé ou incomplet"),
        ("vieux.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "ancien format Office"),
        ("secret.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_cause(
    tmp_path: Path, name: str, content: str | bytes, cause: str
) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(written(tmp_path, name, content))
    assert cause in caught.value.cause


@pytest.mark.parametrize(
    ("name", "content", "chosen"),
    [
        ("debat.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour.\n", "vtt"),
        ("debat.txt", "1\n00:00:01,000 --> 00:00:02,000\nBonjour.\n", "srt"),
        ("page.txt", "<!doctype html><p>Bonjour.</p>", "html"),
        ("note.MD", "Bonjour.", "markdown"),
        ("sans_extension", "Bonjour.", "txt"),
    ],
)
def test_a_text_is_read_as_what_it_is(tmp_path: Path, name: str, content: str, chosen: str) -> None:
    assert format_of(written(tmp_path, name, content)).name == chosen


# The wire

DOCUMENT = ReadDocument("Un. Deux.", (Segment(0, 3, Anchor(page=1)), Segment(4, 9, Anchor(start_s=1.5), "Maire")), "T")


def test_a_document_comes_back_from_json_as_it_went() -> None:
    assert from_json(to_json(DOCUMENT)) == DOCUMENT


@pytest.mark.parametrize(
    ("true", "false"),
    [("[0,3,", "[0,99,"), ("[4,9,", "[2,9,"), ('"page":1', '"page":"1"'), ('"page":1', '"pages":1'),
     ("Un.", "\\ud800."), ("false]", "0]"), ('"T"', "3"), ("{", "[")],
)  # fmt: skip
def test_a_document_that_is_not_whole_is_refused(true: str, false: str) -> None:
    with pytest.raises(ValueError):
        from_json(to_json(DOCUMENT).replace(true, false, 1))


# The process with limits


def test_a_document_read_in_its_process_is_the_one_read_here(tmp_path: Path, limits: Settings) -> None:
    path = written(tmp_path, "débat\n1.md", "# Titre\n\nMaire : Bonjour.\n\nÉlue : Oui.\n\nMaire : Merci.\n")
    assert sandbox.read_safely(path, limits) == read(path)


def test_a_refusal_comes_back_with_its_cause(tmp_path: Path, limits: Settings) -> None:
    assert cause_of(written(tmp_path, "a.xlsx", "x"), limits).startswith("format non pris en charge (.xlsx)")


def test_a_name_that_is_no_utf8_is_read_all_the_same(tmp_path: Path, limits: Settings) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.txt"))
    path.write_text("Bonjour.")
    assert sandbox.read_safely(path, limits).text == "Bonjour."


def test_a_reading_that_lasts_is_stopped_and_the_limit_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "long.txt", "mot " * 3_000_000)
    began = time.monotonic()
    assert "la lecture a dépassé 0.3 s" in cause_of(path, Settings(corpus=tmp_path, read_seconds=0.3))
    assert time.monotonic() - began < 5


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "gros.txt", "mot " * 20_000_000)
    cause = cause_of(path, Settings(corpus=tmp_path, read_seconds=60, read_megabytes=150))
    assert cause == worker.MEMORY


def test_a_link_that_leads_out_of_the_corpus_is_refused_one_inside_is_read(tmp_path: Path) -> None:
    limits = Settings(corpus=tmp_path / "corpus", read_seconds=60)
    inside = written(tmp_path, "corpus/a/note.txt", "Dedans.")
    outside = written(tmp_path, "ailleurs.txt", "Dehors.")
    for name, target in (("dedans.txt", inside), ("dehors.txt", outside)):
        (tmp_path / "corpus" / name).symlink_to(target)
    assert sandbox.read_safely(tmp_path / "corpus/dedans.txt", limits).text == "Dedans."
    assert "lien symbolique" in cause_of(tmp_path / "corpus/dehors.txt", limits)


def test_what_is_no_regular_file_is_refused_before_it_is_opened(tmp_path: Path, limits: Settings) -> None:
    os.mkfifo(tmp_path / "tube.txt")
    (tmp_path / "dossier.pdf").mkdir()
    (tmp_path / "casse.txt").symlink_to("absent.txt")
    with (tmp_path / "creux.txt").open("wb") as file:
        file.truncate(5 << 30)
    assert "fichier ordinaire" in cause_of(tmp_path / "tube.txt", limits)
    assert "dossier" in cause_of(tmp_path / "dossier.pdf", limits)
    assert "nulle part" in cause_of(tmp_path / "casse.txt", limits)
    assert "500 Mo" in cause_of(tmp_path / "creux.txt", limits)


@pytest.mark.parametrize(
    "act",
    [
        "open('x', 'w')",
        "__import__('os').system('true')",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
    ],
)
def test_a_reader_can_neither_write_run_nor_call(act: str) -> None:
    code = f"import sys; from kb.readers.child import _watch; sys.addaudithook(_watch); {act}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                         cwd=Path(child.__file__).parents[2])  # fmt: skip
    assert "PermissionError" in run.stderr


# What is doubtful is said


def test_a_file_read_as_something_else_than_its_extension_says_so(tmp_path: Path) -> None:
    page = read(written(tmp_path, "debat.csv", "<!doctype html><p>Le guichet reste ouvert.</p>"))
    assert page.warnings == ("malgré son extension, le fichier a été lu comme une page HTML",)


def test_subtitles_without_their_header_are_read_and_it_is_said(tmp_path: Path) -> None:
    read_file = read(written(tmp_path, "a.vtt", "00:00:01.000 --> 00:00:02.000\n<v Maire>Bonjour.</v>\n"))
    assert (read_file.segments[0].speaker, len(read_file.warnings)) == ("Maire", 1)


def test_subtitles_cut_within_a_word_are_read_and_it_is_said(tmp_path: Path) -> None:
    read_file = read(written(tmp_path, "a.srt", "1\n00:00:01,000 --> 00:00:02,000\nBonjour à tou"))
    assert "s’arrête au milieu d’une ligne" in read_file.warnings[0]


def test_dos_accents_are_read_right_and_said_to_be_a_guess(tmp_path: Path) -> None:
    text = "La délibération est adoptée à l'unanimité, où le préfet a été entendu."
    read_file = read(written(tmp_path, "dos.txt", text.encode("cp850")))
    assert (read_file.text, len(read_file.warnings)) == (text, 1)


def test_bytes_of_two_encodings_in_one_line_are_both_kept(tmp_path: Path) -> None:
    read_file = read(written(tmp_path, "a.txt", "début et ".encode() + "qualité".encode("cp1252")))
    assert (read_file.text, len(read_file.warnings)) == ("début et qualité", 1)


def test_a_page_nested_beyond_reason_is_read(tmp_path: Path) -> None:
    page = "<div>" * 50_000 + "fond" + "</div>" * 50_000 + "<p>après</p>"
    assert read(written(tmp_path, "a.html", page)).text == "fond\n\naprès"


def test_a_stream_name_is_found_across_two_reads(tmp_path: Path) -> None:
    name = "WordDocument".encode("utf-16-le")
    assert holds(written(tmp_path, "a.doc", bytes((1 << 20) - 7) + name), "WordDocument")
    assert not holds(written(tmp_path, "b.doc", bytes(3 << 20)), "WordDocument")


def test_an_answer_of_more_parts_than_a_document_has_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST_ITEMS", 5)
    with pytest.raises(ValueError, match="more parts"):
        from_json(to_json(DOCUMENT))
