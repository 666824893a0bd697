"""What is in the memory, and what is known to be missing, for the page that explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from kb import labels
from kb.domain import Document, DocumentType, Session
from kb.french import NBSP, count, long_date, number
from kb.library import Library
from kb.programme import Cycle, Held, Programme, programme
from kb.programme.gaps import Gaps, gaps
from kb.ui.links import passage_link, session_link
from kb.ui.markup import aside, esc
from kb.ui.memory import VIEWER


def holdings(library: Library, today: date) -> str:
    """The section, for what this viewer may see."""
    known = programme(library, viewer=VIEWER)
    return (
        '<h2 id="contenu">Ce que la mémoire contient</h2>'
        + _table(known)
        + '<h2 id="manques">Ce qui manque</h2>'
        + _missing(gaps(library, known, today, viewer=VIEWER))
    )


def _table(known: Programme) -> str:
    rows = "".join(
        _row(_name(cycle), [held for each in cycle.meetings for held in each.documents], cycle)
        for cycle in known.cycles
    )
    if known.unfiled:
        rows += _row("À classer", known.unfiled)
    columns = ("Saison", "Séances", "Documents", "Passages")
    head = "".join(f'<th scope="col">{each}</th>' for each in columns)
    return (
        '<table class="amounts"><caption>Séances, documents et passages de chaque saison, que tout le monde peut lire'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _name(cycle: Cycle) -> str:
    return cycle.season.title if cycle.season else "Sans saison"


def _row(name: str, held: Sequence[Held], cycle: Cycle | None = None) -> str:
    kinds = Counter(each.document.type for each in held)
    said = ", ".join(
        f"{labels.TYPES[kind].lower()}{NBSP}: {number(kinds[kind])}" for kind in DocumentType if kinds[kind]
    )
    sessions = number(len(cycle.meetings)) if cycle else "–"
    passages = number(sum(each.passages for each in held))
    cells = "".join(f"<td>{each}</td>" for each in (sessions, number(len(held)), passages))
    detail = f'<tr class="detail"><td colspan="4">{esc(said)}</td></tr>' if said else ""
    return f'<tr><th scope="row">{aside(name)}</th>{cells}</tr>{detail}'


def _missing(found: Gaps) -> str:
    """One item a lack; what cannot be known is said too."""
    items = [
        _sessions("sans aucun document", found.empty),
        _sessions("sans transcription ni compte rendu", found.unheard),
        _sessions("encore à venir", found.to_come),
        _incomplete(found.incomplete),
    ]
    listed = "".join(f"<li>{each}</li>" for each in items if each)
    lacks = (
        f'<ul class="lacks">{listed}</ul>'
        if listed
        else "<p>Chaque séance connue a sa transcription ou son compte rendu.</p>"
    )
    return lacks + (
        "<p>La mémoire ne connaît que ce qui lui a été confié. Un sujet absent d’ici a pu être abordé en séance sans "
        "qu’il en reste de trace, ou dans un document réservé aux membres.</p>"
    )


def _sessions(lack: str, found: Sequence[Session]) -> str:
    if not found:
        return ""
    named = f"{NBSP}; ".join(
        f'<a href="{esc(session_link(each.id))}">{aside(each.title)}</a>{_day(each)}' for each in found
    )
    return f"{esc(count(len(found), 'séance'))} {esc(lack)}{NBSP}: {named}."


def _day(session: Session) -> str:
    return f" ({esc(long_date(session.date))})" if session.date else ""


def _incomplete(found: Sequence[tuple[Document, tuple[str, ...]]]) -> str:
    if not found:
        return ""
    amount = count(len(found), "document lu en partie", "documents lus en partie")
    return f"{esc(amount)}{NBSP}: {f'{NBSP}; '.join(_in_part(*each) for each in found)}."


def _in_part(document: Document, said: Sequence[str]) -> str:
    why = esc("; ".join(each.rstrip(".") for each in said))
    return f'<a href="{esc(passage_link(f"{document.id}.1"))}">{aside(document.title)}</a> ({why})'
