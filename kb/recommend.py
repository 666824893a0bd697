"""What the memory recommends: to whom, on what, by whom and where it says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kb.domain import NO_FILTERS, Addressee, Document, Filters, Passage, Recommendation, Session, Viewer
from kb.library import Library
from kb.recommendations import LEAST
from kb.selectors import Selector, select_span
from kb.store import Scope


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence that recommends, in its document. passage: the one in which it begins, whose themes are its own."""

    recommendation: Recommendation
    passage: Passage
    document: Document
    session: Session | None

    @property
    def themes(self) -> tuple[str, ...]:
        """The keys of the themes of the passage around, the surest first."""
        return self.passage.themes

    @property
    def selector(self) -> Selector:
        """What finds the sentence again after its document was corrected."""
        found = self.recommendation
        before = self.passage.text[: max(0, found.start - self.passage.start)]
        after = self.passage.text[found.end - self.passage.start :]
        return select_span(found.document, (found.start, found.end), found.text, before, after)


def found(
    library: Library,
    *,
    viewer: Viewer,
    filters: Filters = NO_FILTERS,
    addressees: Collection[Addressee] = (),
    least: float = LEAST,
) -> list[Advice]:
    """The sentences of the documents of the filters that recommend, those of a session together, the oldest first.

    addressees: several are alternatives; those that name nobody are found without any only. least: the confidence from
    which they are told; under that of an ingest, all that it kept.
    """
    told = [
        Advice(recommendation, passage, document, library.session(document.session))
        for recommendation, passage, document in library.store.recommendations(Scope(viewer, filters))
        if recommendation.confidence >= least and (not addressees or set(addressees) & set(recommendation.addressees))
    ]
    return sorted(told, key=_order)


def _order(each: Advice) -> tuple[object, ...]:
    document = each.document
    day = document.date.isoformat() if document.date else ""
    return (not day, day, document.session or "", document.path, each.recommendation.start)
