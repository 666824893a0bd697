"""OpenDocument texts (LibreOffice Writer): paragraphs, lists, tables, frames and notes, in the order of the page."""

from __future__ import annotations

from pathlib import Path

from kb.domain import ReadDocument
from kb.readers.builder import build
from kb.readers.cards import with_cards
from kb.readers.opendocument import Walk, open_package
from kb.readers.outline import numbered


def read(path: Path) -> ReadDocument:
    """Read an OpenDocument text. Anchors give the paragraph's number and the heading above it.

    Raise UnreadableDocument if it is broken, protected or out of proportion.
    """
    package = open_package(path, "office:text")
    walk = Walk(package)
    blocks = list(walk.blocks(package.body))
    return build(with_cards(numbered(blocks + walk.notes)), title=walk.outline.best_title(package.title))
