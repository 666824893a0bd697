"""How the items of lists are numbered: letters, Roman numerals. Pure functions."""

from __future__ import annotations

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
BULLET = "•"


def letters(number: int) -> str:
    """« a » to « z », then « aa », « bb »."""
    return "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * ((number - 1) // 26 + 1) if 0 < number < 260 else ""


def roman(number: int) -> str:
    """« iv » for 4."""
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written
