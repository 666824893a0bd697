"""The page of a passage: its document's text, with the passage marked and in view. Its address can be shared."""

from __future__ import annotations

import re

import streamlit as st

from kb import browse, labels
from kb.browse import FullText, Reading
from kb.errors import UnknownItem
from kb.french import NBSP
from kb.library import Library
from kb.ui import frame, reading
from kb.ui.cards import cite_panel, demo_note, demo_tag, toggle
from kb.ui.citation import citation
from kb.ui.links import is_pdf, passage_address, source_link
from kb.ui.markup import aside, esc, joined
from kb.ui.memory import VIEWER
from kb.ui.pages import titled

_IDENTIFIER = re.compile(r"\w{1,64}\.[0-9]{1,9}")


def draw(library: Library) -> None:
    """Draw the page of the passage that the address names."""
    identifier = st.query_params.get("id", "")
    if not _IDENTIFIER.fullmatch(identifier):
        raise UnknownItem("l’adresse ne nomme aucun passage")
    found = browse.around(library, identifier, viewer=VIEWER)
    text = browse.full_text(library, identifier, viewer=VIEWER)
    place = labels.anchor(found.passage.anchor)
    st.set_page_config(page_title=titled(", ".join(filter(None, (found.document.title, place)))), layout="centered")
    st.html(_heading(found, text) + reading.text(text, found.passage))


def _heading(found: Reading, whole: FullText) -> str:
    passage, document, session = found.passage, found.document, found.session
    where = joined(
        (
            esc(labels.when(document, session)),
            aside(session.title) if session else esc(labels.UNFILED),
            esc(labels.TYPES[document.type]),
        )
    )
    address = passage_address(passage.id, st.context.url or "")
    text = citation(passage, document, session, address)
    return (
        '<p class="back" hidden><a href="./">← Retour aux résultats</a></p>'
        f'<header class="document"><h1>{aside(document.title)}</h1><p class="where">{where}{demo_tag(document)}</p>'
        f'<p class="acts"><a href="#passage">Aller au passage</a>{_original_link(found)}{toggle("Citer", "cite-1")}</p>'
        f"{cite_panel(1, text, address)}{_twins(whole)}{_warnings(whole)}{demo_note([document])}</header>"
    )


def _twins(whole: FullText) -> str:
    """The other files of the same text, so that nobody wonders where theirs is."""
    links = joined(f'<a href="{esc(source_link(twin))}" download>{aside(twin.file_name)}</a>' for twin in whole.twins)
    return f'<p class="held note">Même texte dans{NBSP}: {links}</p>' if links else ""


def _warnings(whole: FullText) -> str:
    """What a reader should know of how the text was obtained."""
    said = f"{NBSP}; ".join(warning.rstrip(".") for warning in whole.warnings)
    return f'<p class="held note">À savoir sur ce texte{NBSP}: {esc(said)}.</p>' if said else ""


def _original_link(found: Reading) -> str:
    """The original in the browser's viewer where it has one, else to be downloaded."""
    document, page = found.document, found.passage.anchor.page
    if is_pdf(document.path):
        where = f" à la {labels.anchor(found.passage.anchor)}" if page else ""
        return f'<a href="{esc(source_link(document, page))}">Ouvrir le PDF{esc(where)}</a>'
    name = aside(document.file_name)
    return f'<a href="{esc(source_link(document))}" download>Télécharger l’original ({name})</a>'


frame.page(draw, "passage")
