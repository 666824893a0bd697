"""What each step of the search gives, and costs: nDCG@10 on retrieval sets with and without it.

    python benchmarks/ablation.py SET… [--since 2019-01-01] [--cache FOLDER]

Every arm is the product's own index and search. Questions dated before --since are not asked: the adapter was trained
on them. Sets without dates are asked whole. The last column is the median time of a query in milliseconds, encoding
aside, which all but « words » pay too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from kb.domain import Mode
from kb.evaluate import Indexed, indexed, measured, read_set
from kb.search import TUNED, Tuning
from kb.settings import settings


@dataclass(frozen=True)
class Arm:
    """A way to search. adapter: None for the one that the settings name."""

    name: str
    tuning: Tuning = TUNED
    mode: Mode = Mode.HYBRID
    adapter: str | None = None


WHOLE = Arm("hybrid")
ARMS = (
    WHOLE,
    Arm("words only", mode=Mode.WORDS),
    Arm("meaning only", mode=Mode.MEANING),
    Arm("without words as typed", replace(TUNED, forms=False)),
    Arm("without feedback from the best passage", replace(TUNED, feedback=0.0)),
    Arm("without brevity", replace(TUNED, brevity=0.0)),
    Arm("the same weight for all questions", replace(TUNED, per_word=0.0, margin=0.0)),
    Arm("weight of meaning 0.65", replace(TUNED, meaning=0.65)),
    Arm("weight of meaning 0.9", replace(TUNED, meaning=0.9)),
    Arm("without the adapter", adapter="none"),
    Arm("without the adapter, meaning only", mode=Mode.MEANING, adapter="none"),
)


def main(
    folders: Annotated[list[Path], typer.Argument(help="Sets in BEIR layout.")],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    cache: Annotated[Path | None, typer.Option(help="Keeps vectors from one run to the next.")] = None,
) -> None:
    """Print the table."""
    day = since.date().isoformat() if since else ""
    with TemporaryDirectory(prefix="kb-ablation-") as temporary:
        found = [dict(_scores(folder, day, cache or Path(temporary))) for folder in folders]
    print(f"| nDCG@10 | {' | '.join(folder.resolve().name for folder in folders)} | mean | ms |")
    print("|---|" + "---|" * (len(folders) + 2))
    for arm in ARMS:
        values = [scores[arm.name] for scores in found]
        gains = [ndcg - scores[WHOLE.name][0] for (ndcg, _), scores in zip(values, found, strict=True)]
        cells = [
            f"{ndcg:.4f}" + (f" ({100 * gain:+.1f})" if arm is not WHOLE else "")
            for (ndcg, _), gain in zip(values, gains, strict=True)
        ]
        mean = np.mean([ndcg for ndcg, _ in values])
        print(f"| {arm.name} | {' | '.join(cells)} | {mean:.4f} | {np.mean([ms for _, ms in values]):.1f} |")


def _scores(folder: Path, since: str, cache: Path) -> Iterator[tuple[str, tuple[float, float]]]:
    """Of each arm: nDCG@10 and the median time of a query in milliseconds."""
    data = read_set(folder)
    asked = data.asked(since)
    for adapter in dict.fromkeys(arm.adapter for arm in ARMS):
        wanted = settings() if adapter is None else settings().model_copy(update={"adapter": adapter})
        with indexed(data, wanted, cache=cache) as taken_in:
            taken_in.ask(asked, Mode.MEANING)  # so that no arm pays for the encoder
            for arm in (arm for arm in ARMS if arm.adapter == adapter):
                yield arm.name, _measured(taken_in, asked, arm)


def _measured(taken_in: Indexed, asked: Sequence[str], arm: Arm) -> tuple[float, float]:
    run, times = taken_in.ask(asked, arm.mode, arm.tuning)
    ndcg = measured(taken_in.data.truth(asked), run)
    return float(np.mean(list(ndcg.values()))), float(np.median(times))


if __name__ == "__main__":
    typer.run(main)
