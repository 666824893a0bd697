"""The pages there are: their file, their address, their title. The server and the navigation both go by this table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of the app. `url` is the last part of its address, empty for the home page.

    under: the url of the page it is a part of, where it has no place of its own in the masthead.
    """

    file: str
    url: str
    title: str
    under: str | None = None


PAGES = (
    PageOf("search.py", "", "Recherche"),
    PageOf("sessions.py", "seances", "Séances"),
    PageOf("session.py", "seance", "Séance", under="seances"),
    PageOf("speakers.py", "intervenants", "Intervenants"),
    PageOf("speaker.py", "intervenant", "Intervenant", under="intervenants"),
    PageOf("compare.py", "saisons-en-regard", "Saisons en regard"),
    PageOf("timeline.py", "chronologie", "Chronologie"),
    PageOf("selection.py", "selection", "Ma sélection"),
    PageOf("passage.py", "passage", "Passage", under=""),
    PageOf("quote.py", "verifier", "Vérifier une citation"),
    PageOf("about.py", "a-propos", "À propos"),
)
TITLE = "Capteurs de territoire · mémoire des débats"


def titled(subject: str) -> str:
    """The title of a browser's tab."""
    return f"{subject} · mémoire des débats" if subject else TITLE
