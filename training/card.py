"""Writes an adapter's two files: its weights, and what they are and come from."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from kb.encoder.adapter import CARD_FILE, WEIGHTS_FILE, Adapter
from training.lora import Lora
from training.train import Plan

_LICENCE = re.compile(r"^Licen[cs]e\s*:\s*(.+)$", re.MULTILINE)


def write_adapter(
    folder: Path, adapters: Mapping[str, Lora], plan: Plan, facts: Mapping[str, Any], start: Adapter | None = None
) -> None:
    """Write the corrections, in fp16, and the card; each is wholly written before it takes its place.

    start: the adapter that the training went on from; what it corrects is corrected again, beside what is new.
    """
    data = save({name: values.to(torch.float16).contiguous() for name, values in _factors(adapters, plan, start)})
    card = {
        "base": facts["base"],
        "sha256": hashlib.sha256(data).hexdigest(),
        "rank": plan.rank,
        "alpha": plan.rank,
        "made": date.today().isoformat(),
        **{key: value for key, value in facts.items() if key != "base"},
        "plan": asdict(plan),
    }
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / WEIGHTS_FILE, data)
    _put(folder / CARD_FILE, (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())


def _factors(adapters: Mapping[str, Lora], plan: Plan, start: Adapter | None) -> Iterator[tuple[str, Tensor]]:
    """A and B of each matrix, B with its scale and share in it; where two corrections meet, one is of both ranks."""
    earlier: dict[str, tuple[Tensor, Tensor]] = {}
    if start:
        earlier = {n: (torch.from_numpy(a), start.scale * torch.from_numpy(b)) for n, (a, b) in start.factors.items()}
    new = {n: (x.A.detach(), plan.share * x.scale * x.B.detach()) for n, x in adapters.items()}
    for name in sorted({*earlier, *new}):
        both = [found[name] for found in (earlier, new) if name in found]
        yield f"{name}.A", torch.cat([a for a, _ in both], dim=0)
        yield f"{name}.B", torch.cat([b for _, b in both], dim=1)


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
