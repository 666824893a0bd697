"""Word search: tantivy over stems, with folded forms beside them for exact phrases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import TypedDict

import numpy as np
import tantivy
from numpy.typing import NDArray

from kb import french
from kb.store import Candidate, Words
from kb.store.keys import within

CONTEXT_WEIGHT = 0.4
"""What a word found in the title, heading or speaker weighs beside one in the passage. See docs/quality.md."""
FORM_WEIGHT = 0.3
"""What a word as it was typed adds to its stem: « logement » a little before « loger »."""
RELATED_WEIGHT = 0.8
"""What a term of the glossary weighs beside a word of the question."""

_MOST, _MARGIN = 0.5, 1.2
"""A part of at least this share is searched by asking the whole for as many more, and these for good measure."""
_HEAP = 60_000_000
_BLOCK = 1 << 20
_MANIFEST = "manifest.json"
_META = "meta.json"
_OTHER_SCHEMA = "schema does not match"
_SEGMENT_FILES = {".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"}
_Kept = tuple[int, int]
_Clauses = list[tuple[tantivy.Occur, tantivy.Query]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of a passage."""

    key: int
    document: int
    text: str
    context: str
    speaker: str | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subset:
    """The part of the index to search: document keys, speakers and themes; None does not restrict.

    keys: of the passages that are in that part, sorted. No other is found, even if it came in meanwhile.
    """

    documents: Sequence[int] | None = None
    speakers: Sequence[str] | None = None
    keys: NDArray[np.int64] | None = None
    themes: Sequence[str] | None = None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("theme", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("context", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("forms", tokenizer_name="whitespace", index_option="position")
    return builder.build()


class Segment(TypedDict):
    """What tantivy says of a segment."""

    segment_id: str
    deletes: dict[str, int] | None


class DamagedWords(Exception):
    """The files of the index are not what was written; it can be made again from the rows."""


class OldWords(DamagedWords):
    """The index is of another version of this program."""


@contextmanager
def _telling_damage() -> Iterator[None]:
    """Turn what tantivy raises over damaged files into DamagedWords; a panic of it is no ordinary exception."""
    try:
        yield
    except ValueError as error:
        raise (OldWords if _OTHER_SCHEMA in str(error) else DamagedWords)(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise DamagedWords(str(error)) from error
        raise


class WordIndex:
    """A tantivy index in a folder. One process writes; readers see whole commits. Raises DamagedWords.

    source: a folder that may not be written: its files are then linked in `folder`, as tantivy locks what it reads.
    """

    def __init__(self, folder: Path, source: Path | None = None) -> None:
        self.folder = folder
        self._source = source
        self._schema = _schema()
        folder.mkdir(parents=True, exist_ok=True)
        self._link()
        if self._cut():
            raise DamagedWords(f"{folder.name} : des fichiers manquent ou sont tronqués")
        with _telling_damage():
            self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
            self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    @property
    def dead(self) -> int:
        """How many passages went out and still weigh on the scores of the others, until they are swept."""
        return sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in self._segments())

    @property
    def revision(self) -> int:
        """The last revision of the rows that was taken in, as the files say."""
        return self._manifest()[0]

    def reload(self) -> None:
        """See what was committed since."""
        self._link()
        with _telling_damage():
            self._index.reload()
            self._searcher = self._index.searcher()

    def apply(self, removed: Iterable[int], added: Iterable[Entry], revision: int) -> None:
        """Take documents out by key, put passages in, in one commit. Doing it twice is doing it once."""
        with self._writing(revision) as writer:
            for document in removed:
                writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "document", document, "basic"))
            for entry in added:
                writer.add_document(_indexed(entry))

    def replace(self, added: Iterable[Entry], revision: int) -> None:
        """Put passages in, in the place of all those before, in one commit."""
        with self._writing(revision) as writer:
            writer.delete_all_documents()
            for entry in added:
                writer.add_document(_indexed(entry))

    @contextmanager
    def _writing(self, revision: int) -> Iterator[tantivy.IndexWriter]:
        with _telling_damage():
            self._sweep()
            writer = self._index.writer(_HEAP, 1)
            try:
                yield writer
                writer.commit()
            except BaseException:
                with suppress(ValueError):
                    writer.wait_merging_threads()  # lets tantivy's lock go, which an exception would hold
                raise
            writer.wait_merging_threads()
            self.reload()
            self._record_manifest(revision)

    def _sweep(self) -> None:
        """Remove the lists of deletions that a killed commit left: tantivy would not write others of the same name."""
        used = self._used()
        for path in self.folder.glob("*.del"):
            if path.name not in used:
                path.unlink(missing_ok=True)

    def _link(self) -> None:
        for path in self._source.iterdir() if self._source else ():
            link = self.folder / path.name
            if path.suffix != ".lock" and not link.is_symlink():
                link.symlink_to(path.resolve())

    def altered(self) -> list[str]:
        """Names of the files that no longer read as they were written."""
        return self._differing(lambda path, kept: _checksum(path) != kept[1])

    def _cut(self) -> list[str]:
        return self._differing(lambda path, kept: _size(path) != kept[0])

    def _differing(self, differs: Callable[[Path, _Kept], bool]) -> list[str]:
        """The files in use that differ; looked at again when an ingest put others in their place meanwhile."""
        while True:
            used = self._used()
            kept = self._manifest()[1]
            found = [name for name in sorted(used & kept.keys()) if differs(self.folder / name, kept[name])]
            if not found or used == self._used():
                return found

    def _used(self) -> set[str]:
        """Names of the files of the segments of the last commit; a segment may lack some of them."""
        found = set()
        for segment in self._segments():
            name, deletes = segment["segment_id"].replace("-", ""), segment["deletes"]
            found |= {name + suffix for suffix in _SEGMENT_FILES}
            found |= {f"{name}.{deletes['opstamp']}.del"} if deletes else set()
        return found

    def _segments(self) -> list[Segment]:
        path = self.folder / _META
        try:
            return [
                {"segment_id": str(each["segment_id"]), "deletes": each["deletes"]}
                for each in json.loads(path.read_text())["segments"]
            ]
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise DamagedWords(f"{path.name} : {error}") from error

    def _manifest(self) -> tuple[int, dict[str, _Kept]]:
        """The revision of the last commit of ours; size and checksum of each file of it. (0, {}) before the first."""
        path = self.folder / _MANIFEST
        try:
            kept = json.loads(path.read_text())
            return int(kept["revision"]), {str(name): (size, crc) for name, (size, crc) in kept["files"].items()}
        except FileNotFoundError:
            return 0, {}
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise DamagedWords(f"{path.name} : {error}") from error

    def _record_manifest(self, revision: int) -> None:
        """Segments never change once written: only new files are read."""
        known = self._manifest()[1]
        current = {name: self.folder / name for name in self._used() if (self.folder / name).exists()}
        found = {name: known.get(name) or (_size(path), _checksum(path)) for name, path in current.items()}
        draft = self.folder / f".{_MANIFEST}"
        draft.write_text(json.dumps({"revision": revision, "files": found}))
        draft.replace(self.folder / _MANIFEST)

    def search(self, words: Words, subset: Subset, k: int) -> list[Candidate]:
        """The k best passages by BM25, best first; ties by key."""
        wanted = self._wanted(words)
        if wanted is None or not len(self):
            return []
        if subset.keys is not None and _MOST * len(self) <= len(subset.keys):
            more = round(_MARGIN * k * len(self) / len(subset.keys))
            found = self._best(wanted, self._limits(words, replace(subset, documents=None)), more)
            kept = _among(found, subset.keys)
            if len(kept) >= k or len(found) < more:
                return kept[:k]
        return _among(self._best(wanted, self._limits(words, subset), k), subset.keys)

    def _best(self, wanted: tantivy.Query, limits: _Clauses, k: int) -> list[Candidate]:
        """Without limits, tantivy skips what cannot be among the k best; it is worth asking for a few more instead."""
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), *limits]) if limits else wanted
        with _telling_damage():
            hits = self._searcher.search(query, k, count=False).hits
            keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        found = [(int(key), float(score)) for key, (score, _) in zip(keys, hits, strict=True) if key is not None]
        return sorted(found, key=lambda c: (-c[1], c[0]))

    def matching(self, words: Words, subset: Subset) -> NDArray[np.int64]:
        """Keys of every passage that phrases and exclusions allow, sorted."""
        if not len(self):
            return np.empty(0, dtype=np.int64)
        if subset.keys is not None and not words.phrases and subset.speakers is None:
            return _without(subset.keys, self._excluded(words), self._last())
        clauses = [(tantivy.Occur.Must, tantivy.Query.all_query()), *self._limits(words, subset)]
        return self._keys(tantivy.Query.boolean_query(clauses))

    def _excluded(self, words: Words) -> NDArray[np.int64]:
        """Few, where nearly all are allowed."""
        barred = [query for _, query in self._limits(words, Subset())]
        return self._keys(tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in barred]))

    def _last(self) -> int:
        """The highest key; of what came into the rows since, one cannot say what words it has."""
        with _telling_damage():
            hits = self._searcher.search(tantivy.Query.all_query(), 1, count=False, order_by_field="key").hits
        return int(hits[0][0])

    def _keys(self, query: tantivy.Query) -> NDArray[np.int64]:
        """Of all passages that match, sorted."""
        with _telling_damage():
            hits = self._searcher.search(query, len(self), count=False, order_by_field="key").hits
        return np.sort(np.fromiter((int(key) for key, _ in hits), dtype=np.int64, count=len(hits)))

    def rarity(self, stems: Sequence[str]) -> float:
        """The sum of the weights that BM25 gives to these stems: the rarer a word, the more it says."""
        n = len(self)
        counts = [self._searcher.doc_freq("stems", stem) for stem in stems] if n else []
        return sum(log(1 + (n - count + 0.5) / (count + 0.5)) for count in counts)

    def _wanted(self, words: Words) -> tantivy.Query | None:
        """Any stem, in the passage or its context, better so as typed; a query of phrases alone is scored by them."""
        clauses: _Clauses = []
        for stem in dict.fromkeys(words.stems):
            body = tantivy.Query.term_query(self._schema, "stems", stem, "freq")
            clauses.append((tantivy.Occur.Should, body))
            if not words.only_said:
                context = tantivy.Query.term_query(self._schema, "context", stem, "freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(context, CONTEXT_WEIGHT)))
        clauses.extend((tantivy.Occur.Should, self._phrase(phrase)) for phrase in (*words.phrases, *words.wished))
        lesser: list[tuple[tuple[str, ...], float]] = [((form,), FORM_WEIGHT) for form in words.forms]
        lesser += [(term, RELATED_WEIGHT / len(term)) for term in words.related]  # a phrase weighs what its words weigh
        for forms, weight in lesser:
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(self._phrase(forms), weight)))
        return tantivy.Query.boolean_query(clauses) if clauses else None

    def _limits(self, words: Words, subset: Subset) -> _Clauses:
        """What every passage must, or must not, have."""
        must = [self._phrase(phrase) for phrase in words.phrases]
        parts = (("document", subset.documents), ("speaker", subset.speakers), ("theme", subset.themes))
        for field, values in parts:
            if values is not None:
                must.append(tantivy.Query.term_set_query(self._schema, field, list(values)))
        barred = [self._phrase(phrase) for phrase in words.excluded_phrases]
        barred += [tantivy.Query.term_query(self._schema, "stems", stem, "freq") for stem in words.excluded_stems]
        limits = [(tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in must]
        return limits + [(tantivy.Occur.MustNot, query) for query in barred]

    def _phrase(self, phrase: tuple[str, ...]) -> tantivy.Query:
        if len(phrase) == 1:
            return tantivy.Query.term_query(self._schema, "forms", phrase[0], "position")
        return tantivy.Query.phrase_query(self._schema, "forms", list(phrase))

    def written(self, forms: Iterable[str]) -> list[str]:
        """Those of these forms that are in the index, whoever may see where."""
        with _telling_damage():
            return [form for form in forms if self._searcher.doc_freq("forms", form)]

    def written_from(self, prefix: str) -> list[str]:
        """The forms that begin so, whoever may see where."""
        with _telling_damage():
            return [form for form, _ in self._searcher.terms_with_prefix("forms", prefix)]

    def holders(self, field: str, term: str, limit: int | None = None) -> NDArray[np.int64]:
        """Keys of the passages that have a term in "forms", "stems" or "context", in no order: all, or any `limit`."""
        with _telling_damage():
            searcher = self._searcher
            count = searcher.doc_freq(field, term)
            if not count:
                return np.empty(0, dtype=np.int64)
            query = tantivy.Query.term_query(self._schema, field, term, "freq")  # scored: what scores less is skipped
            if limit is None:
                query = tantivy.Query.const_score_query(query, 0.0)
            hits = searcher.search(query, min(count, limit or count), count=False).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.array(keys, dtype=np.int64)


def _among(found: list[Candidate], keys: NDArray[np.int64] | None) -> list[Candidate]:
    if keys is None or not found:
        return found
    asked = np.array([key for key, _ in found], dtype=np.int64)
    return [candidate for candidate, kept in zip(found, within(asked, keys).tolist(), strict=True) if kept]


def _without(keys: NDArray[np.int64], gone: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    kept = np.zeros(last + 1, dtype=bool)
    kept[keys[: np.searchsorted(keys, last, side="right")]] = True
    kept[gone] = False
    return np.flatnonzero(kept)


def _indexed(entry: Entry) -> tantivy.Document:
    forms = french.forms(entry.text)
    stems = [french.stem(form) for form in forms if not french.is_stop_word(form)]
    document = tantivy.Document()
    document.add_unsigned("key", entry.key)
    document.add_unsigned("document", entry.document)
    if entry.speaker:
        document.add_text("speaker", entry.speaker)
    for theme in entry.themes:
        document.add_text("theme", theme)
    document.add_text("stems", " ".join(stems))
    document.add_text("context", " ".join(french.stems(entry.context)))
    document.add_text("forms", " ".join(forms))
    return document


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _checksum(path: Path) -> int:
    """CRC-32 of a file; -1 when it cannot be read."""
    checksum = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                checksum = zlib.crc32(block, checksum)
    except OSError:
        return -1
    return checksum
