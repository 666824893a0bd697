"""What an ingest asks of the rows alone, without words or vectors: the half of a store that only passes it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.domain import Recommendation
from kb.store import Record, Refusal, Source, Vectors, advice
from kb.store import filing as files
from kb.store.rows import Rows


class Keeping:
    """See `kb.store.Store`, of which these are methods."""

    @property
    def _rows(self) -> Rows:
        raise NotImplementedError

    def sources(self) -> dict[str, Source]:
        """Every file that is in, by path."""
        return self._rows.sources()

    def refusals(self) -> dict[str, Refusal]:
        """Every file that was refused, by path."""
        return self._rows.refusals()

    def refuse(self, path: str, refusal: Refusal) -> None:
        """Remember why a file was not taken in."""
        self._rows.refuse(path, refusal)

    def forget_refusal(self, path: str) -> None:
        """Forget a file that was refused, if it was."""
        self._rows.forget_refusal(path)

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the embedded texts whose vector is not kept."""
        return self._rows.missing(hashes)

    def remember(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors: (len(hashes), dimensions)."""
        self._rows.remember(hashes, vectors)

    def remembered(self, hashes: Sequence[str]) -> Vectors:
        """The vectors that are kept of these texts, in this order: (len(hashes), dimensions)."""
        return files.remembered(self._rows, hashes)

    def embedded(self, path: str) -> tuple[str, ...]:
        """The hash of the text that the vector of each passage of a document was made from, in order."""
        return files.embedded(self._rows, path)

    def upsert(self, record: Record) -> None:
        """Put a document in, in place of the version before, in one transaction."""
        self._rows.upsert(record)

    def delete(self, path: str) -> None:
        """Take a document out, in one transaction."""
        self._rows.delete(path)

    def file_again(self, path: str, themes: Sequence[tuple[str, ...]], filing: str) -> bool:
        """Give the passages of a document other themes, in one transaction; whether they had others."""
        return files.file_again(self._rows, path, themes, filing)

    def advise_again(self, path: str, found: Sequence[Recommendation], mark: str) -> bool:
        """Give a document other recommendations, in one transaction; whether it had others."""
        return advice.advise_again(self._rows, path, found, mark)
