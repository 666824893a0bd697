"""The sentences of a document with what governs each: its heading, what opens its paragraph, its label and number.

Captions of a subtitle follow each other in one sentence; a heading, an aside, another speaker or a line end parts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb import french
from kb.domain import Anchor, Segment
from kb.recommendations.addressees import ACTOR, TO
from kb.recommendations.rules import ITEM, LABEL

SHORTEST = 25
"""Characters under which what stands alone says nothing."""
LONGEST = 1_000
"""And over which it is no sentence, but a text without full stops."""
_ADDRESS = re.compile(rf"^(?:{TO})\s*[^:.]{{0,90}}?[:.]\s*|^{ACTOR}\s*(?:sociaux\s*)?:\s*")
_ADDRESSED = re.compile(rf"(?:{TO})[^,:]{{2,70}}\.?")
_NOTHING = 4
_KEPT = "\ue000"
_BULLET = re.compile(r"^[-•◦▪→*–—o]\s+")
_RANK = re.compile(
    r"^(?:premiere?|deuxieme|troisieme|quatrieme|cinquieme|une?|deux|trois|quatre|cinq"
    r"|six|enfin|ensuite|donc|alors|et)\s*[:,]?\s+(?=nous |il faut|je |aux |à l'|que )"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, `[start, end)` of the text, in folded forms.

    plain: without its label, bullet, or address. whole: with them. heading: the title above it. opening: the sentence
    that opens its paragraph, if it is another. is_addressed: « Aux communes : » stood before it.
    is_first: it opens its paragraph, or follows the label that does.
    """

    start: int
    end: int
    text: str
    plain: str
    whole: str
    heading: str
    opening: str
    is_first: bool
    is_item: bool
    is_addressed: bool
    number: int | None
    anchor: Anchor
    speaker: str | None


def sentences(text: str, segments: Sequence[Segment]) -> Iterator[Sentence]:
    """All that is said or written but titles and asides."""
    for run in _runs(text, segments):
        first = run[0]
        heading = folded(first.anchor.heading or "")
        opening = before = ""
        for start, end in french.sentences(text[first.start : run[-1].end]):
            start, end = first.start + start, first.start + end
            raw = text[start:end]
            whole = folded(raw)
            said = unlabelled(whole)
            plain, is_addressed = _without_address(said)
            if "\n" in text[max(0, start - 2) : start]:
                opening = ""
            is_first = not opening or (opening == before and is_label(opening))
            number = _number(whole, opening, heading)
            anchor = _anchor([each for each in run if each.start < end and each.end > start])
            place = (is_first, said != whole, is_addressed, number, anchor, first.speaker)
            yield Sentence(start, end, raw, plain, whole, heading, opening, *place)
            opening, before = opening or whole, whole


def folded(text: str) -> str:
    """The folded form of a text, but for « à », which is not « a »."""
    return french.fold(text.lower().replace("à", _KEPT)).replace(_KEPT, "à")


def unlabelled(form: str) -> str:
    """What follows « Recommandation n° 3 : » or the bullet of an item."""
    for pattern in (_BULLET, LABEL, ITEM):
        found = pattern.match(form)
        form = form[found.end() :] if found else form
    return form


def _without_address(said: str) -> tuple[str, bool]:
    """What follows « Deuxième, aux communes : », and whether it was addressed so."""
    ranked = _RANK.sub("", said)
    plain = _ADDRESS.sub("", ranked)
    return _RANK.sub("", plain), plain != ranked


def is_label(form: str) -> bool:
    """Whether a sentence is but « Recommandation n° 3 : aux communes. »."""
    said = unlabelled(form)
    return said != form and (len(said) < _NOTHING or _ADDRESSED.fullmatch(said) is not None)


def _anchor(segments: Sequence[Segment]) -> Anchor:
    first, last = segments[0].anchor, segments[-1].anchor
    return replace(first, end_s=last.end_s) if first.start_s is not None else first


def _number(whole: str, opening: str, heading: str) -> int | None:
    for text in (whole, opening, heading):
        found = LABEL.match(text)
        if found:
            return int(found.group(1))
    item = ITEM.match(_BULLET.sub("", whole)) or ITEM.match(opening)
    digits = next((group for group in item.groups() if group), None) if item else None
    return int(digits) if digits else None


def _runs(text: str, segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments that one speaker says in one line of the text."""
    runs: list[list[Segment]] = []
    for segment in segments:
        if segment.is_heading or segment.is_aside:
            continue
        last = runs[-1][-1] if runs else None
        gap = text[last.end : segment.start] if last else "\n"
        if last and not gap.strip() and "\n" not in gap and last.speaker == segment.speaker:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return runs
