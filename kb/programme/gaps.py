"""What the memory lacks, as far as it can be told from what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.domain import Document, DocumentType, Session, Viewer
from kb.library import Library
from kb.programme import Held, Meeting, Programme

_SPOKEN = frozenset({DocumentType.TRANSCRIPT, DocumentType.MINUTES})


@dataclass(frozen=True, slots=True)
class Gaps:
    """empty: past sessions without a document; unheard: those whose documents tell nothing of what was said.

    incomplete: documents of which a part could not be read, with what was said of it. to_come: sessions of later days.
    """

    empty: tuple[Session, ...]
    unheard: tuple[Session, ...]
    incomplete: tuple[tuple[Document, tuple[str, ...]], ...]
    to_come: tuple[Session, ...]


def gaps(library: Library, known: Programme, today: date, *, viewer: Viewer) -> Gaps:
    """What is missing from a programme, on a given day."""
    past = [each for each in known.meetings if each.session.date is None or each.session.date <= today]
    held = [held for each in known.meetings for held in each.documents] + list(known.unfiled)
    return Gaps(
        empty=tuple(each.session for each in past if not each.documents),
        unheard=tuple(each.session for each in past if each.documents and not _tells_what_was_said(each)),
        incomplete=tuple(_incomplete(library, held, viewer)),
        to_come=tuple(each.session for each in known.meetings if each not in past),
    )


def _tells_what_was_said(meeting: Meeting) -> bool:
    return any(held.document.type in _SPOKEN for held in meeting.documents)


def _incomplete(library: Library, held: Iterable[Held], viewer: Viewer) -> Iterable[tuple[Document, tuple[str, ...]]]:
    for each in held:
        if said := library.store.warnings(each.document.id, viewer):
            yield each.document, said
