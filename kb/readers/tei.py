"""Debates in XML: TEI, Akoma Ntoso, and the sittings that the Assemblée nationale publishes (Syceron).

Turns are `sp` with their `speaker`, or `u` whose `who` leads to a person of the header; what no turn holds is nobody's.
Stage directions, incidents and notes stand in paragraphs of their own, in parentheses, and are nobody's either. The
header gives the title and the names, never words. No entity, DTD, schema or XInclude is followed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import clean
from kb.readers.decoding import decode
from kb.readers.scenes import Walk, local
from kb.readers.who import Cast

_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{1,40})["']""")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ROOTS = frozenset(("TEI", "TEI.2", "teiCorpus", "akomaNtoso", "compteRendu"))
_RAISED = re.compile(r"\[\[([^\W\d_]{1,4})\]\]")
"""How sittings write raised letters: « n[[o]] 15 »."""
_LONGEST_NAME = 40

ENTITIES = "le document XML déclare des entités ; il est refusé par sécurité : exportez-le à nouveau sans elles"
NOT_TEI = "c’est du XML, mais pas celui d’un débat (TEI, Akoma Ntoso ; racine « {} ») ; exportez-le en HTML ou en PDF"
DAMAGED = "le XML est abîmé ou incomplet (ligne {}, colonne {}) ; exportez le document à nouveau"
TOO_DEEP = "le XML est trop imbriqué ou démesuré pour être lu ; exportez le document à nouveau, en PDF par exemple"


def read(path: Path) -> ReadDocument:
    """Read a TEI file. Anchors give the paragraph and the heading above it, and the times where there are some."""
    data = path.read_bytes()
    declared = _ENCODING.match(data[:300])
    source, warnings = decode(data, path.name, declared[1].decode("ascii") if declared else None)
    root = _parsed(source, path.name)
    cast = Cast(root)
    walk = Walk(cast)
    for text in _texts(root):
        walk.through(text)
    if local(root) == "compteRendu":
        walk.blocks = [
            block if block.said_from else replace(block, text=_RAISED.sub(r"\1", block.text)) for block in walk.blocks
        ]
    return build(walk.blocks, title=_title(root), warnings=[*warnings, *cast.warnings()])


def _parsed(source: str, name: str) -> etree._Element:
    if _ENTITY.search(source):
        raise UnreadableDocument(name, ENTITIES)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_DECLARATION.sub("", source).lstrip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        limits = (etree.ErrorTypes.ERR_INTERNAL_ERROR, etree.ErrorTypes.ERR_RESOURCE_LIMIT)
        line, column = error.position
        raise UnreadableDocument(name, TOO_DEEP if error.code in limits else DAMAGED.format(line, column)) from error
    if local(root) not in _ROOTS:
        raise UnreadableDocument(name, NOT_TEI.format(clean(local(root))[:_LONGEST_NAME]))
    return root


def _texts(root: etree._Element) -> Iterator[etree._Element]:
    """The parts that hold words, outermost only."""
    for child in root:
        if local(child) in ("TEI", "TEI.2"):
            yield from _texts(child)
        elif local(child) not in ("teiHeader", "standOff", "facsimile", "sourceDoc", "uid", "seanceRef", "sessionRef"):
            yield child


def _title(root: etree._Element) -> str | None:
    """The main title of the header, if it has one; else the first."""
    titles = list(root.iterfind(".//{*}teiHeader//{*}titleStmt/{*}title"))
    main = [each for each in titles if each.get("type") == "main"]
    written = ["".join(str(part) for part in each.itertext()) for each in (*main, *titles)]
    return choose_title(*(html.unescape(title) for title in written))
