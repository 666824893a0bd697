"""The filters of the search page, with how many passages each choice would keep.

The address is what is true: each run sets the widgets from it, and a change of a widget writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any, TypeVar

import streamlit as st

from kb import french, labels
from kb.domain import NO_FILTERS, DocumentType, Facets, Filters, Mode
from kb.errors import InvalidQuery
from kb.library import Library
from kb.ui import address
from kb.ui.address import PAGE_SIZE, Asked
from kb.ui.markup import esc

T = TypeVar("T", int, str, DocumentType)

QUESTION = "question"
_FAULT = "faute-de-date"
_IN_SIGHT = 24
MODES = {Mode.HYBRID: "Mots et sens", Mode.WORDS: "Mots seulement", Mode.MEANING: "Sens seulement"}
_FIELDS = {
    "seasons": "saisons",
    "types": "types",
    "sessions": "seances",
    "speakers": "intervenants",
    "themes": "themes",
}
"""Each field of Filters that holds several values, and the key of its widget."""


def asked_now() -> Asked:
    """What the address asks; raises InvalidQuery."""
    return address.read({name: st.query_params.get_all(name) for name in st.query_params})


def go(asked: Asked) -> None:
    """Make the address say this; the page follows."""
    st.query_params.from_dict(address.write(asked))


def seed(asked: Asked) -> None:
    """Set every widget as the address says, before they are drawn."""
    st.session_state[QUESTION] = asked.question
    for field, key in _FIELDS.items():
        st.session_state[key] = list(getattr(asked.filters, field))
    st.session_state["du"] = _written(asked.filters.since)
    st.session_state["au"] = _written(asked.filters.until)
    st.session_state["mode"] = asked.mode


def follow() -> None:
    """A widget changed: write what they all say into the address."""
    state = st.session_state
    try:
        before = asked_now()
    except InvalidQuery:
        before = Asked()
    chosen = {field: tuple(state.get(key, getattr(before.filters, field))) for field, key in _FIELDS.items()}
    try:
        since = address.day(state.get("du", _written(before.filters.since)))
        until = address.day(state.get("au", _written(before.filters.until)), to_end=True)
    except InvalidQuery as error:
        state[_FAULT] = str(error)
        since, until = before.filters.since, before.filters.until
    go(
        Asked(
            question=" ".join(str(state.get(QUESTION, before.question)).split()),
            filters=Filters(**chosen, since=since, until=until),
            mode=state.get("mode") or before.mode,
        )
    )


def clear() -> None:
    """Keep the question, drop the filters."""
    go(Asked(question=str(st.session_state.get(QUESTION, ""))))


def show_more() -> None:
    """Ask for one page more of the same answer."""
    asked = asked_now()
    go(replace(asked, shown=asked.shown + PAGE_SIZE))


def bar(library: Library, asked: Asked, counts: Facets, whole: Facets) -> None:
    """One line of filters. counts: of the current answer; whole: of the memory."""
    chosen = asked.filters
    _pills("Saison", _FIELDS["seasons"], _options(sorted(whole.seasons), chosen.seasons), counts.seasons, _season)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filtres"):
        with _menu("Type", len(chosen.types)):
            _pills("Type de document", _FIELDS["types"], _options(counts.types, chosen.types), counts.types, _type)
        with _menu("Séance", len(chosen.sessions)):
            sessions = sorted(_options(counts.sessions, chosen.sessions))
            _many("Séance", _FIELDS["sessions"], sessions, counts.sessions, _session_name(library, whole))
        with _menu("Intervenant", len(chosen.speakers)):
            _many("Intervenant", _FIELDS["speakers"], _options(counts.speakers, chosen.speakers), counts.speakers, str)
        with _menu("Thème", len(chosen.themes)):
            _many("Thème", _FIELDS["themes"], _options(counts.themes, chosen.themes), counts.themes, _theme(library))
        with _menu("Dates", bool(chosen.since) + bool(chosen.until)):
            _dates()
        if chosen != NO_FILTERS or asked.mode is not Mode.HYBRID:
            st.button("Effacer", key="effacer", type="tertiary", on_click=clear)
        with st.popover(MODES[asked.mode], key="menu-mode", type="tertiary"):
            st.radio("Chercher par", list(MODES), format_func=MODES.__getitem__, key="mode", on_change=follow)


def _dates() -> None:
    for name, key in (("À partir du", "du"), ("Jusqu’au", "au")):
        st.text_input(name, key=key, placeholder="13/04/2021, 04/2021 ou 2021", on_change=follow)
    fault = st.session_state.pop(_FAULT, "")
    if fault:
        st.html(f'<p class="caution" role="alert">{esc(fault)}</p>')


def _written(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _menu(name: str, active: int) -> Any:
    """A closed list of choices, which says how many are made."""
    return st.popover(f"{name} ({active})" if active else name, key=f"menu-{french.fold(name)}")


def _pills(name: str, key: str, options: Sequence[T], counts: Mapping[T, int], call: Callable[[T], str]) -> None:
    st.pills(
        name,
        options,
        selection_mode="multi",
        key=key,
        format_func=_counted(counts, call),
        on_change=follow,
        label_visibility="collapsed",
    )


def _many(name: str, key: str, options: Sequence[T], counts: Mapping[T, int], call: Callable[[T], str]) -> None:
    """Choices that may be many: all in sight when they are few, else found by typing."""
    if len(options) <= _IN_SIGHT:
        _pills(name, key, options, counts, call)
        return
    st.multiselect(
        name,
        options,
        key=key,
        format_func=_counted(counts, call),
        on_change=follow,
        placeholder="Choisir ou écrire un nom",
        select_all=False,
        filter_mode="contains",
    )


def _options(found: Iterable[T], chosen: Iterable[T]) -> list[T]:
    """What can be chosen: what the answer has, and what is chosen already."""
    return list(dict.fromkeys(chain(found, chosen)))


def _counted(counts: Mapping[T, int], call: Callable[[T], str]) -> Callable[[T], str]:
    return lambda value: f"{call(value)} ({french.number(counts.get(value, 0))})"


def _season(number: int) -> str:
    return f"Saison{french.NBSP}{number}"


def _type(kind: DocumentType) -> str:
    return labels.TYPES[kind]


def _session_name(library: Library, whole: Facets) -> Callable[[str], str]:
    """How a session is called; one that the reader may not see, but whose name stands in the address, is not."""

    def name(identifier: str) -> str:
        session = library.session(identifier) if identifier in whole.sessions else None
        if session is None:
            return identifier
        return f"{french.long_date(session.date)}, {session.title}" if session.date else session.title

    return name


def _theme(library: Library) -> Callable[[str], str]:
    names = {theme.key: theme.label for theme in library.catalogue.themes}
    return lambda key: names.get(key, key)
