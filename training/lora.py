"""Low-rank adaptation (Hu et al., 2021) of a BERT: W stays, and W + (alpha / rank) · B · A is learnt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

ADAPTED = ("query", "key", "value", "dense")
"""Last names of the linear maps of attention and of the feed-forward network."""


class Lora(nn.Module):
    """A linear map and its correction, which is nothing until it is trained: B begins at 0."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        self.on = True
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """The map, corrected unless it is off."""
        y: Tensor = self.base(x)
        return y + (x @ self.A.T) @ self.B.T * self.scale if self.on else y


def adapt(model: nn.Module, *, rank: int, alpha: float, first: int = 0) -> dict[str, Lora]:
    """Freeze the model, correct its linear maps from layer `first` on; the corrections, by the maps' names."""
    model.requires_grad_(False)
    found = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and _layer(name) >= first and name.rsplit(".", 1)[-1] in ADAPTED
    }
    adapters: dict[str, Lora] = {}
    for name, linear in found.items():
        parent, _, last = name.rpartition(".")
        adapters[name] = Lora(linear, rank, alpha)
        setattr(model.get_submodule(parent), last, adapters[name])
    return adapters


def _layer(name: str) -> int:
    """Which layer of the encoder a map of this name belongs to; -1 for none."""
    found = re.match(r"encoder\.layer\.(\d+)\.", name)
    return int(found[1]) if found else -1


@contextmanager
def without(adapters: Mapping[str, Lora]) -> Iterator[None]:
    """Within, the model is the one it was before."""
    for adapter in adapters.values():
        adapter.on = False
    try:
        yield
    finally:
        for adapter in adapters.values():
            adapter.on = True
