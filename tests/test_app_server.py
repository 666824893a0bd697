"""What the server answers beside the pages: originals, headers, addresses that are no page."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.error import HTTPError

import pytest

from kb import browse
from kb.domain import STAFF
from kb.encoder import Encoder
from kb.library import open_library
from kb.settings import Settings
from tests.reading_room import INCLUSION, fill, served


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Place:
    """A served memory, and the ids of its documents by path."""

    base: str
    config: Settings
    ids: Mapping[str, str]

    def get(self, path: str, **headers: str) -> Answered:
        request = urllib.request.Request(f"{self.base}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answered(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            return Answered(error.code, error.headers, error.read())

    def source(self, path: str, **headers: str) -> Answered:
        return self.get(f"/source/{self.ids[path]}", **headers)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("served")
    config = fill(home, encoder)
    documents = browse.documents(open_library(config, encoder), viewer=STAFF)
    with served(config, home) as base:
        yield Place(base, config, {d.path: d.id for d in documents})


@pytest.mark.parametrize("path", ["/", "/passage", "/a-propos", "/?q=fibre"])
def test_pages_say_that_they_are_in_french(place: Place, path: str) -> None:
    answered = place.get(path)
    assert answered.status == 200
    assert b'<html lang="fr">' in answered.body


def test_a_pdf_is_given_whole_to_be_read_in_the_browser(place: Place) -> None:
    answered = place.source(f"{INCLUSION}/note.pdf")
    assert answered.headers["content-type"] == "application/pdf"
    assert answered.headers["content-disposition"].startswith("inline")
    assert answered.body == (place.config.corpus / INCLUSION / "note.pdf").read_bytes()


def test_a_part_of_a_pdf_can_be_asked_for(place: Place) -> None:
    answered = place.source(f"{INCLUSION}/note.pdf", Range="bytes=0-4")
    assert (answered.status, answered.body) == (206, b"%PDF-")


@pytest.mark.parametrize("name", ["transcription.vtt", "hostile.txt"])
def test_anything_but_a_pdf_is_downloaded_never_shown(place: Place, name: str) -> None:
    headers = place.source(f"{INCLUSION}/{name}").headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-security-policy"].startswith("sandbox")


def test_what_is_named_pdf_and_is_not_one_is_downloaded(place: Place) -> None:
    path = place.config.corpus / INCLUSION / "note.pdf"
    real = path.read_bytes()
    path.write_bytes(b"<script>alert(1)</script>")
    try:
        assert place.source(f"{INCLUSION}/note.pdf").headers["content-type"] == "application/octet-stream"
    finally:
        path.write_bytes(real)


def test_a_reserved_original_is_as_one_that_is_not_there(place: Place) -> None:
    reserved, absent = place.source(f"{INCLUSION}/reserve.md"), place.get("/source/inconnu")
    assert (reserved.status, absent.status) == (404, 404)
    assert b"45 000" not in reserved.body


def test_an_original_that_is_not_there_is_said_on_a_page_with_a_way_home(place: Place) -> None:
    said = place.get("/source/inconnu").body.decode()
    assert "Ce document n’est pas dans la mémoire" in said
    assert '<a href="../">Aller à la recherche</a>' in said


@pytest.mark.parametrize(
    "path",
    [
        "/source/..%2f..%2fetc%2fpasswd",
        "/source/../app.py",
        "/source/%2e%2e/app.py",
        "/assets/web.py",
        "/assets/..%2fweb.py",
    ],
)
def test_no_address_reaches_a_file_by_its_path(place: Place, path: str) -> None:
    answered = place.get(path)
    assert answered.status in {400, 404}
    assert b"import" not in answered.body
    assert b"root:" not in answered.body


def test_a_link_out_of_the_corpus_is_not_followed(place: Place) -> None:
    path = place.config.corpus / INCLUSION / "transcription.vtt"
    real = path.read_bytes()
    path.unlink()
    path.symlink_to("/etc/hostname")
    try:
        assert place.source(f"{INCLUSION}/transcription.vtt").status == 404
    finally:
        path.unlink()
        path.write_bytes(real)


def test_an_address_that_is_no_page_is_not_found_in_french(place: Place) -> None:
    answered = place.get("/nulle-part")
    assert answered.status == 404
    assert "Cette page n’existe pas" in answered.body.decode()


@pytest.mark.parametrize("path", ["/", "/nulle-part", "/assets/style.css", "/_stcore/health"])
def test_every_answer_has_careful_headers(place: Place, path: str) -> None:
    headers = place.get(path).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_the_policy_of_a_page_names_no_other_host(place: Place) -> None:
    policy = place.get("/").headers["content-security-policy"]
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src", 1)[1].split(";", 1)[0]


def test_the_server_listens_to_this_machine_only(place: Place) -> None:
    log = (place.config.corpus.parent / "server.log").read_text(encoding="utf-8")
    assert "URL: http://127.0.0.1" in log
    assert "Network URL" not in log


PICTURE = f"{INCLUSION}/note.pdf"


def test_a_page_of_a_pdf_is_drawn_and_not_sent_twice(place: Place) -> None:
    address = f"/source/{place.ids[PICTURE]}/page/2?passage=0-90"
    answered = place.get(address)
    assert (answered.status, answered.headers["Content-Type"]) == (200, "image/png")
    assert answered.body.startswith(b"\x89PNG")
    again = place.get(address, **{"If-None-Match": answered.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "address",
    ["inconnu/page/1", "{note}/page/0", "{note}/page/4", "{note}/page/999999999999", "{note}/page/x", "{text}/page/1"],
)
def test_a_page_that_is_not_there_is_not_drawn(place: Place, address: str) -> None:
    named = address.format(note=place.ids[PICTURE], text=place.ids[f"{INCLUSION}/hostile.txt"])
    assert place.get(f"/source/{named}?passage=1-0").status == 404
