"""What the chronology compares: questions and themes, and how many passages of each session answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb import browse
from kb.domain import Facets, Filters, Session
from kb.errors import InvalidQuery
from kb.french import NBSP
from kb.library import Library
from kb.search import search
from kb.ui import names, question
from kb.ui.address import Asked, link
from kb.ui.links import timeline_link
from kb.ui.memory import VIEWER

MOST = 5
"""How many series can be read together."""
_UNCOVERED = "La mémoire ne couvre pas ce sujet."


@dataclass(frozen=True, slots=True)
class Compared:
    """What an address asks to compare, in order; the questions come before the themes."""

    questions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    @property
    def searches(self) -> list[Asked]:
        """Each series as the search page would ask it."""
        themes = [Asked(filters=Filters(themes=(theme,))) for theme in self.themes]
        return [*map(Asked, self.questions), *themes]

    @property
    def address(self) -> str:
        """The page that shows them."""
        return timeline_link(self.questions, self.themes)

    def with_theme(self, theme: str) -> Compared:
        """And this theme."""
        return replace(self, themes=(*self.themes, theme))

    def without(self, asked: Asked) -> Compared:
        """But for one series."""
        return Compared(
            tuple(each for each in self.questions if each != asked.question),
            tuple(each for each in self.themes if each not in asked.filters.themes),
        )


@dataclass(frozen=True, slots=True)
class Series:
    """One of those compared: its name and how many passages answer, by session.

    silence: why nothing is counted; empty where something is. elsewhere: passages that answer and are of no session.
    """

    asked: Asked
    name: str
    counts: Mapping[str, int] = field(default_factory=dict)
    silence: str = ""
    elsewhere: int = 0

    @property
    def total(self) -> int:
        """Passages of all sessions."""
        return sum(self.counts.values())

    def at(self, session: str) -> str:
        """The search page with the passages that are counted for a session."""
        return link(replace(self.asked, filters=replace(self.asked.filters, sessions=(session,))))


def read(questions: Iterable[str], themes: Iterable[str]) -> Compared:
    """What an address asks, each once."""
    asked = dict.fromkeys(filter(None, map(question.tidy, questions)))
    return Compared(tuple(asked), tuple(dict.fromkeys(filter(None, (theme.strip() for theme in themes)))))


def name(library: Library, asked: Asked) -> str:
    """« Comment redonner confiance ? » between its marks, « Thème : Énergie »."""
    if asked.question:
        return f"«{NBSP}{asked.question}{NBSP}»"
    return f"Thème{NBSP}: {names.theme(library)(asked.filters.themes[0])}"


def count(library: Library, asked: Asked) -> Series:
    """How many passages answer a question that the memory covers, or are on a theme, session by session."""
    called = name(library, asked)
    if not asked.question:
        found = browse.overview(library, viewer=VIEWER, filters=asked.filters)
        silence = "" if found.sessions else "Aucune séance n’a de passage sur ce thème."
        return Series(asked, called, found.sessions, silence, _of_no_session(found))
    try:
        results = search(library, asked.question, viewer=VIEWER, k=1)
    except InvalidQuery as error:
        return Series(asked, called, silence=str(error))
    if not results.hits or results.is_silent:
        return Series(asked, called, silence=_UNCOVERED)
    return Series(asked, called, results.facets.sessions, elsewhere=_of_no_session(results.facets))


def sessions(library: Library, whole: Facets) -> list[Session]:
    """Those that hold something the reader may see, the oldest first, those without a date at the end."""
    found = [session for identifier in whole.sessions if (session := library.session(identifier))]
    return sorted(found, key=lambda s: (s.date is None, s.date, s.season or 0, s.id))


def highest(found: Sequence[Series]) -> int:
    """The largest count of all."""
    return max((amount for series in found for amount in series.counts.values()), default=0)


def _of_no_session(found: Facets) -> int:
    return sum(found.types.values()) - sum(found.sessions.values())
