"""What this machine has of what the memory needs, what is lost without the rest, and how to get it.

Nothing is installed, fetched or repaired here, and nothing is written.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kb import french
from kb.encoder import bundled
from kb.errors import KbError
from kb.french import NBSP
from kb.readers import kernel, ocr
from kb.settings import Settings

_PYTHON = (3, 11)
_LEAST_FREE = 1 << 30
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    found: what is there. lost: what cannot be done as it is; remedy: how to get it; both are empty when `is_well`.
    """

    name: str
    is_well: bool
    is_required: bool
    found: str
    lost: str = ""
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, what is required first."""
    return [
        _python(),
        _model(settings),
        _corpus(settings.corpus),
        _index(settings.index),
        _disk(settings.index),
        _recognition(settings),
        _office(),
        _kernel(),
        _network(settings),
        _threads(settings),
    ]


def is_well(findings: list[Finding]) -> bool:
    """Whether everything that is required is there."""
    return all(finding.is_well for finding in findings if finding.is_required)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == _PYTHON:
        return Finding("Python", True, True, found)
    wanted = ".".join(map(str, _PYTHON))
    return Finding(
        *("Python", False, True, found, f"les dépendances sont éprouvées avec Python {wanted} seulement"),
        f"installez Python {wanted} (Debian, Ubuntu : sudo apt install python{wanted}), puis « make install »",
    )


def _model(settings: Settings) -> Finding:
    name = "Modèle"
    try:
        return Finding(name, True, True, _named_model(settings) if settings.model else _bundled_model())
    except (KbError, OSError) as error:
        return Finding(
            *(name, False, True, str(error), "ni ingestion, ni recherche"),
            "corrigez KB_MODEL" if settings.model else "« make install » le réinstalle",
        )


def _bundled_model() -> str:
    """The bundled model, once its file is known to be the right one."""
    spec = importlib.util.find_spec(bundled.PACKAGE)  # finding a package does not run it
    if spec is None or not spec.submodule_search_locations:
        raise KbError(f"le paquet {bundled.PACKAGE}, qui le porte, n’est pas installé")
    file = Path(spec.submodule_search_locations[0]) / bundled.FILE
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != bundled.SHA256:
        raise KbError(f"{file} : l’empreinte n’est pas celle attendue ; le fichier est tronqué ou altéré")
    return f"{bundled.NAME}, empreinte exacte"


def _named_model(settings: Settings) -> str:
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        return f"{folder} (KB_MODEL)"
    if os.sep in settings.model and not settings.model.count("/") == 1:
        raise KbError(f"KB_MODEL : le dossier « {settings.model} » n’existe pas")
    return f"{settings.model} (KB_MODEL ; nom d’un dépôt de modèles, qui n’est vérifié qu’à l’usage)"


def _corpus(folder: Path) -> Finding:
    name = "Corpus"
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        missing = "n’existe pas" if not folder.exists() else "ne peut pas être lu"
        return Finding(
            *(name, False, True, f"{folder} : ce dossier {missing}", "aucun document ne peut être pris"),
            "créez ce dossier, donnez-en les droits, ou corrigez KB_CORPUS",
        )
    if not os.access(folder, os.W_OK):
        return Finding(
            *(name, False, False, f"{folder} : lecture seule"),
            "« kb ingest FICHIER » ne peut pas y copier de fichiers venus d’ailleurs",
            "donnez les droits d’écriture sur ce dossier, ou déposez-y les fichiers autrement",
        )
    return Finding(name, True, True, f"{folder}, en lecture et en écriture")


def _index(folder: Path) -> Finding:
    home = _nearest(folder)
    if home.is_dir() and os.access(home, os.W_OK | os.X_OK):
        return Finding("Index", True, True, f"{folder}, en écriture")
    return Finding(
        *("Index", False, True, f"{folder} : écriture impossible", "aucun document ne peut être pris"),
        "donnez les droits d’écriture sur ce dossier, ou désignez-en un autre avec KB_INDEX",
    )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_nearest(folder)).free
    found = f"{french.number(free / 1e9, 1)}{NBSP}Go libres"
    if free >= _LEAST_FREE:
        return Finding("Place sur le disque", True, False, found)
    return Finding(
        *("Place sur le disque", False, False, found, "l’index peut manquer de place pendant une ingestion"),
        "libérez de la place, ou désignez un autre dossier avec KB_INDEX",
    )


def _nearest(folder: Path) -> Path:
    """A folder, or the nearest above it that exists."""
    return next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)


def _recognition(settings: Settings) -> Finding:
    name = "Reconnaissance de caractères"
    if settings.ocr == "off":
        return Finding(name, True, False, "arrêtée par KB_OCR=off")
    program = shutil.which("tesseract")
    if program and ocr.is_installed():
        return Finding(name, True, False, f"{_version(program)}, avec le français")
    found = f"{_version(program)}, sans le français" if program else "tesseract est absent"
    return Finding(
        *(name, False, False, found, "le texte des pages numérisées n’est pas lu ; ces pages sont nommées"),
        "Debian, Ubuntu : sudo apt install tesseract-ocr tesseract-ocr-fra ; Fedora : sudo dnf install tesseract "
        "tesseract-langpack-fra ; macOS : brew install tesseract tesseract-lang",
    )


def _office() -> Finding:
    name = "LibreOffice"
    program = shutil.which("soffice")
    if program:
        return Finding(name, True, False, _version(program))
    return Finding(
        *(name, False, False, "soffice est absent"),
        "les fichiers Word et PowerPoint d’avant 2007 (.doc, .ppt) sont refusés",
        "Debian, Ubuntu : sudo apt install libreoffice-writer-nogui libreoffice-impress-nogui ; "
        "Fedora : sudo dnf install libreoffice-writer libreoffice-impress ; macOS : brew install --cask libreoffice",
    )


def _version(program: str) -> str:
    """The first line of what a program says of itself."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return f"{program}, version inconnue"
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0].strip()[:80] if lines else f"{program}, version inconnue"


def _kernel() -> Finding:
    name = "Garde du noyau"
    guards = [
        label for label, is_there in (("seccomp", kernel.kernel_guard()), ("Landlock", kernel.file_guard())) if is_there
    ]
    if len(guards) == 2:
        return Finding(name, True, False, " et ".join(guards))
    missing = "sans garde" if not guards else f"{guards[0]} seulement"
    return Finding(
        *(name, False, False, missing),
        "un document piégé est lu sous les limites habituelles, mais le noyau ne borne pas ce qu’il peut atteindre",
        "utilisez Linux 5.13 ou plus récent, sur un processeur x86-64 ou ARM 64 bits",
    )


def _network(settings: Settings) -> Finding:
    if settings.offline:
        return Finding("Réseau", True, False, "aucun appel (KB_OFFLINE)")
    return Finding("Réseau", True, False, "un modèle peut être téléchargé (KB_OFFLINE=false)")


def _threads(settings: Settings) -> Finding:
    processors = french.count(os.cpu_count() or 1, "processeur")
    chosen = f"{settings.threads} (KB_THREADS)" if settings.threads else "au choix de la bibliothèque"
    return Finding("Fils de calcul", True, False, f"{chosen}, {processors}")
