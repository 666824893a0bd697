"""What the search page says while nothing is asked: what the memory holds, and where to begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kb import french, labels
from kb.domain import Document, Facets, Filters, Season, Session
from kb.library import Library
from kb.ui.address import Asked, link
from kb.ui.cards import demo_tag
from kb.ui.links import ABOUT_DEMO, passage_link, season_link, session_link
from kb.ui.markup import aside, esc, joined

_EXAMPLES_A_SEASON = 2


def introduction(documents: int, whole: Facets) -> str:
    """Two lines: what this is, and how much it holds."""
    amounts = (
        french.count(len(whole.seasons), "saison"),
        french.count(len(whole.sessions), "séance"),
        french.count(documents, "document"),
        french.count(sum(whole.types.values()), "passage"),
    )
    held = joined(f'<span class="whole">{esc(amount)}</span>' for amount in amounts)
    return (
        '<p class="intro">Ce qui s’est dit et écrit dans le think tank des entreprises publiques locales, '
        "retrouvé par le sens ou par les mots, avec sa source."
        f'<br><span class="held">{held}</span></p>'
    )


def welcome(library: Library, whole: Facets, documents: Sequence[Document]) -> str:
    """Example questions, then the seasons with their theme question."""
    sessions = [s for s in library.catalogue.sessions.values() if s.id in whole.sessions]
    seasons = [library.catalogue.seasons[n] for n in sorted(whole.seasons) if n in library.catalogue.seasons]
    return examples(library, whole, lambda question: link(Asked(question))) + _seasons(seasons, sessions, documents)


def examples(library: Library, whole: Facets, to: Callable[[str], str]) -> str:
    """Guiding questions of the sessions, each a link `to` its answer: of each season, the shortest, one a session."""
    sessions = [s for s in library.catalogue.sessions.values() if s.id in whole.sessions]
    shortest = sorted((min(s.questions, key=len) for s in sessions if s.questions), key=len)
    season_of = {question: s.season for s in sessions for question in s.questions}
    kept: list[str] = []
    for question in shortest:
        season = season_of[question]
        if sum(season_of[other] == season for other in kept) < _EXAMPLES_A_SEASON:
            kept.append(question)
    if not kept:
        return ""
    items = "".join(f'<li><a href="{esc(to(question))}">{esc(question)}</a></li>' for question in kept)
    return f'<section class="examples"><h2>Des questions posées en séance</h2><ul>{items}</ul></section>'


def _seasons(seasons: Iterable[Season], sessions: Sequence[Session], documents: Sequence[Document]) -> str:
    items = "".join(
        _season(
            season,
            sum(s.season == season.number for s in sessions),
            [d for d in documents if d.season == season.number],
        )
        for season in seasons
    )
    return f'<section class="seasons"><h2>Les saisons</h2><ul>{items}</ul></section>' if items else ""


def _season(season: Season, sessions: int, documents: Sequence[Document]) -> str:
    years = " et ".join(str(year) for year in season.years)
    said = how_real(documents)
    tag = f'<a class="tag" href="{ABOUT_DEMO}" title="{esc(labels.DEMO_MEANS)}">{esc(said)}</a>' if said else ""
    theme = f'<p class="theme">{esc(season.theme)}</p>' if season.theme else ""
    more = link(Asked(filters=Filters(seasons=(season.number,))))
    held = f'<a href="{season_link(season.number)}">{esc(french.count(sessions, "séance"))}</a>'
    return (
        f'<li><h3><a href="{esc(more)}">{esc(season.title)}</a>{f" · {esc(years)}" if years else ""}</h3>{theme}'
        f'<p class="held">{held} {tag}</p></li>'
    )


def how_real(documents: Sequence[Document]) -> str:
    """« démonstration », « démonstration, sauf 1 document » when most are; « 2 documents de démonstration »."""
    fictional = sum(d.demo for d in documents)
    real = len(documents) - fictional
    if not fictional:
        return ""
    if not real:
        return labels.DEMO
    if fictional > real:
        return f"{labels.DEMO}, sauf {french.count(real, 'document')}"
    return f"{french.count(fictional, 'document')} de {labels.DEMO}"


def listing(library: Library, documents: Sequence[Document]) -> str:
    """Documents, session by session, the oldest first: what filters keep when nothing is asked."""
    ordered = sorted(documents, key=lambda d: (d.date is None, d.date, d.session or "", d.type, d.path))
    groups: dict[str | None, list[Document]] = {}
    for document in ordered:
        groups.setdefault(document.session, []).append(document)
    return "".join(_group(library.session(identifier), found) for identifier, found in groups.items())


def _group(session: Session | None, documents: Sequence[Document]) -> str:
    title = "Documents à classer"
    if session:
        title = f'<a href="{esc(session_link(session.id))}">{aside(session.title)}</a>'
    day = labels.when(documents[0], session) if session else ""
    items = "".join(
        f'<li><a href="{esc(passage_link(f"{d.id}.1"))}">{aside(d.title)}</a> '
        f'<span class="where">{esc(labels.TYPES[d.type])}{demo_tag(d)}</span></li>'
        for d in documents
    )
    return f'<section class="documents"><h2>{title}</h2><p class="where">{esc(day)}</p><ul>{items}</ul></section>'
