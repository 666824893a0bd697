"""The training itself: batches in, an adapter out, a checkpoint of it now and then."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from training.losses import contrast, forgetting
from training.model import Student
from training.pairs import VARIANTS, Pair, texts


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of; the same plan with `steps` set gives the same adapter on the same machine.

    minutes: wall time, when `steps` is 0. upper: layers that are corrected, counted from the last.
    distil: weight of not forgetting. noise: share of texts made noisy.
    share: how much of the correction is kept in the end: half of it knows the corpus as well, and the rest of the world
    better (interpolation of weights: Wortsman et al., « Robust fine-tuning of zero-shot models », 2022).
    longest: tokens of a passage, the rest being cut. device: "cpu", or "cuda", where 2,000 steps of 512 take minutes.
    half: multiply in bfloat16, 1.5 × faster where the processor knows it; corrections and losses stay in 32 bits.
    """

    minutes: float = 25.0
    steps: int = 0
    seed: int = 7
    batch: int = 64
    upper: int = 4
    rank: int = 16
    alpha: float = 32.0
    rate: float = 4e-4
    temperature: float = 0.02
    distil: float = 0.5
    noise: float = 0.25
    share: float = 0.5
    half: bool = True
    longest: int = 128
    device: str = "cpu"
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands. loss, kept: means since the last time this was told."""

    step: int
    seconds: float
    loss: float
    kept: float


Told = Callable[[Progress], None]

_WARM_UP = 30
_TELL_EVERY = 20
_CLIP = 1.0


def train(student: Student, drawn: Iterator[list[Pair]], plan: Plan, tell: Told) -> int:
    """Train the student's corrections until the plan is fulfilled; return the steps made."""
    torch.set_num_threads(plan.threads)
    chance = random.Random(plan.seed)
    parameters = [p for adapter in student.adapters.values() for p in (adapter.A, adapter.B)]
    optimiser = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=0.01)
    started, step, seen = time.monotonic(), 0, []
    while (done := _done(plan, step, time.monotonic() - started)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / _WARM_UP) * (1 - done)
        seen.append(_step(student, next(drawn), plan, chance))
        torch.nn.utils.clip_grad_norm_(parameters, _CLIP)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        if step % _TELL_EVERY == 0:
            loss, kept = (sum(values) / len(seen) for values in zip(*seen, strict=True))
            tell(Progress(step, time.monotonic() - started, loss, kept))
            seen = []
    return step


def _done(plan: Plan, step: int, seconds: float) -> float:
    return step / plan.steps if plan.steps else seconds / (60 * plan.minutes)


def _step(student: Student, batch: list[Pair], plan: Plan, chance: random.Random) -> tuple[float, float]:
    """One batch's gradients; its contrastive loss, and what it forgot: how queries match queries, passages passages."""
    shown = [texts(pair, chance.randrange(VARIANTS), noise=plan.noise) for pair in batch]
    sides = list(zip(("query", "passage"), map(list, zip(*shown, strict=True)), strict=True))
    with torch.autocast(plan.device, dtype=torch.bfloat16, enabled=plan.half):
        queries, passages = (student.vectors(kind, side).float() for kind, side in sides)
        before = [student.before(kind, side).float() for kind, side in sides]
    loss = contrast(queries, passages, [pair.document for pair in batch], temperature=plan.temperature)
    forgot = sum(
        (forgetting(*both, temperature=plan.temperature) for both in zip((queries, passages), before, strict=True)),
        start=torch.zeros((), device=student.device),
    )
    (loss + plan.distil * forgot / 2).backward()
    return loss.item(), forgot.item() / 2
