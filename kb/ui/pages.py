"""The pages there are: their file, their address, their title. The server and the navigation both go by this table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of the app. `url` is the last part of its address, empty for the home page."""

    file: str
    url: str
    title: str


PAGES = (
    PageOf("search.py", "", "Recherche"),
    PageOf("passage.py", "passage", "Passage"),
    PageOf("about.py", "a-propos", "À propos"),
)
TITLE = "Capteurs de territoire · mémoire des débats"


def titled(subject: str) -> str:
    """The title of a browser's tab."""
    return f"{subject} · mémoire des débats" if subject else TITLE
