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
from kb.domain import NO_FILTERS, DocumentType, Facets, Mode
from kb.errors import InvalidQuery
from kb.library import Library
from kb.ui import address, names
from kb.ui.address import LONGEST_QUESTION, PAGE_SIZE, Asked
from kb.ui.markup import esc, label

T = TypeVar("T", int, str, DocumentType)

QUESTION = "question"
_FAULTS = "fautes-de-date"
_IN_SIGHT = 24
MODES = {Mode.HYBRID: "Mots et sens", Mode.WORDS: "Mots seulement", Mode.MEANING: "Sens seulement"}
_FIELDS = {
    "seasons": "saisons",
    "types": "types",
    "sessions": "seances",
    "speakers": "intervenants",
    "themes": "themes",
}
"""Each field of Filters that a widget sets, and the key of the widget."""


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
    for key, day in (("du", asked.filters.since), ("au", asked.filters.until)):
        if key not in faults():
            st.session_state[key] = _written(day)
    st.session_state["mode"] = asked.mode


def follow() -> None:
    """A widget changed: write what they all say into the address."""
    state = st.session_state
    try:
        before = asked_now()
    except InvalidQuery:
        before = Asked()
    chosen: dict[str, Any] = {
        field: tuple(state.get(key, getattr(before.filters, field))) for field, key in _FIELDS.items()
    }
    state[_FAULTS] = {}
    since = _day("du", before.filters.since)
    until = _day("au", before.filters.until, to_end=True)
    go(
        Asked(
            question=_question(before),
            filters=replace(before.filters, since=since, until=until, **chosen),
            mode=state.get("mode") or before.mode,
            is_wide=before.is_wide,
        )
    )


def _question(before: Asked) -> str:
    """What is typed; of a question that is too long, enough for the page to see that it is."""
    return " ".join(str(st.session_state.get(QUESTION, before.question)).split())[: LONGEST_QUESTION + 1]


def _day(key: str, before: date | None, *, to_end: bool = False) -> date | None:
    """The date typed; one that cannot be read is noted, stays in its field, and changes nothing."""
    try:
        return address.day(str(st.session_state.get(key, _written(before))), to_end=to_end)
    except InvalidQuery as error:
        st.session_state[_FAULTS][key] = str(error)
        return before


def faults() -> dict[str, str]:
    """What is wrong with the dates just typed, by their field."""
    found: dict[str, str] = st.session_state.get(_FAULTS, {})
    return found


def forget_faults() -> None:
    """They have been said."""
    st.session_state.pop(_FAULTS, None)


def clear() -> None:
    """Keep the question and the glossary, drop the filters and the mode."""
    go(Asked(question=_question(Asked()), is_wide=asked_now().is_wide))


def show_more() -> None:
    """Ask for one page more of the same answer."""
    asked = asked_now()
    go(replace(asked, shown=asked.shown + PAGE_SIZE))


def bar(library: Library, asked: Asked, counts: Facets, whole: Facets) -> None:
    """One line of filters. counts: of the current answer; whole: of the memory."""
    chosen = asked.filters
    _pills("Saison", _FIELDS["seasons"], _options(sorted(whole.seasons), chosen.seasons), counts.seasons, names.season)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filtres"):
        with _menu("Type", len(chosen.types)):
            _pills("Type de document", _FIELDS["types"], _options(counts.types, chosen.types), counts.types, _type)
        with _menu("Séance", len(chosen.sessions)):
            sessions = sorted(_options(counts.sessions, chosen.sessions))
            _many("Séance", _FIELDS["sessions"], sessions, counts.sessions, names.session(library, whole))
        with _menu("Intervenant", len(chosen.speakers)):
            _many("Intervenant", _FIELDS["speakers"], _options(counts.speakers, chosen.speakers), counts.speakers, str)
        with _menu("Thème", len(chosen.themes)):
            _many(
                "Thème", _FIELDS["themes"], _options(counts.themes, chosen.themes), counts.themes, names.theme(library)
            )
        with _menu("Dates", bool(chosen.since) + bool(chosen.until)):
            _dates()
        if chosen != NO_FILTERS or asked.mode is not Mode.HYBRID:
            st.button("Effacer les filtres", key="effacer", type="tertiary", on_click=clear)
        with st.popover(MODES[asked.mode], key="menu-mode", type="tertiary"):
            st.radio("Chercher par", list(MODES), format_func=MODES.__getitem__, key="mode", on_change=follow)


def _dates() -> None:
    for name, key in (("À partir du", "du"), ("Jusqu’au", "au")):
        st.text_input(name, key=key, placeholder="13/04/2021, 04/2021 ou 2021", on_change=follow)
        if key in faults():
            st.html(f'<p class="caution">{esc(faults()[key])}</p>')


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
    typed = st.text_input("Écrire une partie du nom", key=f"{key}-cherche", placeholder="Accents facultatifs")
    chosen = set(st.session_state[key])
    found = [value for value in options if value not in chosen and named_by(call(value), typed)]
    shown = chosen.union(found[:_IN_SIGHT])
    _pills(name, key, [value for value in options if value in shown], counts, call)
    hidden = len(found) - _IN_SIGHT
    said = "Aucun nom ne contient ces mots." if typed and not found else ""
    if hidden > 0:
        said = f"{french.count(hidden, 'autre')}{french.NBSP}: écrivez une partie du nom, puis Entrée."
    st.html(f'<p class="held" role="status">{esc(said)}</p>')


def named_by(name: str, typed: str) -> bool:
    """Whether a name has all that is typed, accents, case and the form of apostrophes aside."""
    folded = french.fold(name)
    return all(word in folded for word in french.fold(typed).split())


def _options(found: Iterable[T], chosen: Iterable[T]) -> list[T]:
    """What can be chosen: what the answer has, and what is chosen already."""
    return list(dict.fromkeys(chain(found, chosen)))


def _counted(counts: Mapping[T, int], call: Callable[[T], str]) -> Callable[[T], str]:
    return lambda value: f"{label(call(value))} ({french.number(counts.get(value, 0))})"


def _type(kind: DocumentType) -> str:
    return labels.TYPES[kind]
