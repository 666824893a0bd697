"""The answer to what is asked, ready to be shown: hits, counts for the filters, how sure it is, or why none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from kb import browse, french, labels
from kb.domain import NO_FILTERS, Document, Facets, Mode
from kb.errors import InvalidQuery
from kb.library import Library
from kb.query import parse
from kb.search import Results, search
from kb.ui.address import MOST_SHOWN, PAGE_SIZE, Asked, link
from kb.ui.links import compare_link, timeline_link
from kb.ui.markup import aside, esc
from kb.ui.memory import VIEWER

_QUOTES = '"«»“”'
_TERMS_SHOWN = 3
_COUNTED = tuple(field.name for field in fields(Facets) if field.name != "documents")
"""The filters that show counts; that of documents offers no other values."""


@dataclass(frozen=True, slots=True)
class Answer:
    """results: None when nothing could be searched. counts: what the filters show. fault: what is wrong."""

    results: Results | None
    counts: Facets
    fault: InvalidQuery | None = None


def answer(library: Library, asked: Asked, whole: Facets) -> Answer:
    """Search, and count what each filter would keep; without a question, of the whole memory."""
    if not asked.question:
        return Answer(None, _alternatives(asked, _kept(library, asked), lambda wider: _kept(library, wider)))
    try:
        results = _as_covered(library, asked, _search(library, asked, asked.shown))
    except InvalidQuery as error:
        return Answer(None, whole, error)
    counts = _alternatives(asked, results.facets, lambda wider: _search(library, wider, 1).facets)
    return Answer(results, counts)


def _kept(library: Library, asked: Asked) -> Facets:
    return browse.overview(library, viewer=VIEWER, filters=asked.filters)


def _search(library: Library, asked: Asked, k: int) -> Results:
    return search(
        library,
        asked.question,
        viewer=VIEWER,
        filters=asked.filters,
        mode=asked.mode,
        k=k,
        wide=asked.is_wide,
    )


def _as_covered(library: Library, asked: Asked, results: Results) -> Results:
    """Whether a document that is looked into answers is judged among the others: it was one of several that did."""
    if results.is_covered or not asked.filters.documents:
        return results
    among = replace(asked, filters=replace(asked.filters, documents=()))
    return replace(results, coverage=_search(library, among, 1).coverage)


def _alternatives(asked: Asked, counts: Facets, count: Callable[[Asked], Facets]) -> Facets:
    """For a filter in use, the counts it would have without itself: so that its other values can be added."""
    for name in _COUNTED:
        if getattr(asked.filters, name):
            without: dict[str, Any] = {name: ()}
            wider = replace(asked, filters=replace(asked.filters, **without))
            counts = replace(counts, **{name: getattr(count(wider), name)})
    return counts


def head(asked: Asked, results: Results) -> str:
    """What stands above the hits: how many, or that they may not answer, then what was looked for beside the words."""
    if not results.is_silent:
        hits = results.hits
        said = headline(results.pool, len(results.facets.sessions), len(hits), sum(len(hit.repeats) for hit in hits))
        said = _across(asked, said) + _caution(asked, results)
    else:
        said = _silence(asked, results)
    return said + beside(asked, results)


def headline(passages: int, sessions: int, shown: int, repeats: int = 0) -> str:
    """« 34 passages, 9 séances · voici les 10 premiers », announced to those who do not see the page change.

    repeats: how many more stand behind those shown, as they say the same.
    """
    said = french.count(passages, "passage") + (f", {french.count(sessions, 'séance')}" if sessions else "")
    if shown + repeats < passages:
        said += f" · voici {'le premier' if shown < 2 else f'les {french.number(shown)} premiers'}"
    return f'<p class="headline" role="status" tabindex="-1">{esc(said)}</p>'


def _across(asked: Asked, said: str) -> str:
    """The headline, and the ways to the same question season by season and over time."""
    ways = {"Saisons en regard": compare_link(asked.question), "Chronologie": timeline_link([asked.question])}
    links = "".join(
        f'<a href="{esc(to)}">{esc(name)} <span aria-hidden="true">→</span></a>' for name, to in ways.items()
    )
    return f'<div class="across">{said}<p class="acts">{links}</p></div>'


def _caution(asked: Asked, results: Results) -> str:
    """A word of prudence when it is not sure that this answers, or what was found is near in meaning and no more."""
    if not results.is_covered:
        return f'<p class="caution">{esc(labels.UNSURE)}</p>'
    if asked.mode is not Mode.HYBRID or _says_something(results):
        return ""
    said = f"{labels.NO_SUCH_WORD} Ils en sont proches par le sens{french.NBSP}: à lire avec prudence."
    return f'<p class="caution">{esc(said)}</p>'


def _silence(asked: Asked, results: Results) -> str:
    """That the memory may not answer, in place of any number that would look like answers."""
    is_filtered = asked.filters != NO_FILTERS
    title = labels.UNCOVERED_HERE if is_filtered else labels.UNCOVERED
    said = labels.NEAREST if _says_something(results) else f"{labels.NO_SUCH_WORD} {labels.NEAREST}"
    whole = f"<p>{_to_whole(asked)}</p>" if is_filtered else ""
    return (
        f'<section class="notice doubt" role="status" tabindex="-1"><h2>{esc(title)}</h2>'
        f"<p>{esc(said)}</p>{whole}</section>"
    )


def _says_something(results: Results) -> bool:
    return any(hit.why.words or hit.why.related for hit in results.hits)


def _to_whole(asked: Asked) -> str:
    return f'<a href="{esc(link(replace(asked, filters=NO_FILTERS)))}">Chercher dans toute la mémoire</a>'


def beside(asked: Asked, results: Results) -> str:
    """What was looked for beside the words of the question, or could be."""
    return _misspelt(asked, results) + _glossary(asked, [each.term for each in results.related])


def _misspelt(asked: Asked, results: Results) -> str:
    """What was looked for beside words that nobody wrote, and a link that asks the question with it."""
    said = labels.misspelt(asked.question, results.spellings, results.hits)
    if not said:
        return ""
    meant = labels.respelt(asked.question, results.spellings, results.hits)
    other = esc(link(replace(asked, question=meant, shown=PAGE_SIZE)))
    ask = f"Vouliez-vous dire{french.NBSP}: {aside(f'«{french.NBSP}{meant}{french.NBSP}»')}{french.NBSP}?"
    return f'<p class="beside" role="status">{esc(said)} <a class="meant" href="{other}">{ask}</a></p>'


def _glossary(asked: Asked, terms: Sequence[str]) -> str:
    """The terms of the glossary: a link to look for them, or what was looked for and a link to do without."""
    if not terms:
        return ""
    other = esc(link(replace(asked, is_wide=not asked.is_wide, shown=PAGE_SIZE)))
    if asked.is_wide:
        said = f"Cherché aussi, d’après le glossaire{french.NBSP}: {aside(labels.beside(terms))}."
        return f'<p class="beside">{said} <a href="{other}">Chercher sans</a></p>'
    offered = aside(labels.beside(terms, _TERMS_SHOWN))
    return f'<p class="beside"><a href="{other}">Chercher aussi{french.NBSP}: {offered}</a></p>'


def inside(asked: Asked, results: Results, document: Document) -> tuple[int, str] | None:
    """How many passages of a document answer and the address of them all; None when no more do than are shown.

    Nor when the memory may not answer, or only chosen documents are looked into.
    """
    count = results.facets.documents.get(document.id, 0)
    shown = sum(hit.document.id == document.id for hit in results.hits)
    shown += sum(each.rpartition(".")[0] == document.id for hit in results.hits for each in hit.repeats)
    if count <= shown or asked.filters.documents or results.is_silent:
        return None
    only = replace(asked.filters, documents=(document.id,))
    return count, link(replace(asked, filters=only, shown=PAGE_SIZE))


def end(passages: int, shown: int, repeats: int = 0) -> str:
    """What closes a list of more than one page: that it is whole, or how to see what it leaves out."""
    if passages <= PAGE_SIZE or has_more(passages, shown, repeats):
        return ""
    said = (
        f"Seuls les {shown} premiers passages peuvent être montrés. Précisez la question, ou ajoutez un filtre."
        if shown + repeats < passages
        else "Tous les passages sont montrés."
    )
    return f'<p class="end">{esc(said)}</p>'


def has_more(passages: int, shown: int, repeats: int = 0) -> bool:
    """Whether more passages can be asked for than are shown or stand behind those shown."""
    return shown + repeats < passages and shown < MOST_SHOWN


def nothing(asked: Asked) -> str:
    """Nothing answers: say so, and what can be tried."""
    advice = []
    is_exact = bool(parse(asked.question).words.phrases)
    title = "La mémoire ne couvre pas ce sujet."
    if is_exact or asked.mode is Mode.WORDS:
        title = "Aucun passage ne contient cette expression." if is_exact else "Aucun passage ne contient ces mots."
    if asked.filters != NO_FILTERS:
        title = "Aucun passage ne correspond à cette recherche avec ces filtres."
        advice.append(_to_whole(asked))
    if asked.mode is Mode.WORDS:
        advice.append(f'<a href="{esc(link(replace(asked, mode=Mode.HYBRID)))}">Chercher aussi par le sens</a>')
    if is_exact:
        bare = " ".join(asked.question.translate({ord(mark): " " for mark in _QUOTES}).split())
        advice.append(f'<a href="{esc(link(replace(asked, question=bare)))}">Chercher sans les guillemets</a>')
    advice.append("Essayez d’autres mots, ou posez la question comme vous la poseriez à quelqu’un.")
    items = "".join(f"<li>{each}</li>" for each in advice)
    return f'<section class="notice" role="status"><h2>{esc(title)}</h2><ul>{items}</ul></section>'
