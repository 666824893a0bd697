"""The page « Séance »: what was planned, what was asked and how the session answers, who came, what it left."""

from __future__ import annotations

import streamlit as st

from kb import labels
from kb.domain import DocumentType, Filters, Session
from kb.errors import InvalidQuery, UnknownItem
from kb.french import NBSP, long_date
from kb.library import Library
from kb.programme import Meeting, Place, place
from kb.search import Results, search
from kb.ui import frame, names
from kb.ui.address import Asked, link
from kb.ui.cards import demo_note
from kb.ui.known import known
from kb.ui.links import SESSIONS, season_link, session_link
from kb.ui.markup import aside, esc, joined, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled
from kb.ui.papers import papers
from kb.ui.participants import participants
from kb.ui.quotes import is_prose, quote

_QUOTES = 3
_TRIED = 10
"""Passages among which the quotes are: some may be rows of a table, or headings."""
_ANSWERING = tuple(kind for kind in DocumentType if kind is not DocumentType.ANNOUNCEMENT)
"""The announcement asks the questions: it would always be the best answer to them."""
_LEAST = 0.04
"""From which likelihood the session may be said to answer one of its own questions.

Lower than for any question (kb.search.coverage), as a session is there to answer its own. Of the demonstration corpus,
0.04 keeps 95 % of the questions of sessions, and 2 % of those of other sessions; 0.1 would keep 59 %, where nearly all
are answered.
"""
_SILENT = "La séance n’y répond pas directement."
_NOTHING_YET = "Ce qui s’y est dit n’est pas encore dans la mémoire."


def draw(library: Library) -> None:
    """Draw the page of the session that the address names."""
    programme, everybody = known(library)
    try:
        found = place(programme, st.query_params.get("id", ""))
    except UnknownItem:
        st.set_page_config(page_title=titled("Séance introuvable"), layout="centered")
        st.html(_absent())
        return
    st.set_page_config(page_title=titled(found.meeting.session.title), layout="centered")
    session, documents = found.meeting.session, [held.document for held in found.meeting.documents]
    st.html(
        _heading(library, found)
        + demo_note(documents)
        + _programme(session)
        + _questions(library, found.meeting)
        + participants(session, everybody, has_words=any(d.type is DocumentType.TRANSCRIPT for d in documents))
        + papers(library, found.meeting)
        + _neighbours(found)
    )


def _absent() -> str:
    """The same words for a session that is not there and for one that the reader may not know of."""
    said = "L’adresse est incomplète, ou la séance a été retirée ou renommée depuis."
    title = "Cette séance n’est pas dans la mémoire"
    return notice(title, said, level=1) + f'<p class="acts"><a href="{SESSIONS}">Voir toutes les séances</a></p>'


def _heading(library: Library, found: Place) -> str:
    session, season = found.meeting.session, found.season
    parts = (
        f'<a href="{esc(season_link(season.number))}">{esc(season.title)}</a>' if season else "",
        esc(long_date(session.date)) if session.date else "Date non précisée",
        esc(session.format or ""),
    )
    tag = f' <span class="tag" title="{esc(labels.DEMO_MEANS)}">{esc(labels.DEMO)}</span>' if session.demo else ""
    theme = f'<p class="theme">{esc(season.theme)}</p>' if season and season.theme else ""
    return (
        f'<header class="session"><p class="where">{joined(parts)}{tag}</p><h1>{aside(session.title)}</h1>{theme}'
        f"{_themes(library, session)}{_registration(session)}</header>"
    )


def _themes(library: Library, session: Session) -> str:
    called = names.theme(library)
    links = joined(
        f'<a href="{esc(link(Asked(filters=Filters(themes=(key,)))))}">{esc(called(key))}</a>' for key in session.themes
    )
    return f'<p class="subjects">Thèmes{NBSP}: {links}</p>' if links else ""


def _registration(session: Session) -> str:
    """A link only where it is an address of the web; anything else is text."""
    written = session.registration
    if not written:
        return ""
    is_web = written.lower().startswith(("http://", "https://")) and not written.split()[1:]
    said = f'<a href="{esc(written)}" rel="noreferrer noopener">{esc(written)}</a>' if is_web else esc(written)
    return f'<p class="registration">Inscription{NBSP}: {said}</p>'


def _programme(session: Session) -> str:
    if not session.programme:
        return ""
    items = "".join(
        f'<li><span class="time">{esc(item.time or "")}</span> <span>{esc(item.title)}</span></li>'
        for item in session.programme
    )
    return f'<section class="part"><h2>Programme</h2><ol class="programme">{items}</ol></section>'


def _questions(library: Library, meeting: Meeting) -> str:
    session = meeting.session
    if not session.questions:
        return ""
    has_said = any(held.document.type in _ANSWERING and held.passages for held in meeting.documents)
    note = "" if has_said else f'<p class="held">{esc(_NOTHING_YET)}</p>'
    asked = "".join(
        f"<li><h3>{esc(question)}</h3>{_answer(library, session, question) if has_said else ''}</li>"
        for question in session.questions
    )
    return (
        f'<section class="part"><h2>Les questions de la séance</h2>{note}<ol class="questions">{asked}</ol></section>'
    )


def _answer(library: Library, session: Session, question: str) -> str:
    """The passages that answer best, or that none does, and the way to the others."""
    found = _found(library, session, question)
    if found is None:
        return f'<p class="held">{esc(_SILENT)}</p>'
    quoted = [hit for hit in found.hits if is_prose(hit)][:_QUOTES]
    is_silent = not quoted or (found.coverage or 0.0) < _LEAST
    said = f'<p class="held">{esc(_SILENT)}</p>' if is_silent else "".join(map(quote, quoted))
    if not found.hits:
        return said
    more = "Voir les passages les plus proches" if is_silent else "Voir tous les passages"
    address = link(Asked(question, Filters(sessions=(session.id,))))
    return (
        f'{said}<p class="acts"><a href="{esc(address)}" aria-label="{esc(f"{more}{NBSP}: {question}")}">{more}</a></p>'
    )


def _found(library: Library, session: Session, question: str) -> Results | None:
    filters = Filters(sessions=(session.id,), types=_ANSWERING)
    try:
        return search(library, question, viewer=VIEWER, filters=filters, k=_TRIED)
    except InvalidQuery:
        return None


def _neighbours(found: Place) -> str:
    items = [_neighbour(found.before, "Séance précédente"), _neighbour(found.after, "Séance suivante")]
    return f'<nav class="neighbours" aria-label="Autres séances">{"".join(items)}</nav>' if any(items) else ""


def _neighbour(meeting: Meeting | None, name: str) -> str:
    if meeting is None:
        return ""
    session = meeting.session
    day = f", {long_date(session.date)}" if session.date else ""
    return (
        f'<p><span class="where">{esc(name + day)}</span>'
        f'<a href="{esc(session_link(session.id))}">{aside(session.title)}</a></p>'
    )


frame.page(draw, "seance")
