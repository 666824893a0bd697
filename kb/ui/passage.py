"""The page of a passage: its document's text, with the passage marked and in view. Its address can be shared."""

from __future__ import annotations

import re

import streamlit as st

from kb import browse, labels
from kb.browse import FullText, Located
from kb.domain import Filters, Passage
from kb.errors import InvalidQuery, UnknownItem
from kb.french import NBSP
from kb.library import Library
from kb.search.alike import alike
from kb.selectors import Selector, State, parse_token
from kb.ui import beside, frame, names, reading
from kb.ui.address import Asked, link
from kb.ui.cards import demo_note, demo_tag, select_button
from kb.ui.links import passage_address, passage_link, session_link, source_link
from kb.ui.markup import aside, esc, joined, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled

_IDENTIFIER = re.compile(r"\w{1,64}\.[0-9]{1,9}")
_BECAME = {
    State.CHANGED: f"Ce passage a été corrigé depuis{NBSP}; voici le texte actuel.",
    State.LOST: f"Ce passage n’est plus dans le document{NBSP}; voici l’endroit où il se trouvait.",
}
_GONE = "Le document d’où il vient a été retiré de la mémoire, ou n’y est pas pour vous."


def draw(library: Library) -> None:
    """Draw the page of the passage that the address names, by what it says or by its id."""
    token = st.query_params.get("p", "")
    if token:
        try:
            selector = parse_token(token)
        except InvalidQuery as error:
            st.html(_cut(error))
            return
        try:
            found = browse.locate(library, selector, viewer=VIEWER)
        except UnknownItem:
            st.html(_absent(selector))
            return
    else:
        found = browse.opened(library, _identifier(), viewer=VIEWER)
    passage, document = found.reading.passage, found.reading.document
    title = ", ".join(filter(None, (document.title, labels.anchor(passage.anchor))))
    st.set_page_config(page_title=titled(title), layout="centered")
    st.html(_page(library, found))


def _identifier() -> str:
    identifier = st.query_params.get("id", "")
    if not _IDENTIFIER.fullmatch(identifier):
        raise UnknownItem("l’adresse ne nomme aucun passage")
    return identifier


def _cut(error: InvalidQuery) -> str:
    """The address was cut on its way: nothing says which passage it named."""
    st.set_page_config(page_title=titled("Adresse incomplète"), layout="centered")
    said = notice("Cette adresse est incomplète", str(error), level=1)
    return said + f'<p class="acts"><a href="{esc(link(Asked()))}">Chercher dans la mémoire</a></p>'


def _absent(selector: Selector) -> str:
    """The document is not there: the words of the address may still be found elsewhere."""
    words = selector.first.replace('"', " ")
    search = esc(link(Asked(question=words)))
    return (
        notice("Ce passage n’est pas dans la mémoire", _GONE, level=1)
        + f'<p class="acts"><a href="{search}">Chercher ses premiers mots dans la mémoire</a></p>'
    )


def _page(library: Library, found: Located) -> str:
    address = passage_address(found.selector, st.context.url or "")
    near = alike(library, found.nearest, viewer=VIEWER) if found.nearest else []
    return (
        f'{_heading(library, found)}<div class="passage-page"><div class="text">{_at_hand(found, bool(near))}'
        f"{reading.text(found.whole, found.reading.passage)}</div>"
        f'<aside class="beside-text" aria-label="Source, citation et passages proches">{beside.source(found)}'
        f"{beside.citing(found, address)}{beside.near(library, near)}"
        '<p class="acts"><a href="#passage">Revenir au passage</a></p></aside></div>'
    )


def _heading(library: Library, found: Located) -> str:
    document, session = found.reading.document, found.reading.session
    where = joined(
        (
            esc(labels.when(document, session)),
            f'<a href="{esc(session_link(session.id))}">{aside(session.title)}</a>' if session else esc(labels.UNFILED),
            esc(labels.TYPES[document.type]),
        )
    )
    return (
        '<p class="back" hidden><a href="./">← Retour aux résultats</a></p>'
        f'<header class="document"><h1>{aside(document.title)}</h1><p class="where">{where}{demo_tag(document)}</p>'
        f'<p class="acts"><a href="#passage">Aller au passage</a>{_select(found)}</p>'
        f"{_themes(library, found)}{_twins(found.whole)}{_warnings(found.whole)}{demo_note([document])}</header>"
    )


def _themes(library: Library, found: Located) -> str:
    """What the passage speaks of, each a link to all that does."""
    label = names.theme(library)
    links = (
        f'<a href="{esc(link(Asked(filters=Filters(themes=(key,)))))}">{aside(label(key))}</a>'
        for key in found.reading.passage.themes
    )
    said = joined(links)
    return f'<p class="held note">Thèmes du passage{NBSP}: {said}</p>' if said else ""


def _became(found: Located) -> str:
    """What a reader should know of an address made before its document changed; nothing where its words are there."""
    said = [_BECAME[found.state]] if found.state in _BECAME else []
    if found.instead_of:
        title = found.instead_of.title
        said.append(f"L’adresse nomme «{NBSP}{title}{NBSP}», dont ce document porte le même texte.")
    if found.was_renamed:
        said.append(f"Le document que nomme l’adresse n’est plus là{NBSP}; celui-ci porte les mêmes mots.")
    return "".join(f'<p class="caution" role="status">{esc(each)}</p>' for each in said)


def _select(found: Located) -> str:
    """The way into the reader's selection, of a passage that is there."""
    return "" if found.state is State.LOST else select_button(found.selector)


def _at_hand(found: Located, has_near: bool) -> str:
    """What is above the text, and in sight where there is room: what became of the passage, what is around it."""
    before, after = found.reading.before[-1:], found.reading.after[:1]
    links = [
        *(_way(p, "prev", "← Passage précédent") for p in before),
        *(_way(p, "next", "Passage suivant →") for p in after),
        '<a href="#source">Source</a>',
        '<a href="#citer">Citer</a>',
        *(['<a href="#proches">Passages proches</a>'] if has_near else []),
    ]
    ways = f'<nav class="ways" aria-label="Autour du passage">{"".join(links)}</nav>'
    return f'<div class="at-hand">{_became(found)}{ways}</div>'


def _way(passage: Passage, rel: str, words: str) -> str:
    return f'<a rel="{rel}" href="{esc(passage_link(passage))}">{words}</a>'


def _twins(whole: FullText) -> str:
    """The other files of the same text, so that nobody wonders where theirs is."""
    links = joined(f'<a href="{esc(source_link(twin))}" download>{aside(twin.file_name)}</a>' for twin in whole.twins)
    return f'<p class="held note">Même texte dans{NBSP}: {links}</p>' if links else ""


def _warnings(whole: FullText) -> str:
    """What a reader should know of how the text was obtained."""
    said = f"{NBSP}; ".join(warning.rstrip(".") for warning in whole.warnings)
    return f'<p class="held note">À savoir sur ce texte{NBSP}: {esc(said)}.</p>' if said else ""


frame.page(draw, "passage")
