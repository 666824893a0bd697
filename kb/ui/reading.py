"""A document's text as HTML, with one passage marked in it: turns, times, pages and slides where they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb import labels
from kb.browse import FullText
from kb.domain import Anchor, Passage, Segment
from kb.ui.markup import aside, esc, prose

LONGEST = 250_000
"""Characters shown on one page; of a longer document, what surrounds the passage."""


@dataclass
class _Turn:
    """Segments shown together: one speaker, one place. `lead`: the speaker's name, shown before the words."""

    lead: str = ""
    place: str = ""
    is_heading: bool = False
    segments: list[Segment] = field(default_factory=list)


def text(found: FullText, passage: Passage) -> str:
    """The text around a passage, the whole of it when it is not too long; the passage is `<mark id="passage">`."""
    shown, is_whole = _window(found.segments, passage)
    body = "".join(_turn(turn, found.text, passage) for turn in _turns(shown))
    body = body.replace('<mark class="passage">', '<mark class="passage" id="passage">', 1)
    note = (
        "" if is_whole else '<p class="caution">Ce document est long : seul ce qui entoure le passage est montré.</p>'
    )
    return f'{note}<article class="reading">{body}</article>'


def _window(segments: Sequence[Segment], passage: Passage) -> tuple[Sequence[Segment], bool]:
    first, last = passage.start - LONGEST // 2, passage.end + LONGEST // 2
    shown = [s for s in segments if s.end > first and s.start < last]
    return shown, len(shown) == len(segments)


def _turns(segments: Sequence[Segment]) -> Iterator[_Turn]:
    """Segments gathered: cues of one speaker make one paragraph, other segments one each."""
    turn = _Turn()
    speaker, place = None, ""
    for segment in segments:
        here = _place(segment.anchor)
        spoken = segment.anchor.start_s is not None
        goes_on = spoken and segment.speaker == speaker and bool(turn.segments) and not turn.is_heading
        if not goes_on:
            if turn.segments:
                yield turn
            is_new = segment.speaker != speaker or turn.is_heading
            turn = _Turn(segment.speaker or "" if is_new else "", here if here != place else "", segment.is_heading)
        turn.segments.append(segment)
        speaker, place = segment.speaker, here
    if turn.segments:
        yield turn


def _place(anchor: Anchor) -> str:
    """The time, slide or page of a segment; paragraphs and lines are not worth a marker each."""
    return labels.anchor(Anchor(page=anchor.page, slide=anchor.slide, start_s=anchor.start_s))


def _turn(turn: _Turn, whole: str, passage: Passage) -> str:
    words = " ".join(_words(segment, whole, passage) for segment in turn.segments)
    words = words.replace('</mark> <mark class="passage">', " ")  # one mark, without seams between subtitles
    place = f'<span class="place">{esc(turn.place)}</span>' if turn.place else ""
    if turn.is_heading:
        return f"{place}<h2>{words}</h2>"
    lead = f'<span class="who">{aside(turn.lead)}</span>' if turn.lead else ""
    head = f'<p class="turn">{lead}{place}</p>' if lead else place
    return f"{head}<p>{words}</p>"


def _words(segment: Segment, whole: str, passage: Passage) -> str:
    """A segment's text, the part of it that is in the passage marked."""
    start, end = max(segment.start, passage.start), min(segment.end, passage.end)
    if start >= end:
        return prose(whole[segment.start : segment.end])
    return (
        prose(whole[segment.start : start])
        + f'<mark class="passage">{prose(whole[start:end])}</mark>'
        + prose(whole[end : segment.end])
    )
