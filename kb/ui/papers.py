"""The documents of a session: to be read here or taken away, with what should be known of their text."""

from __future__ import annotations

from kb import french, labels
from kb.domain import Document
from kb.french import NBSP
from kb.library import Library
from kb.programme import Held, Meeting
from kb.ui.cards import demo_tag
from kb.ui.links import is_pdf, passage_link, source_link
from kb.ui.markup import aside, esc, joined
from kb.ui.memory import VIEWER


def papers(library: Library, meeting: Meeting) -> str:
    """The section of a session's page."""
    items = "".join(f"<li>{_paper(library, held, meeting)}</li>" for held in meeting.documents)
    body = f'<ul class="papers">{items}</ul>' if items else '<p class="held">Aucun document pour le moment.</p>'
    return f'<section class="part"><h2>Documents</h2>{body}</section>'


def _paper(library: Library, held: Held, meeting: Meeting) -> str:
    document = held.document
    title = aside(document.title)
    if held.passages:
        title = f'<a href="{esc(passage_link(f"{document.id}.1"))}">{title}</a>'
    day = french.long_date(document.date) if document.date and document.date != meeting.session.date else ""
    said = joined(map(esc, (labels.TYPES[document.type], day, french.count(held.passages, "passage"))))
    return (
        f'{title}<p class="where">{said}{demo_tag(document)}</p>'
        f'<p class="acts">{_original(document)}</p>{_warnings(library, document)}'
    )


def _original(document: Document) -> str:
    name = aside(document.file_name)
    if is_pdf(document.path):
        return f'<a href="{esc(source_link(document))}">Ouvrir le PDF ({name})</a>'
    return f'<a href="{esc(source_link(document))}" download>Télécharger l’original ({name})</a>'


def _warnings(library: Library, document: Document) -> str:
    """What a reader should know of how the text was obtained."""
    said = f"{NBSP}; ".join(each.rstrip(".") for each in library.store.warnings(document.id, VIEWER))
    return f'<p class="held">À savoir sur ce texte{NBSP}: {esc(said)}.</p>' if said else ""
