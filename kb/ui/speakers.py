"""The page « Intervenants »: everybody who was invited or is heard, by sphere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from kb import french
from kb.domain import Session
from kb.french import NBSP
from kb.library import Library
from kb.programme.people import Appearance, Person
from kb.ui import frame, names, spheres
from kb.ui.filters import named_by
from kb.ui.known import known
from kb.ui.links import session_link, speaker_link
from kb.ui.markup import aside, esc, joined, notice
from kb.ui.pages import titled
from kb.ui.participants import demo_mark, demo_means, heard, role

_NAME = "nom"
"""The key of the field, and of what is typed there in the address."""
_IN_SIGHT = 24
_SESSIONS = 4
"""Sessions of one person that are named in the list; their page has them all."""
_HINT = f"Par exemple{NBSP}: maire, puis Entrée"


def draw(library: Library) -> None:
    """Draw the page."""
    st.set_page_config(page_title=titled("Intervenants"), layout="centered")
    _, everybody = known(library)
    typed = st.query_params.get(_NAME, "")
    st.html(f"<h1>Intervenants</h1>{demo_means(everybody)}")
    if not everybody:
        st.html(notice("Personne n’est encore nommé", "Aucune séance ne nomme ses invités, et aucun texte ses voix."))
        return
    if len(everybody) > _IN_SIGHT or typed:
        st.session_state[_NAME] = typed
        st.text_input("Trouver un nom, un rôle ou une organisation", key=_NAME, placeholder=_HINT, on_change=_follow)
    found = [person for person in everybody if named_by(_all_names(person), typed)]
    st.html(_count(len(found)) + _listed(found))


def _follow() -> None:
    """Write what is typed into the address."""
    typed = str(st.session_state[_NAME]).strip()
    st.query_params.from_dict({_NAME: typed} if typed else {})


def _all_names(person: Person) -> str:
    """All that somebody can be found by."""
    known = [part for each in person.roles for part in (each.role, each.organisation) if part]
    return " ".join((person.name, *person.names, *person.aliases, *known))


def _count(found: int) -> str:
    said = french.count(found, "intervenant") if found else "Aucun nom, rôle ni organisation ne contient ces mots."
    return f'<p class="headline" role="status" tabindex="-1">{esc(said)}</p>'


def _listed(found: Iterable[Person]) -> str:
    groups = spheres.grouped(found)
    anchors = {name: f"sphere-{n}" for n, name in enumerate(groups, 1)}
    links = "".join(
        f'<li><a href="#{anchors[name]}">{esc(name)} ({len(group)})</a></li>' for name, group in groups.items()
    )
    is_long = sum(map(len, groups.values())) > _IN_SIGHT
    ways = f'<nav class="parts" aria-label="Sphères"><ul>{links}</ul></nav>' if len(groups) > 1 else ""
    return ways + "".join(_group(anchors[name], name, group, is_long=is_long) for name, group in groups.items())


def _group(anchor: str, name: str, group: Sequence[Person], *, is_long: bool) -> str:
    """A sphere and its people; of a long list, the script folds each on a narrow screen."""
    people = f"<ul>{''.join(map(_person, group))}</ul>"
    if not is_long:
        return f'<section class="people"><h2 id="{anchor}">{esc(name)}</h2>{people}</section>'
    title = f'<h2 id="{anchor}">{esc(name)}</h2> <span class="where">{french.number(len(group))}</span>'
    return f'<details class="people" open><summary>{title}</summary>{people}</details>'


def _person(person: Person) -> str:
    known = dict.fromkeys(filter(None, map(role, person.appearances)))
    return (
        f'<li><a href="{esc(speaker_link(person.name))}">{aside(person.name)}</a>{demo_mark(person)}'
        f'<p class="where">{esc(f"{NBSP}; ".join(known))}</p>'
        f'<p class="held">{joined((esc(heard(_whole(person))), _sessions(person)))}</p></li>'
    )


def _whole(person: Person) -> Appearance:
    """All that somebody says, as if it were in one session."""
    last = person.appearances[-1]
    return Appearance(last.session, last.invited, person.passages, person.is_demo)


def _sessions(person: Person) -> str:
    """« Saison 2 : 11 février 2020, 22 septembre 2020 », each a link to the session."""
    sessions = [each.session for each in person.appearances if each.session]
    shown, said = sessions[:_SESSIONS], []
    for number in dict.fromkeys(each.season for each in shown):
        links = ", ".join(_session(each) for each in shown if each.season == number)
        said.append(f"{esc(names.season(number))}{NBSP}: {links}" if number is not None else links)
    hidden = len(sessions) - len(shown)
    return joined([*said, esc(french.count(hidden, "autre séance", "autres séances")) if hidden else ""])


def _session(session: Session) -> str:
    name = french.long_date(session.date) if session.date else session.title
    return f'<a href="{esc(session_link(session.id))}">{esc(name)}</a>'


frame.page(draw, "intervenants")
