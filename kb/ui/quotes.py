"""A passage in a few lines, where there are several to read at a glance: whole sentences around the one that says most.

What is cut is shown as cut; the whole passage is one link away.
"""

from __future__ import annotations

from kb import french, labels
from kb.domain import Hit
from kb.ui.cards import demo_tag
from kb.ui.links import passage_link
from kb.ui.markup import Span, aside, esc, marked

_LONGEST = 320
"""Characters of a quote: three or four lines."""
_CELLS = 2
"""From so many bars, a line is a row of a table."""
_ENDS = ".?!…"
"""What few headings have, and a sentence does; the words of a speaker are no heading."""


def quote(hit: Hit) -> str:
    """Who speaks, the words, and a link to the passage in its document."""
    passage, document = hit.passage, hit.document
    best = hit.why.best_sentence
    start, end = excerpt(passage.text, best)
    kept = (max(start, best[0]) - start, min(end, best[1]) - start) if best and best != (start, end) else None
    opening, closing = "… " if start else "", " …" if end < len(passage.text.rstrip()) else ""
    words = f"{opening}{marked(passage.text[start:end], (), kept)}{closing}"
    who = passage.speaker or document.title
    place = f'<a href="{esc(passage_link(passage))}">{esc(labels.place(passage, document))}</a>'
    return (
        f'<figure class="quote"><figcaption><cite class="who">{aside(who)}</cite>{demo_tag(document)} '
        f'<span class="where">{place}</span></figcaption>'
        f"<blockquote><p>{words}</p></blockquote></figure>"
    )


def is_prose(hit: Hit) -> bool:
    """Whether the quote of a hit says something: a row of a table or a heading does not."""
    text = hit.passage.text
    start, end = excerpt(text, hit.why.best_sentence)
    said = text[start:end]
    is_sentence = bool(hit.passage.speaker) or len(said) > _LONGEST // 2 or any(mark in said for mark in _ENDS)
    return said.count("|") < _CELLS and is_sentence


def excerpt(text: str, best: Span | None) -> Span:
    """Where the quote of a passage stands in its text: the best sentence, or the first, with what fits of its line.

    A sentence that is too long by itself is cut between two words.
    """
    sentences = french.sentences(text)
    if not sentences:
        return 0, len(text)
    start, end = best or sentences[0]
    line = text.rfind("\n", 0, start), text.find("\n", end) % (len(text) + 1)
    after = [stop for _, stop in sentences if end < stop <= line[1]]
    before = [begin for begin, _ in sentences if line[0] < begin < start]
    while after and after[0] - start <= _LONGEST:
        end = after.pop(0)
    while before and end - before[-1] <= _LONGEST:
        start = before.pop()
    if end - start <= 2 * _LONGEST:
        return start, end
    space = text.rfind(" ", start, start + _LONGEST)
    return start, space if space > start else start + _LONGEST
