"""A read document as JSON and back.

What comes back is checked, for it comes from a process that read a hostile file.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, fields
from typing import Any

from kb.domain import Anchor, ReadDocument, Segment

_MOST_ITEMS = 4_000_000
"""A list or an object each: what the process that asked can hold, whatever the other one answers."""

_ANCHOR = {field.name: (float, int) if field.name.endswith("_s") else int for field in fields(Anchor)} | {
    "heading": str
}


def to_json(document: ReadDocument) -> str:
    """The document as one line of ASCII."""
    return json.dumps(
        {
            "text": document.text,
            "title": document.title,
            "warnings": document.warnings,
            "segments": [_packed(segment) for segment in document.segments],
            "pages": document.pages,
            "image_pages": document.image_pages,
        },
        separators=(",", ":"),
    )


def from_json(data: str) -> ReadDocument:
    """The document of that line. Raise ValueError if it is not what `to_json` makes."""
    if data.count("[") + data.count("{") > _MOST_ITEMS:
        raise ValueError("more parts than a document has")
    try:
        raw = json.loads(data)
        text = _typed(raw["text"], str)
        text.encode("utf-8")
        segments = tuple(_unpacked(item, len(text)) for item in _typed(raw["segments"], list))
        title = None if raw["title"] is None else _typed(raw["title"], str)
        warnings = tuple(_typed(warning, str) for warning in _typed(raw["warnings"], list))
        pages = None if raw["pages"] is None else _typed(raw["pages"], int)
        image_pages = tuple(_typed(page, int) for page in _typed(raw["image_pages"], list))
    except (KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError("not a read document") from error
    if any(before.end > after.start for before, after in itertools.pairwise(segments)):
        raise ValueError("segments overlap")
    return ReadDocument(text, segments, title, warnings, pages, image_pages)


def _packed(segment: Segment) -> list[Any]:
    anchor = {name: value for name, value in asdict(segment.anchor).items() if value is not None}
    return [segment.start, segment.end, anchor, segment.speaker, segment.is_heading, segment.is_aside]


def _unpacked(item: list[Any], length: int) -> Segment:
    start, end, anchor, speaker, is_heading, is_aside = _typed(item, list)
    if not 0 <= _typed(start, int) < _typed(end, int) <= length:
        raise ValueError("a segment is out of the text")
    for name, value in _typed(anchor, dict).items():
        _typed(value, _ANCHOR[name])
    if speaker is not None:
        _typed(speaker, str)
    return Segment(start, end, Anchor(**anchor), speaker, _typed(is_heading, bool), _typed(is_aside, bool))


def _typed(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"a {type(value).__name__} where something else belongs")
    return value
