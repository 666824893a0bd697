"""The page « Saisons en regard »."""

from __future__ import annotations

import streamlit as st

from kb.library import Library
from kb.ui import frame
from kb.ui.pages import titled


def draw(library: Library) -> None:
    """Draw the page."""
    st.set_page_config(page_title=titled("Saisons en regard"), layout="centered")
    st.html("<h1>Saisons en regard</h1>")


frame.page(draw, "saisons-en-regard")
