"""`python -m training SET… --out adapter/`: from retrieval sets to an adapter, by one command."""

from __future__ import annotations

import json
import random
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import torch
import typer

from kb.encoder import bundled
from kb.encoder.adapter import CARD_FILE, read_adapter
from kb.errors import KbError
from kb.settings import settings
from training.batches import batches, neighbours
from training.card import counted, sources, write_adapter
from training.model import Student
from training.pairs import make_pairs
from training.sets import read_sets
from training.train import Plan, Progress, train

_CHECKPOINT_EVERY = 100
_PLAN = Plan()


def main(
    folders: Annotated[list[Path], typer.Argument(help="Sets in BEIR layout.")],
    out: Annotated[Path, typer.Option(help="Folder of the adapter.")] = Path("adapter"),
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day seen.")] = None,
    minutes: Annotated[float, typer.Option(help="Wall time of the training.")] = _PLAN.minutes,
    steps: Annotated[int, typer.Option(help="Steps, in place of minutes: the same run again.")] = _PLAN.steps,
    seed: Annotated[int, typer.Option()] = _PLAN.seed,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = _PLAN.rate,
    distil: Annotated[float, typer.Option(help="Weight of not forgetting; 0 is without.")] = _PLAN.distil,
    share: Annotated[float, typer.Option(help="Share of the correction that is kept.")] = _PLAN.share,
    batch: Annotated[int, typer.Option()] = _PLAN.batch,
    rank: Annotated[int, typer.Option()] = _PLAN.rank,
    upper: Annotated[int, typer.Option(help="Layers that are corrected, counted from the last.")] = _PLAN.upper,
    longest: Annotated[int, typer.Option(help="Tokens of a passage.")] = _PLAN.longest,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = _PLAN.device,
    whole: Annotated[list[Path], typer.Option(help="Sets read whatever their dates.")] = [],  # noqa: B006
    start: Annotated[Path | None, typer.Option(help="Folder of an adapter to go on from.")] = None,
) -> None:
    """Make an adapter of the bundled model. It can be used from the first checkpoint on."""
    plan = Plan(
        minutes=minutes,
        steps=steps,
        seed=seed,
        rate=rate,
        distil=distil,
        share=share,
        batch=batch,
        rank=rank,
        upper=upper,
        longest=longest,
        device=device,
    )
    try:
        make(folders, whole, out, until.date() if until else None, plan, start)
    except KbError as error:
        raise SystemExit(f"Erreur : {error}") from error


def make(folders: list[Path], whole: list[Path], out: Path, until: date | None, plan: Plan, start: Path | None) -> None:
    """Read, pair, train, write."""
    earlier = read_adapter(start, bundled.IDENTITY) if start else None
    data = read_sets(folders, until, whole)
    chance = random.Random(plan.seed)
    pairs = make_pairs(data, chance)
    facts = {
        "base": bundled.IDENTITY,
        "data": sources(folders, until) + sources(whole, None),
        "last_day": max(row.date for row in data.passages),
        "pairs": counted(pair.kind for pair in pairs),
    }
    print(f"{len(data.passages)} passages, last {facts['last_day']}; pairs: {facts['pairs']}", flush=True)
    if start:
        facts["start"] = json.loads((start / CARD_FILE).read_text(encoding="utf-8"))
    torch.manual_seed(plan.seed)
    model = bundled.unpack(settings().models / bundled.NAME, print)
    student = Student(
        model,
        upper=plan.upper,
        rank=plan.rank,
        alpha=plan.alpha,
        longest=plan.longest,
        device=plan.device,
        start=earlier,
    )

    def tell(progress: Progress) -> None:
        print(
            f"step {progress.step}  {progress.seconds / 60:.1f} min  loss {progress.loss:.3f}  "
            f"forgot {progress.kept:.4f}",
            flush=True,
        )
        if progress.step % _CHECKPOINT_EVERY == 0:
            write_adapter(out, student.adapters, plan, {**facts, "steps": progress.step, "finished": False}, earlier)

    drawn = batches(pairs, neighbours(data), chance, size=plan.batch)
    made = train(student, drawn, plan, tell)
    write_adapter(out, student.adapters, plan, {**facts, "steps": made, "finished": True}, earlier)
    print(f"{out}: {made} steps", flush=True)


if __name__ == "__main__":
    typer.run(main)
