"""The TOML files of the corpus: seasons, sessions, documents, themes, glossary. The corpus is the truth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath

from kb.catalogue.detection import date_in_path, detect_date, detect_title, detect_type, title_of_name
from kb.catalogue.fields import Fields, legible
from kb.catalogue.glossary import FILE as GLOSSARY
from kb.catalogue.glossary import Term, read_terms
from kb.catalogue.language import detect_language
from kb.catalogue.themes import FILE as THEMES
from kb.catalogue.themes import named_by, read_themes, unlisted
from kb.domain import Document, DocumentType, ProgrammeItem, ReadDocument, Season, Session, Speaker, Theme, Visibility
from kb.errors import InvalidCatalogue


@dataclass(frozen=True, slots=True)
class Entry:
    """What `session.toml` says of one document; None where it says nothing."""

    title: str | None = None
    type: DocumentType | None = None
    date: date | None = None
    themes: tuple[str, ...] = ()
    visibility: Visibility | None = None
    language: str | None = None
    demo: bool | None = None


_SILENT = Entry()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the corpus says of itself. `folder` is the corpus; sessions are keyed by their folder in it.

    problems: the TOML files that do not say what they should, by path, with the message; the others are read.
    warnings: those that name a file that is not there, or a theme that is not in the list.
    themes: of themes.toml; without one, those that the sessions name.
    """

    folder: Path
    seasons: Mapping[int, Season]
    sessions: Mapping[str, Session]
    entries: Mapping[str, Entry]
    themes: tuple[Theme, ...]
    problems: Mapping[str, str]
    warnings: Mapping[str, str]
    terms: tuple[Term, ...] = ()

    def describe(self, path: str, read: ReadDocument) -> Document:
        """What is known of a file: from `session.toml`, else its folder, its name and its content, in that order.

        Raises InvalidCatalogue when a TOML file above it is wrong: it might have said that the document is reserved.
        """
        self._check(path)
        entry, session = self.entries.get(_nfc(path), _SILENT), self.session_of(path)
        demo = session.demo if session else False
        return Document(
            id=document_id(path),
            path=path,
            title=entry.title or detect_title(path, read),
            type=entry.type or detect_type(path, read),
            date=entry.date or (session.date if session else None) or detect_date(path, read),
            session=session.id if session else None,
            season=session.season if session else _season_of_folder(path),
            themes=entry.themes or (session.themes if session else ()),
            visibility=_narrowest(entry.visibility, session.visibility if session else None),
            language=entry.language or detect_language(read.text),
            demo=demo if entry.demo is None else entry.demo,
        )

    def describes(self, path: str) -> bool:
        """Whether `session.toml` says anything of this very file."""
        return _nfc(path) in self.entries

    def session_of(self, path: str) -> Session | None:
        """The session whose folder holds a file, however deep."""
        for parent in PurePosixPath(path).parents:
            if str(parent) in self.sessions:
                return self.sessions[str(parent)]
        return None

    def fingerprint(self, path: str) -> str:
        """Hash of all that `describe` takes from the TOML files for this path."""
        session = self.session_of(path)
        season = self.seasons.get(session.season) if session and session.season else None
        return sha256(repr((self.entries.get(_nfc(path)), session, season)).encode()).hexdigest()

    def _check(self, path: str) -> None:
        for parent in PurePosixPath(path).parents:
            for name in ("session.toml", "season.toml"):
                problem = self.problems.get((parent / name).as_posix())
                if problem:
                    raise InvalidCatalogue(problem)


def read_catalogue(folder: Path) -> Catalogue:
    """Read a corpus's TOML files. None is required, and a wrong one does not keep the others from being read."""
    problems: dict[str, str] = {}
    warnings: dict[str, str] = {}
    seasons: dict[str, Season] = {}
    sessions: dict[str, Session] = {}
    entries: dict[str, Entry] = {}
    themes: tuple[Theme, ...] = ()
    terms: tuple[Term, ...] = ()
    filed: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("**/*.toml")):
        name, home = path.relative_to(folder).as_posix(), path.parent.relative_to(folder).as_posix()
        try:
            _stays_in(path, folder, name)
            if path.name == "season.toml":
                seasons[home] = _season(Fields.from_file(path, name))
            elif path.name == "session.toml":
                fields = Fields.from_file(path, name)
                own = dict(_entries(fields, home))
                warnings.update(_absent(fields, own, folder, home))
                sessions[home] = _session(fields, home, _season_above(home, seasons))
                entries.update(own)
                filed[name] = (*sessions[home].themes, *(key for entry in own.values() for key in entry.themes))
            elif name == THEMES:
                themes = read_themes(Fields.from_file(path, name))
            elif name == GLOSSARY:
                terms = read_terms(Fields.from_file(path, name))
        except InvalidCatalogue as error:
            problems[name] = str(error)
    if themes:
        warnings = dict(unlisted(themes, filed)) | warnings
    elif THEMES not in problems:
        themes = named_by(filed.values())
    by_number = {season.number: season for season in seasons.values()}
    return Catalogue(folder, by_number, sessions, entries, themes, problems, warnings, terms)


def _stays_in(path: Path, folder: Path, name: str) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidCatalogue(f"{name} : ce lien mène hors du corpus. Remplacez-le par le fichier lui-même.")


def _absent(fields: Fields, own: Mapping[str, Entry], folder: Path, home: str) -> Iterator[tuple[str, str]]:
    """A warning for described files that are not there; an error when one was reserved, as it may have a new name."""
    present = {_nfc(path.relative_to(folder).as_posix()) for path in (folder / home).rglob("*")}
    for path, entry in own.items():
        if path in present:
            continue
        message = f"{fields.where} : le fichier « {PurePosixPath(path).name} » n’est pas dans le dossier de la séance"
        if entry.visibility not in (None, Visibility.PUBLIC):
            raise InvalidCatalogue(f"{message}, or sa lecture est réservée. A-t-il été renommé ?")
        yield fields.where, f"{message}. A-t-il été renommé ?"


def _nfc(path: str) -> str:
    """A path as other systems may write it: accents composed."""
    return unicodedata.normalize("NFC", path)


def document_id(path: str) -> str:
    """The public id of a document: short, and the same wherever the corpus is rebuilt."""
    return sha256(path.encode()).hexdigest()[:10]


def _season(fields: Fields) -> Season:
    fields.allow("number", "title", "theme", "years", "summary", "demo")
    number = fields.number("number")
    if number is None:
        raise InvalidCatalogue(f"{fields.where} : il manque le numéro de la saison, par exemple number = 3.")
    return Season(
        number=number,
        title=fields.words("title") or f"Saison {number}",
        theme=fields.words("theme"),
        years=fields.numbers("years"),
        summary=fields.words("summary"),
        demo=fields.flag("demo") or False,
    )


def _session(fields: Fields, home: str, season: int | None) -> Session:
    fields.allow(
        *("title", "date", "format", "place", "demo", "visibility", "themes", "questions", "registration"),
        *("programme", "speakers", "documents"),
    )
    return Session(
        id=home,
        title=fields.words("title") or title_of_name(home),
        date=fields.day("date") or date_in_path(home),
        season=season,
        format=fields.words("format"),
        themes=fields.texts("themes"),
        questions=tuple(map(legible, fields.texts("questions"))),
        programme=tuple(ProgrammeItem(i.words("time"), i.words("title") or "") for i in fields.tables("programme")),
        speakers=tuple(_speaker(speaker) for speaker in fields.tables("speakers")),
        visibility=fields.choice("visibility", Visibility) or Visibility.PUBLIC,
        registration=fields.words("registration"),
        demo=fields.flag("demo") or False,
    )


def _speaker(fields: Fields) -> Speaker:
    fields.allow("name", "role", "organisation", "sphere", "aliases", "announced")
    return Speaker(
        name=legible(fields.required("name", "[[speakers]]")),
        role=fields.words("role"),
        organisation=fields.words("organisation"),
        sphere=fields.text("sphere"),
        aliases=tuple(map(legible, fields.texts("aliases"))),
        announced=fields.flag("announced") or False,
    )


def _entries(fields: Fields, home: str) -> Iterator[tuple[str, Entry]]:
    for table in fields.tables("documents"):
        table.allow("file", "title", "type", "date", "themes", "visibility", "language", "demo")
        file = PurePosixPath(table.required("file", "[[documents]]"))
        if file.is_absolute() or ".." in file.parts:
            raise InvalidCatalogue(f"{table.where} : « {file} » est hors du dossier de la séance.")
        entry = Entry(
            title=table.words("title"),
            type=table.choice("type", DocumentType),
            date=table.day("date"),
            themes=table.texts("themes"),
            visibility=table.choice("visibility", Visibility),
            language=table.text("language"),
            demo=table.flag("demo"),
        )
        yield _nfc((PurePosixPath(home) / file).as_posix()), entry


def _narrowest(*stated: Visibility | None) -> Visibility:
    """The narrowest of what the document and its session say; public when neither says anything."""
    order = list(Visibility)
    return max((v for v in stated if v), key=order.index, default=Visibility.PUBLIC)


def _season_above(home: str, seasons: Mapping[str, Season]) -> int | None:
    """The number of the season whose folder holds a session's; season.toml sorts before any folder below it."""
    for parent in (PurePosixPath(home), *PurePosixPath(home).parents):
        if str(parent) in seasons:
            return seasons[str(parent)].number
    return _season_of_folder(home)


def _season_of_folder(path: str) -> int | None:
    found = re.search(r"(?:^|/)(?:season|saison)-(\d+)(?:/|$)", path)
    return int(found.group(1)) if found else None
