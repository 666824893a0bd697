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

import torch
from safetensors.torch import save

from kb.encoder.adapter import CARD_FILE, WEIGHTS_FILE
from training.lora import Lora
from training.train import Plan

_LICENCE = re.compile(r"^Licen[cs]e\s*:\s*(.+)$", re.MULTILINE)


def write_adapter(folder: Path, adapters: Mapping[str, Lora], plan: Plan, facts: Mapping[str, Any]) -> None:
    """Write the corrections, in fp16, and the card; each is wholly written before it takes its place."""
    factors = {
        f"{name}.{letter}": getattr(adapter, letter).detach().to(torch.float16).contiguous()
        for name, adapter in adapters.items()
        for letter in ("A", "B")
    }
    data = save(factors)
    card = {
        "base": facts["base"],
        "sha256": hashlib.sha256(data).hexdigest(),
        "rank": plan.rank,
        "alpha": plan.alpha * plan.share,
        "made": date.today().isoformat(),
        **{key: value for key, value in facts.items() if key != "base"},
        "plan": asdict(plan),
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
