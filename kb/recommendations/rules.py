"""The words and places that tell a recommendation from the rest: one table, read by a person.

Patterns are of folded text (lower case, no accents but « à », « l'Œuvre » is « l'oeuvre »). What each sign weighs is in
`weights.py`; `benchmarks/recommendations.py` fits it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kb.recommendations.addressees import ACTOR, ALL, TO


class Where(StrEnum):
    """What a rule looks at: a sentence without its label, the heading above it, or what opens its paragraph."""

    SENTENCE = "sentence"
    HEADING = "heading"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Rule:
    """A sign, by name. is_candidate: whether it is enough for a sentence to be looked at."""

    name: str
    where: Where
    pattern: re.Pattern[str]
    is_candidate: bool = False


def _rule(name: str, where: Where, pattern: str, *, candidate: bool = False) -> Rule:
    return Rule(name, where, re.compile(pattern), candidate)


_US = r"(?:nous|je|on)\s+(?:vous\s+|leur\s+|lui\s+)?(?:donc\s+|ne\s+)?"
_INFINITIVE = (
    r"(?!(?:premier|dernier|hier|pour|leur|par|sur|entre|notre|votre|autre|quatre|dossier|loyer|foyer|papier|centre|titre)\b)"
    r"[a-z]{2,}(?:-[a-z]+)?(?:er|ir|dre|tre|ire|ure|oir|aire)\b"
)
_AUTHORS = r"(?:l'atelier|le groupe de travail|cette note|la (?:presente )?note|la seance|ce rapport)"
_S, _H, _O = Where.SENTENCE, Where.HEADING, Where.OPENING

LABEL = re.compile(r"^(?:recommandation|preconisation|proposition|mesure)\s*(?:n\s*[°oº.]*\s*)?(\d{1,3})\b[\s.:,–—-]*")
"""« Recommandation n° 3 : »."""
ITEM = re.compile(r"^(?:(\d{1,2})\s*[.)]\s+|n\s*°\s*(\d{1,2})\s*[,:]\s*)")
"""What opens an item of a list."""

RULES: tuple[Rule, ...] = (
    # Où cela se trouve.
    _rule(
        "sous_recommandations",
        _H,
        r"^(?:\d[\d.]*\s+)?(?:nos |les |quelques |questions et )?(?:recommandation|preconisation)|\brecommande$",
        candidate=True,
    ),
    _rule(
        "sous_propositions",
        _H,
        r"\b(?:propositions?|ce que nous (?:demandons|proposons)|(?:deux|trois|quatre|cinq|nos) demandes"
        r"|conditions pour|gestes|elus presses|s'est mis d'accord|demande au prestataire|que faire"
        r"|on fait soi-meme)\b|^à retenir$",
        candidate=True,
    ),
    _rule("sous_desaccords", _H, r"\b(?:desaccords?|pas d'accord|debat|discute|constats?|divergen\w+|ne savons pas)\b"),
    _rule("ouvre_numerote", _O, LABEL.pattern, candidate=True),
    _rule("ouvre_a_qui", _O, rf"^(?:\d+\s*[.)]\s*)?(?:{TO})\s*{ACTOR}", candidate=True),
    _rule("titre_a_faire", _H, r"^(?:\d[\d.]*\s+)?(?:mieux\s|(?:engagement|action|axe|objectif|levier)\s*(?:n\W|\d))"),
    # Comment cela commence.
    _rule("infinitif", _S, rf"^(?:ne\s+pas\s+|n'|ne\s+|s'|se\s+|et\s+)?{_INFINITIVE}", candidate=True),
    _rule(
        "imperatif",
        _S,
        r"^(?:ne\s+|n'|d'abord\s+)?(?!chez|assez|avez|pensez|allez|excusez|voyez)"
        r"(?:[a-z']+ez|dites|faites|soyez)\b(?!-vous)(?!.*s'il vous)",
        candidate=True,
    ),
    _rule(
        "invite_a_lire",
        _S,
        r"^(?:abonnez|consultez|participez|contribuez|suivez|telechargez|retrouvez|decouvrez|inscrivez|rejoignez|prenez"
        r"|coupez|voir|consulter|visionner|solliciter)\b",
    ),
    _rule("que_subjonctif", _S, r"^(?:et\s+)?qu(?:e\s+|')", candidate=True),
    _rule(
        "acteur_sujet",
        _S,
        rf"^(?:{ALL})\s*{ACTOR}(?![^,;:]{{0,50}}(?<!qui )\b(?:sont|est|ont|a|avaient|avait|aurait|auraient)\b)",
        candidate=True,
    ),
    # Ce qui recommande en toutes lettres.
    _rule("recommandons", _S, rf"\b{_US}(?:recommand|preconis|sugger|plaid)\w*", candidate=True),
    _rule("demandons", _S, r"\b(?:nous (?:leur |lui )?demandons|je (?:leur |lui )?demande)\b", candidate=True),
    _rule(
        "proposons",
        _S,
        r"\b(?:nous proposons|je propose|appelons)\s*[^,;:.]{0,30}?\s(?:de |d'|que |qu'|à )",
        candidate=True,
    ),
    _rule("demande_a_qui", _S, rf"\b(?:demand|recommand|propos)\w+\s+(?:donc\s+)?(?:{TO})\s*{ACTOR}", candidate=True),
    _rule(
        "auteurs_demandent",
        _S,
        rf"{_AUTHORS}[^.]{{0,120}}\b(?:demande|plaide|propose|recommande|preconise)\s+(?:qu|de |d'|pour |à )",
        candidate=True,
    ),
    _rule("souhaite_que", _S, rf"\b{_US}(?:souhait|voudr|voulons|attend)\w* qu", candidate=True),
    _rule(
        "il_est_recommande",
        _S,
        r"\b(?:il (?:n')?est (?:pas )?(?:recommande|souhaitable|preferable|urgent|essentiel|indispensable)"
        r"|il convient|mieux vaut|importance de)\b",
        candidate=True,
    ),
    _rule(
        "il_faut_que",
        _S,
        r"\bil (?:faut|faudrait|faudra)(?: aussi| donc)? qu(?!e? ?(?:j'|je |ce |cela |ca |nous )|'on )",
        candidate=True,
    ),
    _rule(
        "il_faut_faire",
        _S,
        rf"\b(?:faut|faudrait|faudra)\s+(?:donc |aussi |surtout |d'abord |ne pas )?{_INFINITIVE}",
        candidate=True,
    ),
    _rule("il_faut", _S, r"\b(?:faut|faudrait|faudra)\b(?! que| qu')", candidate=True),
    _rule("devrait", _S, r"\bdevr(?:ait|aient|ont|a)\b|\bgagnerai(?:en)?t à\b", candidate=True),
    _rule("doit", _S, r"\b(?:doit|doivent)\b", candidate=True),
    _rule("acteur_doit", _S, rf"{ACTOR}[^.;:]{{0,40}}\b(?:doit|doivent|devrai(?:en)?t)\b"),
    _rule("nous_devons", _S, r"\b(?:nous|on) (?:nous )?(?:devons|doit)\b", candidate=True),
    _rule("nul_ne", _S, r"\b(?:nul ne|aucun\w* [a-z' ]{2,40} ne|pas de [a-z]+ sans)\b", candidate=True),
    _rule("passif", _S, r"\b(?:est|sont|soit|soient) (?:pas |jamais )?[a-z]{3,}(?<!bl)(?<!qu)(?<!air)(?:e|es|i|is)\b"),
    _rule("elles_agissent", _S, r"^(?:elles?|ils?)\s(?!n?'?(?:est|sont|a|ont|etai|avai|permet|peu))"),
    # Ce qui décrit, raconte, demande ou rapporte.
    _rule("question", _S, r"\?"),
    _rule(
        "passe",
        _S,
        r"\b(?:a|ont|avons|avait|avaient|ai|etait|etaient)\s+(?:pas\s+|aussi\s+|deja\s+|ete\s+)?[a-z]{2,}(?:e|es|i|is|it|u|us)\b",
    ),
    _rule(
        "rapporte",
        _S,
        r"\b(?:le|la|l'|un|une|elle|il|les participants)\s*[^.,;:]{0,60}(?<!est )(?<!pas )\b(?:souhaite"
        r"|reclame|propose|prefere|demande|juge"
        r"|estime|rappelle|defend|refuse|voudrait|recommande|plaide|veut|craint)\b",
    ),
    _rule("minoritaire", _S, r"^(?:position minoritaire|avis contraire|reserve)\b"),
    _rule(
        "loi",
        _S,
        r"\b(?:loi|decret|ordonnance|directive|rgpd|reglement)\b"
        r".{0,80}\b(?:demande|impose|prevoit|fixe|oblige|doivent|doit)\b|\bdoivent acheter\b",
    ),
    _rule("tableau", _S, r"\|"),
    _rule("nombre_en_tete", _S, r"^[\d\s,.]+(?:%|€|euros|euro|m€|gwh|kwh)"),
    _rule(
        "nous_faisons", _S, r"\b(?:nous|j'|je|on)\s?(?:avons|ai|a|sommes|suis|rappelons|constatons|allons|souhaite)\b"
    ),
    _rule(
        "salle",
        _S,
        r"\b(?:s'il vous plait|merci|la parole|vos (?:questions|micros)|monsieur"
        r"|madame|mesdames|chers? collegues?|amendements?|bienvenue|seance)\b",
    ),
    _rule("parce_que", _S, r"\b(?:parce qu|car|c'est|cela|peut|permet\w*|souvent|deja)\b"),
    _rule("adresse_web", _S, r"https?:|www\.|\bhttp"),
    _rule("etiquette", _S, rf"^(?:(?:et\s+)?(?:{TO})\s*[^,:]{{2,60}})?\.?$"),
)
