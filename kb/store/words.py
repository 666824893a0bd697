"""Word search: tantivy over stems, with folded forms beside them for exact phrases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from kb import french
from kb.store import Candidate, Words

CONTEXT_WEIGHT = 0.4
"""What a word found in the title, heading or speaker weighs beside one in the passage. See docs/quality.md."""

_HEAP = 60_000_000
_MANIFEST = "manifest.json"
_SEGMENT_FILES = {".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"}
_Clauses = list[tuple[tantivy.Occur, tantivy.Query]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of a passage."""

    key: int
    document: int
    text: str
    context: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Subset:
    """The part of the index to search: document keys and speakers; None does not restrict."""

    documents: Sequence[int] | None = None
    speakers: Sequence[str] | None = None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("context", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("forms", tokenizer_name="whitespace", index_option="position")
    return builder.build()


class DamagedWords(Exception):
    """The files of the index are not what was written; it can be made again from the rows."""


@contextmanager
def _telling_damage() -> Iterator[None]:
    """Turn what tantivy raises over damaged files into DamagedWords; a panic of it is no ordinary exception."""
    try:
        yield
    except ValueError as error:
        raise DamagedWords(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise DamagedWords(str(error)) from error
        raise


class WordIndex:
    """A tantivy index in a folder. One process writes; readers see whole commits. Raises DamagedWords."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._schema = _schema()
        if any(size != _size(folder / name) for name, (size, _) in self._manifest().items()):
            raise DamagedWords(f"{folder.name} : des fichiers manquent ou sont tronqués")
        with _telling_damage():
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
            self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def apply(self, removed: Iterable[int], added: Iterable[Entry]) -> None:
        """Take documents out by key, put passages in, in one commit. Doing it twice is doing it once."""
        with _telling_damage():
            self._write(removed, added)
        self.reload()
        self._record_manifest()

    def _write(self, removed: Iterable[int], added: Iterable[Entry]) -> None:
        writer = self._index.writer(_HEAP, 1)
        for document in removed:
            writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "document", document, "basic"))
        for entry in added:
            writer.add_document(_indexed(entry))
        writer.commit()
        writer.wait_merging_threads()

    def altered(self) -> list[str]:
        """Names of the files that no longer read as they were written."""
        return [name for name, (_, digest) in self._manifest().items() if _digest(self.folder / name) != digest]

    def _manifest(self) -> dict[str, tuple[int, str]]:
        """Size and digest of each file of the last commit of ours; empty before the first."""
        path = self.folder / _MANIFEST
        try:
            return {name: (size, digest) for name, (size, digest) in json.loads(path.read_text()).items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, OSError) as error:
            raise DamagedWords(f"{path.name} : {error}") from error

    def _record_manifest(self) -> None:
        """Segments never change once written: only new files are read."""
        known = self._manifest()
        current = {p.name: p for p in self.folder.iterdir() if p.suffix in _SEGMENT_FILES}
        found = {name: known.get(name) or (_size(path), _digest(path)) for name, path in current.items()}
        draft = self.folder / f".{_MANIFEST}"
        draft.write_text(json.dumps(found))
        draft.replace(self.folder / _MANIFEST)

    def search(self, words: Words, subset: Subset, k: int) -> list[Candidate]:
        """The k best passages by BM25, best first; ties by key."""
        wanted = self._wanted(words)
        if wanted is None or not len(self):
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), *self._limits(words, subset)])
        with _telling_damage():
            hits = self._searcher.search(query, k, count=False).hits
            keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        found = [(int(key), float(score)) for key, (score, _) in zip(keys, hits, strict=True) if key is not None]
        return sorted(found, key=lambda c: (-c[1], c[0]))

    def matching(self, words: Words, subset: Subset) -> NDArray[np.int64]:
        """Keys of every passage that phrases and exclusions allow, sorted."""
        if not len(self):
            return np.empty(0, dtype=np.int64)
        clauses = [(tantivy.Occur.Must, tantivy.Query.all_query()), *self._limits(words, subset)]
        query = tantivy.Query.boolean_query(clauses)
        with _telling_damage():
            hits = self._searcher.search(query, len(self), count=False, order_by_field="key").hits
        return np.sort(np.fromiter((int(key) for key, _ in hits), dtype=np.int64, count=len(hits)))

    def _wanted(self, words: Words) -> tantivy.Query | None:
        """Any stem, in the passage or its context; a query of phrases alone is scored by the phrases."""
        clauses: _Clauses = []
        for stem in dict.fromkeys(words.stems):
            body = tantivy.Query.term_query(self._schema, "stems", stem, "freq")
            context = tantivy.Query.term_query(self._schema, "context", stem, "freq")
            clauses.append((tantivy.Occur.Should, body))
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(context, CONTEXT_WEIGHT)))
        clauses.extend((tantivy.Occur.Should, self._phrase(phrase)) for phrase in words.phrases)
        return tantivy.Query.boolean_query(clauses) if clauses else None

    def _limits(self, words: Words, subset: Subset) -> _Clauses:
        """What every passage must, or must not, have."""
        must = [self._phrase(phrase) for phrase in words.phrases]
        if subset.documents is not None:
            must.append(tantivy.Query.term_set_query(self._schema, "document", list(subset.documents)))
        if subset.speakers is not None:
            must.append(tantivy.Query.term_set_query(self._schema, "speaker", list(subset.speakers)))
        barred = [self._phrase(phrase) for phrase in words.excluded_phrases]
        barred += [tantivy.Query.term_query(self._schema, "stems", stem, "freq") for stem in words.excluded_stems]
        limits = [(tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in must]
        return limits + [(tantivy.Occur.MustNot, query) for query in barred]

    def _phrase(self, phrase: tuple[str, ...]) -> tantivy.Query:
        if len(phrase) == 1:
            return tantivy.Query.term_query(self._schema, "forms", phrase[0], "position")
        return tantivy.Query.phrase_query(self._schema, "forms", list(phrase))


def _indexed(entry: Entry) -> tantivy.Document:
    forms = french.forms(entry.text)
    stems = [french.stem(form) for form in forms if not french.is_stop_word(form)]
    document = tantivy.Document()
    document.add_unsigned("key", entry.key)
    document.add_unsigned("document", entry.document)
    if entry.speaker:
        document.add_text("speaker", entry.speaker)
    document.add_text("stems", " ".join(stems))
    document.add_text("context", " ".join(french.stems(entry.context)))
    document.add_text("forms", " ".join(forms))
    return document


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _digest(path: Path) -> str:
    try:
        return blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return "unreadable"


def remove(folder: Path) -> None:
    """Delete an index folder, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
