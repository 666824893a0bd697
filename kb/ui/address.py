"""The state of a search, in the address: what is asked, where, how. Sharing the address shares the page."""

from __future__ import annotations

import re
from calendar import IllegalMonthError, monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from kb import french
from kb.domain import NO_FILTERS, DocumentType, Filters, Mode
from kb.errors import InvalidQuery
from kb.french import NBSP

T = TypeVar("T")

PAGE_SIZE = 10
MOST_SHOWN = 100
LONGEST_QUESTION = 2000
MODES = {"": Mode.HYBRID, "mots": Mode.WORDS, "sens": Mode.MEANING}
"""Each mode by its name in the address; the usual one has none."""
WIDE = "oui"
"""What says, in the address, that the glossary is followed."""

Parameters = Mapping[str, Sequence[str]]

_DATE = re.compile(
    r"(?:(?:(?P<day>\d{1,2})[/.-])?(?P<month>\d{1,2})[/.-])?(?P<year>\d{4})"
    r"|(?P<short_day>\d{1,2})[/.-](?P<short_month>\d{1,2})[/.-](?P<short_year>\d{2})"
    r"|(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})(?:-(?P<iso_day>\d{1,2}))?"
    r"|(?:(?P<said_day>\d{1,2})(?:er)? )?(?P<said_month>[a-z]{3,9})\.? (?P<said_year>\d{4})",
    re.ASCII,
)
_MONTHS = {french.fold(french.long_date(date(2000, n, 2))).split()[1]: n for n in range(1, 13)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked of the search page; `shown` is how many passages they want to see.

    is_cut: the question was longer than can be searched, and only its beginning is kept.
    is_wide: what the glossary holds beside the question is looked for too.
    """

    question: str = ""
    filters: Filters = NO_FILTERS
    mode: Mode = Mode.HYBRID
    shown: int = PAGE_SIZE
    is_cut: bool = False
    is_wide: bool = False


def read(parameters: Parameters) -> Asked:
    """What an address asks; raises InvalidQuery for a value that means nothing."""
    question = " ".join(_last(parameters, "q").split())
    return Asked(
        question=question[:LONGEST_QUESTION],
        filters=Filters(
            seasons=_each(parameters, "saison", int, "n’est pas un numéro de saison"),
            sessions=_texts(parameters, "seance"),
            speakers=_texts(parameters, "intervenant"),
            types=_each(parameters, "type", DocumentType, "n’est pas un type de document"),
            themes=_texts(parameters, "theme"),
            since=day(_last(parameters, "du")),
            until=day(_last(parameters, "au"), to_end=True),
            documents=_texts(parameters, "document"),
        ),
        mode=_mode(_last(parameters, "mode")),
        shown=_shown(_last(parameters, "n")),
        is_cut=len(question) > LONGEST_QUESTION,
        is_wide=_wide(_last(parameters, "glossaire")),
    )


def write(asked: Asked) -> dict[str, list[str]]:
    """The parameters of an address, without those that say what is usual."""
    filters = asked.filters
    values = {
        "q": [asked.question],
        "saison": [str(number) for number in filters.seasons],
        "type": [kind.value for kind in filters.types],
        "seance": list(filters.sessions),
        "intervenant": list(filters.speakers),
        "theme": list(filters.themes),
        "document": list(filters.documents),
        "du": [filters.since.isoformat()] if filters.since else [],
        "au": [filters.until.isoformat()] if filters.until else [],
        "mode": [name for name, mode in MODES.items() if mode is asked.mode],
        "glossaire": [WIDE] if asked.is_wide else [],
        "n": [str(asked.shown)] if asked.shown != PAGE_SIZE else [],
    }
    return {name: kept for name, found in values.items() if (kept := [value for value in found if value])}


def link(asked: Asked) -> str:
    """A link to the search page, relative to any page of the app."""
    parameters = write(asked)
    return f"./?{urlencode(parameters, doseq=True)}" if parameters else "./"


def day(text: str, *, to_end: bool = False) -> date | None:
    """A date as people write it: « 13/04/2021 », « 13.4.21 », « 13 avril 2021 », « 2021-04-13 », « 04/2021 », « 2021 ».

    A month or a year stands for its first day, or its last (`to_end`); None when nothing is written.
    Raises InvalidQuery.
    """
    if not text.strip():
        return None
    found = _DATE.fullmatch(" ".join(french.fold(text).split()))
    try:
        if not found:
            raise ValueError(text)
        parts = {name.rpartition("_")[2]: value for name, value in found.groupdict().items() if value}
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        month = _month(parts["month"]) if "month" in parts else 12 if to_end else 1
        number = int(parts["day"]) if "day" in parts else monthrange(year, month)[1] if to_end else 1
        return date(year, month, number)
    except (ValueError, IllegalMonthError) as error:
        raise InvalidQuery(
            f"« {text.strip()} » n’est pas une date{NBSP}; écrivez par exemple 13/04/2021, 13 avril 2021, "
            "04/2021 ou 2021."
        ) from error


def _month(written: str) -> int:
    """A month by its number or its name, which may be shortened: « fév. »."""
    if written.isdigit():
        return int(written)
    found = [number for name, number in _MONTHS.items() if name.startswith(written)]
    if len(found) != 1:
        raise ValueError(written)
    return found[0]


def _last(parameters: Parameters, name: str) -> str:
    values = parameters.get(name) or [""]
    return values[-1].strip()


def _texts(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in parameters.get(name, ()) if value.strip()))


def _each(parameters: Parameters, name: str, read_one: Callable[[str], T], fault: str) -> tuple[T, ...]:
    found = []
    for value in _texts(parameters, name):
        try:
            found.append(read_one(value))
        except ValueError as error:
            raise InvalidQuery(f"Dans l’adresse, « {value} » {fault}.") from error
    return tuple(found)


def _mode(name: str) -> Mode:
    if name not in MODES:
        raise InvalidQuery(f"Dans l’adresse, « {name} » n’est pas une façon de chercher{NBSP}: mots, ou sens.")
    return MODES[name]


def _wide(value: str) -> bool:
    if value not in ("", WIDE):
        raise InvalidQuery(f"Dans l’adresse, glossaire={value} ne veut rien dire{NBSP}: écrivez {WIDE}, ou rien.")
    return value == WIDE


def _shown(value: str) -> int:
    """A number of passages to show, brought to what the page allows."""
    readable = value.isascii() and value.isdigit() and len(value) < 6
    return min(MOST_SHOWN, max(PAGE_SIZE, int(value))) if readable else PAGE_SIZE
