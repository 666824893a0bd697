"""What restricts the answer, above it: each choice by its name, a link to the same address without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kb import french, labels
from kb.domain import Facets
from kb.library import Library
from kb.ui import names
from kb.ui.address import PAGE_SIZE, Asked, link
from kb.ui.markup import aside, esc


def chips(library: Library, asked: Asked, whole: Facets) -> str:
    """The active filters; empty when there is none."""
    items = "".join(f"<li>{_chip(name, without)}</li>" for name, without in _removable(library, asked, whole))
    return f'<ul class="chips" aria-label="Filtres actifs">{items}</ul>' if items else ""


def _chip(name: str, without: Asked) -> str:
    return (
        f'<a href="{esc(link(without))}" aria-label="{esc(f"Retirer le filtre {name}")}">'
        f'{aside(name)} <span class="cross" aria-hidden="true">✕</span></a>'
    )


def _removable(library: Library, asked: Asked, whole: Facets) -> Iterator[tuple[str, Asked]]:
    """Each active choice, with what would be asked without it."""
    called: dict[str, Callable[[Any], str]] = {
        "seasons": names.season,
        "types": labels.TYPES.__getitem__,
        "sessions": names.session(library, whole),
        "speakers": lambda speaker: f"Intervenant{french.NBSP}: {speaker}",
        "themes": lambda key: f"Thème{french.NBSP}: {names.theme(library)(key)}",
        "documents": lambda key: f"Document{french.NBSP}: {names.document(library, whole)(key)}",
    }
    for field, call in called.items():
        chosen = getattr(asked.filters, field)
        for value in chosen:
            others: dict[str, Any] = {field: tuple(other for other in chosen if other != value)}
            yield call(value), _with(asked, **others)
    if dates := names.period(asked.filters):
        yield dates, _with(asked, since=None, until=None)


def _with(asked: Asked, **changes: Any) -> Asked:
    return replace(asked, filters=replace(asked.filters, **changes), shown=PAGE_SIZE)
