"""Quotations that were verified, as people and programs get them."""

from __future__ import annotations

from typing import Any

from rich.padding import Padding
from rich.text import Text

from kb.french import NBSP
from kb.printing.console import dump, out, still
from kb.printing.results import origin_json, passage_json
from kb.quotes import Checked, Part, Report, Source, saying

_SIGNS = {Part.ADDED: ("[+ ", " +]"), Part.MISSING: ("[- ", " -]")}
"""How a difference is written where neither colour nor strokes can be counted on."""


def quotes(report: Report, *, as_json: bool) -> None:
    """Each quotation with its verdict, its differences and its source."""
    if as_json:
        dump(
            {
                "quotes": [_json(each) for each in report.checked],
                "too_short": report.short,
                "not_checked": report.left,
            }
        )
        return
    out.print(Text(still(saying.headline(report))), soft_wrap=True)
    for line in saying.left_out(report):
        out.print(Text(still(line)), soft_wrap=True)
    for rank, each in enumerate(report.checked, 1):
        _print(rank, each)


def _print(rank: int, checked: Checked) -> None:
    out.print()
    out.print(Text(still(f"{rank}. {saying.verdict(checked)}"), style="bold"))
    out.print(Padding(Text(still(f"«{NBSP}{_written(checked)}{NBSP}»")), (0, 0, 0, 3)))
    for remark in saying.remarks(checked):
        out.print(Padding(Text(still(remark)), (0, 0, 0, 3)))
    for source in (checked.source, *checked.others):
        if source:
            where = f"{saying.origin(source)} · {source.document.title}"
            out.print(Padding(Text(still(where), style="dim"), (0, 0, 0, 3)))
    if checked.source and not checked.judgement:
        out.print(Padding(Text(still(checked.source.passage.text), style="dim"), (0, 0, 0, 6)))


def _written(checked: Checked) -> str:
    """« On [- parle -][+ discute +] d’électricité »."""
    if checked.judgement is None:
        return checked.quote
    said = ""
    for piece in checked.judgement.pieces:
        before, after = _SIGNS.get(piece.part, ("", ""))
        text = piece.text.strip() if before else piece.text
        space = " " if said and not said.endswith((" ", "’", "'")) and before else ""
        said += f"{space}{before}{text}{after}"
    return said


def _json(checked: Checked) -> dict[str, Any]:
    value: dict[str, Any] = {"quote": checked.quote, "verdict": checked.verdict.value, "remarks": []}
    value["remarks"] = list(saying.remarks(checked))
    if judgement := checked.judgement:
        value["pieces"] = [{"part": piece.part.value, "text": piece.text} for piece in judgement.pieces]
        value["changes"] = [{"source": change.source, "quote": change.quoted} for change in judgement.changes]
        value["may_be_misread"] = judgement.is_misread
    value["source"] = _source_json(checked.source) if checked.source else None
    value["others"] = [_source_json(source) for source in checked.others]
    return value


def _source_json(source: Source) -> dict[str, Any]:
    return {
        **passage_json(source.passage),
        **origin_json(source.document, source.session),
        "speakers": list(source.speakers),
        "around": source.around,
        "selector": source.selector.token,
    }
