"""An adapter: a low-rank correction of the bundled model's matrices, made by `training/`.

A folder of two files. `adapter.safetensors` holds, for each corrected matrix W, `W.A` (rank, in) and `W.B`
(out, rank) in fp16; `adapter.json` says for which model, at what scale, and from what data it was made.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from kb.encoder.e5s1 import Floats
from kb.errors import UnusableModel

WEIGHTS_FILE = "adapter.safetensors"
CARD_FILE = "adapter.json"
SHIPPED = Path(__file__).parent / "adapters" / "default"
"""The project's own; there may be none."""
NONE = "none"

_REMEDY = "Corrigez KB_ADAPTER, ou retirez l’adaptateur avec KB_ADAPTER=none."


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is added to matrices: scale · B · A. digest: 8 hexadecimal digits that change with the vectors."""

    digest: str
    scale: float
    factors: dict[str, tuple[Floats, Floats]]


def chosen(setting: str, base: str) -> Adapter | None:
    """The adapter that KB_ADAPTER asks for: a folder's, none, or by default the shipped one where there is one."""
    if setting.lower() == NONE or (not setting and not SHIPPED.is_dir()):
        return None
    return read_adapter(Path(setting).expanduser() if setting else SHIPPED, base)


def read_adapter(folder: Path, base: str) -> Adapter:
    """The adapter of a folder, made for the model of identity `base`.

    Raises UnusableModel when it is absent, altered, or made for another model.
    """
    card, data = _card(folder), _bytes(folder / WEIGHTS_FILE)
    if card["base"] != base:
        raise UnusableModel(
            f"{folder} : cet adaptateur a été fait pour le modèle « {card['base']} », or le modèle fourni est "
            f"« {base} ». {_REMEDY}"
        )
    found = hashlib.sha256(data).hexdigest()
    if found != card["sha256"]:
        raise UnusableModel(
            f"{folder / WEIGHTS_FILE} : ce fichier n’est pas celui que décrit {CARD_FILE} (empreinte SHA-256 "
            f"{found[:12]}… au lieu de {card['sha256'][:12]}…) : il est tronqué ou altéré. {_REMEDY}"
        )
    digest = hashlib.sha256(f"{found}\0{card['scale']!r}".encode()).hexdigest()[:8]
    return Adapter(digest, card["scale"], _factors(folder / WEIGHTS_FILE, data))


def merge(weights: dict[str, Floats], adapter: Adapter) -> dict[str, Floats]:
    """The weights with the corrections added, under the same names. Raises UnusableModel on one that fits none."""
    merged = dict(weights)
    for name, (a, b) in adapter.factors.items():
        base = weights.get(f"{name}.weight")
        if base is None or a.ndim != 2 or b.ndim != 2 or len(a) != b.shape[1] or (len(b), a.shape[1]) != base.shape:
            raise UnusableModel(f"Adaptateur : « {name} » ne correspond à aucune matrice du modèle fourni. {_REMEDY}")
        merged[f"{name}.weight"] = base + np.float32(adapter.scale) * (b @ a)
    return merged


def _card(folder: Path) -> dict[str, Any]:
    path = folder / CARD_FILE
    try:
        card = json.loads(_bytes(path))
        scale = float(card["alpha"]) / int(card["rank"])
        return {"base": str(card["base"]), "sha256": str(card["sha256"]), "scale": scale}
    except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise UnusableModel(
            f"{path} : il manque ce qui décrit l’adaptateur (base, sha256, rank, alpha). {_REMEDY}"
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableModel(f"{path} : ce fichier de l’adaptateur est absent ou illisible. {_REMEDY}") from error


def _factors(path: Path, data: bytes) -> dict[str, tuple[Floats, Floats]]:
    try:
        tensors = {name: values.astype(np.float32) for name, values in load(data).items()}
        return {name[:-2]: (tensors[name], tensors[f"{name[:-2]}.B"]) for name in tensors if name.endswith(".A")}
    except (SafetensorError, KeyError) as error:
        raise UnusableModel(f"{path} : ce fichier n’est pas un adaptateur ({error}). {_REMEDY}") from error
