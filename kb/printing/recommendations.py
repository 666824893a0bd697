"""Sentences that recommend, as people and programs get them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from kb import french, labels
from kb.french import NBSP
from kb.library import Library
from kb.printing.console import dump, out, still
from kb.recommend import Advice
from kb.store.schema import anchor_json


def recommendations(told: Sequence[Advice], library: Library, *, nothing: str, as_json: bool) -> None:
    """Each with whom it asks to act, who says it and where. nothing: what to say when there is none."""
    if as_json:
        dump([_json(each) for each in told])
        return
    if not told:
        out.print(nothing)
        return
    themes = {theme.key: theme.label for theme in library.catalogue.themes}
    for rank, each in enumerate(told, start=1):
        _print(rank, each, [themes.get(key, key) for key in each.themes])
    out.print(french.count(len(told), "phrase qui recommande", "phrases qui recommandent"))


def _print(rank: int, each: Advice, themes: Sequence[str]) -> None:
    found = each.recommendation
    to = ", ".join(found.addressees)
    head = f"{rank}. " + (f"À{NBSP}: {to}" if to else "Sans destinataire nommé")
    out.print(Text(still(head), style="bold"))
    out.print(Padding(Text(still(found.text)), (0, 0, 0, 3)))
    source = labels.source(each.passage, each.document, each.session)
    out.print(Padding(Text(still(source), style="dim"), (0, 0, 0, 3)))
    detail = [f"n°{NBSP}{found.number}"] if found.number is not None else []
    detail += [*themes, f"confiance {french.number(found.confidence, 2)}", each.document.path, each.passage.id]
    out.print(Padding(Text(still(" · ".join(detail)), style="cyan"), (0, 0, 1, 3)))


def _json(each: Advice) -> dict[str, Any]:
    found, document = each.recommendation, each.document
    return {
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "confidence": found.confidence,
        "number": found.number,
        "addressees": list(found.addressees),
        "themes": list(each.themes),
        "speaker": found.speaker,
        "anchor": json.loads(anchor_json(found.anchor)),
        "passage": each.passage.id,
        "document": {"id": document.id, "path": document.path, "title": document.title, "type": document.type},
        "season": document.season,
        "session": document.session,
        "date": document.date.isoformat() if document.date else None,
    }
