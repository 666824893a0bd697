"""From a file that was read to the record that the store keeps of it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kb import passages, twins
from kb.catalogue.people import unify
from kb.domain import Document, Passage, ReadDocument
from kb.errors import UnreadableDocument
from kb.ingest import twinning
from kb.ingest.filing import Filing
from kb.ingest.state import State
from kb.library import Library
from kb.readers.programs import available
from kb.store import Record

_PIPELINE = (
    *("readers/*.py", "passages.py", "twins.py", "french.py", "persons.py", "catalogue/*.py"),
    *("ingest/record.py", "ingest/twinning.py"),
)
"""The code that decides what is kept of a file: when it changes, every document is read again."""
_ASIDE = ("catalogue/glossary.py", "catalogue/golden.py", "catalogue/themes.py")
"""What stands beside, and decides nothing of the kind; themes are told by `kb.ingest.filing`."""

_ENCODE_AT_ONCE = 64


@lru_cache(maxsize=1)
def pipeline() -> str:
    """Hash of the code and tools a document goes through, so that none is left as an older version understood it."""
    home = Path(__file__).parent.parent
    files = sorted({file for pattern in _PIPELINE for file in home.glob(pattern)} - {home / name for name in _ASIDE})
    return _hash("".join(file.read_text(encoding="utf-8") for file in files) + " ".join(available()))


def fingerprint(library: Library, path: str, content: str) -> str:
    """Hash of all that a document is made from: code, tools and their settings, bytes (by their hash), metadata."""
    recognition = (library.settings.ocr, library.settings.ocr_seconds)
    return _hash(f"{pipeline()} {recognition} {content} {library.catalogue.fingerprint(path)}")


def make(library: Library, path: str, state: State, raw: ReadDocument) -> Record:
    """Everything that is to be kept of a file but its vectors.

    Raises UnreadableDocument when there is nothing to index, InvalidCatalogue when a TOML file above it is wrong.
    """
    session = library.catalogue.session_of(path)
    read = unify(raw, session)
    document = library.catalogue.describe(path, read)
    cut = tuple(passages.cut(read, document.id, library.encoder.token_counts))
    if not cut:
        raise UnreadableDocument(path, "aucun texte à indexer dans ce fichier.")
    sketch = twins.sketch(read.text)
    kin = twinning.settle(library, document, read, cut, sketch)
    contexts = tuple(context(p, document, session.title if session else None) for p in kin.passages)
    return Record(
        document=kin.document,
        sha256=state.sha256,
        fingerprint=fingerprint(library, path, state.sha256),
        text=read.text,
        segments=read.segments,
        passages=kin.passages,
        contexts=contexts,
        embedded=tuple(_hash(embedded_text(c, p)) for c, p in zip(contexts, kin.passages, strict=True)),
        warnings=read.warnings,
        sketch=sketch,
        supersedes=kin.supersedes,
        stamp=state.stamp,
    )


def context(passage: Passage, document: Document, session_title: str | None) -> str:
    """What surrounds a passage: session, title, heading, speaker. Searched and embedded with it, never shown as it."""
    parts = (session_title, document.title, passage.anchor.heading, passage.speaker)
    return " · ".join(dict.fromkeys(part for part in parts if part))


def embedded_text(context: str, passage: Passage) -> str:
    """What a passage's vector is made from. See docs/quality.md."""
    return f"{context}\n{passage.text}"


def put_in(library: Library, record: Record, filing: Filing) -> None:
    """Embed what is new, then put the whole document in; what was embedded before a crash is not embedded again."""
    store = library.store
    pairs = zip(record.contexts, record.passages, strict=True)
    texts = {_hash(text): text for text in (embedded_text(c, p) for c, p in pairs)}
    missing = sorted(store.missing(texts))
    for start in range(0, len(missing), _ENCODE_AT_ONCE):
        batch = missing[start : start + _ENCODE_AT_ONCE]
        store.remember(batch, library.encoder.encode_passages([texts[h] for h in batch]))
    store.upsert(filing.of(record))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
