"""How things are named to people, in French, the same in the terminal, the app and the exports."""

from __future__ import annotations

from kb import french
from kb.domain import Anchor, Document, DocumentType, Passage, Session, Why

TYPES = {
    DocumentType.ANNOUNCEMENT: "Annonce",
    DocumentType.TRANSCRIPT: "Transcription",
    DocumentType.PAPER: "Note",
    DocumentType.SLIDES: "Support",
    DocumentType.MINUTES: "Compte rendu",
    DocumentType.OTHER: "Autre document",
}

IN_TYPES = {
    DocumentType.ANNOUNCEMENT: "dans l’annonce",
    DocumentType.TRANSCRIPT: "dans la transcription",
    DocumentType.PAPER: "dans la note",
    DocumentType.SLIDES: "dans le support",
    DocumentType.MINUTES: "dans le compte rendu",
    DocumentType.OTHER: "dans le document",
}
DEMO = "démonstration"
DEMO_MEANS = "Contenu fictif, écrit pour montrer l’outil"
UNFILED = "à classer"
NOBODY_NAMED = "Aucun intervenant nommé"

_CLOSENESS = ((0.935, "très proche"), (0.92, "proche"), (0.905, "assez proche"))


def anchor(found: Anchor) -> str:
    """« p. 4 », « diapositive 3 », « 12:31 », « § 12 », « ligne 40 »; empty when the source has no place to name."""
    if found.start_s is not None:
        return french.clock(found.start_s)
    for name, value in (
        ("p.", found.page),
        ("diapositive", found.slide),
        ("ligne", found.line),
        ("§", found.paragraph),
    ):
        if value is not None:
            return f"{name}{french.NBSP}{value}"
    return ""


def place(passage: Passage, document: Document) -> str:
    """« 12:31 dans la transcription », « p. 4 dans la note »; « Voir dans la note » when no place is named."""
    where = anchor(passage.anchor)
    return f"{where or 'Voir'} {IN_TYPES[document.type]}"


def source(passage: Passage, document: Document, session: Session | None) -> str:
    """« Directrice d’une SEM d’énergie · Saison 2, 11 février 2020 · Transcription · 12:31 »."""
    who = speaker(passage, document)
    parts = (who, occasion(document, session), TYPES[document.type], anchor(passage.anchor))
    return " · ".join(part for part in parts if part)


def speaker(passage: Passage, document: Document) -> str:
    """Who said it; where nobody is named, that is told of a transcript, and nothing of another document."""
    unnamed = NOBODY_NAMED if document.type is DocumentType.TRANSCRIPT else ""
    return passage.speaker or unnamed


def when(document: Document, session: Session | None) -> str:
    """« Saison 2, 11 février 2020 »; empty when neither is known."""
    parts = [f"Saison{french.NBSP}{document.season}"] if document.season is not None else []
    day = document.date or (session.date if session else None)
    if day:
        parts.append(french.long_date(day))
    return ", ".join(parts)


def occasion(document: Document, session: Session | None) -> str:
    """« Saison 2, 11 février 2020 »; the title and « à classer » for a document of no session."""
    parts = [when(document, session)]
    if session is None:
        parts.append(f"{document.title} ({UNFILED})")
    return ", ".join(part for part in parts if part) or (session.title if session else document.title)


def why(reasons: Why) -> str:
    """« mots : confiance, habitants · sens : très proche »."""
    parts = []
    if reasons.words:
        parts.append(f"mots{french.NBSP}: {', '.join(dict.fromkeys(w.lower() for w in reasons.words))}")
    if reasons.meaning is not None:
        parts.append(f"sens{french.NBSP}: {closeness(reasons.meaning)}")
    return " · ".join(parts)


def closeness(meaning: float) -> str:
    """A word for a cosine brought to [0, 1]; the default model puts anything at all between 0.90 and 0.95."""
    return next((word for bound, word in _CLOSENESS if meaning >= bound), "éloigné")
