"""`python -m training.judge ADAPTER SET… --since 2019-01-01`: what an adapter gives, and takes, on what it never saw.

The product itself is asked, its own index and search, with the bundled model bare and with the adapter. Differences
are paired by query, with a 95 % interval by bootstrap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from kb.domain import Mode
from kb.errors import KbError
from kb.evaluate import indexed, measured, read_set
from kb.settings import Settings, settings

_MODES = (Mode.WORDS, Mode.MEANING, Mode.HYBRID)
_RESAMPLED = 5000
_SEED = 7

Scores = dict[Mode, dict[str, float]]


def main(
    adapter: Annotated[Path, typer.Argument(help="Folder of the adapter.")],
    folders: Annotated[list[Path], typer.Argument(help="Sets in BEIR layout.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the queries asked, where dated.")
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps vectors from one run to the next.")] = None,
) -> None:
    """Print nDCG@10 on each set without and with the adapter. Passages are of all years."""
    day = since.date().isoformat() if since else ""
    arms = [settings().model_copy(update={"model": "", "adapter": name}) for name in ("none", str(adapter))]
    print("| set | queries | mode | without | with | difference | 95 % interval |\n|---|---|---|---|---|---|---|")
    try:
        for folder in folders:
            without, with_it = (scores(folder, arm, since=day, cache=cache) for arm in arms)
            for mode in _MODES:
                print(_line(folder.resolve().name, mode, without[mode], with_it[mode]), flush=True)
    except KbError as error:
        raise SystemExit(f"Erreur : {error}") from error


def scores(folder: Path, arm: Settings, *, since: str = "", cache: Path | None = None) -> Scores:
    """nDCG@10 of each query asked, by mode. since: a day; queries dated before it are not asked."""
    data = read_set(folder)
    asked = data.asked(since)
    truth = data.truth(asked)
    with indexed(data, arm, cache=cache) as taken_in:
        return {mode: measured(truth, taken_in.ask(asked, mode)[0]) for mode in _MODES}


def interval(differences: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of the mean difference, by resampling queries (percentile bootstrap, Efron 1979)."""
    values = np.asarray(differences)
    draws = np.random.default_rng(_SEED).integers(len(values), size=(_RESAMPLED, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _line(name: str, mode: Mode, without: Mapping[str, float], with_it: Mapping[str, float]) -> str:
    before, after = (np.array([scored[q] for q in without]) for scored in (without, with_it))
    low, high = interval(after - before)
    cells = f"{before.mean():.3f} | {after.mean():.3f} | {(after - before).mean():+.3f} | {low:+.3f} … {high:+.3f}"
    return f"| {name} | {len(before)} | {mode.value} | {cells} |"


if __name__ == "__main__":
    typer.run(main)
