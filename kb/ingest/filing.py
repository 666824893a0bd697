"""The themes of passages: told when a document comes in, and told again when `themes.toml` changes.

Nothing is read or encoded again for that: texts and vectors are in the store. The words of the themes are encoded once,
and their vectors kept beside those of the passages, until a rebuild.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb import themes
from kb.catalogue import Catalogue
from kb.catalogue.themes import FILE
from kb.domain import STAFF, Document, Passage
from kb.encoder import Vectors
from kb.library import Library
from kb.store import Record, Source
from kb.themes.background import PASSAGES

_ANY_ORDINAL = 10**9


@dataclass
class Filing:
    """How the passages of a library are told to have themes.

    catalogue: as it was when the ingest began; the library's own may be read again meanwhile.
    """

    library: Library
    catalogue: Catalogue

    @cached_property
    def mark(self) -> str:
        """Hash of what themes are told by; empty while the list of them is wrong: it is to be done again then."""
        return "" if FILE in self.catalogue.problems else _hash(f"{_code()} {self.catalogue.themes}")

    def of(self, record: Record) -> Record:
        """The record, its passages with their themes. Their vectors were given to the store before."""
        found = self._themes(record.document, record.passages, record.embedded)
        passages = tuple(replace(passage, themes=each) for passage, each in zip(record.passages, found, strict=True))
        return replace(record, passages=passages, filing=self.mark)

    def again(self) -> list[str]:
        """Tell again the themes of what is in by another mark; the paths of the documents where that changed any."""
        if not self.mark:
            return []
        sources = self.library.store.sources()
        return [path for path, source in sources.items() if source.filing != self.mark and self._file_again(source)]

    def _file_again(self, source: Source) -> bool:
        store = self.library.store
        document = store.document(source.document, STAFF)
        passages = store.passages(source.document, 1, _ANY_ORDINAL, STAFF)
        found = self._themes(document, passages, store.embedded(source.path))
        return store.file_again(source.path, found, self.mark)

    def _themes(
        self, document: Document, passages: Sequence[Passage], embedded: Sequence[str]
    ) -> list[tuple[str, ...]]:
        if not passages or not self.catalogue.themes:
            return [()] * len(passages)
        vectors = self.library.store.remembered(embedded)
        return self.sorter.of_passages([passage.text for passage in passages], vectors, document.themes)

    @cached_property
    def sorter(self) -> themes.Sorter:
        """The themes of the catalogue, made ready; there is one at least."""
        known, encoder = self.catalogue.themes, self.library.encoder
        asked = themes.questions(known)
        vectors = self._kept("query", asked, lambda texts: np.stack([encoder.encode_query(text) for text in texts]))
        background = self._kept("passage", PASSAGES, encoder.encode_passages)
        return themes.Sorter.of(known, dict(zip(asked, vectors, strict=True)), background)

    def _kept(self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """The vectors of texts, from the store, where those that are not there are put first."""
        store, hashes = self.library.store, {_hash(f"{kind}: {text}"): text for text in texts}
        missing = sorted(store.missing(hashes))
        if missing:
            store.remember(missing, encode([hashes[each] for each in missing]))
        return store.remembered(list(hashes))


@lru_cache(maxsize=1)
def _code() -> str:
    """Hash of the code that tells themes."""
    return _hash(
        "".join(file.read_text(encoding="utf-8") for file in sorted(Path(themes.__file__).parent.glob("*.py")))
    )


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
