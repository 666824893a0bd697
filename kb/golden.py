"""The golden questions asked of the memory: which are answered, and which are lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb import french
from kb.catalogue.golden import FARTHEST, GoldenQuestion
from kb.domain import NO_FILTERS, STAFF, Document, Hit
from kb.errors import InvalidCatalogue, InvalidQuery, KbError
from kb.library import Library
from kb.search import search
from kb.store import Scope


class Verdict(StrEnum):
    """What became of a golden question."""

    ANSWERED = "answered"
    LOST = "lost"
    GAP = "known_gap"
    FOUND_AGAIN = "found_again"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A golden question and its verdict.

    rank: the place, from 1, of the first passage that answers; beyond what was asked for, or None, when it is lost.
    first: the path of the document that comes first, None when nothing is found.
    absent: the document expected is in the corpus and not in the memory.
    """

    question: GoldenQuestion
    verdict: Verdict
    rank: int | None
    first: str | None
    absent: bool = False


def ask(library: Library, questions: Sequence[GoldenQuestion]) -> list[Outcome]:
    """Ask every question as staff would, by words and meaning.

    Raises KbError when the memory is empty, and InvalidCatalogue for a quote that is not in its document.
    """
    if not library.store.counts().documents:
        raise KbError("La mémoire est vide. Lancez « kb ingest », puis posez à nouveau les questions de référence.")
    documents = {_nfc(d.path): d for d in library.store.documents(Scope(STAFF, NO_FILTERS))}
    for question in questions:
        _check_quote(library, question, documents)
    return [_ask(library, question, documents) for question in questions]


def is_sound(outcomes: Sequence[Outcome]) -> bool:
    """Whether no question that should be answered is lost."""
    return all(outcome.verdict is not Verdict.LOST for outcome in outcomes)


def _check_quote(library: Library, question: GoldenQuestion, documents: Mapping[str, Document]) -> None:
    """A quote that is not word for word in its document would be lost for ever, whatever the search."""
    document = documents.get(question.document or "")
    if document is None or question.quote is None:
        return
    text, _ = library.store.text(document.id, STAFF)
    if not _holds(text, question.quote):
        raise InvalidCatalogue(
            f"{question.where} : la citation « {question.quote} » n’est pas dans « {question.document} ». "
            "Recopiez les mots du document, ou relancez « kb ingest » s’il vient de changer."
        )


def _ask(library: Library, question: GoldenQuestion, documents: Mapping[str, Document]) -> Outcome:
    hits = _hits(library, question, question.within)
    first = hits[0].document.path if hits else None
    accepted = _same_text(question, documents)
    rank = _rank(hits, question, accepted)
    verdict = _verdict(question, rank)
    if verdict in (Verdict.LOST, Verdict.GAP):
        rank = _rank(_hits(library, question, FARTHEST), question, accepted)
    return Outcome(question, verdict, rank, first, absent=question.document is not None and not accepted)


def _verdict(question: GoldenQuestion, rank: int | None) -> Verdict:
    if question.document is None:
        return Verdict.UNJUDGED  # whether the memory says that it does not know is judged here once it can say so
    if rank is None:
        return Verdict.GAP if question.known_gap else Verdict.LOST
    return Verdict.FOUND_AGAIN if question.known_gap else Verdict.ANSWERED


def _hits(library: Library, question: GoldenQuestion, k: int) -> Sequence[Hit]:
    try:
        return search(library, question.question, viewer=STAFF, k=k).hits
    except InvalidQuery as error:
        raise InvalidCatalogue(f"{question.where} : {error}") from error


def _same_text(question: GoldenQuestion, documents: Mapping[str, Document]) -> frozenset[str]:
    """The paths of the document expected and of its twins: the same text is shown once, under any of their names."""
    document = documents.get(question.document or "")
    if document is None:
        return frozenset()
    shown = document.twin_of or document.path
    return frozenset(d.path for d in documents.values() if shown in (d.path, d.twin_of))


def _rank(hits: Sequence[Hit], question: GoldenQuestion, accepted: Collection[str]) -> int | None:
    for rank, hit in enumerate(hits, start=1):
        if hit.document.path in accepted and (question.quote is None or _holds(hit.passage.text, question.quote)):
            return rank
    return None


def _holds(text: str, quote: str) -> bool:
    """Whether the words of a quote stand in a text, in order, whatever the accents, case and punctuation."""
    return f" {' '.join(french.forms(quote))} " in f" {' '.join(french.forms(text))} "


def _nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)
