"""What the choices of a reader are called: on the filters, on what is active, in the browser's title."""

from __future__ import annotations

from collections.abc import Callable

from kb import browse, french, labels
from kb.domain import Facets, Filters
from kb.library import Library
from kb.ui.memory import VIEWER


def season(number: int) -> str:
    """« Saison 2 »."""
    return f"Saison{french.NBSP}{number}"


def session(library: Library, whole: Facets) -> Callable[[str], str]:
    """How a session is called; one that the reader may not see, but whose name stands in the address, is not."""

    def name(identifier: str) -> str:
        found = library.session(identifier) if identifier in whole.sessions else None
        if found is None:
            return identifier
        return f"{french.long_date(found.date)}, {found.title}" if found.date else found.title

    return name


def document(library: Library, whole: Facets) -> Callable[[str], str]:
    """The title of a document; one that the reader may not see, but whose id stands in the address, keeps its id."""

    def name(identifier: str) -> str:
        is_seen = identifier in whole.documents
        return browse.document(library, identifier, viewer=VIEWER).title if is_seen else identifier

    return name


def theme(library: Library) -> Callable[[str], str]:
    """How a theme is called."""
    names = {theme.key: theme.label for theme in library.catalogue.themes}
    return lambda key: names.get(key, key)


def period(filters: Filters) -> str:
    """« du 1er janvier 2020 au 31 décembre 2020 »; empty without dates."""
    since, until = filters.since, filters.until
    if since and until:
        return f"du {french.long_date(since)} au {french.long_date(until)}"
    if since:
        return f"à partir du {french.long_date(since)}"
    return f"jusqu’au {french.long_date(until)}" if until else ""


def every(library: Library, filters: Filters, whole: Facets) -> list[str]:
    """All that is chosen, by its name: « Saison 2 », « Maire d’une commune rurale »."""
    return [
        *map(season, filters.seasons),
        *(labels.TYPES[kind] for kind in filters.types),
        *map(session(library, whole), filters.sessions),
        *filters.speakers,
        *map(theme(library), filters.themes),
        *map(document(library, whole), filters.documents),
        *filter(None, [period(filters)]),
    ]
