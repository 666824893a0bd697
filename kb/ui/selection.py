"""The page « Ma sélection »: passages a reader put together, in their order, with their comments, to be taken away.

Its state is its address. The browser keeps the reader's own on their device (`assets/selection.js`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from kb import exports, french
from kb.exports import Chosen, Selection
from kb.french import NBSP
from kb.library import Library
from kb.ui import basket, frame
from kb.ui.basket import Basket
from kb.ui.cards import demo_note
from kb.ui.chosen import Item, item, shown
from kb.ui.markup import esc, notice
from kb.ui.pages import titled

_BEFORE = "selection-avant"
"""Where the session keeps what can be put back."""
_LINES = 110
"""Pixels of a field for a comment: three lines."""
_LONG_ADDRESS = 2000
"""From so many characters, some mail programs cut an address."""
_EMPTY = (
    "Rien n’est encore choisi",
    "Sous chaque passage, « Ajouter à ma sélection » le met ici. Vous pourrez ranger vos passages, les commenter, "
    "les emporter dans un document, et envoyer la sélection à quelqu’un.",
)
_WHERE = (
    '<p class="held note">Une sélection est gardée par le navigateur qui l’a faite, et dans l’adresse de sa page. Qui '
    "reçoit l’adresse voit les passages et les commentaires.</p>"
)
_LONG = (
    f'<p class="held note">Cette adresse est longue, et certaines messageries les coupent{NBSP}: '
    "un fichier est plus sûr.</p>"
)
_FORMATS: tuple[tuple[str, str, str, Callable[[Selection], str | bytes]], ...] = (
    (
        "Document Word",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        exports.as_docx,
    ),
    ("Tableau (CSV)", "csv", "text/csv", exports.as_csv),
    ("Markdown", "md", "text/markdown", exports.as_markdown),
)
"""Each file that can be taken away: its name, its ending, its type, what writes it."""


@dataclass(frozen=True, slots=True)
class _Before:
    """A selection before something was taken out of it, and at which place."""

    basket: Basket
    place: int


def draw(library: Library) -> None:
    """Draw the selection that the address holds."""
    st.set_page_config(page_title=titled("Ma sélection"), layout="centered")
    chosen, left_out = _now()
    items = [item(library, each) for each in chosen]
    head = _head(chosen, left_out, can_be_kept=not items or not all(each.is_broken for each in items))
    st.html(head + demo_note(each.document for each in items if each.document))
    before = st.session_state.get(_BEFORE)
    place = min(before.place, len(items)) if before else None
    for rank, each in enumerate(items, 1):
        if place == rank - 1:
            _undo()
        _one(rank, each, len(items))
    if place == len(items):
        _undo()
    if items:
        _take_away(items, chosen)


def _now() -> tuple[Basket, int]:
    return basket.read({name: st.query_params.get_all(name) for name in st.query_params})


def _go(chosen: Basket) -> None:
    """Make the address hold this selection; the page follows, and the browser keeps it."""
    st.query_params.from_dict(basket.write(chosen))


def _head(chosen: Basket, left_out: int, *, can_be_kept: bool) -> str:
    """The title, how many passages there are, and what the script shows when the selection is not this device's own."""
    received = (
        '<section class="received" data-own="some" hidden><h2>Cette sélection n’est pas la vôtre</h2>'
        '<p>Celle de cet appareil reste telle qu’elle est.</p><p class="acts">'
        '<button type="button" data-basket="add">Ajouter ces passages à la mienne</button>'
        f'<a href="{basket.PAGE}">Revenir à la mienne</a></p></section>'
        '<section class="received" data-own="none" hidden><h2>Cette sélection n’est pas gardée ici</h2>'
        '<p>Elle est dans l’adresse que vous avez ouverte.</p><p class="acts">'
        '<button type="button" data-basket="add">La garder sur cet appareil</button></p></section>'
    )
    if not chosen:
        body = notice(*_EMPTY) + '<p class="acts empty"><a href="./">Chercher des passages</a></p>'
    else:
        count = esc(french.count(len(chosen), "passage"))
        body = (
            f'<p class="headline" role="status" tabindex="-1">{count}</p>'
            '<p class="acts"><a href="#emporter">Emporter ou envoyer la sélection</a></p>'
        )
    if left_out:
        said = f"L’adresse en nomme {left_out} de plus{NBSP}: une sélection a {basket.MOST} passages au plus."
        body += f'<p class="caution" role="alert">{esc(said)}</p>'
    return f"<h1>Ma sélection</h1>{received if can_be_kept else ''}{body}"


def _undo() -> None:
    """The way back from what was just taken out, in its place."""
    st.button("Rétablir ce qui vient d’être retiré", key="retablir", type="tertiary", on_click=_restore)


def _restore() -> None:
    _go(st.session_state.pop(_BEFORE).basket)


def _one(rank: int, each: Item, total: int) -> None:
    """A passage, what the reader says of it, and the buttons that move it or take it out."""
    key = each.choice.key
    with st.container(key=f"choix-{key}", gap="small"):
        st.html(shown(rank, each, st.context.url or ""))
        st.session_state[f"mot-{key}"] = each.choice.comment
        st.text_area(
            f"Commentaire sur le passage {rank}",
            key=f"mot-{key}",
            height=_LINES,
            max_chars=basket.LONGEST_COMMENT,
            on_change=_comment,
            args=(key,),
        )
        with st.container(horizontal=True, gap="small"):
            for word, by, is_last in (("Monter", -1, rank == 1), ("Descendre", 1, rank == total)):
                _act(f"{word} le passage {rank}", f"{word.lower()}-{key}", _move, (key, by), disabled=is_last)
            _act(f"Retirer le passage {rank}", f"retirer-{key}", _drop, (key,))


def _act(label: str, key: str, do: Callable[..., None], args: tuple[object, ...], *, disabled: bool = False) -> None:
    st.button(label, key=key, type="tertiary", on_click=do, args=args, disabled=disabled)


def _move(key: str, by: int) -> None:
    st.session_state.pop(_BEFORE, None)
    _go(basket.moved(_now()[0], key, by))


def _comment(key: str) -> None:
    _go(basket.commented(_now()[0], key, str(st.session_state.get(f"mot-{key}", ""))))


def _drop(key: str) -> None:
    before = _now()[0]
    place = next((at for at, each in enumerate(before) if each.key == key), 0)
    st.session_state[_BEFORE] = _Before(before, place)
    _go(basket.without(before, key))


def _empty() -> None:
    st.session_state[_BEFORE] = _Before(_now()[0], 0)
    _go(())


def _take_away(items: Sequence[Item], chosen: Basket) -> None:
    """Files, the address, and the way to empty the selection."""
    url, address = st.context.url or "", _address(chosen)
    passages = [Chosen(each.cited(url), each.choice.comment, each.is_changed) for each in items]
    made = Selection(passages, address, date.today())
    st.html('<h2 class="away" id="emporter">Emporter, envoyer</h2>')
    with st.container(horizontal=True, gap="small", key="emporter"):
        for name, ending, kind, write in _FORMATS:
            file = f"ma-selection-{made.day:%Y-%m-%d}.{ending}"
            st.download_button(name, partial(write, made), file, kind, key=f"fichier-{ending}", on_click="ignore")
    st.html(
        f'<p class="acts"><button type="button" class="copy" data-text="{esc(address)}">'
        f"Copier l’adresse de la sélection</button></p>{_LONG if len(address) > _LONG_ADDRESS else ''}{_WHERE}"
    )
    st.button("Vider la sélection", key="vider", type="tertiary", on_click=_empty)


def _address(chosen: Basket) -> str:
    """The whole address of this page; without a url (nobody is connected), the link alone."""
    seen = urlsplit(st.context.url or "")
    link = basket.link(chosen)
    return f"{seen.scheme}://{seen.netloc}{seen.path.rpartition('/')[0]}{link[1:]}" if seen.netloc else link


frame.page(draw, "selection")
