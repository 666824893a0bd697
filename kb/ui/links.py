"""Where things are in the app. Links are relative to a page, so that the app can be served under any prefix."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from kb.domain import Document

ABOUT = "./a-propos"
ABOUT_DEMO = f"{ABOUT}#demonstration"
SESSIONS = "./seances"
SPEAKERS = "./intervenants"


def passage_link(passage_id: str) -> str:
    """The page of a passage."""
    return f"./passage?id={quote(passage_id)}"


def passage_address(passage_id: str, url: str) -> str:
    """The whole address of a passage's page in the app that answers at `url`, one of its pages.

    Without a url (nobody is connected), the link alone.
    """
    seen = urlsplit(url)
    if not seen.netloc:
        return passage_link(passage_id)
    return f"{seen.scheme}://{seen.netloc}{seen.path.rpartition('/')[0]}{passage_link(passage_id)[1:]}"


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


def is_pdf(path: str) -> bool:
    """Whether a browser opens such a file in its own viewer."""
    return path.lower().endswith(".pdf")
