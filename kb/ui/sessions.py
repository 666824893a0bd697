"""The page « Séances »: the seasons with their theme question, the sessions of each, and what is still to be filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import streamlit as st

from kb import french, labels
from kb.domain import Filters, Season
from kb.library import Library
from kb.programme import Cycle, Held, Meeting
from kb.ui import frame
from kb.ui.address import Asked, link
from kb.ui.cards import demo_tag
from kb.ui.home import how_real
from kb.ui.known import known
from kb.ui.links import ABOUT_DEMO, passage_link, session_link
from kb.ui.markup import aside, esc, joined, notice
from kb.ui.pages import titled

_QUESTIONS = 2
"""Questions of a session that are shown; its page has them all."""
_MOST_UNFILED = 100
UNFILED = "a-classer"
"""Where the documents of no session are on the page."""
_OUT_OF_SEASON = "Hors saison"
_ANNOUNCED = "Aucun document pour le moment"
_NONE = (
    "Une séance est un dossier du corpus qui contient un fichier « session.toml ». Les documents qui sont déjà dans la "
    "mémoire sont listés plus bas."
)


def draw(library: Library) -> None:
    """Draw the page."""
    st.set_page_config(page_title=titled("Séances"), layout="centered")
    programme, everybody = known(library)
    attending = Counter(each.session.id for person in everybody for each in person.appearances if each.session)
    seasons = "".join(_season(cycle, attending) for cycle in programme.cycles)
    none = "" if programme.cycles else notice("Aucune séance n’est encore décrite", _NONE)
    st.html(
        f"<h1>Séances</h1>{_summary(programme.cycles, programme.unfiled)}{none}{seasons}{_unfiled(programme.unfiled)}"
    )


def _summary(cycles: Iterable[Cycle], unfiled: Iterable[Held]) -> str:
    """Links to the parts of the page."""
    parts = [(_anchor(cycle.season), cycle.season.title if cycle.season else _OUT_OF_SEASON) for cycle in cycles]
    parts += [(UNFILED, "À classer")] if any(unfiled) else []
    links = "".join(f'<li><a href="#{anchor}">{esc(name)}</a></li>' for anchor, name in parts)
    return f'<nav class="parts" aria-label="Saisons"><ul>{links}</ul></nav>' if len(parts) > 1 else ""


def _anchor(season: Season | None) -> str:
    return f"saison-{season.number}" if season else "hors-saison"


def _season(cycle: Cycle, attending: Mapping[str, int]) -> str:
    season = cycle.season
    title = season.title if season else _OUT_OF_SEASON
    years = " et ".join(map(str, season.years)) if season else ""
    theme = f'<p class="theme">{esc(season.theme)}</p>' if season and season.theme else ""
    items = "".join(f"<li>{_meeting(each, attending[each.session.id])}</li>" for each in cycle.meetings)
    return (
        f'<section class="season"><h2 id="{_anchor(season)}">{esc(title)}{f" · {esc(years)}" if years else ""}</h2>'
        f'{theme}<p class="held">{_amounts(cycle)}</p>{_search_in(season)}<ol class="meetings">{items}</ol></section>'
    )


def _amounts(cycle: Cycle) -> str:
    documents = [held.document for each in cycle.meetings for held in each.documents]
    said = how_real(documents)
    tag = f'<a class="tag" href="{ABOUT_DEMO}" title="{esc(labels.DEMO_MEANS)}">{esc(said)}</a>' if said else ""
    amounts = (
        french.count(len(cycle.meetings), "séance"),
        french.count(len(documents), "document"),
        french.count(sum(each.passages for each in cycle.meetings), "passage"),
    )
    return joined(f'<span class="whole">{esc(amount)}</span>' for amount in amounts) + f" {tag}"


def _search_in(season: Season | None) -> str:
    if season is None:
        return ""
    address = link(Asked(filters=Filters(seasons=(season.number,))))
    return f'<p class="acts"><a href="{esc(address)}">Chercher dans cette saison</a></p>'


def _meeting(meeting: Meeting, speakers: int) -> str:
    session = meeting.session
    day = french.long_date(session.date) if session.date else "Date non précisée"
    questions = "".join(f"<li>{esc(each)}</li>" for each in session.questions[:_QUESTIONS])
    amounts = [french.count(len(meeting.documents), "document"), french.count(meeting.passages, "passage")]
    said = [*amounts, french.count(speakers, "intervenant")] if meeting.documents else [_ANNOUNCED]
    held = joined(f'<span class="whole">{esc(each)}</span>' for each in said)
    return (
        f'<p class="where">{joined((esc(day), esc(session.format or "")))}</p>'
        f'<h3><a href="{esc(session_link(session.id))}">{aside(session.title)}</a></h3>'
        f'{f"<ul>{questions}</ul>" if questions else ""}<p class="held">{held}</p>'
    )


def _unfiled(documents: tuple[Held, ...]) -> str:
    if not documents:
        return ""
    items = "".join(f"<li>{_document(each)}</li>" for each in documents[:_MOST_UNFILED])
    hidden = len(documents) - _MOST_UNFILED
    more = (
        f'<p class="held">{esc(french.count(hidden, "autre document", "autres documents"))}.</p>' if hidden > 0 else ""
    )
    return (
        f'<section class="season"><h2 id="{UNFILED}">À classer</h2>'
        f'<p class="held">{esc(french.count(len(documents), "document"))} sans séance</p>'
        f'<ul class="papers">{items}</ul>{more}</section>'
    )


def _document(held: Held) -> str:
    document = held.document
    title = aside(document.title)
    if held.passages:
        title = f'<a href="{esc(passage_link(f"{document.id}.1"))}">{title}</a>'
    said = joined((esc(labels.TYPES[document.type]), esc(labels.when(document, None))))
    return f'{title} <span class="where">{said}{demo_tag(document)}</span>'


frame.page(draw, "seances")
