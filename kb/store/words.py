"""Word search: tantivy over stems, with folded forms beside them for exact phrases."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from kb import french
from kb.store import Candidate, Words

CONTEXT_WEIGHT = 0.4
"""What a word found in the title, heading or speaker weighs beside one in the passage. See docs/quality.md."""

_HEAP = 60_000_000
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


class WordIndex:
    """A tantivy index in a folder. One process writes; readers see whole commits."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._schema = _schema()
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
        writer = self._index.writer(_HEAP, 1)
        for document in removed:
            writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "document", document, "basic"))
        for entry in added:
            writer.add_document(_indexed(entry))
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def search(self, words: Words, subset: Subset, k: int) -> list[Candidate]:
        """The k best passages by BM25, best first; ties by key."""
        wanted = self._wanted(words)
        if wanted is None or not len(self):
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), *self._limits(words, subset)])
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


def remove(folder: Path) -> None:
    """Delete an index folder, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
