"""The programme and the people that the reader may know of, made once for each state of the memory.

At 12,000 passages and 500 people they take 100 ms, and four pages need them.
"""

from __future__ import annotations

import streamlit as st

from kb.domain import Viewer
from kb.library import Library
from kb.programme import Programme, programme
from kb.programme.people import Person, people
from kb.ui.memory import VIEWER

Known = tuple[Programme, tuple[Person, ...]]


def known(library: Library) -> Known:
    """What the pages of the sessions and of the speakers are drawn from."""
    return _known(str(library.settings.index.resolve()), library.store.revision, VIEWER, library)


@st.cache_data(show_spinner=False, max_entries=4)
def _known(index: str, revision: int, viewer: Viewer, _library: Library) -> Known:
    """Of this index at this revision: the catalogue does not change otherwise, but for glossary and themes."""
    found = programme(_library, viewer=viewer)
    return found, people(_library, found, viewer=viewer)
