"""What was noted, not said: « (Applaudissements.) », « [rires] », « ♪ », « La séance est levée à 18 h. ».

Pure functions. Brackets mark it wherever people speak. Without brackets, only the sentences that nobody says of
themselves count: who comes in or leaves, when the sitting opened, was suspended or closed, that a vote takes place.
"""

from __future__ import annotations

import re

_MARKED = re.compile(
    r"[\s\u00a0]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\]|\*[^*]+\*|♪[^♪]*♪?)[\s\u00a0.…,;–—-]*"
)
_MUSIC = re.compile(r"[\s\u00a0]*[♪♫]")
_WHO = r"(?:M\.|MM\.|Mmes?|Mlle|Monsieur|Madame|Messieurs|Mesdames)[\s\u00a0][^.!?;:]{1,100}?"
_SITTING = r"(?:séance|réunion|audience|session|visioconférence)"
_NARRATED = re.compile(
    rf"(?:La|L’|L')[\s\u00a0]?{_SITTING}(?:,[^.,]{{1,80}},)?[\s\u00a0](?:est|a été)[\s\u00a0]"
    r"(?:ouverte|reprise|suspendue|interrompue|levée|close)[\s\u00a0]+(?:à|de)[\s\u00a0]+"
    r"(?:\d|\w+[- ]?\w*[- ]?\w* heures?\b)[^.!?]{0,60}\.?"
    rf"|{_WHO}[\s\u00a0](?:entre|entrent|rejoint|rejoignent|quitte|quittent|sort|sortent|arrive|arrivent|rentre"
    rf"|regagne|se retire|prend|cède)[\s\u00a0](?:en|de|la|dans|à|le)[\s\u00a0](?:la[\s\u00a0])?"
    rf"(?:{_SITTING}|salle|débats?|fauteuil|présidence)\b[^.!?]{{0,60}}\.?"
    r"|Il est procédé (?:au|à un|à) [^.!?]{1,60}\.?",
)
_DECIDED = re.compile(
    r"\b(?:(?:est|sont|a été|ont été)(?: \w+){0,2} (?:adopt|approuv|rejet|repouss|retir|accept)\w+|unanimité"
    r"|avis (?:favorable|défavorable)|abstentions?|mise?s? aux voix|par \d+ voix)\b",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    rf"\b{_SITTING}\b[^.!?]{{0,60}}\b(?:levée|close|suspendue|interrompue)\b|\bfin de (?:la )?{_SITTING}", re.IGNORECASE
)


def is_aside(text: str) -> bool:
    """Whether a whole paragraph or cue stands in brackets, or is music."""
    return bool(text.strip()) and bool(re.fullmatch(rf"(?:{_MARKED.pattern})+", text) or _MUSIC.match(text))


def is_narrated(text: str) -> bool:
    """Whether a whole paragraph tells what happens, in words that nobody says in their own turn."""
    return len(text) <= 200 and bool(_NARRATED.fullmatch(text.strip()))


def is_decision(text: str) -> bool:
    """Whether a note tells what was decided (« L’amendement n’est pas adopté. »): nobody's words, but to be found."""
    return bool(_DECIDED.search(text))


def ends_turn(text: str) -> bool:
    """Whether an aside says that the sitting stops: whoever speaks after it is not the one who spoke before."""
    return bool(_CLOSES.search(text))
