"""Who speaks: the one place that decides it, for every format. Pure functions.

A label is what names the speaker: « Name : » (or « Name. – ») before the words, an emphasised « **Name.** », a
paragraph in a style made for names, a name alone on its line, a card (name, role and organisation on lines of one
paragraph). It stays in the text and out of the segment.

The rule. Only the whole document can tell a label from « Objectif : » or « Coût : », so nothing is decided on one
paragraph.

1. A candidate is short, has no figure, no verb and no section word (`names.may_be_label`).
2. It counts by itself if it is a person on its face (civility, role, full name, voice of the floor); otherwise only
   if it comes back, in a document where persons already speak.
3. What follows must look spoken: it begins like a sentence and, outside subtitles, mostly ends like one.
4. The document must be a debate: at least three turns, and labels dense enough (a note that quotes two people is no
   transcript: there, nobody is named).
5. A speaker holds until the next label; a whole paragraph between parentheses is nobody's; a rule, a run of empty
   paragraphs, an unnamed voice (« – Merci. ») or a person's label that was not believed ends the turn. A heading ends
   it where the document names the speaker again after most of its headings, not where a speech has sub-headings.
6. « Martial SADDIER, président du CNA » is « Martial SADDIER »: what follows a full name and a comma describes it.

Otherwise the speaker is None: a guess is never shown as a fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.readers.blocks import Block, Naming
from kb.readers.names import is_full_name, is_person, may_be_label

_TIME = r"(?:[\[(]?\d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?\s*[-–—]?\s*)?"
_COLON = re.compile(_TIME + r"(?:[•–—-]\s+)?(?P<name>[^:;!?…«»\n]{2,100}?)\s*:(?!//)\s*", re.UNICODE)
_DASH = re.compile(_TIME + r"(?P<name>[^:;!?…«»\n–—]{2,60}?)(?:(?P<dot>\.)\s*[–—-]|\s[–—])\s+")
_TIMED = re.compile(r"[\[(]?\d{1,2}(?::|\s?h\s?)\d{2}")
_ASIDE = re.compile(r"\([^()]*\)\.?|\[[^\[\]]*\]")
_SPOKEN_START = re.compile(r"[«“\"‘…–—-]*\s*(?:[A-ZÀ-ÖØ-ÞŒ0-9«(\[]|…|\.\.\.|c[’']|d[’']|l[’']|j[’'])")
_SPOKEN_END = re.compile(r"[.!?…:,;][»”\")\]\s]*$")
_MIN_TURNS = 3
_MANY_TURNS = 8
_BLOCKS_A_TURN = 12
_CUES_A_TURN = 45


@dataclass(frozen=True, slots=True)
class _Label:
    """A candidate: whose, where speech starts, and how plainly it is a label."""

    name: str
    said_from: int
    emphasised: bool = False
    alone: bool = False
    sure: bool = False
    timed: bool = False
    card: bool = False


def attribute(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks with their speakers and with labels marked off. Blocks must be cleaned.

    Where the format names voices itself (some block has a speaker), that is all there is to know.
    """
    if any(block.speaker for block in blocks):
        return list(blocks)
    candidates = [_candidate(block, following) for block, following in _with_next(blocks)]
    accepted = _accepted(blocks, candidates)
    if not accepted:
        return list(blocks)
    labels = [label if label and label.name in accepted else None for label in candidates]
    doubtful = [
        replace(block, breaks=True) if label and label.name not in accepted and is_person(label.name) else block
        for block, label in zip(blocks, candidates, strict=True)
    ]
    return _hold(doubtful, labels)


def _with_next(blocks: Sequence[Block]) -> list[tuple[Block, Block | None]]:
    return list(zip(blocks, [*blocks[1:], None], strict=False))


def _candidate(block: Block, following: Block | None) -> _Label | None:
    if block.is_heading:
        return None
    if block.naming is Naming.SURE:
        return _Label(block.text.rstrip(" \u00a0:."), len(block.text), sure=True)
    if block.naming is Naming.CARD:
        return _Label(block.lead, 0, card=True)
    return _emphasised(block) or _written(block) or _alone(block, following)


def _emphasised(block: Block) -> _Label | None:
    """« **Name** : text », « **Name :** text », « **M. Name.** text », « **M. Name,** *rapporteur*. Text »."""
    lead = block.lead
    if not lead or not block.text.startswith(lead):
        return None
    rest = block.text[len(lead) :]
    name = lead.rstrip(" \u00a0:.,–—")
    if not may_be_label(name):
        return None
    tail = re.match(r"[\s\u00a0]*[:.–—]?[\s\u00a0]*", rest)
    gap = tail.group() if tail else ""
    stop = lead[len(name) :] + gap
    if ":" in stop or "." in stop:
        return _Label(name, len(lead) + len(gap), emphasised=True)
    role = re.match(r"[^.:]{2,250}[.:][\s\u00a0]+(?=\S)", rest) if stop.strip().startswith(",") else None
    if role and is_person(name):
        return _Label(name, len(lead) + role.end(), emphasised=True)
    return None


def _written(block: Block) -> _Label | None:
    """« Name : text », « [00:12] Name – text », « Mme X. — text »."""
    for pattern in (_COLON, _DASH):
        match = pattern.match(block.text)
        if not match:
            continue
        name = _without_aside(match["name"])
        timed = bool(_TIMED.match(block.text))
        if not (may_be_label(name) and _is_capital(name)):
            continue
        if pattern is _DASH and not (timed or (match["dot"] and is_person(name))):
            continue
        return _Label(name, match.end(), timed=timed)
    return None


def _alone(block: Block, following: Block | None) -> _Label | None:
    if block.naming is Naming.NO or following is None or following.is_heading:
        return None
    name = block.text.rstrip(" \u00a0:.")
    return _Label(name, len(block.text), alone=True) if may_be_label(name) else None


def _without_aside(name: str) -> str:
    """« M. Haddad (maire) » keeps its role; « Mme Léa (hors micro) » too: only blanks are trimmed."""
    return name.strip(" \u00a0*_•–—-")


def _is_capital(name: str) -> bool:
    return name[0].isupper()


def _accepted(blocks: Sequence[Block], candidates: Sequence[_Label | None]) -> frozenset[str]:
    """The labels that name speakers in this document; empty if it is not a debate."""
    sure = {label.name for label in candidates if label and label.sure} | _card_names(blocks, candidates)
    spoken: dict[str, list[bool]] = {}
    for (block, following), label in zip(_with_next(blocks), candidates, strict=True):
        if label and not label.sure and not label.card:
            spoken.setdefault(label.name, []).append(_is_spoken(block, label, following))
    alone = Counter(label.name for label in candidates if label and label.alone)
    written = {name for name, marks in spoken.items() if 2 * sum(marks) > len(marks)}
    persons = {name for name in written if is_person(name)}
    persons -= {name for name in alone if not _names_alone(alone, name)}
    if not sure and not _is_debate(
        blocks, [label if label and label.name in persons else None for label in candidates]
    ):
        return frozenset()
    returning = {name for name in written if len(spoken[name]) > 1 and name not in alone}
    returning |= {name for name in alone if alone[name] > 1 and name in written}
    return frozenset(sure | persons | returning)


def _card_names(blocks: Sequence[Block], candidates: Sequence[_Label | None]) -> set[str]:
    """Cards are believed where there are two, or where the name is written elsewhere too."""
    names = [label.name for label in candidates if label and label.card]
    if len(names) > 1:
        return set(names)
    everything = "\n".join(block.text for block in blocks).casefold()
    return {name for name in names if everything.count(name.casefold()) > 1}


def _names_alone(alone: Counter[str], name: str) -> bool:
    """Names alone on their line are believed where that is the document's way: several, and some come back."""
    return sum(alone.values()) >= 4 and (alone[name] > 1 or max(alone.values()) > 1)


def _is_spoken(block: Block, label: _Label, following: Block | None) -> bool:
    said = block.text[label.said_from :]
    if not said:
        return following is not None and bool(_SPOKEN_START.match(following.text.lstrip(". ")))
    if not _SPOKEN_START.match(said):
        return False
    return block.anchor.start_s is not None or label.timed or bool(_SPOKEN_END.search(said))


def _is_debate(blocks: Sequence[Block], labels: Sequence[_Label | None]) -> bool:
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


def _hold(blocks: Sequence[Block], labels: Sequence[_Label | None]) -> list[Block]:
    """Give each block its speaker: the last one named, unless something ended the turn."""
    short = _short_names({label.name for label in labels if label})
    headings_end = _headings_end_turns(blocks, labels)
    speaker: str | None = None
    after_name = False
    held: list[Block] = []
    for block, label in zip(blocks, labels, strict=True):
        if after_name and not label:
            block = replace(block, said_from=_stop(block.text))
        after_name = bool(label and label.alone)
        if label:
            speaker = short[label.name]
            said = None if label.card else speaker
            held.append(replace(block, speaker=said, said_from=label.said_from, joins=False))
            continue
        if block.breaks or (block.is_heading and headings_end):
            speaker = None
        nobody = block.is_heading or _ASIDE.fullmatch(block.text)
        held.append(block if nobody else replace(block, speaker=speaker))
    return held


def _stop(text: str) -> int:
    """Where words begin after the full stop or dash that belongs to a name on the line before."""
    match = re.match(r"[.,:–—-]+[\s\u00a0]+", text)
    return match.end() if match else 0


def _short_names(names: set[str]) -> dict[str, str]:
    """« Name, role » is « Name » where that is a full name, or a label of its own in this document."""
    heads = {name: name.split(",")[0].strip() for name in names}
    kept = {name: head if is_full_name(head) or head in names else name for name, head in heads.items()}
    return {name: short.replace("\u00a0", " ") for name, short in kept.items()}


def _headings_end_turns(blocks: Sequence[Block], labels: Sequence[_Label | None]) -> bool:
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
