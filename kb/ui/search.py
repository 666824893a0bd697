"""The search page: one question, filters, passages with their proof. Its whole state is in its address."""

from __future__ import annotations

import streamlit as st

from kb import browse, french
from kb.domain import NO_FILTERS, Facets
from kb.errors import InvalidQuery
from kb.library import Library
from kb.search import Results
from kb.ui import filters, frame, home
from kb.ui.address import MOST_SHOWN, Asked, link
from kb.ui.answer import answer, caution, headline, nothing
from kb.ui.cards import cards
from kb.ui.markup import esc
from kb.ui.memory import VIEWER
from kb.ui.pages import titled


def draw(library: Library) -> None:
    """Draw the page for what its address asks."""
    try:
        asked = filters.asked_now()
    except InvalidQuery as error:
        st.html(frame.trouble(error) + '<p class="acts"><a href="./">Reprendre au début</a></p>')
        return
    st.set_page_config(page_title=titled(asked.question), layout="centered")
    whole = browse.overview(library, viewer=VIEWER)
    found = answer(library, asked, whole)
    filters.seed(asked)
    if not asked.question and asked.filters == NO_FILTERS:
        st.html(home.introduction(len(browse.documents(library, viewer=VIEWER)), whole))
    _form()
    filters.bar(library, asked, found.counts, whole)
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


def _results(library: Library, asked: Asked, results: Results) -> None:
    if not results.hits:
        st.html(nothing(asked))
        return
    readings = [browse.around(library, hit.passage.id, viewer=VIEWER) for hit in results.hits]
    st.html(headline(results) + caution(asked, results) + cards(results.hits, readings, st.context.url or ""))
    if len(results.hits) == asked.shown < min(results.pool, MOST_SHOWN):
        st.button("Voir plus de passages", key="plus", on_click=filters.show_more)


def _nothing_asked(library: Library, asked: Asked, whole: Facets) -> None:
    if asked.filters == NO_FILTERS:
        st.html(home.welcome(library, whole))
        return
    kept = browse.documents(library, viewer=VIEWER, filters=asked.filters)
    count = esc(french.count(len(kept), "document"))
    st.html(f'<p class="headline" role="status">{count}</p>{home.listing(library, kept)}')
    if not kept:
        st.html(f'<p class="acts"><a href="{esc(link(Asked()))}">Voir toute la mémoire</a></p>')


frame.page(draw, is_home=True)
