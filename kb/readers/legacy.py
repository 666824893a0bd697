"""Word and PowerPoint files of before 2007 (.doc, .ppt): LibreOffice makes a DOCX or a PPTX of them, which is read.

The conversion is a step of the parent, for the process that reads may start no program. LibreOffice gets a copy, in a
folder and with a profile of its own, that are thrown away; the profile forbids macros and whatever is not in the file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kb.errors import UnreadableDocument
from kb.readers import format_of
from kb.readers.programs import run
from kb.readers.sniffing import DOCUMENT_STREAM, OLD_CONTAINER, PRESENTATION_STREAM, holds

if TYPE_CHECKING:
    from kb.settings import Settings

_PRESENTATIONS = (".pp", ".pot")
_LEAST_MEGABYTES = 2048
_OPTION = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
)
_SECURITY = "Office.Common/Security/Scripting"
_OPTIONS = (
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "localhost"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "localhost"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""No macro, no link that is followed, and a proxy where nobody answers, should a link be followed all the same."""

NEEDED = "ancien format Office (avant 2007) ; installez LibreOffice, ou enregistrez-le en DOCX, PPTX ou PDF"
REFUSED = (
    "ancien format Office (avant 2007) que LibreOffice n’a pas pu convertir : le fichier est abîmé, protégé par mot de"
    " passe ou démesuré ; enregistrez-le en DOCX, PPTX ou PDF"
)


def read(path: Path) -> NoReturn:
    """Refuse: such a file cannot be read as it is. Raise UnreadableDocument."""
    raise UnreadableDocument(path.name, NEEDED, lasting=False)


@contextmanager
def modern(path: Path, settings: Settings) -> Iterator[Path]:
    """The file to read in the place of this one: itself, unless it is of before 2007.

    What is raised inside goes on under the name of the original. Raise UnreadableDocument if it cannot be converted.
    """
    if not _is_old(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        converted = _converted(path, Path(folder), settings)
        try:
            yield converted
        except UnreadableDocument as error:
            raise UnreadableDocument(path.name, error.cause, lasting=error.lasting) from error


def _is_old(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            begins_so = file.read(len(OLD_CONTAINER)) == OLD_CONTAINER
    except OSError:
        return False  # the reader will say why
    return begins_so and format_of(path).name == "legacy"


def _converted(path: Path, folder: Path, settings: Settings) -> Path:
    program = shutil.which("soffice")
    if program is None:
        read(path)
    old, new = (".ppt", "pptx") if _is_presentation(path) else (".doc", "docx")
    copy = folder / f"document{old}"
    shutil.copyfile(path, copy)
    profile = folder / "profile"
    _write_profile(profile / "user")
    options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", new]
    run(
        [program, *options, "--outdir", str(folder), str(copy)],
        folder=folder,
        seconds=settings.read_seconds,
        megabytes=max(settings.read_megabytes, _LEAST_MEGABYTES),
    )
    made = copy.with_suffix(f".{new}")
    if made.is_symlink() or not made.is_file():
        raise UnreadableDocument(path.name, REFUSED, lasting=False)
    return made


def _is_presentation(path: Path) -> bool:
    """By its streams; where one kind is embedded in the other, by its name."""
    if not (holds(path, PRESENTATION_STREAM) and holds(path, DOCUMENT_STREAM)):
        return holds(path, PRESENTATION_STREAM)
    return path.suffix.lower().startswith(_PRESENTATIONS)


def _write_profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    items = "".join(_OPTION.format(path=path, name=name, value=value) for path, name, value in _OPTIONS)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
