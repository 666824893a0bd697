"""EPUB books: the chapters in the order of the spine, each read as the page it is.

Nothing leaves the zip: a chapter is looked up among the names inside, never on the disk.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.entities import html5
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from lxml import etree, html

from kb.domain import Anchor, ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.archives import BROKEN, TOO_LARGE, check
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title
from kb.readers.cards import with_cards
from kb.readers.decoding import decode
from kb.readers.markup import blocks_of, parse

Element: TypeAlias = Any  # lxml has no types

_MOST_BYTES = 60 << 20
_PAGES = frozenset(("application/xhtml+xml", "text/html", "application/xml", "text/xml"))
_FONTS = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
_RIGHTS = frozenset(("META-INF/encryption.xml", "META-INF/rights.xml", "META-INF/license.lcpl"))
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_KEPT = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""")

PROTECTED = "protégé par un verrou numérique (DRM) ; demandez une version sans verrou à son éditeur"
NO_PACKAGE = "le fichier de structure du livre (OPF) manque ou est illisible ; exportez le livre à nouveau"
LEAVES = "un chapitre du livre mène hors du fichier ; il est refusé par sécurité"
NO_CHAPTER = "aucun chapitre du livre ne se trouve dans le fichier ; exportez le livre à nouveau"
MISSING = "des chapitres annoncés par le livre n’y sont pas"


@dataclass(frozen=True, slots=True)
class _Book:
    """A book whose zip was checked: its parts by name, and its own name for what is said of it."""

    name: str
    archive: zipfile.ZipFile
    parts: frozenset[str]

    def tree(self, name: str) -> Element | None:
        """A part as XML; None where it is absent or no XML."""
        return _xml(self.archive.read(name)) if name in self.parts else None


def read(path: Path) -> ReadDocument:
    """Read a book. Anchors give the paragraph's number and the heading above it.

    Raise UnreadableDocument if it is broken, protected or out of proportion, or if a chapter leads out of it.
    """
    check(path, doctypes=True)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(_Book(path.name, archive, frozenset(archive.namelist())))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableDocument(path.name, BROKEN) from error


def _read(book: _Book) -> ReadDocument:
    _check_rights(book)
    package_name = _package_name(book)
    package = book.tree(package_name)
    if package is None:
        raise UnreadableDocument(book.name, NO_PACKAGE)
    chapters = _chapters(book, package, posixpath.dirname(package_name))
    present = [chapter for chapter in chapters if chapter in book.parts]
    if not present:
        raise UnreadableDocument(book.name, NO_CHAPTER)
    if sum(book.archive.getinfo(chapter).file_size for chapter in present) > _MOST_BYTES:
        raise UnreadableDocument(book.name, TOO_LARGE)
    blocks = [block for chapter in present for block in _blocks(book, chapter)]
    headings = [block.text for block in blocks if block.is_heading]
    numbered = (replace(block, anchor=Anchor(paragraph=number)) for number, block in enumerate(blocks, start=1))
    title = choose_title(package.findtext(".//{*}metadata/{*}title"), *headings[:1])
    return build(with_cards(numbered), title=title, warnings=[MISSING] if len(present) < len(chapters) else [])


def _check_rights(book: _Book) -> None:
    """Fonts are often scrambled in books that anyone may read; anything else that is encrypted is protected."""
    encryption = book.tree("META-INF/encryption.xml")
    methods = encryption.iterfind(".//{*}EncryptedData/{*}EncryptionMethod") if encryption is not None else ()
    if any(method.get("Algorithm") not in _FONTS for method in methods):
        raise UnreadableDocument(book.name, PROTECTED)


def _package_name(book: _Book) -> str:
    container = book.tree("META-INF/container.xml")
    roots = container.iterfind(".//{*}rootfile") if container is not None else ()
    return next((root.get("full-path", "") for root in roots), "")


def _chapters(book: _Book, package: Element, folder: str) -> list[str]:
    """The names of the chapters in reading order, each once, without the table of contents."""
    items = {item.get("id", ""): item for item in package.iterfind(".//{*}manifest/{*}item")}
    contents = {
        _inside(book, folder, reference.get("href", ""))
        for reference in package.iterfind(".//{*}guide/{*}reference")
        if reference.get("type", "").lower() == "toc"
    }
    names: dict[str, None] = {}
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.get("media-type") not in _PAGES or "nav" in item.get("properties", "").split():
            continue
        name = _inside(book, folder, item.get("href", ""))
        if name not in contents:
            names[name] = None
    return list(names)


def _inside(book: _Book, folder: str, address: str) -> str:
    """The name in the zip that an address leads to. Raise UnreadableDocument if it leads elsewhere."""
    try:
        parsed = urlsplit(address)
    except ValueError as error:
        raise UnreadableDocument(book.name, LEAVES) from error
    name = posixpath.normpath(posixpath.join(folder, unquote(parsed.path)))
    if parsed.scheme or parsed.netloc or name.startswith(("/", "../")) or name == "..":
        raise UnreadableDocument(book.name, LEAVES)
    return name


def _blocks(book: _Book, chapter: str) -> Iterator[Block]:
    data = book.archive.read(chapter)
    declared = _DECLARED.match(data)
    try:
        source, _ = decode(data, book.name, declared[1].decode("ascii") if declared else None)
    except UnreadableDocument as error:
        cause = PROTECTED if book.parts & _RIGHTS else BROKEN
        raise UnreadableDocument(book.name, cause) from error
    root = _page(source)
    if root is not None:
        yield from blocks_of(root)


def _page(source: str) -> html.HtmlElement | None:
    """A chapter as HTML. It is XML first: read as HTML, « <title/> » would swallow all that follows."""
    tree = _xml(_ENTITY.sub(_character, source).encode("utf-8"), html.XHTMLParser, "utf-8")
    if tree is None:
        return parse(source)
    html.xhtml_to_html(tree)
    for aside in tree.iter("aside"):
        if "note" in aside.get(_EPUB_TYPE, ""):
            aside.tag = "section"  # a note belongs to the book, other asides do not
    return tree


def _xml(data: bytes, parser: Any = etree.XMLParser, encoding: str | None = None) -> Element | None:
    """The tree of a part; None where it is no XML. The encoding it declares counts unless one is given."""
    safe = parser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, encoding=encoding)
    try:
        return etree.fromstring(data, safe)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _character(entity: re.Match[str]) -> str:
    """What a named entity of HTML stands for, which XML does not know."""
    return entity[0] if entity[1] in _KEPT else html5.get(f"{entity[1]};", entity[0])
