"""The library, opened once for the whole server, and who looks into it."""

from __future__ import annotations

import logging
import threading

import streamlit as st

from kb.domain import PUBLIC, Viewer
from kb.errors import KbError
from kb.library import Library, open_library
from kb.settings import settings

log = logging.getLogger(__name__)

VIEWER: Viewer = PUBLIC
"""Everybody who opens the app. The store decides what they may see."""


@st.cache_resource(show_spinner=False)
def library() -> Library:
    """The library, shared by all threads. When it cannot be opened, raises KbError and tries again at the next call."""
    return open_library(settings())


def warm_in_background() -> None:
    """Open the library and load the encoder's weights, so that the first search does not wait for them."""
    threading.Thread(target=_warm, name="warm", daemon=True).start()


def _warm() -> None:
    try:
        library().encoder.encode_query("bonjour")
    except KbError as error:
        log.warning("%s", error)  # each page will say it too
