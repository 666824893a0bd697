"""Speakers as tables and machines label them: what is a name, and what is only a number for a voice.

A machine that tells voices apart calls them SPEAKER_00, spk_1 or S3. That names nobody, but it does say where the
voice changes: such voices are shown as « Intervenant 1 », « Intervenant 2 »…, in the order in which they first speak,
which is how French transcripts call those whose name nobody noted. It is no guess at a name, and a warning
says so. Those called A, B… keep their letter: « Intervenant A ».
"""

from __future__ import annotations

import re

from kb.readers.cleaning import clean

_MACHINE = re.compile(r"(?:(?:speaker|spkr?)[ _#-]?|s)?\d{1,4}", re.IGNORECASE)
_LETTER = re.compile(r"(?:speaker[ _-]?)?([A-Z])", re.IGNORECASE)
_NOBODY = frozenset(
    "unknown unk uu speaker_-1 spk_-1 unidentified inconnu inconnue nobody none null nan n/a na".split()
)
_LONGEST = 120
_FORMULA = "=+@-"


def is_name(label: str) -> bool:
    """Whether a cell could hold someone's name: short, with a letter, and no formula of a spreadsheet."""
    return len(label) <= _LONGEST and any(each.isalpha() for each in label) and label[0] not in _FORMULA


class Voices:
    """The speakers of one document, by their labels."""

    def __init__(self) -> None:
        self._numbered: dict[str, tuple[str, str]] = {}

    def name(self, label: str | None) -> str | None:
        """Who speaks under this label; None where it says nobody."""
        label = clean(label or "").strip(" :")
        if not label or label.lower() in _NOBODY:
            return None
        if _MACHINE.fullmatch(label):
            return self.number(label)
        letter = _LETTER.fullmatch(label)
        if letter:
            return f"Intervenant {letter[1].upper()}"
        return label if is_name(label) else None

    def number(self, label: str) -> str:
        """« Intervenant 2 » for the second voice that speaks under a label without a name."""
        return self._numbered.setdefault(label.upper(), (label, f"Intervenant {len(self._numbered) + 1}"))[1]

    def warnings(self) -> list[str]:
        """What is to be said of the voices that have a number only."""
        if not self._numbered:
            return []
        label, shown = next(iter(self._numbered.values()))
        return [
            f"des voix y sont distinguées sans nom : « {label} » est noté « {shown} », et ainsi de suite"
            " dans l’ordre où elles parlent"
        ]
