"""The names of OpenDocument's elements and attributes, as lxml gives them."""

from __future__ import annotations

SPACES = {
    **{
        name: f"{{urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0}}"
        for name, uri in (
            ("office", "office"),
            ("style", "style"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("presentation", "presentation"),
            ("fo", "xsl-fo-compatible"),
        )
    },
    "dc": "{http://purl.org/dc/elements/1.1/}",
}


def name_of(short: str) -> str:
    """« text:p » as lxml names it."""
    prefix, _, local = short.partition(":")
    return SPACES[prefix] + local


def names_of(*shorts: str) -> frozenset[str]:
    """Several of them."""
    return frozenset(map(name_of, shorts))
