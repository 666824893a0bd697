"""The search page: one question, filters, passages with their proof. Its whole state is in its address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import streamlit as st

from kb import browse, french
from kb.domain import NO_FILTERS, Document, Facets, Hit, Passage, Why
from kb.errors import InvalidQuery
from kb.library import Library
from kb.search import Results
from kb.ui import filters, frame, home, names
from kb.ui.address import LONGEST_QUESTION, Asked, link
from kb.ui.answer import answer, beside, end, has_more, head, headline, inside, nothing
from kb.ui.cards import Shown, cards, demo_note
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
    if any(chosen not in whole.documents for chosen in asked.filters.documents):
        said.append("La mémoire n’a pas le document que nomme l’adresse. Retirez ce filtre pour chercher partout.")
    if asked.is_cut:
        most = french.number(LONGEST_QUESTION)
        said.append(f"Votre question est longue{french.NBSP}: seuls ses {most} premiers caractères sont cherchés.")
    return "".join(f'<p class="caution" role="alert">{esc(each)}</p>' for each in said)


def _results(library: Library, asked: Asked, results: Results) -> None:
    if not results.hits:
        st.html(nothing(asked) + beside(asked, results))
        return
    shown = [
        Shown(
            hit,
            browse.around(library, hit.passage.id, viewer=VIEWER),
            tuple(browse.around(library, each, viewer=VIEWER, width=0) for each in hit.repeats),
            inside(asked, results, hit.document),
        )
        for hit in results.hits
    ]
    _passages(head(asked, results), shown, results.pool, are_answers=not results.is_silent)


def _passages(said: str, shown: Sequence[Shown], total: int, *, are_answers: bool = True) -> None:
    """What is said above, the passages, and the way to more of them."""
    note = demo_note(each.hit.document for each in shown)
    listed = cards(shown, st.context.url or "", are_answers=are_answers)
    count = total, len(shown), sum(len(each.repeats) for each in shown)
    st.html(said + note + listed + end(*count))
    if has_more(*count):
        st.button("Voir plus de passages", key="plus", on_click=filters.show_more)


def _nothing_asked(library: Library, asked: Asked, whole: Facets) -> None:
    if asked.filters == NO_FILTERS:
        documents = browse.documents(library, viewer=VIEWER)
        st.html(home.welcome(library, whole, documents) or home.listing(library, documents))
    elif asked.filters.speakers:
        said = browse.spoken(library, viewer=VIEWER, filters=asked.filters)
        _in_order(library, asked, said, len(said), len({d.session for _, d in said if d.session}))
    elif asked.filters.themes:
        counts = browse.overview(library, viewer=VIEWER, filters=asked.filters)
        found = browse.filed(library, viewer=VIEWER, filters=asked.filters)
        _in_order(library, asked, found, sum(counts.types.values()), len(counts.sessions))
    else:
        kept = browse.documents(library, viewer=VIEWER, filters=asked.filters)
        if not kept:
            _nothing_kept()
            return
        count = esc(french.count(len(kept), "document"))
        head = f'<p class="headline" role="status" tabindex="-1">{count}</p>'
        st.html(head + demo_note(kept) + home.listing(library, kept))


def _in_order(
    library: Library, asked: Asked, found: Iterable[tuple[Passage, Document]], passages: int, sessions: int
) -> None:
    """What the chosen speakers said, or is filed under the chosen themes, as it came. passages, sessions: how many."""
    shown = [
        Shown(
            Hit(passage, 1.0, document, library.session(document.session), Why()),
            browse.around(library, passage.id, viewer=VIEWER),
        )
        for passage, document in islice(found, asked.shown)
    ]
    if not shown:
        _nothing_kept()
        return
    _passages(headline(passages, sessions, len(shown)), shown, passages)


def _nothing_kept() -> None:
    title = "Aucun document ne correspond à ces filtres."
    st.html(notice(title) + f'<p class="acts"><a href="{esc(link(Asked()))}">Voir toute la mémoire</a></p>')


frame.page(draw, "")
