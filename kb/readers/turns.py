"""Who speaks: the one place that decides it, for every format. Pure functions.

A label is what names the speaker: « Name : », « Name. – » or « M. Name. » before the words, an emphasised
« **Name.** », a paragraph in a style made for names, a name alone on its line or with the time, a card (name, role and
organisation on lines of one paragraph). It stays in the text and out of the segment.

The rule. Only the whole document can tell a label from « Objectif : » or « Coût : », so nothing is decided on one
paragraph.

1. A candidate is short, has no figure, no verb and no section word (`names.may_be_label`).
2. It counts by itself if it is a person on its face (civility, role, full name, voice of the floor) or, in capitals,
   the surname of a full name that the document writes; otherwise only if it comes back, where persons already speak.
3. What follows must look spoken: it begins like a sentence and, outside subtitles, mostly ends like one.
4. The document must be a debate: at least three turns, and labels dense enough (a note that quotes two people is no
   transcript: there, nobody is named). A style is made for names where nothing else stands in it (`_name_styles`);
   lines with a time are turns where the times rise, words follow, and somebody speaks twice (`_stamped`).
5. A speaker holds until the next label. A rule, a run of empty paragraphs, an unnamed voice (« – Merci. », « Q : ») or
   a person's label that was not believed ends the turn. A heading ends it where the document names the speaker again
   after most of its headings, not where a speech has sub-headings.
6. What was noted is nobody's (`asides`): brackets; inside a turn, sentences that only a reporter writes, but for its
   first, and a paragraph in italics, unless the one before announces it, many are, or it asks. It ends the turn only
   where it says that the sitting stops. What was decided is nobody's either, but no aside.
7. The forms of one name are brought together (`persons.unite`).

Otherwise the speaker is None: a guess is never shown as a fact.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kb import persons
from kb.readers.asides import ends_turn, is_aside, is_decision, is_narrated
from kb.readers.blocks import Block, Naming
from kb.readers.candidates import Label, candidate, unnamed_voice
from kb.readers.names import is_full_name, is_person, may_be_label

_SPOKEN_START = re.compile(r"[«“\"‘…–—-]*\s*(?:[A-ZÀ-ÖØ-ÞŒ0-9«(\[]|…|\.\.\.|c[’']|d[’']|l[’']|j[’'])")
_SPOKEN_END = re.compile(r"[.!?…:,;][»”\")\]\s]*$")
_LISTED = re.compile(r"[,;][\s\u00a0]*$")
_FULL_NAME = re.compile(
    r"(?<!\w)[A-ZÀ-ÖØ-ÞŒ][\w’-]+[ \u00a0](?:(?:de|du|le|la)[ \u00a0]|d’){0,2}"
    r"(?P<surname>[A-ZÀ-ÖØ-ÞŒ][A-ZÀ-ÖØ-ÞŒ’-]{2,})(?!\w)"
)
_MIN_TURNS = 3
_MANY_TURNS = 8
_BLOCKS_A_TURN = 12
_CUES_A_TURN = 45
_SHORT_ITEM = 12
_LONGEST_ASIDE = 400

Labels = Sequence[Label | None]


def attribute(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks with their speakers, with labels marked off and asides marked. Blocks must be cleaned.

    Where the format names voices itself (some block has a speaker), that is all there is to know of who speaks.
    """
    if any(block.speaker for block in blocks):
        return _with_asides(blocks)
    styles = _name_styles(blocks)
    blocks = [_named_by_style(block) if block.style in styles else block for block in blocks]
    candidates = [candidate(block, following) for block, following in _with_next(blocks)]
    accepted = _accepted(blocks, candidates)
    if not accepted:
        return _with_asides(blocks) if any(block.anchor.start_s is not None for block in blocks) else list(blocks)
    labels = [label if label and label.name in accepted else None for label in candidates]
    doubtful = [
        replace(block, breaks=True) if label and label.name not in accepted and is_person(label.name) else block
        for block, label in zip(blocks, candidates, strict=True)
    ]
    return _hold(_with_unnamed(doubtful, labels), labels)


def _with_next(blocks: Sequence[Block]) -> list[tuple[Block, Block | None]]:
    return list(zip(blocks, [*blocks[1:], None], strict=False))


def _with_asides(blocks: Sequence[Block]) -> list[Block]:
    """Asides by their brackets alone."""
    return [_noted(block) if not block.is_heading and is_aside(block.said) else block for block in blocks]


def _noted(block: Block) -> Block:
    """Nobody's words. What was decided is no aside: it is to be found."""
    return replace(block, speaker=None, is_aside=not is_decision(block.text))


def _with_unnamed(blocks: Sequence[Block], labels: Labels) -> list[Block]:
    """« Q : » and « R : » end the turn where they come back and do not name who speaks."""
    signs = [None if label else unnamed_voice(block.text) for block, label in zip(blocks, labels, strict=True)]
    if len([sign for sign in signs if sign]) < 2:
        return list(blocks)
    return [replace(block, breaks=True) if sign else block for block, sign in zip(blocks, signs, strict=True)]


def _name_styles(blocks: Sequence[Block]) -> frozenset[str]:
    """Styles where nothing but names stands, each above words, some of them more than once."""
    used: dict[str, list[tuple[Block, Block | None]]] = defaultdict(list)
    for block, following in _with_next(blocks):
        if block.style and block.naming is not Naming.SURE:
            used[block.style].append((block, following))
    return frozenset(style for style, places in used.items() if _are_names(places))


def _are_names(places: Sequence[tuple[Block, Block | None]]) -> bool:
    names = [block.text.rstrip(" \u00a0:.") for block, _ in places]
    if len(names) < _MIN_TURNS or not all(may_be_label(name) for name in names):
        return False
    follows = sum(1 for block, after in places if after and after.style != block.style and not after.is_heading)
    spoken = sum(
        1 for _, after in places if after and _SPOKEN_START.match(after.text) and _SPOKEN_END.search(after.text)
    )
    known = sum(1 for name in names if is_person(name))
    return (
        max(Counter(names).values()) > 1
        and 10 * min(follows, spoken) >= 9 * len(names)
        and (2 * known > len(names) if not any(block.is_heading for block, _ in places) else known == len(names))
    )


def _named_by_style(block: Block) -> Block:
    return replace(block, naming=Naming.SURE, is_heading=False)


def _accepted(blocks: Sequence[Block], candidates: Labels) -> frozenset[str]:
    """The labels that name speakers in this document; empty if it is not a debate."""
    sure = {label.name for label in candidates if label and label.sure} | _card_names(blocks, candidates)
    sure |= _stamped(blocks, candidates) | _numbered(candidates)
    spoken: dict[str, list[bool]] = {}
    for (block, following), label in zip(_with_next(blocks), candidates, strict=True):
        if label and not (label.sure or label.card or label.stamped or label.numbered):
            spoken.setdefault(label.name, []).append(_is_spoken(block, label, following))
    alone = Counter(label.name for label in candidates if label and label.alone)
    written = {name for name, marks in spoken.items() if 2 * sum(marks) > len(marks)}
    known = {name for name in written if is_person(name)} | _surnames(blocks, written, spoken)
    known -= {name for name in alone if not _names_alone(alone, name)}
    if not sure and not _is_debate(blocks, [label if label and label.name in known else None for label in candidates]):
        return frozenset()
    headings = {block.text.rstrip(" \u00a0:.") for block in blocks if block.is_heading}
    returning = {name for name in written if len(spoken[name]) > 1 and name not in alone}
    returning |= {name for name in alone if alone[name] > 1 and name in written and name not in headings}
    return frozenset(sure | known | returning)


def _surnames(blocks: Sequence[Block], written: set[str], spoken: dict[str, list[bool]]) -> set[str]:
    """Labels of one word in capitals, written more than once, that end a full name elsewhere: « Marie DUPONT »."""
    candidates = {name for name in written if name.isupper() and len(name) > 2 and len(spoken[name]) > 1}
    if not candidates:
        return set()
    text = "\n".join(block.text for block in blocks)
    return candidates & {found["surname"] for found in _FULL_NAME.finditer(text) if is_full_name(found.group())}


def _card_names(blocks: Sequence[Block], candidates: Labels) -> set[str]:
    """Cards are believed where there are two, or where the name is written elsewhere too."""
    names = [label.name for label in candidates if label and label.card]
    if len(names) > 1:
        return set(names)
    everything = "\n".join(block.text for block in blocks).casefold()
    return {name for name in names if everything.count(name.casefold()) > 1}


def _stamped(blocks: Sequence[Block], candidates: Labels) -> set[str]:
    """Names with a time are believed where times rise, words follow, and somebody speaks twice: no programme does."""
    places = [place for place, label in enumerate(candidates) if label and label.stamped]
    stamps = frozenset(places)
    names = [label.name for label in candidates if label and label.stamped]
    if len(names) < _MIN_TURNS or max(Counter(names).values()) < 2:
        return set()
    times = [blocks[place].anchor.start_s or 0.0 for place in places]
    rising = sum(1 for before, after in pairwise(times) if after >= before)
    followed = sum(1 for place in places if place + 1 < len(blocks) and place + 1 not in stamps)
    counts = Counter(names)
    voices = sum(1 for name in names if is_person(name) or counts[name] > 1)
    enough = 10 * rising >= 9 * (len(names) - 1) and 10 * followed >= 9 * len(names) and 2 * voices > len(names)
    return set(names) if enough else set()


def _numbered(candidates: Labels) -> set[str]:
    """« Question 1 – Name » is believed where there are two."""
    names = [label.name for label in candidates if label and label.numbered]
    return set(names) if len(names) > 1 else set()


def _names_alone(alone: Counter[str], name: str) -> bool:
    """Names alone on their line are believed where that is the document's way: several, and some come back."""
    return sum(alone.values()) >= 4 and (alone[name] > 1 or max(alone.values()) > 1)


def _is_spoken(block: Block, label: Label, following: Block | None) -> bool:
    said = block.text[label.said_from :]
    if not said:
        return following is not None and bool(_SPOKEN_START.match(following.text.lstrip(". ")))
    if not _SPOKEN_START.match(said) or (_LISTED.search(said) and len(said.split()) < _SHORT_ITEM):
        return False
    return block.anchor.start_s is not None or label.timed or bool(_SPOKEN_END.search(said))


def _is_debate(blocks: Sequence[Block], labels: Labels) -> bool:
    """labels: one a block. The debate must fill half of the document at least, with turns of believable length."""
    turns = sum(1 for label in labels if label)
    if turns < _MIN_TURNS:
        return False
    first = next(place for place, label in enumerate(labels) if label)
    before = sum(1 for block in blocks[:first] if not block.is_heading)
    after = sum(1 for block in blocks[first:] if not block.is_heading)
    cues = any(block.anchor.start_s is not None for block in blocks)
    longest = _CUES_A_TURN if cues else _BLOCKS_A_TURN if turns >= _MANY_TURNS else _BLOCKS_A_TURN // 2
    return before <= after <= longest * turns


def _hold(blocks: Sequence[Block], labels: Labels) -> list[Block]:
    """Give each block its speaker: the last one named, unless something ended the turn."""
    names = persons.unite(Counter(label.name for label in labels if label))
    headings_end = _headings_end_turns(blocks, labels)
    italics_tell = _italics_tell(blocks)
    speaker: str | None = None
    last: Block | None = None
    named = False
    held: list[Block] = []
    for block, label in zip(blocks, labels, strict=True):
        if label:
            speaker = names[label.name]
            held.append(_said(block, label, speaker))
        else:
            if block.breaks or (block.is_heading and headings_end):
                speaker = None
            if named:
                block = replace(block, said_from=_stop(block.text))
            if not block.is_heading and (
                is_aside(block.said)
                or (speaker and not named and is_narrated(block.said))
                or (speaker and italics_tell and _is_set_apart(block, last))
            ):
                held.append(_noted(block))
                speaker = None if ends_turn(block.text) else speaker
            else:
                held.append(block if block.is_heading else replace(block, speaker=speaker))
        named = label is not None and not held[-1].said
        last = block
    return held


def _said(block: Block, label: Label, speaker: str) -> Block:
    """A block that a label opens: whose words, if it has any. A name alone is no heading; a numbered one may be."""
    block = replace(block, said_from=label.said_from, joins=False, is_heading=block.is_heading and label.numbered)
    if label.card or block.is_heading:
        return block
    return _noted(block) if is_aside(block.said) else replace(block, speaker=speaker)


def _italics_tell(blocks: Sequence[Block]) -> bool:
    """Whether italics are rare enough to set a paragraph apart from speech."""
    body = [block for block in blocks if not block.is_heading]
    return 5 * sum(1 for block in body if block.is_italic) <= len(body)


def _is_set_apart(block: Block, last: Block | None) -> bool:
    """A paragraph in italics that is no quotation (nothing announces it), no question and no long text."""
    if not block.is_italic or len(block.text) > _LONGEST_ASIDE or block.text.rstrip(" \u00a0»").endswith("?"):
        return False
    return not block.text.startswith(("«", "“", '"')) and not (last and last.text.rstrip(" \u00a0").endswith(":"))


def _stop(text: str) -> int:
    """Where words begin after the full stop or dash that belongs to a name on the line before."""
    match = re.match(r"[.,:–—-]+[\s\u00a0]+", text)
    return match.end() if match else 0


def _headings_end_turns(blocks: Sequence[Block], labels: Labels) -> bool:
    """Whether, once someone has spoken, most headings are followed by a label (a run of headings counts once)."""
    signed = unsigned = 0
    started = False
    for index, block in enumerate(blocks[:-1]):
        started = started or labels[index] is not None
        if started and block.is_heading and not blocks[index + 1].is_heading:
            signed += labels[index + 1] is not None
            unsigned += labels[index + 1] is None
    return signed > unsigned


def card_name(lines: Sequence[str]) -> str | None:
    """The name on a card: two to four short lines without a full stop, the first of them a full name."""
    if not 2 <= len(lines) <= 4 or any(len(line) > 120 or line.endswith((".", "!", "?", ":")) for line in lines):
        return None
    return lines[0] if is_full_name(lines[0]) else None
