"""Dates written in a name or a text: whole ones only, each as a day that exists.

A month (« avril 2021 ») is no date, nor is a day whose weekday is wrong (« lundi 13 avril 2021 »): one of the two is a
mistake, and nothing says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb import french

_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_GAP = r"(?:[^\S\n]{1,2}|[-_]|[^\w\s\x00-\x7f–—•·«»…]{1,2}[^\S\n]?)"
_WEEKDAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_FIRST = (
    r"(?P<first>\d{1,2})(?:er|ᵉʳ)?(?:[^\S\n](?P<first_month>[^\W\d_]{3,9}))?"
    rf"[^\S\n]?(?:et|au|-|–)[^\S\n]?(?:{_WEEKDAY}[^\S\n])?"
)
_WRITTEN = (
    rf"(?:(?P<weekday>{_WEEKDAY})[^\S\n]+)?(?<![\d°/.,-])(?<!°\s)(?:{_FIRST})?"
    rf"(?P<day>\d{{1,2}})(?:er|ᵉʳ)?{_GAP}(?P<month>[^\W\d_]{{3,9}})\.?(?:[^\S\n]{{1,2}}|[-_]){_YEAR.format('year')}(?!\d)"
)
_NUMERIC = rf"(?<!\d)(?<!\d[/.-])(?P<d>\d{{1,2}})(?P<sign>[-/._])(?P<m>\d{{1,2}})(?P=sign){_YEAR.format('y')}(?![\d/-])"
_ISO = rf"(?<!\d){_YEAR.format('iso_y')}(?P<iso_sign>[-/._])(?P<iso_m>\d\d)(?P=iso_sign)(?P<iso_d>\d\d)(?!\d)"
_DATE = re.compile(f"{_WRITTEN}|{_ISO}|{_NUMERIC}", re.IGNORECASE)
_COMPACT = re.compile(r"(?<![\dA-Za-z])\d{8}(?!\d)")
_LONGEST_MEETING = 7


@dataclass(frozen=True, slots=True)
class Written:
    """A date where it stands in a text. `day` is None when what is written is no single day."""

    day: date | None
    start: int
    end: int


def dates(text: str) -> Iterator[Written]:
    """The dates of a text, in order. Days that follow one another (« les 9 et 10 janvier 2024 ») give the first."""
    for match in _DATE.finditer(text):
        parts = match.groupdict()
        if parts["month"] and french.month(parts["month"]) is None:
            continue
        yield Written(_day(parts), match.start(), match.end())


def dates_in_name(name: str) -> set[date | None]:
    """The different dates of a file's or folder's name, « 20210413 » and « 13042021 » among them."""
    found = {written.day for written in dates(name)}
    compact = {day for digits in _COMPACT.findall(name) if (day := _compact(digits))}
    return found | compact


def _day(parts: dict[str, str | None]) -> date | None:
    if parts["month"]:
        return _written(parts)
    year, month, day = (parts[prefix + letter] for prefix in ("iso_", "") for letter in "ymd" if parts[prefix + "y"])
    return _existing(int(year or 0), int(month or 0), int(day or 0))


def _written(parts: dict[str, str | None]) -> date | None:
    year, month = int(parts["year"] or 0), french.month(parts["month"] or "") or 0
    last = _existing(year, month, int(parts["day"] or 0))
    first = last
    if parts["first"]:
        first_month = french.month(parts["first_month"]) if parts["first_month"] else month
        first = _existing(year, first_month or 0, int(parts["first"]))
        if not (first and last and 0 < (last - first).days < _LONGEST_MEETING):
            return None
    if first and parts["weekday"] and first.weekday() != french.weekday(parts["weekday"]):
        return None
    return first


def _compact(digits: str) -> date | None:
    """No eight digits are a day both ways: a year's first two would be the month."""
    ways = ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2]))
    return next((day for y, m, d in ways if y[:2] in ("19", "20") and (day := _existing(int(y), int(m), int(d)))), None)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
