"""A quotation in the forms people take away: a sentence, Markdown, BibTeX, RIS, a W3C annotation, in French."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from unicodedata import category

from kb import labels
from kb.domain import Document, DocumentType, Passage, Session
from kb.french import NBSP, fold, long_date
from kb.selectors import Selector, annotation

PUBLISHER = "Capteurs de territoire"
DEMO = "document de démonstration"
DEMO_NOTE = f"Document de démonstration{NBSP}: contenu fictif, à ne pas citer comme un propos tenu"

_LINE_ENDS = re.compile(r"\n+")
_OPENS, _CLOSES = re.compile(r"«\s*"), re.compile(r"\s*»")
_ENDS = ("?", "!", "…")
_ENDED = re.compile(r"([?!…]), ")
_BREAKS = re.compile(r"[^\S \u00a0\u202f]+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_OPENS_A_LIST = re.compile(r"^(\d*)([-+=.)])")
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "$&#_%"},
}
_RIS_TYPES = {DocumentType.TRANSCRIPT: "GEN", DocumentType.SLIDES: "SLIDE"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """What is cited: a passage, where it comes from, and the address that proves it."""

    passage: Passage
    document: Document
    session: Session | None
    address: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a quotation. `key` names it in a page."""

    key: str
    name: str
    text: str


def forms(cited: Quotation, selector: Selector) -> tuple[Form, ...]:
    """Every form but the plain sentence and the address, ready to be copied."""
    made = annotation(selector, cited.passage.text, cited.passage.anchor, cited.address)
    made["body"] = {"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": described(cited)}
    return (
        Form("markdown", "Markdown", markdown(cited)),
        Form("bibtex", "BibTeX", bibtex(cited)),
        Form("ris", "RIS", ris(cited)),
        Form("w3c", "Annotation W3C (JSON)", json.dumps(made, ensure_ascii=False, indent=2)),
    )


def sentence(cited: Quotation) -> str:
    """Speaker, « words », session, season, date, document, anchor. Address. What is not known is left out.

    The lines of the passage stay lines; quotation marks inside the quotation are the other ones, “ ”.
    """
    words = _CLOSES.sub("”", _OPENS.sub("“", _LINE_ENDS.sub("\n", cited.passage.text)))
    speaker = labels.speaker(cited.passage, cited.document)
    said = ", ".join(part for part in (speaker, f"«{NBSP}{words}{NBSP}»", _origin(cited)) if part)
    return f"{said}{'' if said.endswith(_ENDS) else '.'} {cited.address}"


def described(cited: Quotation) -> str:
    """The sentence without the words and the address: who, session, season, date, document, anchor."""
    return _listed(labels.speaker(cited.passage, cited.document), _origin(cited))


def markdown(cited: Quotation) -> str:
    """A block quotation, then who said it and where, with the address as a link. Nothing in it is markup of its own."""
    quoted = "\n".join(f"> {plain_markdown(line)}" for line in _LINE_ENDS.split(cited.passage.text.strip()))
    return f"{quoted}\n>\n> — [{plain_markdown(described(cited))}](<{cited.address}>)\n"


def plain_markdown(text: str) -> str:
    """One line of text as Markdown that is read as that text."""
    return _OPENS_A_LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", _one_line(text)))


def bibtex(cited: Quotation) -> str:
    """A `@misc` entry; the key is made of the speaker or title, the year and the place."""
    day = _day(cited)
    fields = {
        "author": f"{{{_tex(_author(cited))}}}",
        "title": f"{{{_tex(cited.document.title)}}}",
        "howpublished": _tex(_series(cited)),
        "year": str(day.year) if day else "",
        "month": str(day.month) if day else "",
        "pages": _tex(str(cited.passage.anchor.page or "")),
        "note": _tex(_note(cited)),
        "url": _address_in_tex(cited.address),
        "abstract": _tex(_one_line(cited.passage.text)),
        "language": "french" if cited.document.language == "fr" else _tex(cited.document.language),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(cited)},\n{lines}}}\n"


def ris(cited: Quotation) -> str:
    """A RIS record: two letters, two blanks, a hyphen, a blank, then the value on one line; lines end with CR LF."""
    day = _day(cited)
    tags = (
        ("TY", _RIS_TYPES.get(cited.document.type, "RPRT")),
        ("AU", _author(cited)),
        ("TI", cited.document.title),
        ("T2", _series(cited)),
        ("PB", PUBLISHER),
        ("PY", str(day.year) if day else ""),
        ("DA", f"{day:%Y/%m/%d}" if day else ""),
        ("SP", str(cited.passage.anchor.page or "")),
        ("N1", _note(cited)),
        ("AB", cited.passage.text),
        ("LA", cited.document.language),
        ("UR", cited.address),
    )
    lines = [f"{tag}  - {_one_line(value)}" for tag, value in tags if value]
    return "\r\n".join((*lines, "ER  - ")) + "\r\n"


def _origin(cited: Quotation) -> str:
    """« Inclure les habitants, Capteurs de territoire, saison 3, 13 avril 2021, Note sur le guichet, p. 4 »."""
    document, session, day = cited.document, cited.session, _day(cited)
    parts = (
        session.title if session else "",
        f"{PUBLISHER}, saison{NBSP}{document.season}" if document.season is not None else "",
        long_date(day) if day else "",
        document.title + (f" ({DEMO})" if document.demo else ""),
        labels.anchor(cited.passage.anchor),
    )
    return _listed(*parts)


def _listed(*parts: str) -> str:
    """Those that say something, a comma between them but after what ends by itself (« Qui paie ? 13 avril 2021 »)."""
    return _ENDED.sub(r"\1 ", ", ".join(part for part in parts if part))


def _author(cited: Quotation) -> str:
    return cited.passage.speaker or PUBLISHER


def _series(cited: Quotation) -> str:
    """What a document is part of: its session and season."""
    season = f"{PUBLISHER}, saison{NBSP}{cited.document.season}" if cited.document.season is not None else PUBLISHER
    return _listed(cited.session.title if cited.session else "", season)


def _note(cited: Quotation) -> str:
    """What kind of document, where in it, and that it is a demonstration if it is."""
    parts = (
        labels.TYPES[cited.document.type],
        labels.anchor(cited.passage.anchor),
        DEMO_NOTE if cited.document.demo else "",
    )
    return ", ".join(part for part in parts if part)


def _day(cited: Quotation) -> date | None:
    return cited.document.date or (cited.session.date if cited.session else None)


def _key(cited: Quotation) -> str:
    """« maire2021a1b2c3-120 »: letters and figures only, and no other passage's."""
    words = re.findall(r"[a-z]+", fold(cited.passage.speaker or cited.document.title))
    name = next((word for word in words if len(word) > 2), "passage")[:20]
    day = _day(cited)
    return f"{name}{day.year if day else ''}-{cited.document.id[:6]}-{cited.passage.start}"


def _one_line(text: str) -> str:
    """Text without line ends or other control characters, which would end a value; other blanks are kept."""
    return "".join(c for c in _BREAKS.sub(" ", text) if category(c) != "Cc").strip()


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in _one_line(text))


def _address_in_tex(address: str) -> str:
    """An address keeps its characters; those that would end the field or the line are written in percent."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\" or c.isspace() else c for c in address)
