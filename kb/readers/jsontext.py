"""JSON: what speech recognition and meeting tools export, and JSON lines, recognised by shape and not by maker.

Objects that stand at one place of the structure (« segments.* », « results.*.alternatives.* ») and hold a text are a
group. The group that holds most of the words is read; among those that hold nearly as many, one with times and
speakers is preferred. An object of a list lends its speaker and its times to what is inside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import clocks
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import clean
from kb.readers.clocks import Time
from kb.readers.decoding import read_text
from kb.readers.fields import Field, meaning_of
from kb.readers.names import is_person
from kb.readers.spoken import (
    BAD_TIMES,
    UNPUNCTUATED,
    Record,
    Spoken,
    blocks_of,
    from_words,
    has_bad_times,
    timed,
    without_punctuation,
)
from kb.readers.voices import Voices

_BLANKS = " \t\r\n"
_LONGEST_INTEGER = 18
_NEARLY = 0.6
_RIVALS = frozenset(("alternatives", "nbest", "hypotheses"))
"""Lists of several hearings of the same words: the first is the best."""
_WORD_KEYS = frozenset(("word", "mot", "punctuated_word", "utf8", "value"))
_TELLING = (("lexical", "display"), ("ts", "value"), ("type", "value"))
"""Keys that hold words only beside another: « display » is the punctuated form of « lexical »."""
_TIMES = frozenset((Field.START, Field.END, Field.DURATION))
_MANY_WORDS = 20
_DIRECTORIES = ("speakers", "participants", "intervenants", "orateurs", "locuteurs")

TOO_DEEP = "la structure du fichier JSON est trop imbriquée pour être lue ; exportez la transcription à nouveau"
NO_TEXT = (
    "aucune parole n’y figure : il faut des objets avec un champ « text », « texte », « transcript » ou « content » ;"
    " exportez la transcription en VTT, en SRT ou en DOCX"
)
REPEATED = "des champs y figurent deux fois dans le même objet : le dernier est gardé"


@dataclass(frozen=True, slots=True)
class _Known:
    """What an object says of itself, or the objects around it of it."""

    label: str | None = None
    is_sure: bool = True
    start: Time | None = None
    end: Time | None = None
    duration: Time | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    known: _Known
    is_word: bool


_Group = list[_Said]
_NOTHING = _Known()


def read(path: Path) -> ReadDocument:
    """Read a JSON or JSON lines file. Anchors give times, else the line or the turn's number."""
    text, warnings = read_text(path)
    values, is_repeated = _values(text, path.name)
    group = _chosen(_groups(values))
    if group is None:
        raise UnreadableDocument(path.name, NO_TEXT)
    voices = Voices()
    names = _directory(values)
    records, speakers = [], []
    for said in group:
        known = said.known
        records.append(Record(said.text, known.label, known.start, known.end, known.duration, known.line))
        speakers.append(voices.name(names.get(known.label or "", known.label)))
    turns = timed(records, speakers)
    if _are_words(group):
        turns = list(from_words(turns))
        warnings += [UNPUNCTUATED] if without_punctuation(turns) else []
    warnings += [BAD_TIMES] if has_bad_times(turns) else []
    warnings += [REPEATED] if is_repeated else []
    root = values[0][0] if len(values) == 1 else None
    title = choose_title(*(_string(root.get(key)) for key in ("title", "titre"))) if isinstance(root, dict) else None
    return build(_numbered(turns), title=title, warnings=[*warnings, *voices.warnings()])


def _values(text: str, name: str) -> tuple[list[tuple[Any, int]], bool]:
    """The values that follow one another in a text, each with its line; whether some object repeats a key."""
    repeated: list[bool] = []

    def collected(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            repeated.append(True)
        return made

    decoder = json.JSONDecoder(object_pairs_hook=collected, parse_int=_integer, parse_constant=lambda _: None)
    values: list[tuple[Any, int]] = []
    at, line, counted = _skip(text, 0), 1, 0
    try:
        while at < len(text):
            line, counted = line + text.count("\n", counted, at), at
            value, at = decoder.raw_decode(text, at)
            values.append((value, line))
            at = _skip(text, at)
    except json.JSONDecodeError as error:
        where = f"ligne {error.lineno}, colonne {error.colno}"
        raise UnreadableDocument(
            name, f"JSON incomplet ou mal formé ({where}) ; exportez la transcription à nouveau"
        ) from error
    except RecursionError as error:
        raise UnreadableDocument(name, TOO_DEEP) from error
    return values, bool(repeated)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _integer(digits: str) -> float:
    """Python refuses integers of more than 4,300 digits; none of that size says anything here."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _groups(values: Sequence[tuple[Any, int]]) -> list[_Group]:
    """The texts, in order, by the place of their objects in the structure."""
    groups: dict[tuple[str, ...], _Group] = {}
    are_lines = len(values) > 1
    root = ("*",) if are_lines else ()
    pending = [(value, root, _Known(line=line if are_lines else None)) for value, line in reversed(values)]
    while pending:
        node, path, above = pending.pop()
        if isinstance(node, list):
            items = node[:1] if path and path[-1].lower() in _RIVALS else node
            inside = (*path, "*")
            pending.extend((item, inside, above) for item in reversed(items) if isinstance(item, dict | list))
        elif isinstance(node, dict):
            known = _known(node, above)
            text, is_word = _text(node)
            if text:
                groups.setdefault(path, []).append(_Said(text, known, is_word))
            below = known if path and path[-1] == "*" else above
            pending.extend(
                (child, (*path, "*" if key.isdigit() else key), below)
                for key, child in reversed(node.items())
                if isinstance(child, dict | list)
            )
    return list(groups.values())


def _text(node: dict[str, Any]) -> tuple[str, bool]:
    """The words of an object, and whether its key says that they are one word. Only words may be mere blanks."""
    found = []
    for key, value in node.items():
        meaning = meaning_of(key)
        is_text = meaning is not None and meaning.field is Field.TEXT
        if meaning and is_text and isinstance(value, str) and (value.strip() or key in _WORD_KEYS):
            found.append((meaning.rank, key, value))
    if not found:
        found = [
            (0, key, value)
            for sign, key in _TELLING
            if sign in node and isinstance(value := node.get(key), str) and value
        ]
    return (min(found)[2], min(found)[1].lower() in _WORD_KEYS) if found else ("", False)


def _known(node: dict[str, Any], above: _Known) -> _Known:
    """Who speaks in an object and when, by its own keys, else by what is around it. Its own times go together."""
    labels: list[tuple[bool, int, str]] = []
    for key, value in node.items():
        meaning = meaning_of(key)
        if meaning and meaning.field in (Field.SPEAKER, Field.PERHAPS_SPEAKER):
            label = _label(value)
            labels += [(meaning.field is Field.PERHAPS_SPEAKER, meaning.rank, label)] if label else []
    known = above
    if labels:
        is_perhaps, _, label = min(labels)
        known = replace(known, label=label, is_sure=not is_perhaps)
    times = _times(node)
    if Field.START in times:
        known = replace(known, start=times[Field.START], end=times.get(Field.END), duration=times.get(Field.DURATION))
    return known


def _times(node: dict[str, Any]) -> dict[Field, Time]:
    """The times of an object, be they its own, in a pair (« "timestamp": [0, 2.5] ») or in an object of theirs."""
    times: dict[Field, Time] = {}
    for key, value in node.items():
        meaning = meaning_of(key) or meaning_of(key.removesuffix("s"))
        if meaning is None or meaning.field not in _TIMES:
            continue
        if isinstance(value, dict) and len(value) == 2 and not value.keys() & {"seconds", "nanos"}:
            inner = _times(value)
        elif isinstance(value, list) and len(value) == 2:
            pair = zip((Field.START, Field.END), (clocks.read(each, meaning.unit) for each in value), strict=True)
            inner = {field: time for field, time in pair if time}
        else:
            time = clocks.read(value, meaning.unit)
            inner = {meaning.field: time} if time else {}
        times = inner | times
    return times


def _label(value: Any) -> str | None:
    if isinstance(value, dict):
        return next(
            (label for key in ("name", "nom", "displayName", "label", "id") if (label := _label(value.get(key)))), None
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return clean(value) or None if isinstance(value, str) else None


def _chosen(groups: Sequence[_Group]) -> _Group | None:
    """The group to read; what may or may not be speakers' names is dropped where it does not look so."""
    sizes = [sum(len(said.text.strip()) for said in group) for group in groups]
    if not groups:
        return None
    most = max(sizes)
    able = [(group, size) for group, size in zip(groups, sizes, strict=True) if size >= _NEARLY * most]
    group, _ = max(able, key=lambda each: (_is_timed(each[0]), _has_speakers(each[0]), each[1], -len(each[0])))
    return group if _has_speakers(group) else [replace(said, known=replace(said.known, label=None)) for said in group]


def _is_timed(group: _Group) -> bool:
    """Whether most have their time; punctuation apart, to which recognisers give none."""
    words = [said for said in group if any(character.isalnum() for character in said.text)]
    return 2 * sum(1 for said in words if said.known.start is not None) > len(words)


def _has_speakers(group: _Group) -> bool:
    """Whether the labels are speakers: the key says so, or it says « name » of what has times or of persons."""
    labels = {said.known.label for said in group if said.known.label}
    if not labels or any(said.known.is_sure for said in group if said.known.label) or _is_timed(group):
        return bool(labels)
    return 2 * sum(1 for label in labels if label and is_person(label)) > len(labels)


def _are_words(group: _Group) -> bool:
    if not _is_timed(group):
        return False
    words = sum(len(said.text.split()) for said in group)
    return words <= 1.3 * len(group) and (len(group) >= _MANY_WORDS or all(said.is_word for said in group))


def _directory(values: Sequence[tuple[Any, int]]) -> dict[str, str]:
    """Names by label, where the root lists its speakers: « {"SPEAKER_00": "…"} », « [{"id": "A", "name": "…"}] »."""
    names: dict[str, str] = {}
    roots = [value for value, _ in values if isinstance(value, dict)][:1]
    for listed in (root.get(key) for root in roots for key in _DIRECTORIES):
        if isinstance(listed, dict):
            pairs = [(key, _label(value)) for key, value in listed.items()]
        elif isinstance(listed, list):
            pairs = [(_label(each.get("id")), _label(each)) for each in listed if isinstance(each, dict)]
        else:
            continue
        names.update({label: name for label, name in pairs if label and name})
    return names


def _numbered(turns: Sequence[Spoken]) -> Iterator[Block]:
    for number, block in enumerate(blocks_of(turns), start=1):
        is_placed = block.anchor.start_s is not None or block.anchor.line is not None
        yield block if is_placed else replace(block, anchor=replace(block.anchor, paragraph=number))


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
