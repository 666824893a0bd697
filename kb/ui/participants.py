"""How people are shown where there are several: what they do, whether they are heard, whether they are real."""

from __future__ import annotations

from collections.abc import Iterable

from kb import french, labels
from kb.domain import Session
from kb.french import NBSP
from kb.programme.people import Appearance, Person
from kb.ui import spheres
from kb.ui.links import ABOUT_DEMO, speaker_link
from kb.ui.markup import aside, esc, joined

ANNOUNCED = "intervention annoncée"
UNHEARD = "sans prise de parole retrouvée"
_MEANS = "Rôle fictif, écrit pour montrer l’outil, et non une personne"


def participants(session: Session, everybody: Iterable[Person], *, has_words: bool) -> str:
    """The section of a session's page; empty when nobody is known. has_words: the session has a transcript."""
    here = {
        person: each
        for person in everybody
        for each in person.appearances
        if each.session and each.session.id == session.id
    }
    groups = "".join(
        f"<h3>{esc(name)}</h3><ul>{''.join(_one(session, person, here[person], has_words) for person in group)}</ul>"
        for name, group in spheres.grouped(here).items()
    )
    return f'<section class="part people"><h2>Intervenants</h2>{groups}</section>' if groups else ""


def _one(session: Session, person: Person, here: Appearance, has_words: bool) -> str:
    mark = demo_mark(person) if not session.demo else ""  # of a fictional session, the title says it of all
    said = joined((esc(role(here)), esc(heard(here, has_words=has_words))))
    return (
        f'<li><a href="{esc(speaker_link(person.name))}">{aside(person.name)}</a>{mark} '
        f'<span class="where">{said}</span></li>'
    )


def demo_mark(person: Person) -> str:
    """« démonstration », beside a role that is nobody's."""
    return f' <span class="tag" title="{esc(_MEANS)}">{esc(labels.DEMO)}</span>' if person.is_demo else ""


def demo_means(people: Iterable[Person]) -> str:
    """What « démonstration » means of a person, once for a page that shows the word."""
    if not any(person.is_demo for person in people):
        return ""
    said = f"«{NBSP}{labels.DEMO}{NBSP}»{NBSP}: {_MEANS.lower()}."
    return f'<p class="held note">{esc(said)} <a href="{ABOUT_DEMO}">En savoir plus</a></p>'


def role(here: Appearance) -> str:
    """« directrice, SEM d’énergie d’une métropole »; empty when nothing is said of it."""
    known = here.invited
    return ", ".join(filter(None, (known.role, known.organisation))) if known else ""


def heard(here: Appearance, *, has_words: bool = True) -> str:
    """« 7 passages », « intervention annoncée », « sans prise de parole retrouvée »."""
    if here.passages:
        return french.count(here.passages, "passage")
    if here.invited and here.invited.announced:
        return f"{ANNOUNCED}, {UNHEARD}" if has_words else ANNOUNCED
    return UNHEARD if has_words else ""
