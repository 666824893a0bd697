"""The training itself: batches in, an adapter out, a checkpoint of it now and then."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from training.lora import Lora, adapt, without
from training.losses import contrast, forgetting
from training.model import Student
from training.pairs import Pair, texts


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of; the same plan with `steps` set gives the same adapter on the same machine.

    minutes: wall time, when `steps` is 0. distil: weight of not forgetting. noise: share of texts made noisy.
    share: how much of the correction is kept in the end: half of it knows the corpus as well, and the rest of the world
    better (interpolation of weights: Wortsman et al., « Robust fine-tuning of zero-shot models », 2022).
    half: multiply in bfloat16, 1.5 × faster where the processor knows it; corrections and losses stay in 32 bits.
    """

    minutes: float = 25.0
    steps: int = 0
    seed: int = 7
    batch: int = 16
    rank: int = 16
    alpha: float = 32.0
    rate: float = 4e-4
    temperature: float = 0.03
    distil: float = 0.5
    distil_every: int = 2
    noise: float = 0.25
    share: float = 0.5
    half: bool = True
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands. loss, kept: means since the last time this was told."""

    step: int
    seconds: float
    loss: float
    kept: float


Told = Callable[[Progress, Mapping[str, Lora]], None]

_WARM_UP = 30
_TELL_EVERY = 20
_CLIP = 1.0


def train(student: Student, drawn: Iterator[list[Pair]], plan: Plan, tell: Told) -> tuple[int, dict[str, Lora]]:
    """Train until the plan is fulfilled; return the steps made and the corrections."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    chance = random.Random(plan.seed)
    adapters = adapt(student.bert, rank=plan.rank, alpha=plan.alpha)
    parameters = [p for adapter in adapters.values() for p in (adapter.A, adapter.B)]
    optimiser = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=0.01)
    started, step, seen = time.monotonic(), 0, []
    while (done := _done(plan, step, time.monotonic() - started)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / _WARM_UP) * (1 - done)
        seen.append(_step(student, adapters, next(drawn), plan, chance, distils=step % plan.distil_every == 0))
        torch.nn.utils.clip_grad_norm_(parameters, _CLIP)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        if step % _TELL_EVERY == 0:
            kept = [k for _, k in seen if k is not None]
            means = sum(loss for loss, _ in seen) / len(seen), sum(kept) / max(len(kept), 1)
            tell(Progress(step, time.monotonic() - started, *means), adapters)
            seen = []
    return step, adapters


def _done(plan: Plan, step: int, seconds: float) -> float:
    return step / plan.steps if plan.steps else seconds / (60 * plan.minutes)


def _step(
    student: Student,
    adapters: Mapping[str, Lora],
    batch: list[Pair],
    plan: Plan,
    chance: random.Random,
    *,
    distils: bool,
) -> tuple[float, float | None]:
    """One batch's gradients; its contrastive loss, and what it forgot where that was looked at."""
    shown = [texts(pair, chance, noise=plan.noise) for pair in batch]
    asked, answers = [query for query, _ in shown], [passage for _, passage in shown]
    now = _encoded(student, asked, answers, half=plan.half)
    loss = contrast(*now, [pair.document for pair in batch], temperature=plan.temperature)
    total, forgot = loss, None
    if distils and plan.distil:
        with torch.no_grad(), without(adapters):
            before = _encoded(student, asked, answers, half=plan.half)
        forgot = _forgot(now, before, plan.temperature)
        total = loss + plan.distil * forgot
    total.backward()
    return loss.item(), None if forgot is None else forgot.item()


def _encoded(student: Student, asked: list[str], answers: list[str], *, half: bool) -> tuple[Tensor, Tensor]:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        queries, passages = student.queries(asked), student.passages(answers)
    return queries.float(), passages.float()


def _forgot(now: tuple[Tensor, Tensor], before: tuple[Tensor, Tensor], temperature: float) -> Tensor:
    """Queries among themselves, and passages among themselves: how they match is what training changes."""
    first, second = (forgetting(n, b, temperature=temperature) for n, b in zip(now, before, strict=True))
    return (first + second) / 2
