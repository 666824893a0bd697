"""Where things are in the app. Links are relative to a page, so that the app can be served under any prefix."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from kb.domain import Document, Passage
from kb.selectors import Selector, select

ABOUT = "./a-propos"
ABOUT_DEMO = f"{ABOUT}#demonstration"
SESSIONS = "./seances"
SPEAKERS = "./intervenants"


def passage_link(named: str | Passage | Selector) -> str:
    """The page of a passage, for ever where it is at hand; an id is that of a passage as documents are cut today.

    What stands around it, which a selector may know, makes the address surer.
    """
    if isinstance(named, str):
        return f"./passage?id={quote(named)}"
    selector = select(named) if isinstance(named, Passage) else named
    return f"./passage?p={quote_plus(selector.token, safe='~')}"


def passage_address(named: str | Passage | Selector, url: str) -> str:
    """The whole address of a passage's page in the app that answers at `url`, one of its pages.

    Without a url (nobody is connected), the link alone.
    """
    seen = urlsplit(url)
    if not seen.netloc:
        return passage_link(named)
    return f"{seen.scheme}://{seen.netloc}{seen.path.rpartition('/')[0]}{passage_link(named)[1:]}"


def season_link(number: int) -> str:
    """A season among the others, on the page of the sessions."""
    return f"{SESSIONS}#saison-{number}"


def session_link(identifier: str) -> str:
    """The page of a session."""
    return f"./seance?id={quote(identifier, safe='')}"


def speaker_link(name: str) -> str:
    """The page of somebody who speaks."""
    return f"./intervenant?nom={quote(name, safe='')}"


def source_link(document: Document, page: int | None = None) -> str:
    """The original file; a PDF at one of its pages."""
    return f"./source/{quote(document.id)}" + (f"#page={page}" if page else "")


def page_picture_link(document: Document, page: int, passage: Passage) -> str:
    """A page of a PDF as a picture, with a passage marked on it."""
    return f"./source/{quote(document.id)}/page/{page}?passage={passage.start}-{passage.end}"


def is_pdf(path: str) -> bool:
    """Whether a browser opens such a file in its own viewer."""
    return path.lower().endswith(".pdf")


def compare_link(question: str) -> str:
    """The page that answers a question season by season."""
    return f"./saisons-en-regard?{urlencode({'q': question})}"


def timeline_link(questions: Iterable[str] = (), themes: Iterable[str] = ()) -> str:
    """The page that counts what answers these questions, and what is on these themes, session by session."""
    parameters = [("q", question) for question in questions] + [("theme", theme) for theme in themes]
    return "./chronologie" + (f"?{urlencode(parameters)}" if parameters else "")
