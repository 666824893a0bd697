"""What the columns of a table or the keys of a JSON object hold, by their names, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Field(Enum):
    """What a column or a key holds."""

    SPEAKER = "speaker"
    PERHAPS_SPEAKER = "perhaps speaker"
    """« Nom »: of who speaks, or of anything else; the document decides."""
    FIRST_NAME = "first name"
    TEXT = "text"
    START = "start"
    END = "end"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means. `rank`: the lowest is preferred where several say the same. `unit`: seconds, if it says."""

    field: Field
    rank: int
    unit: float | None = None


_NAMES = {
    Field.SPEAKER: "nomorateur nomoratrice nomintervenant nomintervenante nomlocuteur orateur oratrice intervenant"
    " intervenante intervenants locuteur locutrice speakername speakerdisplayname speaker speakerlabel speakerid"
    " speakertag speakers",
    Field.PERHAPS_SPEAKER: "nom name nomprenom nometprenom prenomnom prenometnom participant participantname personne"
    " auteur author who qui user username displayname fullname",
    Field.FIRST_NAME: "prenom firstname",
    Field.TEXT: "punctuatedword texte text transcription transcript verbatim propos paroles parole intervention"
    " utterance sentence phrase soustitre contenu content caption body message mot word utf8",
    Field.START: "debut start starttime starttimestamp startoffset startts begin begintime begints horodatage minutage"
    " timecode timestamp tempsdebut temps time tcin tc offset offsettime t ts tstart from de",
    Field.END: "fin end endtime endtimestamp endoffset endts stop stoptime tempsfin tcout tend to a",
    Field.DURATION: "duree duration dur dduration",
}
_MEANINGS = {name: Meaning(field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
_TIMES = frozenset((Field.START, Field.END, Field.DURATION))
_UNITS = (
    (re.compile(r"(?:in)?(?:milliseconds?|millisecondes?|millis|msec|ms)$"), 1e-3),
    (re.compile(r"(?:in)?ticks$"), 1e-7),
    (re.compile(r"(?:in)?(?:seconds?|secondes?|secs?)$"), 1.0),
)
_HEADS = frozenset("nom prenom heure temps".split())
_OF = frozenset("de du des d of".split())


@lru_cache(maxsize=4096)
def meaning_of(name: str) -> Meaning | None:
    """What a column or key of this name holds: « startTimeMs », « Début (s) », « Nom de l’intervenant »; else None."""
    words = re.findall(r"[a-z0-9]+", _folded(name))
    joined = "".join(words)
    found = _MEANINGS.get(joined) or _with_unit(joined if words[-1:] != ["s"] else f"{joined[:-1]}seconds")
    if found or len(words) < 2 or len(words) > 6:
        return found
    if words[0] in _HEADS:
        last = _MEANINGS.get(words[-1])
        return last if last and last.field is not Field.PERHAPS_SPEAKER else None
    return _MEANINGS.get(words[0]) if words[1] in _OF and len(words[0]) > 2 else None


def _with_unit(joined: str) -> Meaning | None:
    for pattern, unit in _UNITS:
        bare = pattern.sub("", joined)
        found = _MEANINGS.get(bare)
        if bare != joined and found and found.field in _TIMES:
            return Meaning(found.field, found.rank, unit)
    return None


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.replace("œ", "oe")).lower()
    return "".join(each for each in decomposed if not unicodedata.combining(each))
