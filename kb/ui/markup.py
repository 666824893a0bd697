"""Text to HTML, always escaped: what a document says is shown, never interpreted.

Everything here gives a string for `st.html`, which sanitises it once more in the browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

Span = tuple[int, int]

_BREAK = re.compile(r"\s*\n\s*")
_MARKDOWN = re.compile(r"[\\`*_~\[\]<>#$&|]")
_STREAMLIT = re.compile(r":(?=\S)|(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_JOINER = "\u2060"
"""Not seen and not breaking: what stands on its two sides is no more one sign."""
_ISOLATES = re.compile("[\u2066-\u2068]")
_OVERRIDES = re.compile("[\u202a\u202b\u202d\u202e]")


def esc(text: object) -> str:
    """Text as it is, in an element or in a quoted attribute."""
    return html.escape(str(text), quote=True)


def aside(text: str) -> str:
    """A name or title inside a line, whose writing direction does not leak out of it."""
    return f"<bdi>{esc(closed(text))}</bdi>"


def closed(text: str) -> str:
    """Text with the marks of direction that it leaves open closed: an element does not close them."""
    return text + "\u2069" * len(_ISOLATES.findall(text)) + "\u202c" * len(_OVERRIDES.findall(text))


def label(text: str) -> str:
    """Text as the label of a widget, where Streamlit reads Markdown, signs of its own and short names of emoji."""
    apart = _STREAMLIT.sub(lambda found: found[0][0] + _JOINER + found[0][1:], closed(text))
    return _MARKDOWN.sub(r"\\\g<0>", apart)


def joined(parts: Iterable[str]) -> str:
    """HTML parts, those that are not empty, with a middle dot between them."""
    return '<span class="dot"> · </span>'.join(part for part in parts if part)


def prose(text: str) -> str:
    """Text with its line ends kept as small gaps."""
    return _BREAK.sub('<span class="gap"></span>', esc(text))


def marked(text: str, spans: Sequence[Span], best: Span | None) -> str:
    """A passage with its matched words marked, and the sentence that says most set off.

    spans are in order and do not overlap; spans and best are offsets in the text.
    """
    pieces = []
    cuts = sorted({0, len(text), *(best or ()), *(offset for span in spans for offset in span)})
    for start, end in pairwise(cuts):
        piece = prose(text[start:end])
        if any(s <= start and end <= e for s, e in spans):
            piece = f"<mark>{piece}</mark>"
        opens = '<span class="best">' if best and start == best[0] else ""
        closes = "</span>" if best and end == best[1] else ""
        pieces.append(opens + piece + closes)
    return "".join(pieces)


def notice(title: str, *lines: str, level: int = 2) -> str:
    """A short message in a frame: a title of this level, then paragraphs, all plain text."""
    body = "".join(f"<p>{esc(line)}</p>" for line in lines)
    return f'<section class="notice" role="status"><h{level}>{esc(title)}</h{level}>{body}</section>'
