"""A small memory for the tests of the app: real files, ingested by the real pipeline, served by the real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kb.encoder import Encoder
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import ROOT, Settings

INCLUSION = "season-3/2021-04-13-inclusion"
QUESTION = "qui donne confiance aux habitants au guichet"

SEASONS = {
    1: ("Les centres", "Comment ramener la vie dans les centres ?", 2019),
    3: ("Le numérique", "Comment aller vers le numérique avec les habitants ?", 2021),
}
SESSION = """
title = "Inclure tous les habitants"
date = 2021-04-13
themes = ["confiance"]
questions = ["Qui accompagne les habitants ?"]
demo = true

[[documents]]
file = "transcription.vtt"
title = "Transcription du débat"

[[documents]]
file = "note.pdf"
type = "note"
title = "Note sur le guichet"

[[documents]]
file = "hostile.txt"
type = "compte-rendu"
title = "<script>alert('titre')</script> **Compte rendu**"

[[documents]]
file = "reserve.md"
visibility = "staff"
"""
RESERVED = "season-3/2021-05-01-reserve"
RESERVED_SESSION = """
title = "Séance à huis clos"
date = 2021-05-01
visibility = "members"
"""
VITRINES = """
title = "Vitrines vides"
date = 2019-03-12
themes = ["commerce"]
questions = ["Qui rouvre les boutiques ?"]
demo = true
"""
HOSTILE = """Le sorcier écrit <img src=x onerror="document.title='pris'"> et <script>alert(1)</script> dans son texte.

Le grimoire dit **pas gras**, $x^2$, [un lien](javascript:alert(1)), :material/home: et \u202eenvers\u202c pour finir.
"""
_TURNS = (
    (
        "Animatrice du débat",
        "Bonjour à toutes et à tous. Qui donne confiance aux habitants quand tout passe en ligne ?",
    ),
    (
        "Directrice d’une agence",
        "Ce n’est pas l’outil. Ce qui donne confiance, c’est la personne au guichet qui écoute.",
    ),
    (
        "Maire d’une commune rurale",
        "Chez nous, la fibre optique arrive enfin, et les écoles sont raccordées au réseau.",
    ),
    ("Sociologue des usages", "La peur de se tromper passe avant la difficulté. On craint surtout la sanction."),
)


def build_corpus(home: Path) -> None:
    """A transcript, a PDF of three pages, a note, a hostile text, and what the public may not see."""
    for number, (title, theme, year) in SEASONS.items():
        (home / f"season-{number}").mkdir(parents=True)
        (home / f"season-{number}" / "season.toml").write_text(
            f'number = {number}\ntitle = "{title}"\ntheme = "{theme}"\nyears = [{year}]\n', encoding="utf-8"
        )
    session, shops = home / INCLUSION, home / "season-1/2019-03-12-vitrines"
    session.mkdir()
    shops.mkdir()
    (session / "session.toml").write_text(SESSION, encoding="utf-8")
    (session / "transcription.vtt").write_text(_transcript(), encoding="utf-8")
    (session / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    (session / "copie-des-echanges.txt").write_text(HOSTILE, encoding="utf-8")
    (session / "reserve.md").write_text("Le budget confidentiel est de 45 000 €.\n", encoding="utf-8")
    _write_pdf(session / "note.pdf")
    (home / RESERVED).mkdir()
    (home / RESERVED / "session.toml").write_text(RESERVED_SESSION, encoding="utf-8")
    (home / RESERVED / "huis-clos.txt").write_text("Le huis clos parle du guichet.\n", encoding="utf-8")
    (shops / "session.toml").write_text(VITRINES, encoding="utf-8")
    (shops / "note-de-position.md").write_text(
        "# Rouvrir des boutiques\n\nUne foncière de commerce achète les murs et loue les boutiques à un prix juste.\n",
        encoding="utf-8",
    )


def _transcript() -> str:
    """Twenty rounds of the turns, so that the page is long enough to be scrolled; what is sought is in the last.

    Ten rounds say one sentence again and again, and ten say as many different ones as there are turns.
    A cue whose times mean nothing ends it, of which readers are warned.
    """
    filler = "Nous reprenons l’ordre du jour de la séance, sans hâte, avant d’entendre la suite des échanges."
    speakers = [speaker for _ in range(10) for speaker, _ in _TURNS]
    points = [f"Nous en venons au point {n} de l’ordre du jour de la séance." for n in range(1, len(speakers) + 1)]
    cues = [*((speaker, filler) for speaker in speakers), *zip(speakers, points, strict=True), *_TURNS]
    return (
        "WEBVTT\n\n"
        + "\n".join(
            f"{_time(at * 10)} --> {_time(at * 10 + 9)}\n<v {speaker}>{words}\n"
            for at, (speaker, words) in enumerate(cues)
        )
        + "\n00:99:99.000 --> 00:99:99.500\n<v Animatrice du débat>La séance est levée.\n"
    )


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"


def _write_pdf(path: Path) -> None:
    canvas = Canvas(str(path), pagesize=A4)
    for words in (
        "Cette note résume une séance de travail sur les services publics en ligne.",
        "La commune maintient un agent itinérant qui reçoit les familles le samedi matin.",
        "Le département finance la formation des agents pendant trois années.",
    ):
        canvas.drawString(72, 760, words)
        canvas.showPage()
    canvas.save()


def fill(home: Path, encoder: Encoder) -> Settings:
    """Build the corpus under a folder and ingest it; gives the settings of the memory."""
    config = Settings(corpus=home / "corpus", index=home / "index")
    build_corpus(config.corpus)
    library = open_library(config, encoder)
    report = ingest(library)
    assert not report.refused, report.refused
    return config


@contextmanager
def served(config: Settings, elsewhere: Path, port: int = 0) -> Iterator[str]:
    """The app of these settings, started from another folder by `streamlit run`; gives its address.

    port: a free one when it is 0.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = port or free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = os.environ | {"KB_CORPUS": str(config.corpus), "KB_INDEX": str(config.index)}
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    log = elsewhere / "server.log"
    with log.open("w") as written:
        server = subprocess.Popen(command, cwd=elsewhere, env=environment, stdout=written, stderr=subprocess.STDOUT)
    try:
        _wait(base, server, log)
        yield base
    finally:
        server.terminate()
        server.wait(20)


def _wait(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{base}/_stcore/health", timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
