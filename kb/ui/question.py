"""A field for a question and its button, for the pages that ask nothing else; the address keeps what is asked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kb.ui.address import LONGEST_QUESTION


def form(label: str, button: str, key: str, on_submit: Callable[[], None]) -> None:
    """The field, which keeps what the state holds under its key, and the button beside it."""
    with (
        st.form(f"formulaire-{key}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(label, key=key)
        st.form_submit_button(button, type="primary", on_click=on_submit)


def typed(key: str) -> str:
    """What stands in the field, without needless spaces; of what is too long to be searched, the beginning."""
    return tidy(str(st.session_state.get(key, "")))


def tidy(text: str) -> str:
    """A question as it is asked."""
    return " ".join(text.split())[:LONGEST_QUESTION]
