"""Times as machines and people write them, in seconds. Pure functions.

A number alone does not say its unit: whisper counts in seconds, others in milliseconds or in ticks of 100 ns. The name
of its field may say it; else the pace of speech does, for nobody says one letter in twenty seconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{2})(?:[.,:;](\d{1,9}))?")
_NUMBER = re.compile(r"[+]?(\d{1,15})(?:[.,](\d{1,12}))?\s*(s|sec|secondes?|seconds?|ms)?", re.IGNORECASE)
_ISO = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?", re.IGNORECASE)
MOST_S = 1_000_000.0
"""Eleven days: above it, a number is a date."""
_UNITS = (1.0, 1e-3, 1e-7)
_SLOWEST = 0.05
"""Letters a second below which nobody speaks. Speech has about 15, so that in milliseconds it has 0.015 a unit."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time as it was read. `is_known`: whether `amount` is in seconds; else its unit is still to be found."""

    amount: float
    is_known: bool


def read(value: object, unit: float | None = None) -> Time | None:
    """A time out of a number, « 1:02:03,5 », « 12.5s », « PT1.5S » or seconds and nanoseconds apart; else None.

    unit: seconds a unit, where the field's name says it.
    """
    if isinstance(value, Mapping):
        return _apart(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _checked(float(value) * (unit or 1.0), is_known=unit is not None)
    return _written(value.strip(), unit) if isinstance(value, str) else None


def unit_by_pace(spans: Sequence[tuple[float, float, int]]) -> float:
    """Seconds a unit, for (start, end, letters) whose unit is unknown: the first at which someone could say that."""
    paces = sorted(letters / (end - start) for start, end, letters in spans if end > start and letters)
    if not paces:
        return _UNITS[0]
    usual = paces[len(paces) // 2]
    return next((unit for unit in _UNITS if usual / unit >= _SLOWEST), _UNITS[-1])


def _apart(value: Mapping[object, object]) -> Time | None:
    whole, rest = read(value.get("seconds", 0)), read(value.get("nanos", 0))
    if whole is None or rest is None or not ("seconds" in value or "nanos" in value):
        return None
    return _checked(whole.amount + rest.amount * 1e-9, is_known=True)


def _written(text: str, unit: float | None) -> Time | None:
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds, fraction = (part or "0" for part in clock.groups())
        if int(seconds) > 59 or (clock[1] and int(minutes) > 59):
            return None
        total = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return _checked(total + _fraction(text, fraction), is_known=True)
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        hours, minutes, seconds = (part or "0" for part in iso.groups())
        return _checked(int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", ".")), is_known=True)
    number = _NUMBER.fullmatch(text)
    if not number:
        return None
    amount = float(f"{number[1]}.{number[2] or 0}")
    named = None if not number[3] else 1e-3 if number[3].lower() == "ms" else 1.0
    return _checked(amount * (named or unit or 1.0), is_known=named is not None or unit is not None)


def _fraction(text: str, digits: str) -> float:
    """« 00:00:01.5 » is half a second; the fourth number of « 00:00:01:12 » counts pictures, which are left out."""
    return 0.0 if text.count(":") + text.count(";") > 2 else float(f"0.{digits}")


def _checked(amount: float, *, is_known: bool) -> Time | None:
    most = MOST_S if is_known else MOST_S / _UNITS[-1]
    return Time(amount, is_known) if math.isfinite(amount) and 0 <= amount <= most else None
