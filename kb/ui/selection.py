"""The page « Ma sélection »."""

from __future__ import annotations

import streamlit as st

from kb.library import Library
from kb.ui import frame
from kb.ui.pages import titled


def draw(library: Library) -> None:
    """Draw the page."""
    st.set_page_config(page_title=titled("Ma sélection"), layout="centered")
    st.html("<h1>Ma sélection</h1>")


frame.page(draw, "selection")
