"""The ways in which French transcripts name who speaks, each read from a real file; and what looks like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.readers import read

TURNS = (
    ("Marie Dupont", "Bonjour à toutes et à tous."),
    ("Jean Martin", "Merci de votre accueil."),
    ("Marie Dupont", "Combien cela coûte-t-il ?"),
    ("Jean Martin", "Douze mille euros par an."),
)
CLOCKS = ("0:03", "0:41", "1:15", "2:07")


def document(folder: Path, name: str, text: str) -> ReadDocument:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def said(found: ReadDocument) -> list[tuple[str | None, str]]:
    return [(s.speaker, found.text[s.start : s.end]) for s in found.segments if not s.is_aside]


def laid(shape: str, gap: str = "\n\n") -> str:
    """The turns in a shape where {0} is the name, {1} the words, {2} the time."""
    return gap.join(shape.format(name, words, clock) for (name, words), clock in zip(TURNS, CLOCKS, strict=True))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("a.txt", "{0} : {1}"),
        ("a.txt", "– {0} : {1}"),
        ("a.txt", "{0} – {1}"),
        ("a.txt", "{0}, maire de Saint-Avit : {1}"),
        ("a.txt", "{0} (Saint-Avit) : {1}"),
        ("a.txt", "{0} (14) : {1}"),
        ("a.txt", "{0}  {2}\n{1}"),
        ("a.txt", "{0} [{2}]\n{1}"),
        ("a.txt", "{0}\n{2}\n{1}"),
        ("a.txt", "{0}\n0 minutes 3 secondes\n{2}\n{1}"),
        ("a.txt", "0{2} {0}\n{1}"),
        ("a.txt", "[00:0{2}] {0} :\n{1}"),
        ("a.txt", "[00:0{2}] {0} : {1}"),
        ("a.txt", "{0} [00:0{2}] : {1}"),
        ("a.txt", "00:0{2} --> 00:0{2}\n{0}\n{1}"),
        ("a.md", "**{0}** : {1}"),
        ("a.md", "**{0}** – {1}"),
        ("a.md", "**{0}**  {2}\n{1}"),
        ("a.md", "### {0}\n\n{1}"),
        ("a.html", "<h3>{0}</h3><p>{1}</p>"),
        ("a.html", "<p><strong>{0} :</strong> {1}</p>"),
        ("a.vtt", "00:0{2}.000 --> 00:0{2}.900\n<v {0}>{1}</v>"),
        ("a.vtt", "00:0{2}.000 --> 00:0{2}.900\n{0}: {1}"),
    ],
)
def test_each_way_of_naming_gives_the_same_turns(tmp_path: Path, name: str, shape: str) -> None:
    start = {"a.vtt": "WEBVTT\n\n", "a.html": "<html><body>"}.get(name, "")
    assert said(document(tmp_path, name, start + laid(shape))) == list(TURNS)


def test_a_line_with_the_time_gives_the_words_their_time(tmp_path: Path) -> None:
    found = document(tmp_path, "a.txt", laid("{0}  {2}\n{1}"))
    assert [s.anchor.start_s for s in found.segments] == [3.0, 41.0, 75.0, 127.0]


def test_names_in_capitals_on_their_line_are_no_headings(tmp_path: Path) -> None:
    text = "ORDRE DU JOUR\n\nDeux points.\n\n" + "\n\n".join(f"{name.upper()}\n\n{words}" for name, words in TURNS)
    assert said(document(tmp_path, "a.txt", text))[2:] == [(name.upper(), words) for name, words in TURNS]


def test_a_surname_in_capitals_is_the_person_whose_full_name_the_document_writes(tmp_path: Path) -> None:
    text = "Présents : Mme Marie DUPONT et M. Jean MARTIN.\n\nDUPONT : Bonjour.\n\nMARTIN : Merci.\n\n" * 2
    assert {who for who, _ in said(document(tmp_path, "a.txt", text))} >= {"DUPONT", "MARTIN"}


def test_the_chair_is_named_at_the_start_of_a_paragraph_by_title_and_others_interject(tmp_path: Path) -> None:
    lines = (
        ("Mme la présidente", "La séance est ouverte."),
        ("M. Jean Martin, rapporteur", "Le texte est prêt."),
        ("M. Paul Petit", "Bravo !"),
        ("Plusieurs députés du groupe UMP", "Oui !"),
        ("M. Jean Martin", "Je poursuis."),
        ("Mme la présidente", "Merci."),
    )
    found = said(document(tmp_path, "a.txt", "\n\n".join(f"{who}. {words}" for who, words in lines)))
    assert found == [(who.split(",")[0], words) for who, words in lines]


def test_voices_of_the_floor_are_speakers(tmp_path: Path) -> None:
    text = "Animatrice : Une question ?\n\nDe la salle : Oui, sur le coût.\n\nUne intervenante (Lyon) : Moi aussi.\n\n"
    text += "Un intervenant : Combien ?\n\nAnimatrice : Merci."
    assert [who for who, _ in said(document(tmp_path, "a.txt", text))] == [
        *("Animatrice", "De la salle", "Une intervenante (Lyon)", "Un intervenant", "Animatrice"),
    ]


def test_a_numbered_question_names_who_asks_it(tmp_path: Path) -> None:
    text = "".join(f"## Question {n} – {name}\n\n{words}\n\n" for n, (name, words) in enumerate(TURNS, start=1))
    assert [(who, words) for who, words in said(document(tmp_path, "a.md", text)) if who] == list(TURNS)


def test_questions_of_an_unnamed_voice_are_nobodys_and_end_the_turn(tmp_path: Path) -> None:
    text = "".join(f"Q : {words}\n\n{name} : {words}\n\n" for name, words in TURNS)
    assert [who for who, _ in said(document(tmp_path, "a.txt", text))][::2] == [None] * 4


def test_an_interview_by_letters_names_nobody_and_keeps_its_letters(tmp_path: Path) -> None:
    text = "Q : Pourquoi ce choix ?\n\nR : Pour le coût.\n\nQ : Et ensuite ?\n\nR : Nous verrons.\n"
    assert said(document(tmp_path, "a.txt", text))[0] == (None, "Q : Pourquoi ce choix ?")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "Objectif : Réduire la dépense.\n\nBudget : Douze mille euros.\n\nArticle 3. Le maire signe.\n" * 3),
        ("a.txt", "M. Dupont a dit que le budget était voté. Mme Martin a répondu.\n\nM. Dupont le regrette.\n" * 4),
        ("a.txt", "Présents :\n\nMarie Dupont, maire de Lyon ;\n\nJean Martin, préfet ;\n\nPaul Petit, élu.\n" * 3),
        ("a.txt", "Marie Dupont : Maire de Lyon ;\n\nJean Martin : Préfet du Gers ;\n\nPaul Petit : Élu ;\n" * 3),
        ("a.txt", "Marie Dupont – Maire de Lyon\n\nJean Martin – Préfet du Gers\n\nPaul Petit – Élu local\n" * 3),
        ("a.txt", "9:00 Accueil\n\n9:30 Ouverture\nPar la maire de Lyon.\n\n10:30 Pause\n\n11:00 Débat\nAvec vous.\n"),
        (
            "a.txt",
            "9:30 Marie Dupont\nLes élus.\n\n10:15 Jean Martin\nLa dette.\n\n11:00 Paul Petit\nUn vote.\n",
        ),
        (
            "a.md",
            "| Nom | Propos |\n|---|---|\n| Marie Dupont | Oui. |\n| Jean Petit | Non. |\n| Marie Dupont | Si |\n",
        ),
        ("a.md", "### Le guichet\n\nIl est ouvert.\n\n### La fibre\n\nElle arrive.\n\n### Le guichet\n\nIl ferme.\n"),
        ("a.md", "La note porte sur l’eau.\n\n" * 30 + "**Maire** : Nous agissons.\n\n**Habitante** : Je doute.\n"),
    ],
)
def test_nobody_speaks_where_nobody_does(tmp_path: Path, name: str, text: str) -> None:
    assert {who for who, _ in said(document(tmp_path, name, text))} == {None}


@pytest.mark.parametrize(
    "note",
    ["(Applaudissements.)", "[Rires]", "(Exclamations sur les bancs du groupe UMP.) – (Rires.)", "♪ Générique ♪",
     "*M. Dupont se lève et sort.*", "La séance est levée à 18 h.", "M. Dupont entre en séance."],
)  # fmt: skip
def test_what_was_noted_inside_a_turn_is_an_aside_of_nobody(tmp_path: Path, note: str) -> None:
    text = laid("**{0}** : {1}\n\nJe poursuis.\n\n@\n\nJe conclus.").replace("@", note, 1).replace("@\n\n", "")
    found = document(tmp_path, "a.md", text)
    assert [(found.text[s.start : s.end], s.speaker) for s in found.segments if s.is_aside] == [(note.strip("*"), None)]


def test_an_aside_does_not_end_the_turn_unless_the_sitting_stops(tmp_path: Path) -> None:
    text = laid("{0} : {1}") + "\n\n(Rires.)\n\nJe poursuis.\n\n(La séance est levée à 18 h.)\n\nRédigé par le greffe."
    assert [who for who, _ in said(document(tmp_path, "a.txt", text))][-2:] == ["Jean Martin", None]


def test_what_was_decided_is_nobodys_and_no_aside(tmp_path: Path) -> None:
    text = laid("{0} : {1}") + "\n\n(L’amendement n° 12 n’est pas adopté.)"
    assert said(document(tmp_path, "a.txt", text))[-1] == (None, "(L’amendement n° 12 n’est pas adopté.)")


def test_laughter_in_subtitles_is_an_aside_of_nobody(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Maire>Bonjour.\n\n00:02.000 --> 00:03.000\n<v Maire>(Rires)\n"
    last = document(tmp_path, "a.vtt", text).segments[-1]
    assert (last.is_aside, last.speaker) == (True, None)


def test_brackets_in_a_note_are_no_asides(tmp_path: Path) -> None:
    found = document(tmp_path, "a.md", "Un tableau.\n\n(Source : INSEE, 2020.)\n\n*Un extrait.*\n")
    assert not any(segment.is_aside for segment in found.segments)


def test_a_quotation_in_italics_that_is_announced_is_said(tmp_path: Path) -> None:
    text = laid("**{0}** : {1}") + "\n\nJe lis l’article :\n\n*La commune ouvre un guichet.*\n"
    assert said(document(tmp_path, "a.md", text))[-1] == ("Jean Martin", "La commune ouvre un guichet.")
