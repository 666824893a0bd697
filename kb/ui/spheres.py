"""The spheres that speakers come from: how they are called, in the order they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from kb.programme.people import Person

NAMES = {
    "elus": "Élus et collectivités",
    "epl": "Entreprises publiques locales",
    "entreprises": "Entreprises",
    "recherche": "Recherche",
    "etat": "État",
    "associations": "Associations",
    "citoyens": "Citoyens",
}
UNKNOWN = "Sphère non précisée"


def of(sphere: str | None) -> str:
    """How a sphere is called."""
    return NAMES.get(sphere or "", UNKNOWN)


def grouped(people: Iterable[Person]) -> dict[str, list[Person]]:
    """People by the name of their sphere, those whose sphere is not known last; no group is empty."""
    found: dict[str, list[Person]] = {name: [] for name in (*NAMES.values(), UNKNOWN)}
    for person in people:
        found[of(person.sphere)].append(person)
    return {name: group for name, group in found.items() if group}
