"""A series as bars, a session each, in the order of time. What it shows stands in a table too, with links.

The picture is written in Vega-Lite, which altair writes too: altair takes 22 ms to check each picture, five of which
are half of what a page may cost.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from kb import french
from kb.domain import Session
from kb.french import NBSP
from kb.ui import names
from kb.ui.series import Series

Spec = dict[str, Any]

_HEIGHT, _ABOVE = 96, 34
"""Pixels of the bars, and of what stands above them: the highest number, and the seasons' names."""
_UPRIGHT = 58
"""Pixels a session needs for its date to be written upright."""
_MONTHS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
_LOOK: Spec = {
    "background": "transparent",
    "font": "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--second)",
        "labelColor": "var(--ink)",
        "labelFontSize": 12,
        "grid": False,
        "aria": False,
    },
    "mark": {"aria": False},
}
"""The house's colours, which follow the light: the picture is SVG, and takes the style of the page."""


def bars(series: Series, sessions: Sequence[Session], highest: int) -> Spec:
    """The bars of a series. highest: the largest count of all series, so that those one below the other compare."""
    rows = [_row(series, session, place) for place, session in enumerate(sessions)]
    starts = [0, *(place for place, (one, other) in enumerate(pairwise(sessions), 1) if one.season != other.season)]
    x = {"field": "place", "type": "ordinal", "axis": _dates(rows)}
    y = {
        "field": "count",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(highest, 1)], "nice": False},
    }
    counted = {
        "x": x,
        "y": y,
        "href": {"field": "address"},
        "tooltip": {"field": "said"},
    }
    return {
        "height": _HEIGHT,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "description": described(series),
        "config": _LOOK,
        "layer": [
            *_seasons([sessions[place] for place in starts], starts, x),
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "color": "var(--accent)", "cursor": "pointer", "width": {"band": 0.62}},
                "encoding": counted,
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "dy": -8, "fontSize": 13, "color": "var(--ink)", "cursor": "pointer"},
                "encoding": counted | {"text": {"field": "amount"}},
            },
        ],
    }


def described(series: Series) -> str:
    """What stands for the picture where it is not seen."""
    amount = french.count(series.total, "passage")
    return f"Passages par séance pour {series.name}{NBSP}: {amount} en tout. Le tableau plus bas donne chaque nombre."


def _row(series: Series, session: Session, place: int) -> Spec:
    amount = series.counts.get(session.id, 0)
    day = french.long_date(session.date) if session.date else "Sans date"
    return {
        "place": place,
        "count": amount,
        "amount": french.number(amount),
        "said": f"{session.title}, {day}{NBSP}: {french.count(amount, 'passage')}",
        "label": f"{session.date.day} {_MONTHS[session.date.month - 1]}|{session.date.year}"
        if session.date
        else "sans|date",
        "address": series.at(session.id) if amount else None,
    }


def _seasons(first: Sequence[Session], places: Sequence[int], x: Spec) -> list[Spec]:
    """A line where each season begins, and its name beside it."""
    called = [names.season(each.season) if each.season is not None else "Hors saison" for each in first]
    data = {"values": [{"place": place, "name": name} for place, name in zip(places, called, strict=True)]}
    edge = {"x": x | {"bandPosition": 0}}
    rise = {"y": {"value": 4 - _ABOVE}, "y2": {"value": _HEIGHT}}
    title = {"type": "text", "align": "left", "baseline": "top", "dx": 6, "fontSize": 12, "color": "var(--second)"}
    return [
        {"data": data, "mark": {"type": "rule", "color": "var(--line)"}, "encoding": edge | rise},
        {"data": data, "mark": title, "encoding": edge | {"y": {"value": 4 - _ABOVE}, "text": {"field": "name"}}},
    ]


def _dates(rows: Sequence[Spec]) -> Spec:
    """The axis of the sessions: dates on two lines where there is room, else on their side."""
    is_wide = f"width > {len(rows) * _UPRIGHT}"
    words = f"{json.dumps([row['label'] for row in rows])}[datum.value]"
    return {
        "title": None,
        "ticks": False,
        "labelPadding": 6,
        "labelOverlap": True,
        "labelExpr": f"{is_wide} ? split({words}, '|') : replace({words}, '|', ' ')",
        "labelAngle": {"expr": f"{is_wide} ? 0 : -90"},
        "labelAlign": {"expr": f"{is_wide} ? 'center' : 'right'"},
        "labelBaseline": {"expr": f"{is_wide} ? 'top' : 'middle'"},
    }
