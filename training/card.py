"""Writes an adapter's two files: its weights, and what they are and come from."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save
from torch import Tensor

from kb.encoder.adapter import CARD_FILE, WEIGHTS_FILE, Adapter
from kb.encoder.e5s1 import Floats
from training.lora import Lora
from training.train import Plan

Factors = Mapping[str, tuple[Floats, Floats]]
"""A and B of each matrix that is corrected, the correction being B · A."""

_LICENCE = re.compile(r"^Licen[cs]e\s*:\s*(.+)$", re.MULTILINE)


def write_adapter(
    folder: Path, adapters: Mapping[str, Lora], plan: Plan, facts: Mapping[str, Any], start: Adapter | None = None
) -> None:
    """Write the corrections and the card. facts: what the card says beside the plan, "base" among it.

    start: the adapter that the training went on from; what it corrects is corrected again, beside what is new.
    """
    learnt = {n: (_array(x.A), plan.share * x.scale * _array(x.B)) for n, x in adapters.items()}
    earlier = [scaled(start.factors, start.scale)] if start else []
    put_adapter(folder, side_by_side([*earlier, learnt]), {**facts, "plan": asdict(plan)})


def _array(values: Tensor) -> Floats:
    return values.detach().cpu().numpy()


def scaled(factors: Factors, share: float) -> Factors:
    """The corrections, times this."""
    return {name: (a, share * b) for name, (a, b) in factors.items()}


def side_by_side(parts: Sequence[Factors]) -> Factors:
    """The factors of the sum of corrections: of a rank that is the sum of theirs."""
    joined = {}
    for name in sorted({name for part in parts for name in part}):
        found = [part[name] for part in parts if name in part]
        joined[name] = np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found], axis=1)
    return joined


def put_adapter(folder: Path, factors: Factors, facts: Mapping[str, Any]) -> None:
    """Write the corrections, in fp16, and the card; each is wholly written before it takes its place."""
    pairs = {
        f"{name}.{letter}": half for name, both in factors.items() for letter, half in zip("AB", both, strict=True)
    }
    data = save({name: np.ascontiguousarray(values, dtype=np.float16) for name, values in pairs.items()})
    rank = max(len(a) for a, _ in factors.values())
    card = {
        "base": facts["base"],
        "sha256": hashlib.sha256(data).hexdigest(),
        "rank": rank,
        "alpha": rank,  # B has its scale in it
        "made": date.today().isoformat(),
        **{key: value for key, value in facts.items() if key != "base"},
    }
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / WEIGHTS_FILE, data)
    _put(folder / CARD_FILE, (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())


def sources(folders: Sequence[Path], until: date | None) -> list[dict[str, str]]:
    """What the adapter is made from: each set, its licence as its README says it, and the last day seen."""
    return [
        {"set": folder.resolve().name, "licence": _licence(folder), "until": until.isoformat() if until else ""}
        for folder in folders
    ]


def counted(kinds: Iterable[str]) -> dict[str, int]:
    """How many of each, by name."""
    names = list(kinds)
    return {str(name): names.count(name) for name in sorted(set(names))}


def _licence(folder: Path) -> str:
    path = folder / "README.md"
    found = _LICENCE.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found[1].strip() if found else "not stated"


def _put(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, path)
