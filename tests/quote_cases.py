"""Quotations made from a memory, with what the checker must say of each: the same for a seed.

Verbatim with typographic noise, altered by one to three words, said otherwise, and never said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb import french
from kb.domain import STAFF
from kb.library import Library
from kb.quotes import Verdict
from kb.quotes.wording import NEGATIONS
from kb.store import Scope

_WORD = re.compile(r"[^\W_]+")
_LEAST, _MOST = 8, 40


@dataclass(frozen=True, slots=True)
class Case:
    """A quotation, how it was made, and the verdict that is right."""

    quote: str
    made: str
    right: Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """What a memory says: sentences, and every document as the words that it has."""

    sentences: Sequence[str]
    pairs: Sequence[str]
    wholes: Sequence[str]

    def has(self, sentence: str) -> bool:
        """Whether a document has these words in this order."""
        words = f" {' '.join(french.forms(sentence))} "
        return any(words in whole for whole in self.wholes)


def said(library: Library) -> Said:
    """The sentences of eight to forty words of a memory in French, and neighbours in one turn."""
    sentences: list[str] = []
    pairs: list[str] = []
    wholes: list[str] = []
    for document in library.store.documents(Scope(STAFF)):
        text, segments = library.store.text(document.id, STAFF)
        wholes.append(f" {' '.join(french.forms(text))} ")
        for segment in segments if document.language == "fr" and document.twin_of is None else ():
            if segment.is_heading or segment.is_aside:
                continue
            words = text[segment.start : segment.end]
            spans = french.sentences(words)
            kept = [words[start:end] for start, end in spans if _fits(words[start:end])]
            sentences += kept
            pairs += [
                words[one[0] : two[1]]
                for one, two in pairwise(spans)
                if _fits(words[slice(*one)]) and _fits(words[slice(*two)])
            ]
    return Said(list(dict.fromkeys(sentences)), list(dict.fromkeys(pairs)), wholes)


def _fits(sentence: str) -> bool:
    least, most = len(sentence.split(" ")), len(_WORD.findall(sentence))
    return least >= _LEAST and most <= _MOST and not set(sentence) & set('[]…«»“”"') and "..." not in sentence


def _elsewhere(sentence: str, seed: random.Random) -> str:
    """The same words in another typography."""
    noises: tuple[Callable[[str], str], ...] = (
        lambda text: text.replace("’", "'"),
        lambda text: text.replace("'", "’"),
        lambda text: text.replace("\u00a0", " ").replace("\u202f", " "),
        lambda text: text.replace("-", seed.choice("‑‐")),
        lambda text: text.replace("œ", "oe").replace("fi", "ﬁ").replace("fl", "ﬂ"),
        lambda text: text[0].swapcase() + text[1:],
        lambda text: re.sub(r" ", lambda _: seed.choice(("\n", " ", " ", "  ")), text),
        lambda text: text.upper() if seed.random() < 0.3 else text.lower(),
        lambda text: text.rstrip(" .!"),
        lambda text: text.replace(", ", " ", 1),
        lambda text: f"[{text[0]}]{text[1:]}" if text[0].isalpha() and text[1].isalpha() else text,
    )
    for noise in seed.sample(noises, seed.randint(1, 4)):
        sentence = noise(sentence)
    return sentence


def _unaccented(sentence: str, _: random.Random) -> str:
    return "".join(french.fold(c) if c.islower() else c for c in sentence)


def _cut(sentence: str, seed: random.Random) -> str:
    """Without a few words in its middle, which are said to be left out; never a negation."""
    words = sentence.split(" ")
    at, size = seed.randint(2, max(2, len(words) - 5)), seed.randint(1, 3)
    if len(words) < 7 or NEGATIONS & set(french.forms(" ".join(words[at : at + size]))) or "-" in words:
        return sentence
    return " ".join((*words[:at], seed.choice(("[…]", "…", "(...)", "[...]")), *words[at + size :]))


def _bracketed(sentence: str, seed: random.Random) -> str:
    words = sentence.split(" ")
    words.insert(seed.randint(1, len(words) - 1), seed.choice(("[le maire]", "[sic]", "[de la commune]")))
    return " ".join(words)


def _broken(sentence: str, seed: random.Random) -> str:
    """A long word cut at the end of a line."""
    long = list(re.finditer(r"[^\W\d_]{8,}", sentence))
    if not long:
        return sentence
    found = seed.choice(long)
    at = found.start() + 4
    return f"{sentence[:at]}-\n{sentence[at:]}"


def verbatim(held: Said, count: int, seed: random.Random) -> Iterator[Case]:
    """Words that were said, written otherwise."""
    makers = {"typographie": _elsewhere, "sans accents": _unaccented, "coupe": _cut, "crochets": _bracketed}
    makers["mot coupé"] = _broken
    for number in range(count):
        name = list(makers)[number % len(makers)] if number % 3 else "typographie"
        source = seed.choice(held.pairs if number % 4 == 0 and held.pairs else held.sentences)
        yield Case(f"« {makers[name](source, seed)} »", name, Verdict.VERBATIM)


def altered(held: Said, count: int, seed: random.Random) -> Iterator[Case]:
    """Words that were said, but for one to three of them."""
    vocabulary = sorted({word.lower() for sentence in held.sentences for word in _WORD.findall(sentence)})
    makers: dict[str, Callable[[list[str], int], list[str]]] = {
        "substitution": lambda words, at: [*words[:at], seed.choice(vocabulary), *words[at + 1 :]],
        "suppression": lambda words, at: [*words[:at], *words[at + 1 :]],
        "ajout": lambda words, at: [*words[:at], seed.choice(vocabulary), *words[at:]],
        "inversion": lambda words, at: [*words[: at - 1], words[at], words[at - 1], *words[at + 1 :]],
        "négation": _without_negation,
        "nombre": lambda words, at: [_other_number(word) for word in words],
        "petit mot": lambda words, at: [*words[:at], seed.choice(("ne", "pas", "très", "non", "du")), *words[at:]],
    }
    made = 0
    while made < count:
        sentence, name = seed.choice(held.sentences), list(makers)[made % len(makers)]
        words = sentence.split(" ")
        for _ in range(seed.choice((1, 1, 2, 3)) if name not in ("négation", "nombre") else 1):
            words = makers[name](words, seed.randint(1, len(words) - 2))
        changed = " ".join(words)
        if held.has(changed):
            continue  # nothing changed, or that was said too
        made += 1
        yield Case(f"« {changed} »", name, Verdict.ALTERED)


def _without_negation(words: list[str], _: int) -> list[str]:
    """« n’est pas » becomes « est »; « ne » or « pas » alone is taken out where only that is there."""
    plain = " ".join(words)
    return re.sub(r"\bn[’']|\bne | pas\b| jamais\b| plus\b", "", plain, count=1).split(" ")


def _other_number(word: str) -> str:
    return re.sub(r"\d", lambda found: str((int(found.group()) + 1) % 10 or 1), word, count=1)


PARAPHRASED = (
    "Un patrimoine que l’on fige sous une cloche n’est pas préservé, il est momifié.",
    "Sur 57 dérogations demandées en quatre années, dix-neuf seulement ont été acceptées.",
    "Quiconque suit sa production solaire sur son mobile finit par modifier ses habitudes de consommation.",
    "Rapporté à trois cents journées, le trajet revient à un peu plus de deux euros.",
    "Cela ne résout pas ma principale difficulté, à savoir obtenir un prêt bancaire.",
    "Les propriétaires voient surtout dans ce logement une source de tracas plutôt qu’un placement.",
    "En octobre, cette dame remplace sa chaudière par un modèle de 24 kW, tant son logement est mal isolé.",
    "Dans ma mairie, les gens pourront toujours déposer un dossier papier, puisqu’ils y ont droit.",
    "La moitié des profits tirés du gaz revient aux abonnés, soit six centimes de moins le mètre cube.",
    "Départements et régions devraient relier d’abord leurs collèges et leurs lycées.",
    "Le portail régional déconnecte l’usager au bout de dix minutes.",
    "Les études montrent bien d’abord une baisse, puis une remontée.",
    "Faites deux sauvegardes sur disque, n’en branchez qu’une à la fois et gardez l’autre dans un autre lieu.",
    "Merci d’être venus malgré la tempête qui s’achève pour lancer cette seconde saison.",
    "À l’arrivée des premiers cars, un quart des maisons tombait en ruine.",
    "Dans le centre ancien, on me propose un local de 90 m² sur trois étages encombré d’un pilier.",
    "J’ai mis en place une authentification à deux facteurs sur la boîte du maire et de la comptable.",
    "Il nous a fallu quarante-sept jours et 316 000 euros pour retrouver un fonctionnement normal.",
    "Passé 50 %, la TVA est ramenée à 5,5 % sur l’ensemble de la facture.",
    "La commune perd 95 000 euros de recettes par an, et les habitants n’ont retenu que cela.",
    "La chaleur pèse presque la moitié des consommations d’énergie du pays, et pourtant on ne parle que d’électricité.",
    "Il a été décidé que 60 % des logements rénovés à loyer conventionné reviendraient à l’intercommunalité.",
    "Si elle avait été accompagnée trois ans plus tôt, elle n’en serait pas arrivée là.",
    "Notre réseau de onze kilomètres est délégué jusqu’en 2024, et sa chaufferie au bois le porte à 58 %.",
    "L’internat du lycée accueillera des voyageurs en juillet grâce à une convention.",
)
FOREIGN = (
    "Le chevalier traversa la forêt avant l’aube et attacha son cheval à la porte de l’abbaye.",
    "La photosynthèse transforme la lumière du soleil en énergie chimique dans les chloroplastes.",
    "Il prit le train de Bordeaux et relut dans le compartiment les lettres de sa sœur.",
    "Le quatuor à cordes fut joué pour la première fois à Vienne devant un public clairsemé.",
    "Ajoutez les blancs montés en neige, puis laissez reposer la pâte une heure au frais.",
    "Les manchots empereurs couvent leur œuf sur leurs pattes pendant tout l’hiver austral.",
    "Le gardien a repoussé le penalty à la dernière minute et les supporters ont envahi la pelouse.",
    "Cette comète ne reviendra pas dans notre ciel avant plusieurs milliers d’années.",
    "Le théorème se démontre par récurrence sur le degré du polynôme.",
    "Elle posa sa valise sur le quai et regarda partir le bateau sans dire un mot.",
    "L’empereur fit bâtir une muraille pour arrêter les cavaliers venus du nord.",
    "Le médecin lui conseilla de marcher chaque jour et de dormir davantage.",
    "La peinture à l’huile permet des glacis transparents que la détrempe interdit.",
    "Nos vignes ont souffert du gel et la vendange sera courte cette année.",
    "Le dragon gardait au fond de la grotte un trésor que personne n’avait vu.",
    "Les plaques tectoniques glissent les unes sous les autres le long des fosses océaniques.",
    "Il faut accorder le participe passé avec le complément placé avant le verbe.",
    "Le violoniste changea de corde pendant l’entracte et reprit le concerto.",
    "La sonde a photographié les anneaux de Saturne avant de plonger dans son atmosphère.",
    "Mon grand-père réparait les horloges du village et ne voulait jamais être payé.",
    "Le capitaine ordonna de réduire la voilure avant que le grain n’atteigne le navire.",
    "Les abeilles communiquent par une danse la direction des fleurs qu’elles ont trouvées.",
)


def paraphrased() -> Iterator[Case]:
    """What was said in the demonstration corpus, in other words."""
    yield from (Case(f"« {quote} »", "paraphrase", Verdict.PARAPHRASE) for quote in PARAPHRASED)


def foreign(quotes: Sequence[str] = FOREIGN) -> Iterator[Case]:
    """What nobody said in the memory."""
    yield from (Case(f"« {quote} »", "étrangère", Verdict.NOT_FOUND) for quote in quotes)
