"""The answer to what is asked, ready to be shown: hits, counts for the filters, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from kb import french
from kb.domain import NO_FILTERS, Facets, Mode
from kb.errors import InvalidQuery
from kb.library import Library
from kb.search import Results, search
from kb.ui.address import MOST_SHOWN, PAGE_SIZE, Asked, link
from kb.ui.markup import esc
from kb.ui.memory import VIEWER

_QUOTES = '"«»“”'


@dataclass(frozen=True, slots=True)
class Answer:
    """results: None when nothing could be searched. counts: what the filters show. fault: what is wrong."""

    results: Results | None
    counts: Facets
    fault: InvalidQuery | None = None


def answer(library: Library, asked: Asked, whole: Facets) -> Answer:
    """Search, and count what each filter would keep; without a question, the counts are those of the whole memory."""
    if not asked.question:
        return Answer(None, whole)
    try:
        results = _search(library, asked, asked.shown)
    except InvalidQuery as error:
        return Answer(None, whole, error)
    return Answer(results, _alternatives(library, asked, results.facets))


def _search(library: Library, asked: Asked, k: int) -> Results:
    return search(library, asked.question, viewer=VIEWER, filters=asked.filters, mode=asked.mode, k=k)


def _alternatives(library: Library, asked: Asked, counts: Facets) -> Facets:
    """For a filter in use, the counts it would have without itself: so that its other values can be added."""
    for name in (field.name for field in fields(Facets)):
        if getattr(asked.filters, name):
            without: dict[str, Any] = {name: ()}
            wider = replace(asked, filters=replace(asked.filters, **without))
            counts = replace(counts, **{name: getattr(_search(library, wider, 1).facets, name)})
    return counts


def headline(passages: int, sessions: int, shown: int) -> str:
    """« 34 passages, 9 séances · voici les 10 premiers », announced to those who do not see the page change."""
    said = french.count(passages, "passage") + (f", {french.count(sessions, 'séance')}" if sessions else "")
    if shown < passages:
        said += f" · voici les {french.number(shown)} premiers"
    return f'<p class="headline" role="status" tabindex="-1">{esc(said)}</p>'


def end(passages: int, shown: int) -> str:
    """What closes a list of more than one page: that it is whole, or how to see what it leaves out."""
    if passages <= PAGE_SIZE or shown < min(passages, MOST_SHOWN):
        return ""
    said = (
        f"Seuls les {shown} premiers passages peuvent être montrés. Précisez la question, ou ajoutez un filtre."
        if shown < passages
        else "Tous les passages sont montrés."
    )
    return f'<p class="end">{esc(said)}</p>'


def caution(asked: Asked, results: Results) -> str:
    """A word of prudence when the words asked for are nowhere in what was found."""
    if asked.mode is not Mode.HYBRID or any(hit.why.words for hit in results.hits):
        return ""
    return (
        '<p class="caution">Aucun passage ne contient ces mots. '
        "Les passages les plus proches par le sens, à lire avec prudence :</p>"
    )


def nothing(asked: Asked) -> str:
    """Nothing answers: say so, and what can be tried."""
    advice = []
    is_exact = any(mark in asked.question for mark in _QUOTES)
    title = "La mémoire ne couvre pas ce sujet."
    if is_exact or asked.mode is Mode.WORDS:
        title = "Aucun passage ne contient cette expression." if is_exact else "Aucun passage ne contient ces mots."
    if asked.filters != NO_FILTERS:
        title = "Aucun passage ne correspond à cette recherche avec ces filtres."
        advice.append(f'<a href="{esc(link(replace(asked, filters=NO_FILTERS)))}">Chercher dans toute la mémoire</a>')
    if asked.mode is Mode.WORDS:
        advice.append(f'<a href="{esc(link(replace(asked, mode=Mode.HYBRID)))}">Chercher aussi par le sens</a>')
    if is_exact:
        bare = " ".join(asked.question.translate({ord(mark): " " for mark in _QUOTES}).split())
        advice.append(f'<a href="{esc(link(replace(asked, question=bare)))}">Chercher sans les guillemets</a>')
    advice.append("Essayez d’autres mots, ou posez la question comme vous la poseriez à quelqu’un.")
    items = "".join(f"<li>{each}</li>" for each in advice)
    return f'<section class="notice" role="status"><h2>{esc(title)}</h2><ul>{items}</ul></section>'
