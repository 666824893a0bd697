"""The elements of an XML debate as blocks: turns, headings, paragraphs, and what was noted beside them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from lxml import etree

from kb.domain import Anchor
from kb.readers import clocks
from kb.readers.blocks import Block
from kb.readers.cleaning import clean
from kb.readers.who import Cast, tidy

_SKIPPED = frozenset(
    "teiHeader meta standOff facsimile sourceDoc timeline fw del surplus graphic media binaryObject figDesc listPerson"
    " listOrg listPlace spanGrp linkGrp xenoData include fallback metadonnees".split()
)
_REPLACED = frozenset(("sic", "orig", "expan"))
"""Halves of a `choice` whose other half is read."""
_TURNS = frozenset(("sp", "u", "speech", "question", "answer", "paragraphe"))
_LABELS = frozenset(("speaker", "from", "orateurs"))
_HEADINGS = frozenset(("head", "heading", "subheading"))
_CAPTIONED = frozenset(("figure", "table", "list"))
_ASIDES = frozenset(
    "stage incident kinesic vocal writing interruption scene narrative remark note authorialNote".split()
)
_INLINE = frozenset(
    "hi emph foreign name persName orgName placeName ref ptr w pc c s phr cl m date time num measure abbr expan choice"
    " reg corr sic orig unclear supplied add q quote soCalled term gloss title mentioned distinct rs seg lb pb cb"
    " gb milestone anchor sup sub i b u2 formula said idno bibl forename surname roleName nameLink address addrLine"
    " email gap pause shift ex am subst mod span a img eol noteRef docDate docNumber recordedTime entity concept role"
    " person organization location def inline object rref mref italique exposant indice gras br".split()
)
_MISSING = "[…]"
_SENTENCE_END = re.compile(r"[.!?…:][»”\")\]\s\u00a0]*$")
_STOP = re.compile(r"^[.,:–—-]+[\s\u00a0]+")
_BRACKETED = re.compile(r"\([^()]*\)\.?|\[[^\[\]]*\]")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_XML = "{http://www.w3.org/XML/1998/namespace}"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


class Walk:
    """One pass over a document; `blocks` is what it found."""

    def __init__(self, cast: Cast) -> None:
        self.blocks: list[Block] = []
        self._cast = cast
        self._run: list[str] = []
        self._notes: list[str] = []
        self._speaker: str | None = None
        self._label = ""
        self._is_fresh = False
        self._times: tuple[float | None, float | None] = (None, None)
        self._clock: dict[str, float] = {}

    def through(self, element: etree._Element) -> None:
        """Add the blocks of an element."""
        self._clock.update(_clock(element))
        self._element(element)
        self._flush()

    def _element(self, element: etree._Element) -> None:
        tag = local(element)
        if not tag:
            self._run.append(html.unescape(element.text or "") if isinstance(element, etree._Entity) else "")
        elif _is_skipped(element):
            return
        elif tag in _TURNS:
            self._turn(element)
        elif tag in _LABELS:
            self._flush()
        elif tag in _ASIDES:
            self._aside(element, tag)
        elif tag in _HEADINGS or (tag == "texte" and _is_in(element, "point")):
            self._heading(element)
        elif tag == "italique" and _BRACKETED.fullmatch(_words(element)):
            self._aside(element, tag)
        elif tag == "row" or tag == "tr":
            self._flush()
            self._run.append(" | ".join(_words(cell) for cell in element if local(cell)))
            self._flush()
        elif tag in _INLINE and not (tag == "seg" and _is_turn(element.getparent())):
            self._inline(element, tag)
        else:
            self._flush()
            self._content(element)
            self._flush()

    def _content(self, element: etree._Element) -> None:
        self._words(element.text)
        for child in element:
            self._element(child)
            is_joined = child.get("join") in ("right", "both") if local(child) else False
            self._words((child.tail or "").lstrip() if is_joined else child.tail)

    def _words(self, text: str | None) -> None:
        if text:
            self._run.append(_BLANKS.sub(" ", text))

    def _inline(self, element: etree._Element, tag: str) -> None:
        if tag in ("lb", "pb", "cb", "eol", "br"):
            self._run.append("" if element.get("break") == "no" else " ")
        elif tag == "gap":
            self._run.append(_MISSING)
        else:
            self._content(element)

    def _turn(self, element: etree._Element) -> None:
        self._flush()
        before = self._speaker, self._times
        written = next((each for each in element if local(each) in _LABELS), None)
        label = _labelled(written) if written is not None else self._label
        self._label = ""
        self._speaker = self._cast.speaker(element.get("who") or element.get("by") or "", tidy(label))
        if written is not None:
            self._named(label)
        start, end = (self._time(element.get(key)) for key in ("start", "end"))
        self._times = (start, end if start is None or end is None or end >= start else None)
        self._is_fresh = True
        self._content(element)
        self._flush()
        self._speaker, self._times = before
        self._is_fresh = False

    def _time(self, reference: str | None) -> float | None:
        if not reference:
            return None
        if reference.startswith("#"):
            return self._clock.get(reference[1:])
        found = clocks.read(reference, 1.0)
        return found.amount if found else None

    def _named(self, label: str) -> None:
        """A label stays in the text, outside any segment."""
        text = clean(label)
        if text:
            self.blocks.append(Block(text, said_from=len(text)))

    def _aside(self, element: etree._Element, tag: str) -> None:
        text = _words(element) or clean(element.get("text") or "")
        if not text:
            return
        if tag == "note" and element.get("type") == "speaker":
            self._flush()
            self._label = text
            self._named(text)
            return
        is_inside = any(part.strip() for part in self._run)
        bracketed = text if _BRACKETED.fullmatch(text) else f"({text})"
        if is_inside and tag in ("note", "authorialNote"):
            self._notes.append(bracketed)
        elif is_inside and not _SENTENCE_END.search("".join(self._run[-3:])) and (element.tail or "").strip():
            self._run.append(f" {bracketed} ")
        else:
            self._flush()
            self._add(bracketed, is_aside=True)

    def _heading(self, element: etree._Element) -> None:
        self._flush()
        is_caption = any(_is_in(element, tag) for tag in _CAPTIONED)
        self._content(element)
        self._flush(is_heading=not is_caption)

    def _flush(self, *, is_heading: bool = False) -> None:
        text, self._run = clean("".join(self._run)), []
        if self._is_fresh and text:
            text, self._is_fresh = _STOP.sub("", text), False
        if text:
            is_nobody = is_heading or _BRACKETED.fullmatch(text) is not None
            self._add(text, None if is_nobody else self._speaker, is_heading=is_heading)
        notes, self._notes = self._notes, []
        for note in notes:
            self._add(note, is_aside=True)

    def _add(self, text: str, speaker: str | None = None, *, is_heading: bool = False, is_aside: bool = False) -> None:
        start, end = self._times
        place = len(self.blocks) + 1 if start is None else None
        anchor = Anchor(paragraph=place, start_s=start, end_s=end)
        self.blocks.append(Block(text, anchor, speaker, is_heading=is_heading, is_aside=is_aside))


def _labelled(element: etree._Element) -> str:
    """The words of a label; where it lists speakers with their offices, their names."""
    names = [_words(each) for each in element.iterfind(".//{*}nom")]
    return " et ".join(name for name in names if name) or _words(element)


def _is_turn(element: etree._Element | None) -> bool:
    return element is not None and local(element) in _TURNS


def _is_in(element: etree._Element, tag: str) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent) == tag


def _is_skipped(element: etree._Element) -> bool:
    tag = local(element)
    return tag in _SKIPPED or (tag in _REPLACED and _is_in(element, "choice"))


def _words(element: etree._Element) -> str:
    """All the words inside an element, on one line."""
    return clean(_BLANKS.sub(" ", "".join(_parts(element))))


def _parts(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child, etree._Entity):
            yield html.unescape(child.text or "")
        elif not _is_skipped(child):
            edge = "" if local(child) in _INLINE else " "
            yield edge
            yield from _parts(child)
            yield edge
        yield child.tail or ""


def _clock(element: etree._Element) -> dict[str, float]:
    """Seconds by identifier, from the timeline of a transcription of speech."""
    found: dict[str, float] = {}
    for when in element.getroottree().getroot().iter("{*}when"):
        identifier = when.get(f"{_XML}id")
        parent = when.getparent()
        unit = 1e-3 if parent is not None and parent.get("unit") == "ms" else 1.0
        time = clocks.read(when.get("interval") or when.get("absolute") or "", unit)
        if identifier and time:
            found[identifier] = time.amount + found.get((when.get("since") or "").lstrip("#"), 0.0)
        elif identifier:
            found[identifier] = 0.0
    return found
