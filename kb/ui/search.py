"""The search page: one question, filters, passages with their proof. Its whole state is in its address."""

from __future__ import annotations

import streamlit as st

from kb import browse, french
from kb.domain import NO_FILTERS, Facets, Hit, Why
from kb.errors import InvalidQuery
from kb.library import Library
from kb.search import Results
from kb.ui import filters, frame, home, names
from kb.ui.address import LONGEST_QUESTION, MOST_SHOWN, Asked, link
from kb.ui.answer import answer, caution, end, headline, nothing
from kb.ui.cards import cards, demo_note
from kb.ui.chips import chips
from kb.ui.markup import esc, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled


def draw(library: Library) -> None:
    """Draw the page for what its address asks."""
    try:
        asked = filters.asked_now()
    except InvalidQuery as error:
        st.html(frame.trouble(error) + '<p class="acts"><a href="./">Reprendre au début</a></p>')
        return
    whole = browse.overview(library, viewer=VIEWER)
    subject = asked.question or " · ".join(names.every(library, asked.filters, whole))
    st.set_page_config(page_title=titled(subject), layout="centered")
    found = answer(library, asked, whole)
    filters.seed(asked)
    with st.container():  # always there, so that the field below keeps its place, and the focus
        if not asked.question and asked.filters == NO_FILTERS:
            st.html(home.introduction(len(browse.documents(library, viewer=VIEWER)), whole))
    _form()
    filters.bar(library, asked, found.counts, whole)
    with st.container():
        if said := chips(library, asked, whole) + _remarks(asked, whole):
            st.html(said)
    if found.fault:
        st.html(frame.trouble(found.fault))
    elif found.results:
        _results(library, asked, found.results)
    else:
        _nothing_asked(library, asked, whole)


def _form() -> None:
    with (
        st.form("demande", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(f"Que cherchez-vous{french.NBSP}?", key=filters.QUESTION)
        st.form_submit_button("Rechercher", type="primary", on_click=filters.follow)


def _remarks(asked: Asked, whole: Facets) -> str:
    """What is odd in what is asked, and does not prevent an answer."""
    since, until = asked.filters.since, asked.filters.until
    said = list(filters.faults().values())
    filters.forget_faults()
    if since and until and since > until:
        said.append(
            f"La première date ({french.long_date(since)}) vient après la seconde ({french.long_date(until)})"
            f"{french.NBSP}: aucun document ne peut être entre les deux."
        )
    said += [f"La mémoire n’a pas de saison {n}." for n in asked.filters.seasons if n not in whole.seasons]
    if asked.is_cut:
        most = french.number(LONGEST_QUESTION)
        said.append(f"Votre question est longue{french.NBSP}: seuls ses {most} premiers caractères sont cherchés.")
    return "".join(f'<p class="caution" role="alert">{esc(each)}</p>' for each in said)


def _results(library: Library, asked: Asked, results: Results) -> None:
    if not results.hits:
        st.html(nothing(asked))
        return
    head = headline(results.pool, len(results.facets.sessions), len(results.hits)) + caution(asked, results)
    _passages(library, head, list(results.hits), results.pool)


def _passages(library: Library, head: str, hits: list[Hit], total: int) -> None:
    """What is said above, the passages, and the way to more of them."""
    readings = [browse.around(library, hit.passage.id, viewer=VIEWER) for hit in hits]
    note = demo_note(hit.document for hit in hits)
    st.html(head + note + cards(hits, readings, st.context.url or "") + end(total, len(hits)))
    if len(hits) < min(total, MOST_SHOWN):
        st.button("Voir plus de passages", key="plus", on_click=filters.show_more)


def _nothing_asked(library: Library, asked: Asked, whole: Facets) -> None:
    if asked.filters == NO_FILTERS:
        st.html(home.welcome(library, whole, browse.documents(library, viewer=VIEWER)))
    elif asked.filters.speakers:
        _spoken(library, asked)
    else:
        kept = browse.documents(library, viewer=VIEWER, filters=asked.filters)
        if not kept:
            _nothing_kept()
            return
        count = esc(french.count(len(kept), "document"))
        head = f'<p class="headline" role="status" tabindex="-1">{count}</p>'
        st.html(head + demo_note(kept) + home.listing(library, kept))


def _spoken(library: Library, asked: Asked) -> None:
    """What the chosen speakers said, in order."""
    said = browse.spoken(library, viewer=VIEWER, filters=asked.filters)
    if not said:
        _nothing_kept()
        return
    sessions = {document.session for _, document in said if document.session}
    hits = [Hit(p, 1.0, document, library.session(document.session), Why()) for p, document in said[: asked.shown]]
    _passages(library, headline(len(said), len(sessions), len(hits)), hits, len(said))


def _nothing_kept() -> None:
    title = "Aucun document ne correspond à ces filtres."
    st.html(notice(title) + f'<p class="acts"><a href="{esc(link(Asked()))}">Voir toute la mémoire</a></p>')


frame.page(draw, is_home=True)
