"""How things are named to people, in French, the same in the terminal, the app and the exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb import french
from kb.domain import Anchor, Document, DocumentType, Hit, Passage, Session, Why
from kb.french import NBSP

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
UNCOVERED = "La mémoire ne semble pas couvrir cette question."
UNCOVERED_HERE = "La mémoire ne semble pas couvrir cette question avec ces filtres."
UNSURE = f"La mémoire ne répond peut-être pas à cette question{NBSP}: à lire avec prudence."
NEAREST = f"Voici les passages les plus proches{NBSP}; ils ne répondent peut-être pas."
NO_SUCH_WORD = "Aucun de ces passages ne contient les mots de la question."

_CLOSENESS = ((0.905, "très proche"), (0.88, "proche"), (0.86, "assez proche"))


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
            return f"{name}{NBSP}{value}"
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
    parts = [f"Saison{NBSP}{document.season}"] if document.season is not None else []
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
    """« mots : confiance, habitants · glossaire : Epl (pour SEM) · sens : très proche »; what is absent is not said."""
    said = {
        "mots": ", ".join(_once(word for word in reasons.words if word not in reasons.phrases)),
        "expression": ", ".join(map(_quoted, reasons.phrases)),
        "glossaire": f"{NBSP}; ".join(_related(reasons.related)),
        "corrigé": ", ".join(f"{typed} → {as_written(meant, reasons.words)}" for typed, meant in reasons.corrected),
        "sens": "" if reasons.meaning is None else closeness(reasons.meaning),
    }
    return " · ".join(f"{name}{NBSP}: {value}" for name, value in said.items() if value)


def _once(words: Iterable[str]) -> Iterable[str]:
    """Words as they stand, each once whatever its case: « SPL », and « confiance » rather than « Confiance »."""
    kept: dict[str, str] = {}
    for word in words:
        small = word.lower()
        kept[small] = word if word == small else kept.get(small, word)
    return kept.values()


def _related(pairs: Sequence[tuple[str, str]]) -> Iterable[str]:
    """« société publique locale, Epl (pour SPL) »: what was found, by the word of the question that brought it."""
    for asked in dict.fromkeys(asked for asked, _ in pairs):
        found = dict.fromkeys(term for name, term in pairs if name == asked)
        yield f"{', '.join(found)} (pour {asked})"


def as_written(form: str, words: Iterable[str]) -> str:
    """A folded form as one of these words writes it, with its accents, in small letters if one does; else as it is."""
    found = [word for word in words if french.fold(word) == form]
    return max(found, key=str.islower, default=form)


def misspelt(question: str, spellings: Mapping[str, str], hits: Sequence[Hit]) -> str:
    """« Personne n’a écrit « confience » : la recherche porte aussi sur « confiance ». »; empty without any.

    spellings: what was looked for beside words that nobody wrote, by those, as folded forms; they are shown as they
    stand in the question and in the hits.
    """
    if not spellings:
        return ""
    typed = {token.form: question[token.start : token.end] for token in french.tokens(question)}
    words = [word for hit in hits for word in hit.why.words]
    absent = " ni ".join(_quoted(typed.get(form, form)) for form in spellings)
    found = " et ".join(_quoted(as_written(form, words)) for form in dict.fromkeys(spellings.values()))
    return f"Personne n’a écrit {absent}{NBSP}: la recherche porte aussi sur {found}."


def respelt(question: str, spellings: Mapping[str, str], hits: Sequence[Hit]) -> str:
    """The question with what was found in place of the words that nobody wrote; the rest as it was typed."""
    words = [word for hit in hits for word in hit.why.words]
    said, at = [], 0
    for token in french.tokens(question):
        if token.form in spellings:
            said += [question[at : token.start], as_written(spellings[token.form], words)]
            at = token.end
    return "".join((*said, question[at:]))


def beside(terms: Sequence[str], most: int | None = None) -> str:
    """« société publique locale, Epl, SEM… »: the terms of a glossary, the first ones if `most` is given."""
    shown = terms[:most]
    return ", ".join(shown) + ("…" if len(shown) < len(terms) else "")


def repeats(count: int) -> str:
    """« + 1 passage qui dit la même chose »."""
    said = french.count(count, "passage qui dit la même chose", "passages qui disent la même chose")
    return f"+{NBSP}{said}"


def _quoted(words: str) -> str:
    return f"«{NBSP}{words}{NBSP}»"


def closeness(meaning: float) -> str:
    """A word for a cosine brought to [0, 1], as the default model and its adapter give it.

    On the demonstration corpus, chance gives 0.86; the right passage of a golden question 0.91, and 0.88 at the fifth
    percentile.
    """
    return next((word for bound, word in _CLOSENESS if meaning >= bound), "éloigné")
