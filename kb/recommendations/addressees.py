"""Who is asked to act: the words that name communes, départements, the State…, and where they are addressed."""

from __future__ import annotations

import re

from kb.domain import Addressee

_LOCAL = (Addressee.COMMUNE, Addressee.INTERCOMMUNALITE, Addressee.DEPARTEMENT, Addressee.REGION)
_NAMES: tuple[tuple[tuple[Addressee, ...], str], ...] = (
    (
        (Addressee.INTERCOMMUNALITE,),
        r"(?:petites\s+)?intercommunalites?|communautes?\s+(?:de\s+communes|d'agglomeration|urbaines?)|agglomerations?|metropoles?|epci",
    ),
    (
        (Addressee.COMMUNE,),
        r"(?:petites\s+)?communes?|mairies?|maires?|(?:petites\s+)?villes?|municipalites?|villages?|conseils?\s+municipa(?:l|ux)",
    ),
    ((Addressee.DEPARTEMENT,), r"departements?|conseils?\s+departementa(?:l|ux)"),
    ((Addressee.REGION,), r"regions?|conseils?\s+regiona(?:l|ux)"),
    ((Addressee.EPL,), r"epl|sem|spl|semop|entreprises?\s+publiques?\s+locales?|foncieres?(?:\s+publiques?)?"),
    ((Addressee.EUROPE,), r"europe|union\s+europeenne|commission\s+europeenne"),
    (
        (Addressee.STATE,),
        r"(?:services\s+de\s+l')?etat|gouvernement|prefets?|ministeres?|parlement|legislateur",
    ),
    (_LOCAL, r"collectivites?(?:\s+(?:locales?|territoriales?))?"),
    (
        (Addressee.OTHERS,),
        r"bailleurs?(?:\s+sociaux)?|acheteurs?|maitres\s+d'ouvrage|employeurs?|operateurs?|prestataires?|editeurs?"
        r"|commercants|banques?|associations?|universites?|responsables?(?!\s+d['e])|directions?|agences?|usagers|entreprises?",
    ),
)
ACTOR = "(?:" + "|".join(pattern for _, pattern in _NAMES) + r")\b"
"""One who may be asked to act, in folded text."""
ARTICLE = r"les\s|l'|le\s|la\s|chaque\s|toute\s|tous\s+les\s|toutes\s+les\s|une?\s|aucune?\s|ces\s|nos\s|leurs?\s"
ALL = r"les\s|l'|la\s|chaque\s|toute\s|tous\s+les\s|toutes\s+les\s|aucune?\s|nos\s"
TO = r"aux\s|à\s+l'|au\s|à\s+la\s|à\s+tou(?:te)?s\s+les\s|à\s+chaque\s"
"""What stands before one who is told of, before all of a kind, and before one who is addressed."""
_LINK = r"\s*,\s*(?:à\s+commencer\s+par\s+|donc\s+|et\s+)?|\s+(?:et|ou|comme)\s+(?:à\s+)?|\s*,?\s+avec\s+"
_NEXT = rf"(?:[^,.;:()]{{0,25}}?(?:{_LINK})(?:{ARTICLE}|{TO}|d')?\s*{ACTOR})"
_GROUP = rf"{ACTOR}{_NEXT}{{0,4}}"
_VERB = r"\s+(?!de\b|du\b|des\b|d')[a-z]"
_ASKED = tuple(
    map(
        re.compile,
        (
            rf"^(?:et\s+)?(?:{TO})\s*({_GROUP})",
            rf"\b(?:demand|recommand|propos|preconis|sugger|appel)\w*\s+(?:aussi\s+|donc\s+|seulement\s+)?(?:{TO})\s*({_GROUP})",
            rf"\b(?:qu(?:e\s+|'))(?:{ARTICLE})?\s*({_GROUP})",
            rf"^(?:{ARTICLE})?\s*({_GROUP})(?:\s*:|[^,;:]*?{_VERB})",
            rf"[,:;]\s*(?:les\s|l'|la\s|chaque\s)\s*({_GROUP}){_VERB}",
            rf"\b(?:la|les|une|toute) ({_GROUP})(?: qui [^,;.]*)? (?:doit|doivent|devrait|devraient)\b",
        ),
    )
)
_EACH = tuple((who, re.compile(rf"\b(?:{pattern})\b")) for who, pattern in _NAMES)


def named(form: str) -> tuple[Addressee, ...]:
    """Those whom a folded text asks to act, in the order of the list; empty where it asks nobody by name."""
    for pattern in _ASKED:
        found = pattern.findall(form)
        if found:
            return _all(" ".join(found))
    return ()


def _all(group: str) -> tuple[Addressee, ...]:
    found: set[Addressee] = set()
    for who, pattern in _EACH:
        if pattern.search(group):
            found.update(who)
            group = pattern.sub(" ", group)
    return tuple(each for each in Addressee if each in found)
