"""What could be the label of a speaker, on one paragraph alone. Pure functions; `turns` decides over the document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.persons import PARTICLES
from kb.readers.blocks import Block, Naming
from kb.readers.names import is_description, is_person, may_be_label

_CLOCK = r"\d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?(?:[.,]\d+)?"
_TIME = rf"(?:[\[(]?{_CLOCK}[\])]?\s*[-–—]?\s*)?"
_COLON = re.compile(_TIME + r"(?:[•–—-]\s+)?(?P<name>[^:;!?…«»\n]{2,100}?)\s*:(?!//)\s*", re.UNICODE)
_DASH = re.compile(_TIME + r"(?P<name>[^:;!?…«»\n–—]{2,60}?)(?:(?P<dot>\.)\s*[–—-]|\s(?:[–—]|-))\s+")
_NAME_TIMED = re.compile(rf"(?P<name>[^:;!?…«»\n\d]{{2,80}}?)\s*[\[(]{_CLOCK}[\])]\s*:?\s+(?=\S)")
_CROWD = re.compile(
    r"(?P<name>(?:Plusieurs|Quelques|Une?|Des)[\s\u00a0](?:députée?s?|sénateurs?|sénatrices?|élue?s?|conseill[eè]re?s?|voix"
    r"|membres?|participante?s?|intervenante?s?)\b[^.:;!?…«»\n]{0,60}?)\.[\s\u00a0]+(?=[A-ZÀ-ÖØ-ÞŒ«“…])"
)
_STOPPED = re.compile(
    r"(?P<name>(?:(?:M|MM)\.|Mmes?|Mlle)[\s\u00a0]+(?P<rest>(?:MM?\.|[^.:;!?…«»\n]){2,150}?))(?<!\bM)(?<!\bMM)\."
    r"(?:[\s\u00a0]*[–—-])?[\s\u00a0]+(?=[A-ZÀ-ÖØ-ÞŒ«“\"‘…(\[\d])"
)
_TIMED = re.compile(rf"[\[(]?{_CLOCK}")
_TURN_NUMBER = re.compile(
    r"(?:Question|Intervention|Réaction|Réponse|Remarque|Prise de parole)[\s\u00a0]*(?:n[°ºo][\s\u00a0]*)?\d{1,3}"
    r"[\s\u00a0]*[–—:-][\s\u00a0]*(?=\S)",
    re.IGNORECASE,
)
_UNNAMED = re.compile(r"(?P<sign>Q|R|Question|Réponse)[\s\u00a0]?\d{0,3}[\s\u00a0]*(?:[:–—-]|\.(?=[\s\u00a0]*[–—A-Z]))")
_ROLE_AHEAD = re.compile(r"(?:le|la|l[’'])[\s\u00a0]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """A candidate: whose, where speech starts, and how plainly it is a label.

    alone: it is all of its paragraph. stamped: a time stands with it, above the words. numbered: « Question 1 – Name ».
    """

    name: str
    said_from: int
    emphasised: bool = False
    alone: bool = False
    sure: bool = False
    timed: bool = False
    card: bool = False
    stamped: bool = False
    numbered: bool = False


def candidate(block: Block, following: Block | None) -> Label | None:
    """The label that a cleaned block may be, or begin with. Headings are none, unless they number a turn."""
    if block.naming is Naming.SURE:
        return Label(block.text.rstrip(" \u00a0:."), len(block.text), sure=True)
    if block.naming is Naming.CARD:
        return Label(block.lead, 0, card=True)
    if block.naming is Naming.STAMP:
        return Label(block.lead.rstrip(" \u00a0:."), len(block.text), stamped=True)
    numbered = _numbered(block, following)
    if numbered or (block.is_heading and block.naming is not Naming.MAYBE):
        return numbered
    return _emphasised(block) or _written(block) or _stopped(block) or _alone(block, following)


def unnamed_voice(text: str) -> str | None:
    """The letter that stands for a voice in an interview: « Q », « R »; None where the paragraph has none."""
    found = _UNNAMED.match(text)
    return found["sign"][0].upper() if found else None


def _numbered(block: Block, following: Block | None) -> Label | None:
    """« Question 1 – Name », alone or before « : text »."""
    number = _TURN_NUMBER.match(block.text)
    if not number:
        return None
    rest = block.text[number.end() :]
    written = _COLON.match(rest)
    if written and not block.is_heading and _is_someone(written["name"]):
        return Label(written["name"].strip(), number.end() + written.end(), numbered=True)
    if following is None or following.is_heading or not _is_someone(rest.rstrip(" \u00a0:.")):
        return None
    return Label(rest.rstrip(" \u00a0:."), 0 if block.is_heading else len(block.text), numbered=True)


def _is_someone(name: str) -> bool:
    return may_be_label(name.strip()) and is_person(name.strip())


def _emphasised(block: Block) -> Label | None:
    """« **Name** : text », « **Name :** text », « **M. Name.** text », « **M. Name,** *rapporteur*. Text »."""
    lead = block.lead
    if not lead or block.is_heading or not block.text.startswith(lead):
        return None
    rest = block.text[len(lead) :]
    name = lead.rstrip(" \u00a0:.,–—")
    if not may_be_label(name):
        return None
    tail = re.match(r"[\s\u00a0]*[:.–—]?[\s\u00a0]*", rest)
    gap = tail.group() if tail else ""
    stop = lead[len(name) :] + gap
    if any(mark in stop for mark in ":.") or (rest and any(mark in stop for mark in "–—") and is_person(name)):
        return Label(name, len(lead) + len(gap), emphasised=True)
    role = re.match(r"[^.:]{2,250}[.:][\s\u00a0]+(?=\S)", rest) if stop.strip().startswith(",") else None
    if role and is_person(name):
        return Label(name, len(lead) + role.end(), emphasised=True)
    return None


def _written(block: Block) -> Label | None:
    """« Name : text », « [00:12] Name – text », « Name [00:12] text », « Mme X. — text », « Name – text »."""
    if block.is_heading:
        return None
    for pattern in (_NAME_TIMED, _COLON, _DASH):
        match = pattern.match(block.text)
        if not match:
            continue
        name = match["name"].strip(" \u00a0*_•–—-")
        timed = pattern is _NAME_TIMED or bool(_TIMED.match(block.text))
        if not (may_be_label(name) and name[0].isupper()):
            continue
        if pattern is _DASH and not (timed or is_person(name)):
            continue
        return Label(name, match.end(), timed=timed)
    return None


def _stopped(block: Block) -> Label | None:
    """« M. le président. Text », « Plusieurs élus. Text »: without emphasis, only a short civility or a crowd."""
    crowd = None if block.is_heading else _CROWD.match(block.text)
    if crowd and may_be_label(crowd["name"]):
        return Label(crowd["name"], crowd.end())
    match = None if block.is_heading else _STOPPED.match(block.text)
    if not match or not may_be_label(match["name"].replace(".", "")):
        return None
    head, _, role = match["rest"].partition(",")
    words = head.split("(")[0].split()
    if role and not is_description(role):
        return None
    is_name = words[0][0].isupper() and all(w[0].isupper() or w.lower() in PARTICLES | {"et"} for w in words)
    return Label(match["name"], match.end()) if is_name or _ROLE_AHEAD.match(head) else None


def _alone(block: Block, following: Block | None) -> Label | None:
    if block.naming is Naming.NO or following is None or following.is_heading:
        return None
    name = block.text.rstrip(" \u00a0:.")
    if not may_be_label(name) or (block.is_heading and not is_person(name)):
        return None
    return Label(name, len(block.text), alone=True)
