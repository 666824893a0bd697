"""The script Streamlit runs for every page: it says which pages there are, and shows the one that is asked."""

from __future__ import annotations

import streamlit as st

from kb.ui.pages import PAGES

st.navigation(
    [st.Page(page.file, title=page.title, url_path=page.url or None, default=not page.url) for page in PAGES],
    position="hidden",
).run()
