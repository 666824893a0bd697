"""The only place that knows French. Pure functions over str; offsets are code points of the text given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import Stemmer

NBSP = "\u00a0"
"""Non-breaking space: before « : ; ! ? % » and between the groups of a number."""

_STEMMER = Stemmer.Stemmer("french")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "ß": "ss"})
_TOKEN = re.compile(
    r"(?<![\w.])(?:[^\W\d_]\.){2,}"  # S.P.L.
    r"|(?<!\d)\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?!\d)(?:,\d+)?"  # 12 000 · 37.000 · 1 234,5
    r"|\d+,\d+"
    r"|[^\W_]+"
)

STOP_WORDS = frozenset(
    """a afin ai aie aient aies ait alors apres as au aucun aucune aujourd aura aurai auraient aurais aurait auras
    aurez aurons auront aussi autre autres aux avaient avais avait avant avec avez aviez avions avoir avons ayant
    ayez ayons c car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de
    dedans des deux devrait doit donc dont du elle elles en encore entre es est et etaient etais etait etant ete
    etes etions etre eu eue eues eurent eus eut eux fait faut fois font fumes furent fus fut hui ici il ils j je
    jusqu jusque l la laquelle le lequel les lesquelles lesquels leur leurs lorsqu lorsque lui m ma mais me meme
    memes mes mien moi moins mon n ne ni nos notre nous on ont or ou par parce pas peu peut peuvent plus plutot
    pour pourquoi pourrait puis puisqu puisque qu quand que quel quelle quelles quels quelqu quelque quelques qui
    quoi quoiqu quoique s sa sans se sera serai seraient serais serait seras serez seriez serons seront ses si
    sien soi soient sois soit sommes son sont sous soyez suis sur t ta tandis te tel telle telles tels tes toi ton
    tous tout toute toutes tres trop tu un une va vers voici voila vont vos votre vous vu y""".split()
)

_ABBREVIATIONS = frozenset(
    """m mm mme mmes mlle mlles dr drs pr me art al cf p pp n no nos ex fig chap vol t éd ed env hab réf ref tél
    av apr st ste bd st sté ste max min moy nb ndlr op cit ann sect ch resp dép dep""".split()
)
_END = re.compile(r"[.!?…]+[»”\"’')\]]*(?:\u00a0?»)?")
_OPENS = re.compile(r"[«“\"'(\[–—•-]*[\s\u00a0]*[^\W_]", re.UNICODE)
_BLANKS = re.compile(r"\s+")
_LOOK_BACK = 60  # characters: enough for any abbreviation, and a line of ten million takes no longer for each


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text: its folded form and where it stands, `text[start:end]`."""

    form: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents, ligatures or typographic apostrophes: « L’Œuvre » gives « l'oeuvre »."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def tokens(text: str) -> Iterator[Token]:
    """The words and numbers of an NFC text, in order; elided articles stand apart, « 12 000 » is one number."""
    for match in _TOKEN.finditer(text):
        yield Token(_form(match.group()), match.start(), match.end())


@lru_cache(maxsize=200_000)
def _form(raw: str) -> str:
    if raw[0].isdigit():
        return re.sub(r"[ \u00a0\u202f.]", "", raw)
    return fold(raw).replace(".", "").replace("'", "")


@lru_cache(maxsize=200_000)
def stem(form: str) -> str:
    """The stem of a folded form. The feminine and plural of past participles join first (Snowball expects accents)."""
    plain = re.sub(r"ees?$", "e", form) if len(form) > 4 else form
    return str(_STEMMER.stemWord(plain))


def is_stop_word(form: str) -> bool:
    """Whether a folded form is too common to be searched for."""
    return form in STOP_WORDS


def stems(text: str) -> list[str]:
    """The stems that a text is searched by: no stop words, in order, with repeats."""
    return [stem(t.form) for t in tokens(text) if t.form not in STOP_WORDS]


def forms(text: str) -> list[str]:
    """The folded forms of a text, all of them, in order: what an exact phrase is compared with."""
    return [t.form for t in tokens(text)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences, without surrounding blanks; a line end always ends one.

    « art. 12 », « p. 14 », « M. le maire », « J. Dupont » and decimals do not end a sentence.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in _sentence_ends(line.group(), line.start()):
            spans.append((start, end))
            start = end
        spans.append((start, line.end()))
    return [span for span in (_strip(text, s, e) for s, e in spans) if span[0] < span[1]]


def _sentence_ends(line: str, offset: int) -> Iterator[int]:
    for match in _END.finditer(line):
        if _ends_sentence(line, match):
            yield offset + match.end()


def _ends_sentence(line: str, match: re.Match[str]) -> bool:
    following = _BLANKS.match(line, match.end())
    if not following:
        return False
    opening = _OPENS.match(line, following.end())
    if not opening:
        return False
    first = opening.group()[-1]
    if match.group() in {".", "…", "..."} and first.islower():
        return False
    return match.group() != "." or not _abbreviates(line[max(0, match.start() - _LOOK_BACK) : match.start()])


def _abbreviates(before: str) -> bool:
    word = re.search(r"([^\W\d_]+|\d+)$", before)
    if not word:
        return False
    lead = before[: word.start()].strip(" \u00a0«(-–—•")
    if word.group().isdigit():
        return not lead  # « 3. Les communes… »: a number that opens the line is a label
    return word.group().lower() in _ABBREVIATIONS or (len(word.group()) == 1 and word.group().isupper())


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


_RECOMMENDATION = re.compile(
    r"(?:recommandation|proposition|préconisation|engagement|mesure|orientation)s?[ \u00a0]*(?:n[°ºo][ \u00a0]*)?\d+\b",
    re.IGNORECASE,
)


def opens_recommendation(sentence: str) -> bool:
    """Whether a sentence begins a numbered recommendation: « Recommandation n° 3 : … », « Proposition 7 »."""
    return _RECOMMENDATION.match(sentence) is not None


_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()


def month(word: str) -> int | None:
    """The month, from 1, that a word names, whole or shortened to three letters or more: « avril », « Févr. »."""
    form = fold(word).rstrip(".")
    found = [number for number, name in enumerate(_MONTHS, start=1) if fold(name).startswith(form)]
    return found[0] if len(found) == 1 and len(form) >= 3 else None


def weekday(word: str) -> int | None:
    """The day of the week that a word names, 0 for « lundi »."""
    form = fold(word)
    return _WEEKDAYS.index(form) if form in _WEEKDAYS else None


def long_date(day: date) -> str:
    """« 1er mai 2021 », « 13 avril 2021 »."""
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


def number(value: int | float, decimals: int = 0) -> str:
    """« 1 234,5 », with non-breaking spaces between the groups."""
    return f"{value:,.{decimals}f}".replace(",", NBSP).replace(".", ",")


def count(n: int, singular: str, plural: str | None = None) -> str:
    """« 1 passage », « 0 passage », « 12 000 passages »."""
    return f"{number(n)} {singular if n < 2 else plural or singular + 's'}"


def clock(seconds: float) -> str:
    """« 12:31 », « 1:02:03 »: the way players show times."""
    minutes, s = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{s:02d}" if hours else f"{minutes:02d}:{s:02d}"
