"""Cards on one line: « Jean Exemple Directeur adjoint » above what he says, where the layout of lines was lost.

Such a line also stands in lists of members and under signatures. It is a card only in a document that is speech: two
persons at least have one, the first stands at the top, and under each somebody says « je ».
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kb.readers.blocks import Block, Naming
from kb.readers.cleaning import clean
from kb.readers.names import is_full_name, is_person

_NOT_A_CARD = re.compile(r"[.!?…:;«»\d]")
_LONGEST = 160
_FIRST_WITHIN = 3
_I = re.compile(r"\b(?:je|j[’'])\W?\w", re.IGNORECASE)


def with_cards(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks, where lines that name who speaks next are known as cards."""
    listed = list(blocks)
    names = {place: name for place, block in enumerate(listed) if (name := _name(block))}
    return _marked(listed, names) if _is_speech(listed, names) else listed


def _marked(blocks: list[Block], names: dict[int, str]) -> list[Block]:
    return [
        replace(block, naming=Naming.CARD, lead=names[place]) if place in names else block
        for place, block in enumerate(blocks)
    ]


def _name(block: Block) -> str | None:
    """The full name that opens a line and is followed by a role."""
    text = clean(block.text)
    if block.is_heading or block.naming is not Naming.NO or len(text) > _LONGEST or _NOT_A_CARD.search(text):
        return None
    words = text.split()
    for length in range(2, min(5, len(words))):
        head, role = " ".join(words[:length]), words[length]
        if is_full_name(head) and not is_full_name(role) and is_person(role) and not is_person(words[length - 1]):
            return head
    return None


def _is_speech(blocks: list[Block], names: dict[int, str]) -> bool:
    if len(set(names.values())) < 2:
        return False
    places = sorted(names)
    before = sum(1 for block in blocks[: places[0]] if not block.is_heading)
    return before < _FIRST_WITHIN and all(
        any(_I.search(block.text) for block in blocks[start + 1 : end])
        for start, end in zip(places, [*places[1:], len(blocks)], strict=True)
    )
