"""Whether quotations say what was said: word for word, altered, near in meaning, or not found. Nothing is guessed.

A quotation is verbatim only when no word of it differs; what may differ is typography, by the rule that
`kb.quotes.wording` states. Only what the viewer may see is looked at: the rest is not found, like what was never said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb import french
from kb.browse import FullText, span
from kb.domain import Document, Passage, Session, Viewer
from kb.errors import InvalidQuery
from kb.french import NBSP, number
from kb.library import Library
from kb.quotes.cutting import quotations
from kb.quotes.finding import Place, Texts, places
from kb.quotes.judging import Change, Judgement, Part, Piece, judge
from kb.quotes.wording import Kind, quoted_items, unbracketed
from kb.selectors import Selector, select_span
from kb.store import Scope

__all__ = ["LONGEST", "Change", "Checked", "Part", "Piece", "Report", "Source", "Verdict", "check"]

LONGEST = 100_000
"""Characters that are looked at."""
MOST = 60
"""Quotations that are verified at once."""
_OTHERS = 3
_AROUND = 300
_ENCODED = 600
_NEAR_COSINE, _NEAR_SPREAD = 0.81, 3.0
"""From which cosine, and how many standard deviations above chance, a passage is near: docs/quality.md."""


class Verdict(StrEnum):
    """What became of the words of a quotation."""

    VERBATIM = "verbatim"
    ALTERED = "altered"
    PARAPHRASE = "paraphrase"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class Source:
    """Where words stand. passage: from the first to the last of them; speakers: those who say them, in order.

    around: what surrounds them, in which they stand at `marks`.
    """

    passage: Passage
    document: Document
    session: Session | None
    selector: Selector
    speakers: tuple[str, ...]
    around: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A quotation and its verdict. others: further places that have the very same words."""

    quote: str
    verdict: Verdict
    source: Source | None = None
    judgement: Judgement | None = None
    others: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The quotations of a text in order. short: how many were too short to verify; left: how many were too many."""

    checked: tuple[Checked, ...]
    short: int = 0
    left: int = 0


def check(library: Library, text: str, *, viewer: Viewer) -> Report:
    """Verify each quotation of a text; raises InvalidQuery when there is nothing to verify."""
    if len(text) > LONGEST:
        raise InvalidQuery(
            f"Ce texte est trop long{NBSP}: {number(LONGEST)} caractères au plus. Vérifiez-le en plusieurs fois."
        )
    found, short = quotations(text)
    if not found:
        raise InvalidQuery(
            "Il n’y a rien à vérifier : collez une phrase, ou un texte avec ses citations, de trois mots au moins."
        )
    library.refresh()
    texts = Texts(library, Scope(viewer))
    asked = list(dict.fromkeys(found[:MOST]))
    results = {quote: _by_words(texts, quote) for quote in asked}
    absent = [quote for quote, result in results.items() if result.verdict is Verdict.NOT_FOUND]
    results |= _by_meaning(texts, absent)
    return Report(tuple(results[quote] for quote in found[:MOST]), short, len(found[MOST:]))


def _by_words(texts: Texts, quote: str) -> Checked:
    """Verbatim or altered, by the words alone; not found otherwise."""
    shown = " ".join(unbracketed(quote).replace("ʼ", "’").split())  # a letter, to whom cuts words by their letters
    items = quoted_items(shown)
    if not any(item.kind is Kind.WORD for item in items):
        return Checked(quote, Verdict.NOT_FOUND)
    judged = [(judge(shown, items, place), place) for place in places(texts, items, len(shown))[:4]]
    judged.sort(key=lambda pair: (len(pair[0].changes), pair[1].table.least))
    exact = [pair for pair in judged if not pair[0].changes and pair[0].spans]
    if exact:
        sources = [_source(texts, place, judgement) for judgement, place in exact]
        return Checked(quote, Verdict.VERBATIM, sources[0], exact[0][0], tuple(sources[1 : 1 + _OTHERS]))
    altered = next((pair for pair in sorted(judged, key=lambda p: p[1].table.least) if pair[0].is_alike), None)
    if altered is None:
        return Checked(quote, Verdict.NOT_FOUND)
    judgement, place = altered
    return Checked(quote, Verdict.ALTERED, _source(texts, place, judgement), judgement)


def _source(texts: Texts, place: Place, judgement: Judgement) -> Source:
    whole, spans = place.whole, judgement.spans
    said = _said(place, spans)
    speakers = dict.fromkeys(
        segment.speaker
        for segment in whole.segments
        if segment.start < spans[-1][1] and segment.end > spans[0][0]
        if segment.speaker and not segment.is_aside and not segment.is_heading
        if any(segment.start < end and segment.end > start for start, end in said)
    )
    return _made(texts, whole, spans, tuple(filter(None, speakers)))


def _said(place: Place, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The words of spans that were said, one by one."""
    return [
        (word.start, word.end)
        for word, is_free in zip(place.words, place.free, strict=True)
        if not is_free and any(start <= word.start < end for start, end in spans)
    ]


def _made(texts: Texts, whole: FullText, spans: Sequence[tuple[int, int]], speakers: tuple[str, ...]) -> Source:
    start, end = spans[0][0], spans[-1][1]
    while end < len(whole.text) and whole.text[end] in ".!?…":
        end += 1
    first, last = _edges(whole.text, start, end)
    exact = whole.text[start:end]
    selector = select_span(
        whole.document.id, (start, end), exact, whole.text[max(0, start - 100) : start], whole.text[end : end + 100]
    )
    return Source(
        passage=span(whole, start, end),
        document=whole.document,
        session=texts.library.session(whole.document.session),
        selector=selector,
        speakers=speakers,
        around=whole.text[first:last],
        marks=tuple((s - first, e - first) for s, e in spans),
    )


def _edges(text: str, start: int, end: int) -> tuple[int, int]:
    """What surrounds a span: whole sentences of its paragraph, as far as they are near."""
    opening, closing = text.rfind("\n\n", 0, start), text.find("\n\n", end)
    first = max(opening + 2 if opening >= 0 else 0, start - _AROUND)
    last = min(closing if closing >= 0 else len(text), end + _AROUND)
    spans = [(first + one, first + two) for one, two in french.sentences(text[first:last])]
    is_whole = first in (0, opening + 2)
    before = next((one for one, _ in spans[0 if is_whole else 1 :] if one <= start), start)
    after = next((two for _, two in reversed(spans) if end <= two <= last - (last == end + _AROUND)), end)
    return before, after


def _by_meaning(texts: Texts, quotes: Sequence[str]) -> dict[str, Checked]:
    """Of quotations whose words are nowhere, those that say what a passage says."""
    if not quotes:
        return {}
    library = texts.library
    made: dict[str, Checked] = {}
    for quote in quotes:
        vector = library.encoder.encode_query(quote[:_ENCODED])
        nearest = library.store.dense(vector, texts.scope, 1, among=None)
        mean, deviation = library.store.background(vector)
        rows = library.store.fetch([key for key, _ in nearest])
        if not rows or nearest[0][1] < max(_NEAR_COSINE, mean + _NEAR_SPREAD * deviation):
            continue
        passage, document = rows[nearest[0][0]]
        speakers = (passage.speaker,) if passage.speaker else ()
        source = _made(texts, texts.whole(document.id), ((passage.start, passage.end),), speakers)
        made[quote] = Checked(quote, Verdict.PARAPHRASE, source)
    return made
