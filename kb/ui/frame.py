"""What every page has around its subject: the masthead, and honest words when something is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

import streamlit as st

from kb.errors import InvalidQuery, KbError, UnknownItem
from kb.french import NBSP
from kb.library import Library
from kb.ui import memory
from kb.ui.links import ABOUT, ABOUT_DEMO
from kb.ui.markup import esc, notice
from kb.ui.pages import PAGES, PageOf

log = logging.getLogger(__name__)

BRAND = "Capteurs de territoire"
SUBJECT = "mémoire des débats"
FOOTER = (
    f'<footer class="foot"><a href="{ABOUT}">À propos de cette mémoire</a>'
    f'<a href="{ABOUT_DEMO}">Ce que veut dire « démonstration »</a></footer>'
)
_EMPTY = (
    "Aucun document n’y est encore entré.",
    "Déposez des documents dans le dossier du corpus, puis lancez « make run », ou « kb ingest » dans un terminal.",
)
_BY_ITSELF = "Cette page s’ouvrira d’elle-même dès que la mémoire sera prête."
_FILLING = (
    f"La mémoire est en train de se remplir{NBSP}: ce qui suit est tiré d’une partie des documents, et peut être "
    "incomplet."
)
_GONE = (
    "L’adresse est incomplète, ou le document a été retiré ou remplacé depuis. La recherche le retrouvera peut-être."
)


def page(draw: Callable[[Library], None], here: str) -> None:
    """The masthead, what a page draws from an open library that holds something, the foot.

    here: the page's url in `pages.PAGES`. An error of the house is shown in French in place of what is left to draw.
    """
    st.html(masthead(here))
    _subject(draw, 1 if here else 2)
    st.html(FOOTER)


def _subject(draw: Callable[[Library], None], level: int) -> None:
    try:
        library = memory.library()
        is_whole = library.store.is_whole
        if not library.store.counts().passages:
            st.html(_awaited(notice("La mémoire est vide", *_EMPTY, _BY_ITSELF, level=level)))
            return
        library.refresh()
        if not is_whole:
            st.html(f'<p class="caution filling" role="status">{esc(_FILLING)}</p>')
        draw(library)
    except KbError as error:
        st.html(trouble(error, level=level))


def masthead(here: str) -> str:
    """The name of the place, the title of the home page and a link to it elsewhere; then the pages there are."""
    name = f'<span class="brand">{esc(BRAND)}</span><span class="dot"> · </span><span>{esc(SUBJECT)}</span>'
    title = f'<p class="home"><a href="./">{name}</a></p>' if here else f"<h1>{name}</h1>"
    items = "".join(f"<li>{_way(page, here)}</li>" for page in PAGES if page.under is None)
    return f'<header class="masthead">{title}<nav aria-label="Site"><ul>{items}</ul></nav></header>'


def _way(page: PageOf, here: str) -> str:
    """The link to a page, marked where it, or a part of it, is the one shown."""
    shown = next(each for each in PAGES if each.url == here)
    current = ' aria-current="page"' if page is shown else ' aria-current="true"' if page.url == shown.under else ""
    return f'<a href="./{page.url}"{current}>{esc(page.title)}</a>'


def trouble(error: KbError, *, level: int = 2) -> str:
    """An error of the house, as people read it: what is wrong, what to do. `level`: that of its title."""
    if isinstance(error, InvalidQuery):
        return notice("Une précision, s’il vous plaît", str(error), level=level)
    if isinstance(error, UnknownItem):
        return notice("Ce passage n’est pas dans la mémoire", _GONE, level=level)
    return _awaited(notice("La mémoire ne peut pas être ouverte", str(error), _BY_ITSELF, level=level))


def _awaited(said: str) -> str:
    """What stands for a page until the memory is ready: the browser asks now and then, and loads the page again."""
    return f'<div class="awaited">{said}</div>'


def tell_unexpected(error: Exception) -> bool:
    """Log what nobody foresaw and say so; the reader never sees a traceback."""
    log.error("Erreur imprévue dans une page", exc_info=error)
    st.html(
        notice(
            "Cette page n’a pas pu être préparée",
            "L’erreur est notée dans le journal du serveur. Rechargez la page ; si elle revient, "
            "signalez-la avec l’heure et l’adresse de la page.",
        )
    )
    return True
