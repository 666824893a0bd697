"""A quotation ready to be copied: who, what, where, when, and the address that proves it."""

from __future__ import annotations

import re

from kb import labels
from kb.domain import Document, Passage, Session
from kb.french import NBSP, long_date

_LINE_ENDS = re.compile(r"\n+")


def citation(passage: Passage, document: Document, session: Session | None, address: str) -> str:
    """Speaker, « words », session, season, date, document, anchor. Address. What is not known is left out.

    The lines of the passage stay lines.
    """
    words = _LINE_ENDS.sub("\n", passage.text)
    day = document.date or (session.date if session else None)
    parts = (
        labels.speaker(passage, document),
        f"«{NBSP}{words}{NBSP}»",
        session.title if session else "",
        f"Capteurs de territoire, saison{NBSP}{document.season}" if document.season is not None else "",
        long_date(day) if day else "",
        document.title + (" (document de démonstration)" if document.demo else ""),
        labels.anchor(passage.anchor),
    )
    return f"{', '.join(part for part in parts if part)}. {address}"
