"""A small corpus of many formats, and what happens to it between two ingests."""

from __future__ import annotations

import random
from pathlib import Path

from docx import Document
from reportlab.pdfgen.canvas import Canvas

SUBJECTS = (
    *("la fibre dans les écoles", "le guichet ouvert aux habitants", "le budget de la piscine", "la confiance"),
    *("les transports scolaires", "la géothermie", "les données publiques", "le marché du samedi", "la santé"),
)
VERBS = ("avance", "inquiète les habitants", "coûte cher à la commune", "a été votée", "sera discutée au printemps")


def sentences(seed: str, count: int) -> list[str]:
    dice = random.Random(seed)
    return [
        f"En {dice.randint(1990, 2030)}, {dice.choice(SUBJECTS)} {dice.choice(VERBS)}, dit l’élu {seed} ({n})."
        for n in range(count)
    ]


def write(corpus: Path, *, small: bool) -> None:
    """Twelve files, or five: notes, texts, transcripts, a page, a Word document, a PDF."""
    session = corpus / "saison-1" / "2021-04-13-seance"
    session.mkdir(parents=True)
    (corpus / "saison-1" / "season.toml").write_text('number = 1\ntitle = "Saison 1"\n', encoding="utf-8")
    (session / "session.toml").write_text('title = "Séance"\ndate = 2021-04-13\n', encoding="utf-8")
    for name in "a" if small else "abc":
        note(corpus / f"note-{name}.md", name)
        (corpus / f"texte-{name}.txt").write_text("\n\n".join(sentences(f"t{name}", 6)), encoding="utf-8")
    for name in "v" if small else "vw":
        cues(session / f"transcription-{name}.vtt", name)
    page(corpus / "page.html", "h")
    note(session / "compte-rendu.md", "cr")
    if not small:
        word(session / "rapport.docx", "d")
        pdf(corpus / "plan.pdf", "p")


def word(path: Path, seed: str) -> None:
    document = Document()
    document.add_heading("Rapport", 1)
    for sentence in sentences(seed, 8):
        document.add_paragraph(sentence)
    document.save(str(path))


def pdf(path: Path, seed: str) -> None:
    canvas = Canvas(str(path))
    for at, sentence in enumerate(sentences(seed, 10)):
        canvas.drawString(50, 780 - 20 * at, sentence)
    canvas.save()


def change(corpus: Path) -> None:
    """Three files become others, some go, one moves, one comes."""
    note(corpus / "note-a.md", "aa")
    cues(corpus / "saison-1" / "2021-04-13-seance" / "transcription-v.vtt", "vv")
    page(corpus / "page.html", "hh")
    (corpus / "plan.pdf").unlink(missing_ok=True)
    (corpus / "texte-a.txt").rename(corpus / "saison-1" / "texte-a.txt")
    note(corpus / "note-neuve.md", "n")


def remove(corpus: Path) -> None:
    """Half of the files go."""
    for path in sorted(corpus.rglob("*"))[::2]:
        if path.suffix in (".md", ".txt", ".vtt", ".pdf"):
            path.unlink()


def note(path: Path, seed: str) -> None:
    body = "\n\n".join(f"## Partie {seed}{i}\n\n{sentence}" for i, sentence in enumerate(sentences(seed, 7)))
    path.write_text(f"# Note {seed}\n\n{body}\n", encoding="utf-8")


def cues(path: Path, seed: str) -> None:
    turns = [
        f"00:00:{2 * i:02}.000 --> 00:00:{2 * i + 2:02}.000\n<v {'Le maire' if i % 3 else 'Une élue'}>{sentence}"
        for i, sentence in enumerate(sentences(seed, 9))
    ]
    path.write_text("WEBVTT\n\n" + "\n\n".join(turns) + "\n", encoding="utf-8")


def page(path: Path, seed: str) -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences(seed, 6))
    path.write_text(f"<html><head><title>Page {seed}</title></head><body><h1>Page</h1>{body}</body></html>")
