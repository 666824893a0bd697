"""The page « Intervenant »: who they are, where they came, what they speak about, and all that they said, in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from kb import browse, french
from kb.domain import Document, Filters, Hit, Passage, Why
from kb.errors import UnknownItem
from kb.french import NBSP
from kb.library import Library
from kb.programme import Programme
from kb.programme.people import Appearance, Person, named, subjects
from kb.ui import frame, names, spheres
from kb.ui.address import Asked, link
from kb.ui.cards import Shown, card, demo_tag
from kb.ui.known import known
from kb.ui.links import SPEAKERS, session_link, speaker_link
from kb.ui.markup import aside, esc, joined, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled
from kb.ui.participants import demo_mark, demo_means, heard, role

_PAGE_SIZE = 20
_THEMES = 8
_UNHEARD = "Sans prise de parole retrouvée"
_SEVERAL = f"Ce nom ou ce rôle est peut-être celui de plusieurs personnes{NBSP}: voyez l’organisation à chaque séance."

Said = tuple[Passage, Document]


def draw(library: Library) -> None:
    """Draw the page of the person that the address names."""
    programme, everybody = known(library)
    try:
        person = named(everybody, st.query_params.get("nom", ""))
    except UnknownItem:
        st.set_page_config(page_title=titled("Intervenant introuvable"), layout="centered")
        st.html(_absent())
        return
    st.set_page_config(page_title=titled(person.name), layout="centered")
    st.html(_heading(person) + _sessions(person) + _subjects(library, person) + _words(library, programme, person))


def _absent() -> str:
    """The same words for somebody who is not there and for one that the reader may not know of."""
    said = "L’adresse est incomplète, ou ce nom est écrit autrement dans la mémoire."
    title = "Cette personne n’est pas dans la mémoire"
    return notice(title, said, level=1) + f'<p class="acts"><a href="{SPEAKERS}">Voir tous les intervenants</a></p>'


def _heading(person: Person) -> str:
    roles = "".join(f"<li>{esc(each)}</li>" for each in dict.fromkeys(map(_dated_role, _by_role(person))) if each)
    sphere = f'<a href="{SPEAKERS}">Intervenants</a>', esc(spheres.of(person.sphere)) if person.sphere else ""
    several = f'<p class="caution">{esc(_SEVERAL)}</p>' if person.may_be_several else ""
    return (
        f'<header class="person"><p class="where">{joined(sphere)}</p><h1>{aside(person.name)}{demo_mark(person)}</h1>'
        f"{several}{f'<ul>{roles}</ul>' if roles else ''}{demo_means([person])}</header>"
    )


def _by_role(person: Person) -> list[list[Appearance]]:
    """The times they were invited, those with one role together, the oldest first."""
    found: dict[str, list[Appearance]] = {}
    for each in person.appearances:
        if said := role(each):
            found.setdefault(said, []).append(each)
    return list(found.values())


def _dated_role(times: Sequence[Appearance]) -> str:
    """« maire, commune de 840 habitants · 2020 et 2021 »."""
    years = dict.fromkeys(each.session.date.year for each in times if each.session and each.session.date)
    return role(times[0]) + (f" · {' et '.join(map(str, years))}" if years else "")


def _sessions(person: Person) -> str:
    items = "".join(f"<li>{_session(each)}</li>" for each in person.appearances)
    return f'<section class="part"><h2>Séances</h2><ol class="meetings brief">{items}</ol></section>'


def _session(each: Appearance) -> str:
    session = each.session
    if session is None:
        return f'<span class="where">{esc(f"Documents à classer, {heard(each)}")}</span>'
    season = names.season(session.season) if session.season is not None else ""
    day = french.long_date(session.date) if session.date else ""
    return (
        f'<a href="{esc(session_link(session.id))}">{aside(session.title)}</a> '
        f'<span class="where">{joined(map(esc, (season, day, role(each), heard(each))))}</span>'
    )


def _subjects(library: Library, person: Person) -> str:
    counts = subjects(library, person, viewer=VIEWER) if person.passages else {}
    called = names.theme(library)
    links = joined(
        f'<span class="whole"><a href="{esc(link(Asked(filters=Filters(speakers=(person.name,), themes=(key,)))))}">'
        f"{esc(called(key))}</a>{NBSP}({french.number(n)})</span>"
        for key, n in list(counts.items())[:_THEMES]
    )
    return f'<section class="part"><h2>Thèmes</h2><p class="subjects">{links}</p></section>' if links else ""


def _words(library: Library, programme: Programme, person: Person) -> str:
    """All that they say, session by session, a page at a time."""
    if not person.passages:
        return f'<section class="part"><h2>Prises de parole</h2><p>{esc(_UNHEARD)}.</p></section>'
    pages = -(-person.passages // _PAGE_SIZE)
    page = min(_page(st.query_params.get("page", "")), pages)
    said = _said(library, programme, person, (page - 1) * _PAGE_SIZE)
    groups = groupby(said, key=lambda each: each[1][1].session)
    body = "".join(_group(library, person, identifier, list(found)) for identifier, found in groups)
    return (
        f'<section class="part voice"><h2 id="prises-de-parole">Prises de parole</h2>{_search(person)}'
        f"{body}{_pages(person, page, pages)}</section>"
    )


def _said(library: Library, programme: Programme, person: Person, first: int) -> list[tuple[int, Said]]:
    """A page of what they say, numbered from 1 in all that they say; only the sessions it falls in are read."""
    documents = {each.session.id: each.documents for each in programme.meetings}
    found: list[tuple[int, Said]] = []
    at = 0
    for each in person.appearances:
        if first < at + each.passages and at < first + _PAGE_SIZE:
            held = documents[each.session.id] if each.session else programme.unfiled
            filters = Filters(speakers=person.names, documents=tuple(one.document.id for one in held))
            spoken = browse.spoken(library, viewer=VIEWER, filters=filters)
            found += enumerate((one for one in spoken if one[0].speaker in person.names), at + 1)
        at += each.passages
    return [one for one in found if first < one[0] <= first + _PAGE_SIZE]


def _page(written: str) -> int:
    """A page that is not a number is the first."""
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def _search(person: Person) -> str:
    """A form of the browser's own: it leads to the search page, with the name as a filter."""
    return (
        '<form class="within" action="./" method="get" role="search">'
        f'<input type="hidden" name="intervenant" value="{esc(person.name)}">'
        '<label for="within">Chercher dans ses prises de parole</label>'
        '<input id="within" name="q" type="search" required autocomplete="off">'
        '<button type="submit">Chercher</button></form>'
    )


def _group(library: Library, person: Person, identifier: str | None, found: Sequence[tuple[int, Said]]) -> str:
    session = library.session(identifier)
    items = "".join(f"<li>{_card(library, rank, *each)}</li>" for rank, each in found)
    day = f'<span class="where">{esc(french.long_date(session.date))}</span> ' if session and session.date else ""
    title = aside(session.title) if session else "Documents à classer"
    here = next((role(each) for each in person.appearances if each.session == session), "")
    known = f'<span class="where">{esc(here)}</span>' if here else ""
    tag = next((demo_tag(document) for _, (_, document) in found if document.demo), "")
    return f'<h3>{day}{title}{tag}{known}</h3><ol class="hits" start="{found[0][0]}">{items}</ol>'


def _card(library: Library, rank: int, passage: Passage, document: Document) -> str:
    hit = Hit(passage, 1.0, document, library.session(document.session), Why())
    return card(rank, Shown(hit, browse.around(library, passage.id, viewer=VIEWER)), st.context.url or "")


def _pages(person: Person, page: int, pages: int) -> str:
    """Which page this is, and the way to those beside it."""
    if pages < 2:
        return ""
    before = _way(person, page - 1, "Page précédente") if page > 1 else ""
    after = _way(person, page + 1, "Page suivante") if page < pages else ""
    return f'<nav class="pages" aria-label="Pages">{before}<span>Page {page} sur {pages}</span>{after}</nav>'


def _way(person: Person, page: int, words: str) -> str:
    return f'<a href="{esc(speaker_link(person.name))}&amp;page={page}#prises-de-parole">{esc(words)}</a>'


frame.page(draw, "intervenant")
