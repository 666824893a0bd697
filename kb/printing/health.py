"""What `kb doctor` found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from kb import doctor
from kb.doctor import Finding
from kb.french import NBSP
from kb.printing.console import dump, say


def health(found: Sequence[Finding], *, as_json: bool) -> None:
    """Each thing looked at, with what is lost and the way out under what is missing; then the verdict."""
    if as_json:
        dump({"well": doctor.is_well(list(found)), "findings": [asdict(finding) for finding in found]})
        return
    for finding in found:
        sign = "✓" if finding.is_well else "✗" if finding.is_required else "!"
        say(f"{sign} {finding.name}{NBSP}: {finding.found}")
        if not finding.is_well:
            say(f"    sans cela{NBSP}: {finding.lost}")
            say(f"    remède{NBSP}: {finding.remedy}")
    say("\n" + _verdict(found))


def _verdict(found: Sequence[Finding]) -> str:
    if not doctor.is_well(list(found)):
        return "Il manque du nécessaire (✗)."
    if all(finding.is_well for finding in found):
        return "Tout est là."
    return "Le nécessaire est là ; ce qui est marqué « ! » est facultatif."
