"""Reading a file that may be hostile: in a process of its own, with limits, whose answer is checked.

The child is a bare interpreter that imports one reader. It gets the path on its standard input and answers one line of
JSON. Whatever ends it otherwise becomes an UnreadableDocument whose cause a person can act on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers.legacy import modern
from kb.readers.ocr import recognised
from kb.readers.worker import read_in_child

if TYPE_CHECKING:
    from kb.settings import Settings

LARGEST_FILE = 500 << 20


def read_safely(path: Path, settings: Settings, tell: Callable[[int, int], None] | None = None) -> ReadDocument:
    """Read a document under the limits of these settings. Raise UnreadableDocument, with its cause, if it cannot be.

    tell: told, when pages are recognised one after the other, how many are done, and of how many.
    """
    check_file(path, settings.corpus)
    with modern(path, settings) as readable:
        return recognised(readable, read_in_child(readable, settings), settings, tell)


def check_file(path: Path, corpus: Path) -> None:
    """Refuse, before it is opened, what is no regular file, leads out of its folder, or is larger than 500 MB."""
    try:
        own, kind = path.lstat(), path.stat()
    except OSError as error:
        missing = "le lien ne mène nulle part" if path.is_symlink() else f"fichier inaccessible ({error.strerror})"
        raise UnreadableDocument(path.name, missing) from error
    if stat.S_ISLNK(own.st_mode) and _leads_out(path, corpus):
        raise UnreadableDocument(path.name, "lien symbolique qui mène hors du dossier ; déposez le fichier lui-même")
    if stat.S_ISDIR(kind.st_mode):
        raise UnreadableDocument(path.name, "c’est un dossier, pas un document")
    if not stat.S_ISREG(kind.st_mode):
        raise UnreadableDocument(path.name, "ce n’est pas un fichier ordinaire (tube, périphérique…)")
    if kind.st_size == 0:
        raise UnreadableDocument(path.name, "fichier vide")
    if kind.st_size > LARGEST_FILE:
        raise UnreadableDocument(path.name, "fichier de plus de 500 Mo ; découpez-le")
    if not os.access(path, os.R_OK):
        raise UnreadableDocument(path.name, "lecture interdite par les droits du fichier ; demandez-les à son auteur")


def _leads_out(path: Path, corpus: Path) -> bool:
    """Whether a link leaves the corpus it stands in, or its own folder if it stands elsewhere."""
    home = corpus if path.absolute().is_relative_to(corpus.absolute()) else path.parent
    return not path.resolve().is_relative_to(home.resolve())
