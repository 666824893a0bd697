"""The TOML files of the corpus: seasons, sessions, documents, themes, glossary. The corpus is the truth."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from kb import french
from kb.domain import Document, DocumentType, ProgrammeItem, ReadDocument, Season, Session, Speaker, Visibility
from kb.errors import InvalidCatalogue

E = TypeVar("E", bound=Enum)

_TYPE_BY_WORD = (
    (DocumentType.ANNOUNCEMENT, {"annonce", "invitation", "programme"}),
    (DocumentType.TRANSCRIPT, {"transcription", "verbatim", "debats", "debat", "seance"}),
    (DocumentType.MINUTES, {"compte", "rendu", "cr", "synthese", "releve", "proces"}),
    (DocumentType.SLIDES, {"support", "diaporama", "presentation", "webinaire", "slides", "diapositives"}),
    (DocumentType.PAPER, {"note", "position", "rapport", "contribution", "plaidoyer", "bilan"}),
)
_TYPE_BY_EXTENSION = {
    ".vtt": DocumentType.TRANSCRIPT,
    ".srt": DocumentType.TRANSCRIPT,
    ".pptx": DocumentType.SLIDES,
    ".odp": DocumentType.SLIDES,
}
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject that sessions and documents are filed under."""

    key: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the corpus says of itself. `folder` is the corpus; sessions are keyed by their folder in it."""

    folder: Path
    seasons: Mapping[int, Season]
    sessions: Mapping[str, Session]
    entries: Mapping[str, Mapping[str, Any]]
    themes: tuple[Theme, ...]

    def describe(self, path: str, read: ReadDocument) -> Document:
        """What is known of a file: from `session.toml`, else its folder, its name and its content, in that order."""
        entry = self.entries.get(path, {})
        session = self.session_of(path)
        season = session.season if session else _season_of_folder(path)
        where = f"{path} (session.toml)"
        return Document(
            id=document_id(path),
            path=path,
            title=entry.get("title") or read.title or _title_of_name(path),
            type=_choice(DocumentType, entry.get("type"), where, "type") or detect_type(path, read),
            date=_day(entry.get("date"), where) or (session.date if session else None) or _date_in(path),
            session=session.id if session else None,
            season=season,
            themes=tuple(entry.get("themes", session.themes if session else ())),
            visibility=self._visibility(entry, session, where),
            language=entry.get("language", "fr"),
            demo=bool(entry.get("demo", session.demo if session else False)),
        )

    def session_of(self, path: str) -> Session | None:
        """The session whose folder holds a file, however deep."""
        for parent in PurePosixPath(path).parents:
            if str(parent) in self.sessions:
                return self.sessions[str(parent)]
        return None

    def fingerprint(self, path: str) -> str:
        """Hash of all that `describe` takes from the TOML files for this path."""
        entry, session = self.entries.get(path, {}), self.session_of(path)
        season = self.seasons.get(session.season) if session and session.season else None
        return sha256(repr((sorted(entry.items()), session, season)).encode()).hexdigest()

    @staticmethod
    def _visibility(entry: Mapping[str, Any], session: Session | None, where: str) -> Visibility:
        """The narrowest of what the document and its session say."""
        stated = _choice(Visibility, entry.get("visibility"), where, "visibility")
        order = list(Visibility)
        return max(stated or Visibility.PUBLIC, session.visibility if session else Visibility.PUBLIC, key=order.index)


def read_catalogue(folder: Path) -> Catalogue:
    """Read a corpus's TOML files. None of them is required; raises InvalidCatalogue for one that is wrong."""
    seasons: dict[int, Season] = {}
    sessions: dict[str, Session] = {}
    entries: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("**/season.toml")):
        season = _season(_load(path), path)
        seasons[season.number] = season
    for path in sorted(folder.glob("**/session.toml")):
        home = path.parent.relative_to(folder).as_posix()
        raw = _load(path)
        sessions[home] = _session(raw, home, path, _season_above(path, folder, seasons))
        entries.update(_entries(raw, home, path))
    return Catalogue(folder, seasons, sessions, entries, tuple(_themes(folder / "themes.toml")))


def document_id(path: str) -> str:
    """The public id of a document: short, and the same wherever the corpus is rebuilt."""
    return sha256(path.encode()).hexdigest()[:10]


def detect_type(path: str, read: ReadDocument) -> DocumentType:
    """A document's type by its name, else its extension, else whether people take turns in it."""
    name = PurePosixPath(path)
    words = french.forms(re.sub(r"[_-]", " ", name.stem))
    for kind, signs in _TYPE_BY_WORD:
        if signs & set(words):
            return kind
    by_extension = _TYPE_BY_EXTENSION.get(name.suffix.lower())
    if by_extension:
        return by_extension
    spoken = sum(1 for s in read.segments if s.speaker)
    return DocumentType.TRANSCRIPT if spoken > len(read.segments) / 3 else DocumentType.OTHER


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidCatalogue(
            f"{path} : ce fichier TOML est mal formé ({error}). Corrigez-le puis relancez."
        ) from error


def _season(raw: Mapping[str, Any], path: Path) -> Season:
    number = raw.get("number")
    if not isinstance(number, int):
        raise InvalidCatalogue(f"{path} : « number » doit être le numéro de la saison, par exemple number = 3.")
    return Season(
        number=number,
        title=str(raw.get("title", f"Saison {number}")),
        theme=raw.get("theme"),
        years=tuple(raw.get("years", ())),
        summary=raw.get("summary"),
        demo=bool(raw.get("demo", False)),
    )


def _session(raw: Mapping[str, Any], home: str, path: Path, season: int | None) -> Session:
    if not isinstance(raw.get("title", ""), str):
        raise InvalidCatalogue(f"{path} : « title » doit être un texte entre guillemets.")
    return Session(
        id=home,
        title=raw.get("title") or _title_of_name(home),
        date=_day(raw.get("date"), str(path)) or _date_in(home),
        season=season,
        format=raw.get("format"),
        themes=tuple(raw.get("themes", ())),
        questions=tuple(raw.get("questions", ())),
        programme=tuple(ProgrammeItem(i.get("time"), str(i.get("title", ""))) for i in raw.get("programme", ())),
        speakers=tuple(_speaker(s, path) for s in raw.get("speakers", ())),
        visibility=_choice(Visibility, raw.get("visibility"), str(path), "visibility") or Visibility.PUBLIC,
        registration=raw.get("registration"),
        demo=bool(raw.get("demo", False)),
    )


def _speaker(raw: Mapping[str, Any], path: Path) -> Speaker:
    if not isinstance(raw.get("name"), str):
        raise InvalidCatalogue(f"{path} : chaque [[speakers]] doit avoir un « name ».")
    return Speaker(
        name=raw["name"],
        role=raw.get("role"),
        organisation=raw.get("organisation"),
        sphere=raw.get("sphere"),
        aliases=tuple(raw.get("aliases", ())),
        announced=bool(raw.get("announced", False)),
    )


def _entries(raw: Mapping[str, Any], home: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in raw.get("documents", ()):
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise InvalidCatalogue(f"{path} : chaque [[documents]] doit avoir un « file ».")
        yield f"{home}/{entry['file']}", entry


def _themes(path: Path) -> Iterator[Theme]:
    for raw in _load(path).get("themes", ()) if path.is_file() else ():
        if not isinstance(raw.get("key"), str):
            raise InvalidCatalogue(f"{path} : chaque [[themes]] doit avoir une « key ».")
        yield Theme(raw["key"], str(raw.get("label", raw["key"])), tuple(raw.get("words", ())))


def _season_above(path: Path, folder: Path, seasons: Mapping[int, Season]) -> int | None:
    for parent in path.parents:
        if (parent / "season.toml").is_file():
            return int(_load(parent / "season.toml")["number"])
        if parent == folder:
            break
    return _season_of_folder(path.relative_to(folder).as_posix())


def _season_of_folder(path: str) -> int | None:
    found = re.search(r"(?:^|/)(?:season|saison)-(\d+)(?:/|$)", path)
    return int(found.group(1)) if found else None


def _choice(kind: type[E], raw: object, where: str, field: str) -> E | None:
    if raw is None:
        return None
    try:
        return kind(raw)
    except ValueError as error:
        allowed = ", ".join(str(m.value) for m in kind)
        raise InvalidCatalogue(f"{where} : « {field} » vaut « {raw} » ; valeurs possibles : {allowed}.") from error


def _day(raw: object, where: str) -> date | None:
    if raw is None:
        return None
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    raise InvalidCatalogue(f"{where} : « date » doit s’écrire sans guillemets, par exemple date = 2021-04-13.")


def _date_in(path: str) -> date | None:
    for found in reversed(list(_ISO_DATE.finditer(path))):
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            continue
    return None


def _title_of_name(path: str) -> str:
    stem = PurePosixPath(path).stem if "." in PurePosixPath(path).name else PurePosixPath(path).name
    words = re.sub(r"[_-]+", " ", _ISO_DATE.sub("", stem)).strip()
    return (words[:1].upper() + words[1:]) or PurePosixPath(path).name


def unify(read: ReadDocument, session: Session | None) -> ReadDocument:
    """Give each speaker the name `session.toml` gives them when their label is one of its aliases."""
    if session is None:
        return read
    names = {french.fold(form): s.name for s in session.speakers for form in (s.name, *s.aliases)}
    segments = tuple(
        replace(s, speaker=names.get(french.fold(s.speaker), s.speaker)) if s.speaker else s for s in read.segments
    )
    return replace(read, segments=segments)
