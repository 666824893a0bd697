"""The page « Saisons en regard »: one question, the best passages of each season side by side, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

import streamlit as st

from kb import browse, french, labels
from kb.domain import Facets, Filters, Hit
from kb.errors import InvalidQuery
from kb.french import NBSP
from kb.library import Library
from kb.search.seasons import SeasonAnswer, Standing, by_season
from kb.selectors import select
from kb.ui import frame, home, question
from kb.ui.address import Asked, link
from kb.ui.cards import demo_note, demo_tag, place_link, select_button, toggle
from kb.ui.links import compare_link, passage_link, session_link, speaker_link, timeline_link
from kb.ui.markup import aside, esc, marked, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled

_FIELD = "question-en-regard"
_LEAD = (
    "Une même question posée à chaque saison. Ce qui suit est mot pour mot ce qui s’est dit et écrit"
    f"{NBSP}; rien n’est résumé."
)
_PURPOSE = (
    f"Posez une question{NBSP}: chaque saison y répond à son tour, par ses meilleurs passages, mot pour mot. "
    f"Là où une saison n’en dit rien, la page écrit «{NBSP}pas abordé{NBSP}». Rien n’est résumé."
)
_NO_SEASON = ("La mémoire n’a pas de saison", "Aucun document n’y est rattaché. La recherche les parcourt tous.")
_NO_EXAMPLE = '<p class="held">Les questions directrices des séances serviront ici d’exemples.</p>'
_ABSENT = "Pas abordé"
_DOUBTFUL = "Peut-être abordé"
_WITH_CARE = "à lire avec prudence"


def draw(library: Library) -> None:
    """Draw the page for the question of the address."""
    asked = question.tidy(st.query_params.get("q", ""))
    whole = browse.overview(library, viewer=VIEWER)
    st.set_page_config(page_title=titled(f"{asked} · Saisons en regard" if asked else "Saisons en regard"))
    if not whole.seasons:
        st.html("<h1>Saisons en regard</h1>" + notice(*_NO_SEASON))
        return
    st.html(f'<h1>Saisons en regard</h1><p class="intro">{_LEAD if asked else _PURPOSE}</p>')
    st.session_state[_FIELD] = asked
    question.form(f"Que voulez-vous comparer{NBSP}?", "Comparer", _FIELD, _follow)
    with st.container():
        if asked:
            _answers(library, asked, whole)
        else:
            st.html(home.examples(library, whole, compare_link) or _NO_EXAMPLE)


def _follow() -> None:
    """What was typed goes into the address; the page follows."""
    typed = question.typed(_FIELD)
    st.query_params.from_dict({"q": typed} if typed else {})


def _answers(library: Library, asked: str, whole: Facets) -> None:
    try:
        found = by_season(library, asked, viewer=VIEWER, seasons=sorted(whole.seasons))
    except InvalidQuery as error:
        st.html(frame.trouble(error))
        return
    shown = [hit.document for each in found for hit in each.hits]
    st.html(_headline(asked, found) + demo_note(shown) + _columns(library, asked, found) + _unfiled(whole))


def _headline(asked: str, found: Sequence[SeasonAnswer]) -> str:
    """In how many seasons it was spoken of, and the way to the same question over time."""
    covered, doubtful = (
        sum(each.standing is standing for each in found) for standing in (Standing.COVERED, Standing.DOUBTFUL)
    )
    said = f"Abordé dans {french.count(covered, 'saison')} sur {french.number(len(found))}"
    if doubtful:
        said += f", peut-être dans {french.count(doubtful, 'autre')}"
    if not covered:
        said = labels.UNCOVERED
    ways = {"Tous les passages": link(Asked(asked)), "Chronologie": timeline_link([asked])}
    links = "".join(
        f'<a href="{esc(to)}">{esc(name)} <span aria-hidden="true">→</span></a>' for name, to in ways.items()
    )
    return (
        f'<div class="across"><p class="headline" role="status" tabindex="-1">{esc(said)}</p>'
        f'<p class="acts">{links}</p></div>'
    )


def _columns(library: Library, asked: str, found: Sequence[SeasonAnswer]) -> str:
    ranks = count(1)
    columns = "".join(_column(library, asked, each, ranks) for each in found)
    return f'{_ways(library, found)}<div class="side-by-side">{columns}</div>'


def _ways(library: Library, found: Sequence[SeasonAnswer]) -> str:
    """To each season, where they follow one another on a narrow screen; the style hides it elsewhere."""
    links = "".join(f'<li><a href="#saison-{each.season}">{aside(_title(library, each))}</a></li>' for each in found)
    return f'<nav class="parts to-seasons" aria-label="Saisons"><ul>{links}</ul></nav>'


def _title(library: Library, found: SeasonAnswer) -> str:
    season = library.catalogue.seasons.get(found.season)
    return season.title if season else f"Saison{NBSP}{found.season}"


def _column(library: Library, asked: str, found: SeasonAnswer, ranks: Iterable[int]) -> str:
    """A season: its name, how surely it speaks of the question, its passages, the way to all of them."""
    name = f"saison-{found.season}"
    season = library.catalogue.seasons.get(found.season)
    passages = _passages(found.hits, ranks)
    if found.standing is Standing.COVERED:
        body = passages + _all_of(asked, found)
    elif found.standing is Standing.DOUBTFUL:
        doubt = f'<p class="standing"><strong>{_DOUBTFUL}</strong>{NBSP}: {_WITH_CARE}.</p>'
        body = f'{doubt}<div class="nearest">{passages}</div>{_all_of(asked, found)}'
    else:
        body = _absent(found, passages)
    theme = f'<p class="subject">{esc(season.theme)}</p>' if season and season.theme else ""
    kind = "column" if found.standing is Standing.COVERED else "column silent"
    head = f'<h2 id="{name}">{aside(_title(library, found))}</h2>{theme}'
    return f'<section class="{kind}" aria-labelledby="{name}">{head}{body}</section>'


def _absent(found: SeasonAnswer, passages: str) -> str:
    """« Pas abordé », to be opened to what is nearest."""
    said = f'<p class="standing"><strong>{_ABSENT}</strong></p>'
    if not passages:
        return said
    panel = f"proches-{found.season}"
    is_alone = len(found.hits) == 1
    nearest = "le passage le plus proche" if is_alone else "les passages les plus proches"
    caution = "il ne répond sans doute pas" if is_alone else "ils ne répondent sans doute pas"
    return (
        f'{said}<p class="acts">{toggle(f"Voir {nearest}", panel)}</p>'
        f'<div class="nearest" id="{panel}" hidden><p class="standing">{_WITH_CARE.capitalize()}{NBSP}: '
        f"{caution}.</p>{passages}</div>"
    )


def _all_of(asked: str, found: SeasonAnswer) -> str:
    address = link(Asked(asked, Filters(seasons=(found.season,))))
    said = f"Tous les passages de la saison{NBSP}{found.season} ({french.number(found.results.pool)})"
    return f'<p class="acts"><a href="{esc(address)}">{esc(said)}</a></p>'


def _passages(hits: Iterable[Hit], ranks: Iterable[int]) -> str:
    return "".join(_said(hit, rank) for hit, rank in zip(hits, ranks, strict=False))


def _said(hit: Hit, rank: int) -> str:
    """A passage: who, when and where; the words, the sentence that says most set off; the way to it."""
    passage, document, session = hit.passage, hit.document, hit.session
    day = document.date or (session.date if session else None)
    meeting = (
        f'<a href="{esc(session_link(session.id))}">{aside(session.title)}</a>' if session else esc(labels.UNFILED)
    )
    when = f'<span class="day">{esc(french.long_date(day))}</span>' if day else ""
    who = aside(labels.speaker(passage, document) or document.title)
    cite = f'<cite class="who">{who}</cite>'
    if passage.speaker:
        cite = f'<a class="quiet" href="{esc(speaker_link(passage.speaker))}">{cite}</a>'
    best = hit.why.best_sentence
    whole = best is None or best == (0, len(passage.text))
    return (
        f'<figure class="said" aria-labelledby="dit-{rank}"><figcaption id="dit-{rank}">'
        f'<span class="first">{cite}{demo_tag(document)}</span>'
        f'<span class="where">{when}{meeting}</span></figcaption>'
        f'<blockquote cite="{esc(passage_link(passage))}"{"" if whole else " class=around-best"}>'
        f"<p>{marked(passage.text, hit.why.spans, best)}</p></blockquote>"
        f'<p class="acts">{place_link(passage, document)}{select_button(select(passage), f"dit-{rank}")}</p></figure>'
    )


def _unfiled(whole: Facets) -> str:
    """That some passages are of no season, and so in no column."""
    others = sum(whole.types.values()) - sum(whole.seasons.values())
    if others <= 0:
        return ""
    said = f"{french.count(others, 'passage')} de la mémoire ne {'sont' if others > 1 else 'est'} d’aucune saison."
    return f'<p class="held">{esc(said)}</p>'


frame.page(draw, "saisons-en-regard")
