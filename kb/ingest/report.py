"""What an ingest tells: its steps while it runs, its report at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kb.domain import DocumentType


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about a file."""

    file: str
    cause: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A file whose text another one of the memory holds, which is shown in its place."""

    file: str
    same_as: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a dry run understood of a file.

    speakers: who has a turn in it, in order. pages: None where its format has none.
    twin_of: the path of the document that holds the same text.
    """

    file: str
    type: DocumentType
    title: str
    date: date | None
    session: str | None
    season: int | None
    speakers: tuple[str, ...]
    language: str
    pages: int | None
    passages: int
    warnings: tuple[str, ...] = ()
    twin_of: str | None = None


@dataclass
class Report:
    """What an ingest did; paths are relative to the corpus.

    filed: where the themes of passages changed because the list of themes did. understood: filled by a dry run only.
    """

    accepted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)
    warned: list[Note] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    passages: int = 0
    seconds: float = 0.0

    def sort(self) -> None:
        """By path, the TOML files first: files are taken in the order in which they are ready."""
        for paths in (self.accepted, self.unchanged, self.replaced, self.removed, self.filed):
            paths.sort()
        for notes in (self.warned, self.refused):
            notes.sort(key=lambda note: (not note.file.endswith(".toml"), note.file))
        self.twins.sort(key=lambda twin: twin.file)
        self.understood.sort(key=lambda each: each.file)


class Stage(StrEnum):
    """What is being done to a file, or was."""

    READING = "lecture"
    RECOGNISING = "reconnaissance"
    EMBEDDING = "sens"
    TAKEN = "pris"
    UNCHANGED = "inchangé"
    REFUSED = "refusé"
    INDEXING = "index"


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: the file at hand (None at the end), its place, what is being done to it.

    bytes_done, bytes_total: of the files that are to be read, so that what remains can be told from their sizes.
    page, pages: the page whose characters are being recognised, and how many there are.
    passages: how many the file gave, once it is taken.
    """

    done: int
    total: int
    file: str | None
    stage: Stage
    bytes_done: int = 0
    bytes_total: int = 0
    page: int | None = None
    pages: int | None = None
    passages: int | None = None


Listener = Callable[[Step], None]
