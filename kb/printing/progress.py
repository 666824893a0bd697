"""How an ingest goes on: a bar in a terminal, one line a file elsewhere; on standard error only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kb import french
from kb.ingest.report import Listener, Stage, Step
from kb.printing.console import err, safe, shorten

_NAME = 34
_STAGES = {
    Stage.READING: "Lecture",
    Stage.RECOGNISING: "Caractères",
    Stage.EMBEDDING: "Indexation",
    Stage.TAKEN: "Pris",
    Stage.UNCHANGED: "Inchangé",
    Stage.REFUSED: "Refusé",
    Stage.INDEXING: "Mise à jour de l’index",
}
_REMEMBERED_S = 300.0
"""How long a speed is told from: a long file must not make the rest look endless."""


@contextmanager
def progress(*, quiet: bool, console: Console = err) -> Iterator[Listener]:
    """A listener for an ingest: a bar in a terminal, one line a file elsewhere, nothing when quiet."""
    if quiet:
        yield lambda step: None
        return
    if not console.is_terminal:
        yield lambda step: _print_line(step, console)
        return
    with _bar(console) as bar:
        task = bar.add_task("", total=None, stage="Préparation", file="", place="")

        def listen(step: Step) -> None:
            bar.update(
                task,
                completed=step.bytes_done,
                total=step.bytes_total or None,
                stage=_STAGES[step.stage],
                file=_named(step),
                place=f"{french.number(step.done)}/{french.number(step.total)}",
            )

        yield listen


def _bar(console: Console) -> Progress:
    """By bytes: files differ too much in size for their number to tell what remains."""
    return Progress(
        TextColumn("{task.fields[stage]}", markup=False),
        TextColumn("{task.fields[file]}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[place]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("reste", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        speed_estimate_period=_REMEMBERED_S,
    )


def _named(step: Step) -> str:
    if not step.file:
        return ""
    page = f" p. {step.page}/{step.pages}" if step.page else ""
    return shorten(PurePosixPath(step.file).name, _NAME) + page.replace("p. ", f"p.{french.NBSP}")


def _print_line(step: Step, console: Console) -> None:
    if line := plain_line(step):
        console.print(line, markup=False, soft_wrap=True)


def plain_line(step: Step) -> str:
    """« 12/42 annonce.md · 14 passages » once a file is done with; empty for what leads to it."""
    if step.stage is Stage.INDEXING:
        return f"{_STAGES[step.stage]}…"
    if step.stage is Stage.TAKEN:
        result = french.count(step.passages or 0, "passage")
    elif step.stage is Stage.REFUSED:
        result = "refusé"
    else:
        return ""
    return f"{step.done}/{step.total} {safe(step.file or '')} · {result}"
