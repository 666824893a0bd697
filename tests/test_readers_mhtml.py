from __future__ import annotations

import base64
from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import read

PAGE = (
    "<html><head><title>L’énergie locale</title></head><body><h1>Débat</h1><p>L’énergie coûte 12 €.</p></body></html>"
)


def saved(*parts: tuple[str, bytes], head: str = "", kind: str = 'multipart/related; boundary="x"') -> bytes:
    body = b"".join(b"--x\r\n" + headers.encode() + b"\r\n\r\n" + data + b"\r\n" for headers, data in parts)
    return f"{head}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode() + body + b"--x--\r\n"


def html(data: str, encoding: str = "utf-8", more: str = "") -> tuple[str, bytes]:
    headers = f"Content-Type: text/html; charset={encoding}\r\nContent-Transfer-Encoding: base64{more}"
    return headers, base64.encodebytes(data.encode(encoding))


def of(folder: Path, data: bytes, name: str = "page.mht") -> ReadDocument:
    path = folder / name
    path.write_bytes(data)
    return read(path)


@pytest.mark.parametrize("name", ["page.mht", "page.mhtml", "page.html"])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_the_page_is_read_in_its_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    document = of(tmp_path, saved(html(PAGE, encoding)), name)
    assert (document.title, document.text) == ("Débat", "Débat\n\nL’énergie coûte 12 €.")


def test_quoted_words_are_read(tmp_path: Path) -> None:
    part = ("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable", b"<p>=C3=A9ner=\r\ngie</p>")
    assert of(tmp_path, saved(part)).text == "énergie"


def test_the_page_is_the_part_that_the_file_names(tmp_path: Path) -> None:
    frame = html("<p>Un cadre.</p>", more="\r\nContent-ID: <cadre>\r\nContent-Location: https://a.fr/cadre")
    page = html("<p>La page.</p>", more="\r\nContent-ID: <page>\r\nContent-Location: https://a.fr/")
    started = saved(frame, page, kind='multipart/related; boundary="x"; start="<page>"')
    located = saved(frame, page, head="From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.fr/\r\n")
    assert [of(tmp_path, data).text for data in (started, located)] == ["La page.", "La page."]


def test_the_subject_is_the_title_of_a_page_without_one(tmp_path: Path) -> None:
    head = "From: <Saved by Blink>\r\nSubject: =?utf-8?Q?Le_d=C3=A9bat?=\r\n"
    assert of(tmp_path, saved(html("<p>Bonjour.</p>"), head=head)).title == "Le débat"


def test_pictures_are_no_words(tmp_path: Path) -> None:
    picture = ("Content-Type: image/png\r\nContent-Transfer-Encoding: base64", base64.encodebytes(b"\x89PNG" * 9))
    assert of(tmp_path, saved(picture, html("<p>Bonjour.</p>"))).text == "Bonjour."


@pytest.mark.parametrize(
    "data", [saved(("Content-Type: image/png", b"x")), b"MIME-Version: 1.0\r\n\r\n", saved(html(""))]
)
def test_a_file_without_its_page_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="vide ou incomplète"):
        of(tmp_path, data)


def test_parts_nested_without_end_are_refused(tmp_path: Path) -> None:
    nested = "".join(f"--b{at}\nContent-Type: multipart/mixed; boundary=b{at + 1}\n\n" for at in range(3000))
    data = f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b0\n\n{nested}".encode()
    with pytest.raises(UnreadableDocument, match="imbriquée"):
        of(tmp_path, data)


def test_a_mail_that_speaks_of_parts_is_a_text(tmp_path: Path) -> None:
    mail = b"From: a@b.fr\nSubject: Page\n\nLe format multipart/related.\n"
    assert of(tmp_path, mail, "courriel.txt").text.endswith("multipart/related.")
