"""A reader's selection, as its address holds it: passages in order, each with a comment. Sharing one shares the other.

The browser keeps the same on the reader's device (`assets/selection.js`); the server keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import zip_longest
from urllib.parse import urlencode

MOST = 60
"""How many passages a selection may have: with their comments, an address that browsers and servers still take."""
LONGEST_COMMENT = 300
PAGE = "./selection"


@dataclass(frozen=True, slots=True)
class Choice:
    """A passage, by the token of its selector, and what the reader says of it."""

    token: str
    comment: str = ""

    @property
    def key(self) -> str:
        """What is the same for all tokens of one span, whatever they say of its neighbours; it may name a widget."""
        parts = self.token.split("~")
        span = "~".join((*parts[:3], parts[-1]))
        return sha256(span.encode("utf-8", "surrogatepass")).hexdigest()[:12]


Basket = tuple[Choice, ...]


def read(parameters: Mapping[str, Sequence[str]]) -> tuple[Basket, int]:
    """The selection an address holds, each passage once, and how many passages are left out as there are too many."""
    tokens = [token.strip() for token in parameters.get("p", ())]
    said = zip_longest(tokens, list(parameters.get("c", ()))[: len(tokens)], fillvalue="")
    found: dict[str, Choice] = {}
    for token, comment in said:
        if token:
            each = Choice(token, tidy(comment))
            found.setdefault(each.key, each)
    kept = tuple(found.values())
    return kept[:MOST], max(0, len(kept) - MOST)


def write(basket: Basket) -> dict[str, list[str]]:
    """The parameters of the address of a selection."""
    comments = [each.comment for each in basket]
    while comments and not comments[-1]:
        comments.pop()
    written = {"p": [each.token for each in basket], "c": comments}
    return {name: values for name, values in written.items() if values}


def link(basket: Basket) -> str:
    """The address of a selection, relative to any page of the app."""
    parameters = write(basket)
    return f"{PAGE}?{urlencode(parameters, doseq=True, safe='~')}" if parameters else PAGE


def tidy(comment: str) -> str:
    """A comment as it is kept: no longer than it may be, without blanks around."""
    return comment.strip()[:LONGEST_COMMENT].rstrip()


def moved(basket: Basket, key: str, by: int) -> Basket:
    """The selection with one passage so many places further; at an end it stays there."""
    at = next((n for n, each in enumerate(basket) if each.key == key), None)
    if at is None:
        return basket
    others = [*basket[:at], *basket[at + 1 :]]
    others.insert(max(0, min(len(others), at + by)), basket[at])
    return tuple(others)


def without(basket: Basket, key: str) -> Basket:
    """The selection without one passage."""
    return tuple(each for each in basket if each.key != key)


def commented(basket: Basket, key: str, comment: str) -> Basket:
    """The selection with another comment on one passage."""
    return tuple(replace(each, comment=tidy(comment)) if each.key == key else each for each in basket)
