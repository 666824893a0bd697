"""What flows through the house: frozen values, no behaviour beyond their own words.

A document version has one canonical text. A segment and a passage are spans of it: `text[start:end]`,
in code points, is exactly what is shown, embedded, quoted and exported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath


class DocumentType(StrEnum):
    """What a document is; the values are what staff write in `session.toml`."""

    ANNOUNCEMENT = "annonce"
    TRANSCRIPT = "transcription"
    PAPER = "note"
    SLIDES = "support"
    MINUTES = "compte-rendu"
    OTHER = "autre"


class Addressee(StrEnum):
    """Whom a recommendation asks to act; the values are what is written and shown."""

    COMMUNE = "commune"
    INTERCOMMUNALITE = "intercommunalité"
    DEPARTEMENT = "département"
    REGION = "région"
    EPL = "Epl"
    STATE = "État"
    EUROPE = "Europe"
    OTHERS = "autres"


class Visibility(StrEnum):
    """Who may see a document, from the widest to the narrowest."""

    PUBLIC = "public"
    MEMBERS = "members"
    STAFF = "staff"


class Mode(StrEnum):
    """How a query is answered."""

    HYBRID = "hybrid"
    WORDS = "words"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a span stands in its source: whatever a person needs to open it there.

    page, slide, paragraph and line count from 1; times are in seconds.
    """

    page: int | None = None
    slide: int | None = None
    heading: str | None = None
    paragraph: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A span of the canonical text that has one anchor and at most one speaker.

    is_aside: what was noted, not said: « (Applaudissements.) ».
    """

    start: int
    end: int
    anchor: Anchor
    speaker: str | None = None
    is_heading: bool = False
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a reader understood of a file. `segments` are in order, do not overlap and are never empty.

    pages: how many pages or slides it has; None where its format has none.
    image_pages: those of them, from 1, that hold no text.
    """

    text: str
    segments: tuple[Segment, ...]
    title: str | None = None
    warnings: tuple[str, ...] = ()
    pages: int | None = None
    image_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone invited to a session. `sphere`: elus, epl, entreprises, recherche, etat, associations, citoyens."""

    name: str
    role: str | None = None
    organisation: str | None = None
    sphere: str | None = None
    aliases: tuple[str, ...] = ()
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject of the think tank: what staff write, what people read, and words that speak of it."""

    key: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Season:
    """A season and its theme question."""

    number: int
    title: str
    theme: str | None = None
    years: tuple[int, ...] = ()
    summary: str | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """One line of a session's programme; `time` is shown as written."""

    time: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting of a season. `id` is its folder relative to the corpus, in POSIX form."""

    id: str
    title: str
    date: date | None = None
    season: int | None = None
    format: str | None = None
    themes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    programme: tuple[ProgrammeItem, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    registration: str | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the corpus and what is known of it. `path` is relative to the corpus, in POSIX form.

    themes: what staff filed it under, which its passages have only where they speak of it.
    twin_of: the path of the document that holds the same text and is shown in its place.
    """

    id: str
    path: str
    title: str
    type: DocumentType
    date: date | None = None
    session: str | None = None
    season: int | None = None
    themes: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    language: str = "fr"
    demo: bool = False
    twin_of: str | None = None

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, sized for the encoder. `id` is `<document id>.<ordinal>`, ordinals from 1.

    themes: the keys of those it speaks of, the surest first.
    """

    id: str
    document: str
    ordinal: int
    start: int
    end: int
    text: str
    anchor: Anchor
    speaker: str | None = None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A sentence of a document that recommends: `[start, end)` of its canonical text.

    confidence: how likely it is to recommend, in [0, 1]. number: where it is numbered, « Recommandation n° 3 ».
    addressees: whom it asks to act, where it says so.
    """

    document: str
    start: int
    end: int
    text: str
    anchor: Anchor
    confidence: float
    speaker: str | None = None
    number: int | None = None
    addressees: tuple[Addressee, ...] = ()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking: what they may see is decided in the store, nowhere else."""

    sees: frozenset[Visibility] = frozenset({Visibility.PUBLIC})


PUBLIC = Viewer()
STAFF = Viewer(frozenset(Visibility))


@dataclass(frozen=True, slots=True)
class Filters:
    """What to search in. An empty tuple or None does not restrict; several values of one field are alternatives."""

    seasons: tuple[int, ...] = ()
    sessions: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    types: tuple[DocumentType, ...] = ()
    themes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    documents: tuple[str, ...] = ()


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage is a hit.

    words: the matched words as they stand in the text; spans: where, as offsets in the passage's text;
    meaning: cosine similarity brought to [0, 1], None when meaning was not asked;
    best_sentence: [start, end) in the passage's text, None when no sentence stands out;
    phrases: the exact phrases, as they stand; related: terms of the glossary, each after the word of the question that
    brought it; corrected: words of the question that nobody wrote, each before the one that was found in its place.
    """

    words: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    meaning: float | None = None
    best_sentence: tuple[int, int] | None = None
    phrases: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers, with its score in [0, 1] and its reasons.

    repeats: ids of the passages that would answer too, and say nothing that this one does not say.
    """

    passage: Passage
    score: float
    document: Document
    session: Session | None
    why: Why
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many passages each value would keep, for the values of each filter, most first."""

    seasons: dict[int, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    speakers: dict[str, int] = field(default_factory=dict)
    types: dict[DocumentType, int] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
