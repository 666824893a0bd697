"""What is copied from the page of a passage can be pasted where it is meant to go, whatever the words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.citations import Quotation, bibtex, forms, markdown, ris, sentence
from kb.domain import Anchor, Document, DocumentType, Passage, Session
from kb.selectors import parse_token, select

SESSION = Session("season-3/s", "Inclure les habitants", date(2021, 4, 13), 3)
NOTE = Document(
    "abc0123456", "season-3/s/note.pdf", "Note sur le guichet", DocumentType.PAPER, session=SESSION.id, season=3
)
ADDRESS = "https://memoire.example.fr/app/passage?p=abc~0~12~~La+confiance+vient.~~~0123abcd"
HOSTILE = "50 % & {coût} $x_1$ #2 ~ ^ \\write18{rm}\n\n@misc{a, b}\r\nER  - \u2028TY  - RPRT"


def cited(text: str = "La confiance\n\nvient.", *, demo: bool = False, speaker: str | None = "Maire") -> Quotation:
    passage = Passage("abc0123456.2", "abc0123456", 2, 120, 120 + len(text), text, Anchor(page=4), speaker)
    return Quotation(passage, replace(NOTE, demo=demo), SESSION, ADDRESS)


def every(found: Quotation) -> dict[str, str]:
    return {form.key: form.text for form in forms(found, select(found.passage))} | {"sentence": sentence(found)}


def test_a_sentence_says_who_what_where_and_when_with_its_address() -> None:
    assert sentence(cited()) == (
        "Maire, «\u00a0La confiance\nvient.\u00a0», Inclure les habitants, Capteurs de territoire, saison\u00a03, "
        f"13 avril 2021, Note sur le guichet, p.\u00a04. {ADDRESS}"
    )


def test_a_title_that_ends_by_itself_has_no_comma_and_quotes_in_a_quote_are_others() -> None:
    found = cited("On dit «\u00a0venez\u00a0».")
    asked = replace(found, document=replace(found.document, title="Qui paie\u00a0?"))
    assert "«\u00a0On dit “venez”.\u00a0», " in sentence(asked)
    assert "Qui paie\u00a0? p.\u00a04. " in sentence(asked)


def test_a_stray_document_leaves_out_what_is_not_known() -> None:
    stray = Document("abc", "seul.txt", "Seul", DocumentType.OTHER)
    found = Quotation(replace(cited("Oui.").passage, anchor=Anchor(), speaker=None), stray, None, "http://h/")
    assert sentence(found) == "«\u00a0Oui.\u00a0», Seul. http://h/"


def test_markdown_is_a_quotation_and_its_source() -> None:
    assert markdown(cited()) == (
        "> La confiance\n> vient.\n>\n> — [Maire, Inclure les habitants, Capteurs de territoire, saison\u00a03, "
        f"13 avril 2021, Note sur le guichet, p.\u00a04](<{ADDRESS}>)\n"
    )


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("**gras** [lien](x)", r"> \*\*gras\*\* \[lien\](x)"),
        ("- un tiret", r"> \- un tiret"),
        ("12. Un article", r"> 12\. Un article"),
        ("<b> &amp; $x$", r"> \<b\> \&amp; \$x\$"),
        ("# Titre", r"> \# Titre"),
    ],
)
def test_no_word_of_a_passage_is_markdown(words: str, quoted: str) -> None:
    assert markdown(cited(words)).splitlines()[0] == quoted


def test_bibtex_escapes_what_tex_would_obey() -> None:
    made = bibtex(cited(HOSTILE))
    assert r"50 \% \& \{coût\} \$x\_1\$ \#2 \textasciitilde{} \textasciicircum{} \textbackslash{}write18\{rm\}" in made
    assert made.startswith("@misc{maire2021-abc012-120,\n")
    assert f"  url = {{{ADDRESS}}},\n" in made
    assert "  year = {2021},\n" in made


@given(st.text(), st.text(min_size=1))
def test_the_braces_of_bibtex_are_always_paired(words: str, speaker: str) -> None:
    made = re.sub(r"\\[{}]", "", bibtex(cited(words, speaker=speaker)))
    depth = 0
    for character in made:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


@given(st.text(), st.text(min_size=1))
def test_every_line_of_ris_is_a_tag_and_ends_as_it_should(words: str, speaker: str) -> None:
    lines = ris(cited(words, speaker=speaker)).split("\r\n")
    assert lines.pop() == ""
    assert all(re.match(r"[A-Z][A-Z0-9]  - [^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*$", line) for line in lines)
    assert [line[:2] for line in lines if line[:2] in ("TY", "ER")] == ["TY", "ER"]


def test_the_annotation_finds_the_passage_again() -> None:
    found = cited()
    made = json.loads(every(found)["w3c"])
    quote, position, page = made["target"]["selector"]
    assert (quote["exact"], position["start"], page["value"]) == (found.passage.text, 120, "page=4")
    assert parse_token(select(found.passage).token).start == 120


def test_every_form_says_that_a_demonstration_is_one() -> None:
    assert [key for key, text in every(cited(demo=True)).items() if "démonstration" not in text.lower()] == []


def test_no_form_says_so_of_a_real_document() -> None:
    assert [key for key, text in every(cited()).items() if "démonstration" in text.lower()] == []
