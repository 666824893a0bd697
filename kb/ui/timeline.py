"""The page « Chronologie »: how many passages answer a question, or are on a theme, session by session."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import browse, french
from kb.domain import Facets, Session
from kb.french import NBSP
from kb.library import Library
from kb.ui import chart, frame, home, names, question, series
from kb.ui.address import link
from kb.ui.cards import toggle
from kb.ui.links import session_link, timeline_link
from kb.ui.markup import aside, esc, notice
from kb.ui.memory import VIEWER
from kb.ui.pages import titled
from kb.ui.series import MOST, Compared, Series

_FIELD = "question-en-chronologie"
_PURPOSE = (
    f"Quand en a-t-on parlé{NBSP}? Posez une question ou choisissez un thème{NBSP}: la page compte les passages de "
    f"chaque séance, dans l’ordre du temps. Jusqu’à cinq se comparent, et chaque nombre mène aux passages."
)
_NO_SESSION = ("La mémoire n’a pas de séance", "Aucun document n’y est rattaché. La recherche les parcourt tous.")
_NO_EXAMPLE = '<p class="held">Les questions directrices des séances et les thèmes seront proposés ici.</p>'
_COUNTED = (
    f"Ce qui est compté, par séance{NBSP}: les passages qui disent un mot de la question, ou en sont proches par "
    "le sens. Un zéro dit seulement qu’aucun document n’en garde trace."
)


def draw(library: Library) -> None:
    """Draw the page for what the address asks to compare."""
    asked = _asked_now()
    whole = browse.overview(library, viewer=VIEWER)
    shown = asked.searches[:MOST]
    subject = ", ".join(series.name(library, each) for each in shown)
    st.set_page_config(page_title=titled(f"{subject} · Chronologie" if subject else "Chronologie"))
    if not series.sessions(library, whole):
        st.html("<h1>Chronologie</h1>" + notice(*_NO_SESSION))
        return
    st.html(f'<h1>Chronologie</h1><p class="intro">{_COUNTED if shown else _PURPOSE}</p>')
    question.form("Ajouter une question" if shown else "Votre question", "Ajouter", _FIELD, _add)
    with st.container():
        if not shown:
            st.html(_offered(library, asked, whole))
            return
        st.html(_chosen(library, asked) + _more_themes(library, asked, whole) + _left_aside(library, asked))
        _compared(library, [series.count(library, each) for each in shown], whole)


def _offered(library: Library, asked: Compared, whole: Facets) -> str:
    """Examples of questions, and the themes; what stands in their place where there are none."""
    examples = home.examples(library, whole, lambda text: timeline_link([text]))
    return examples + _themes(library, asked, whole) or _NO_EXAMPLE


def _asked_now() -> Compared:
    return series.read(st.query_params.get_all("q"), st.query_params.get_all("theme"))


def _add() -> None:
    """The question typed joins those of the address; the field is free for another."""
    asked = _asked_now()
    now = series.read([*asked.questions, question.typed(_FIELD)], asked.themes)
    st.query_params.from_dict({"q": list(now.questions), "theme": list(now.themes)})
    st.session_state[_FIELD] = ""


def _chosen(library: Library, asked: Compared) -> str:
    """What is compared, each with a link to the same page without it."""
    items = "".join(
        f'<li><a href="{esc(asked.without(each).address)}" aria-label="{esc(f"Retirer {called}")}">'
        f'{aside(called)} <span class="cross" aria-hidden="true">✕</span></a></li>'
        for each in asked.searches
        if (called := series.name(library, each))
    )
    clear = f'<li class="clear"><a href="{esc(Compared().address)}">Effacer tout</a></li>'
    return f'<ul class="compared" aria-label="Ce qui est comparé">{items}{clear}</ul>'


def _more_themes(library: Library, asked: Compared, whole: Facets) -> str:
    listed = _theme_list(library, asked, whole)
    if not listed or len(asked.searches) >= MOST:
        return ""
    return f'<p class="acts">{toggle("Ajouter un thème", "themes")}</p><div id="themes" hidden>{listed}</div>'


def _themes(library: Library, asked: Compared, whole: Facets) -> str:
    listed = _theme_list(library, asked, whole)
    return f'<section class="examples"><h2>Ou un thème</h2>{listed}</section>' if listed else ""


def _theme_list(library: Library, asked: Compared, whole: Facets) -> str:
    """The themes that are not compared yet, each a link to the same page with it."""
    label = names.theme(library)
    items = "".join(
        f'<li><a href="{esc(asked.with_theme(key).address)}">{aside(label(key))}</a></li>'
        for key in sorted(whole.themes, key=lambda key: french.fold(label(key)))
        if key not in asked.themes
    )
    return f'<ul class="themes">{items}</ul>' if items else ""


def _left_aside(library: Library, asked: Compared) -> str:
    """That five can be read together, and which wait."""
    others = [series.name(library, each) for each in asked.searches[MOST:]]
    if not others:
        return ""
    more = f" et {french.count(len(others) - 1, 'autre')}" if len(others) > 1 else ""
    verb = "attendent" if more else "attend"
    said = f"Cinq séries au plus se lisent ensemble{NBSP}: {others[0]}{more} {verb} que vous en retiriez une."
    return f'<p class="caution" role="alert">{esc(said)}</p>'


def _compared(library: Library, found: Sequence[Series], whole: Facets) -> None:
    """Each series with its bars, then all of them in a table."""
    meetings = series.sessions(library, whole)
    counted = [each for each in found if not each.silence]
    top = series.highest(found)
    for each in found:
        if each.silence:
            st.html(f'<section class="series">{notice(each.name, each.silence)}</section>')
            continue
        st.html(_heading(each, meetings))
        st.vega_lite_chart(spec=chart.bars(each, meetings, top), theme=None, width="stretch")
    if counted:
        st.html(_table(counted, meetings))


def _heading(found: Series, meetings: Sequence[Session]) -> str:
    held = sum(1 for session in meetings if found.counts.get(session.id))
    amount = french.count(found.total, "passage")
    said = f"{amount} dans {french.count(held, 'séance')} sur {french.number(len(meetings))}"
    if found.elsewhere > 0:
        said += f", et {french.number(found.elsewhere)} hors séance"
    return (
        f'<section class="series"><h2>{aside(found.name)}</h2><p class="headline">{esc(said)} · '
        f'<a href="{esc(link(found.asked))}">Lire les passages</a></p></section>'
    )


def _table(counted: Sequence[Series], meetings: Sequence[Session]) -> str:
    """The numbers of the charts, each a link to the passages it counts."""
    heads = "".join(f'<th scope="col">{aside(each.name)}</th>' for each in counted)
    rows = "".join(_row(session, counted) for session in meetings)
    return (
        '<section class="numbers"><h2 id="nombres">Les mêmes nombres, en tableau</h2>'
        '<div class="wide" role="region" aria-labelledby="nombres" tabindex="0"><table>'
        "<caption><span>Passages par séance, de la plus ancienne à la plus récente</span></caption>"
        f'<thead><tr><th scope="col">Séance</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _row(session: Session, counted: Sequence[Series]) -> str:
    day = french.long_date(session.date) if session.date else "Sans date"
    season = f"{names.season(session.season)}, " if session.season is not None else ""
    cells = "".join(f"<td>{_amount(each, session)}</td>" for each in counted)
    return (
        f'<tr><th scope="row"><a href="{esc(session_link(session.id))}">{aside(session.title)}</a>'
        f'<span class="where">{esc(f"{season}{day}")}</span></th>{cells}</tr>'
    )


def _amount(found: Series, session: Session) -> str:
    """How many passages, a link to them; nothing to follow where there is none."""
    amount = found.counts.get(session.id, 0)
    if not amount:
        return "0"
    said = f"{french.count(amount, 'passage')}, {session.title}"
    return f'<a href="{esc(found.at(session.id))}" aria-label="{esc(said)}">{french.number(amount)}</a>'


frame.page(draw, "chronologie")
