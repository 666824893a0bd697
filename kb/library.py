"""Catalogue, store and encoder opened as one; an index built by another model is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb import french
from kb.catalogue import Catalogue, read_catalogue
from kb.catalogue.glossary import FILE as GLOSSARY
from kb.catalogue.themes import FILE as THEMES
from kb.domain import Session
from kb.encoder import Encoder
from kb.encoder.load import load_encoder
from kb.errors import KbError, ModelMismatch
from kb.settings import Settings
from kb.store import Store
from kb.store.local import LocalStore

_READ_AS_THEY_ARE = (GLOSSARY, THEMES)
"""The files of the catalogue that no document is made from: their words are read at once, without an ingest."""


@dataclass
class Library:
    """Everything a use needs. `catalogue` is read anew by `refresh`."""

    settings: Settings
    catalogue: Catalogue
    store: Store
    encoder: Encoder
    _seen: tuple[object, ...] = ()

    def session(self, identifier: str | None) -> Session | None:
        """A session of the catalogue, or None."""
        return self.catalogue.sessions.get(identifier) if identifier else None

    def refresh(self) -> None:
        """Read the catalogue again when documents went in or out, or staff edited the glossary or the themes, since.

        Raises ModelMismatch when another process made the index again with another model.
        """
        now = _stamp(self.store, self.corpus)
        if now != self._seen:
            self.require_same_model()
            self.reread()
            self._seen = now

    def reread(self) -> None:
        """Read the catalogue again: staff may have edited a TOML file."""
        self.catalogue = read_catalogue(self.corpus)

    def speakers(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        """The names asked for, with those of the speakers who are also called so in a session."""
        found = list(asked)
        for name in asked:
            words = set(french.forms(name))
            for session in self.catalogue.sessions.values():
                for speaker in session.speakers:
                    if words and any(words <= set(french.forms(alias)) for alias in speaker.aliases):
                        found.append(speaker.name)
        return tuple(dict.fromkeys(found))

    @property
    def corpus(self) -> Path:
        """The folder of the documents."""
        return self.settings.corpus

    def require_same_model(self) -> None:
        """Raise ModelMismatch unless the vectors in the store are of this encoder."""
        kept = self.store.model
        if kept and kept != self.encoder.name:
            raise ModelMismatch(
                f"L’index a été fait avec le modèle « {kept} », or le modèle choisi est « {self.encoder.name} ». "
                "Lancez « kb rebuild » pour le refaire, ou remettez KB_MODEL et KB_ADAPTER comme avant."
            )


def open_library(settings: Settings, encoder: Encoder | None = None, *, any_model: bool = False) -> Library:
    """Open the library of these settings. Only a rebuild may open an index of another model (`any_model`)."""
    if not settings.corpus.is_dir():
        raise KbError(f"{settings.corpus} : ce dossier n’existe pas. Créez-le ou corrigez KB_CORPUS.")
    encoder = encoder or load_encoder(settings)
    store = LocalStore(settings.index, encoder.dimensions)
    seen = _stamp(store, settings.corpus)  # before the catalogue: what changes in between is read again
    library = Library(settings, read_catalogue(settings.corpus), store, encoder, seen)
    if not any_model:
        library.require_same_model()
    return library


def _stamp(store: Store, corpus: Path) -> tuple[object, ...]:
    """What changes when the catalogue has to be read again: documents are taken in for all else that it holds."""
    edited = [path.stat() if path.is_file() else None for path in (corpus / name for name in _READ_AS_THEY_ARE)]
    return store.revision, *((each.st_mtime_ns, each.st_size) for each in edited if each)
