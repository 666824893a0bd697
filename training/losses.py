"""What training brings down: a question must find its passage, and the model must not forget what it knew."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, kl_div, log_softmax

_NEVER = -1e4


def contrast(queries: Tensor, passages: Tensor, documents: Sequence[str], *, temperature: float) -> Tensor:
    """InfoNCE with the batch's other passages as negatives (van den Oord et al., 2018), both ways.

    queries, passages: (n, d), row i of each a pair. Passages of the same document are no negatives of each other.
    """
    names = {name: number for number, name in enumerate(documents)}
    of = torch.tensor([names[name] for name in documents], device=queries.device)
    truth = torch.arange(len(documents), device=queries.device)
    same = (of[:, None] == of) & (truth[:, None] != truth)
    scores = (queries @ passages.T / temperature).masked_fill(same, _NEVER)
    return (cross_entropy(scores, truth) + cross_entropy(scores.T, truth)) / 2


def forgetting(now: Tensor, before: Tensor, *, temperature: float) -> Tensor:
    """How far each text's nearness to the others of the batch moved: mean Kullback-Leibler divergence, (n, d) each."""
    return kl_div(_nearness(now, temperature), _nearness(before, temperature), reduction="batchmean", log_target=True)


def _nearness(vectors: Tensor, temperature: float) -> Tensor:
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    return log_softmax((vectors @ vectors.T / temperature).masked_fill(itself, _NEVER), dim=-1)
