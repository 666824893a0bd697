from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import decoding, html, markdown, txt

PHRASE = "La délibération sur l’énergie est adoptée (coût : 12 000 €), œuvre commune."


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def words(document: ReadDocument) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_usual_encodings_are_read_without_a_word(encoding: str) -> None:
    assert decoding.decode((PHRASE * 20).encode(encoding), "a.txt") == (PHRASE * 20, [])


def test_a_page_that_declares_latin1_is_read_as_cp1252() -> None:
    assert decoding.decode(PHRASE.encode("cp1252"), "a.html", "iso-8859-1") == (PHRASE, [])


def test_a_text_encoded_twice_is_repaired_and_it_is_said() -> None:
    twice = PHRASE.encode("utf-8").decode("cp1252").encode("utf-8")
    assert decoding.decode(twice, "a.txt") == (PHRASE, [decoding.REPAIRED])


def test_lines_of_two_encodings_are_both_kept_and_it_is_said() -> None:
    mixed = "été\n".encode() + "énergie\n".encode("cp1252")
    assert decoding.decode(mixed, "a.txt") == ("été\nénergie\n", [decoding.MIXED])


def test_an_uncertain_encoding_is_said() -> None:
    assert decoding.decode(("délibération adoptée à l'unanimité " * 9).encode("cp850"), "a.txt")[1]


def test_binary_content_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="binaire"):
        decoding.decode(bytes(range(256)) * 20, "a.txt")


# Plain text


def test_paragraphs_of_a_text_know_their_line(tmp_path: Path) -> None:
    document = txt.read(written(tmp_path, "a.txt", "Un.\n\n\nDeux lignes\nd’un paragraphe.\n"))
    assert words(document) == ["Un.", "Deux lignes d’un paragraphe."]
    assert [segment.anchor.line for segment in document.segments] == [1, 4]


def test_where_lines_are_long_each_is_a_paragraph(tmp_path: Path) -> None:
    assert len(txt.read(written(tmp_path, "a.txt", f"{PHRASE * 3}\n{PHRASE * 3}\n")).segments) == 2


def test_items_of_a_list_stay_apart(tmp_path: Path) -> None:
    assert words(txt.read(written(tmp_path, "a.txt", "À faire :\n- trier\n- composter\n"))) == [
        "À faire :", "- trier", "- composter",
    ]  # fmt: skip


def test_an_indented_name_above_indented_words_is_their_speaker(tmp_path: Path) -> None:
    turns = ("le président", "Patrick Ollier", "le président", "Patrick Ollier")
    text = "".join(f"  {name}\n\n\n   On peut y arriver.\nMes chers collègues, avançons.\n\n\n\n" for name in turns)
    document = txt.read(written(tmp_path, "a.txt", text))
    assert [segment.speaker for segment in document.segments][::2] == list(turns)


def test_times_before_labels_are_kept(tmp_path: Path) -> None:
    text = "[00:00:15] Animatrice – Bonjour.\n[00:01:18] M. Haddad (maire) : Bonjour.\nMme X. — Non.\n"
    document = txt.read(written(tmp_path, "a.txt", text))
    assert [(segment.speaker, segment.anchor.start_s) for segment in document.segments] == [
        ("Animatrice", 15.0), ("M. Haddad (maire)", 78.0), ("Mme X", None),
    ]  # fmt: skip


def test_a_line_in_capitals_between_blank_lines_is_a_heading(tmp_path: Path) -> None:
    document = txt.read(written(tmp_path, "a.txt", "Début.\n\nPREMIÈRE PARTIE\n\nSuite.\n"))
    assert [segment.is_heading for segment in document.segments] == [False, True, False]
    assert document.segments[2].anchor.heading == "PREMIÈRE PARTIE"


@pytest.mark.parametrize("text", ["é" * 1_000_000, "a\n" * 200_000, "mot " * 200_000])
def test_monstrous_texts_take_bounded_time(tmp_path: Path, text: str) -> None:
    assert txt.read(written(tmp_path, "a.txt", text)).segments


# HTML

PAGE = """<!doctype html><html><head><title>Site — Débat</title><style>p{}</style></head><body>
<nav><a href="/">Accueil</a></nav><script>var x = "<p>faux</p>"</script>
<h1>Débat sur l’eau</h1><p>Une&nbsp;ligne<br>et l&rsquo;autre &amp; la suite.</p>
<ul><li>trier</li><li>composter</li></ul><ol start="3"><li>payer</li></ol>
<h2>Chiffres</h2><table><tr><th>Année</th><th>Coût</th></tr><tr><td>2023</td><td>12 M€</td></tr></table>
<p hidden>CACHÉ</p><p style="display: none">CACHÉ</p><div>Sans <b>balise</b> p</div>
<footer>Mentions légales</footer></body></html>"""


def test_a_page_is_read_block_by_block(tmp_path: Path) -> None:
    assert words(html.read(written(tmp_path, "a.html", PAGE))) == [
        "Débat sur l’eau", "Une\u00a0ligne et l’autre & la suite.", "trier", "composter", "3. payer", "Chiffres",
        "Année | Coût", "2023 | 12 M€", "Sans balise p",
    ]  # fmt: skip


def test_the_title_of_a_page_is_its_only_main_heading(tmp_path: Path) -> None:
    assert html.read(written(tmp_path, "a.html", PAGE)).title == "Débat sur l’eau"


def test_paragraphs_of_a_page_know_their_heading(tmp_path: Path) -> None:
    document = html.read(written(tmp_path, "a.html", PAGE))
    assert document.segments[-1].anchor.heading == "Chiffres"
    assert document.segments[-1].anchor.paragraph == 9


@pytest.mark.parametrize("label", ["<strong>{} :</strong>", "<strong>{}</strong> :", "<b>{}</b>&nbsp;:", "{} :"])
def test_labels_of_a_page_name_its_speakers(tmp_path: Path, label: str) -> None:
    turns = ("Maire", "Habitante", "Maire")
    page = "".join(f"<p>{label.format(name)} Nous y sommes.</p>" for name in turns)
    document = html.read(written(tmp_path, "a.html", page))
    assert [segment.speaker for segment in document.segments] == list(turns)
    assert words(document) == ["Nous y sommes."] * 3


def test_menus_of_links_are_left_out(tmp_path: Path) -> None:
    menu = "".join(f'<li><a href="/{place}">Rubrique {place}</a></li>' for place in "abcd")
    assert words(html.read(written(tmp_path, "a.html", f"<ul>{menu}</ul><h1>Titre</h1><p>Texte.</p>"))) == [
        "Titre", "Texte.",
    ]  # fmt: skip


def test_no_entity_of_a_page_is_fetched(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.txt", "CANARI")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><body><p>avant &x; après</p></body></html>'
    assert "CANARI" not in html.read(written(tmp_path, "a.html", page)).text


# Markdown

NOTE = """---
title: "Note sur l’eau"
---
# Autre titre

Deux lignes
d’un **seul** paragraphe, un [lien](javascript:alert(1)).

1. trier
2. composter

| Année | Coût |
|---|---|
| 2023 | 12 M€ |

{% transcription "x" %}
<p>Un bloc<br>HTML.</p>
"""


def test_a_note_is_read_block_by_block(tmp_path: Path) -> None:
    assert words(markdown.read(written(tmp_path, "a.md", NOTE))) == [
        "Autre titre", "Deux lignes d’un seul paragraphe, un lien.", "1. trier", "2. composter", "Année | Coût",
        "2023 | 12 M€", "Un bloc HTML.",
    ]  # fmt: skip


def test_blocks_of_a_note_know_heading_paragraph_and_line(tmp_path: Path) -> None:
    anchors = [segment.anchor for segment in markdown.read(written(tmp_path, "a.md", NOTE)).segments]
    assert [anchor.line for anchor in anchors] == [4, 6, 9, 10, 12, 14, 17]
    assert (anchors[1].heading, anchors[1].paragraph) == ("Autre titre", 2)


def test_the_front_matter_gives_the_title_before_the_heading(tmp_path: Path) -> None:
    assert markdown.read(written(tmp_path, "a.md", NOTE)).title == "Note sur l’eau"
    assert markdown.read(written(tmp_path, "b.md", NOTE.split("---\n")[2])).title == "Autre titre"


def test_a_hostile_front_matter_is_ignored_and_it_is_said(tmp_path: Path) -> None:
    text = '---\ntitle: !!python/object/apply:os.system ["true"]\n---\nTexte.\n'
    document = markdown.read(written(tmp_path, "a.md", text))
    assert (document.text, document.title, document.warnings) == ("Texte.", None, (markdown.BAD_FRONT_MATTER,))


@pytest.mark.parametrize("label", ["**{}** :", "**{} :**", "{} :"])
def test_labels_of_a_note_name_its_speakers(tmp_path: Path, label: str) -> None:
    turns = ("Maire", "Habitante", "Maire")
    document = markdown.read(
        written(tmp_path, "a.md", "\n\n".join(f"{label.format(name)} Nous y sommes.\n\nEncore." for name in turns))
    )
    assert [segment.speaker for segment in document.segments] == [name for name in turns for _ in range(2)]


def test_cards_of_name_and_role_name_who_speaks_after_them(tmp_path: Path) -> None:
    card = "<p>\n  {}<br>\n  Responsable de la mission<br>\n  DINUM\n</p>\n\n<p>Bonjour.</p>\n\n"
    text = card.format("Mélanie RAPHAËL") + card.format("Eve JULLIEN")
    document = markdown.read(written(tmp_path, "a.md", text))
    assert [segment.speaker for segment in document.segments] == [None, "Mélanie RAPHAËL", None, "Eve JULLIEN"]


def test_pathological_marks_take_bounded_time(tmp_path: Path) -> None:
    text = "`" * 100_000 + "\n" + "[" * 50_000 + "\n" + "*a " * 20_000 + "\n"
    assert markdown.read(written(tmp_path, "a.md", text)).segments
