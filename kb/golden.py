"""The golden questions asked of the memory: which are answered, which are lost, which it rightly leaves aside."""

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
from kb.search import Results, search
from kb.store import Scope


class Verdict(StrEnum):
    """What became of a golden question.

    SILENT and CLAIMED are for those that the corpus does not answer: the memory says so, or claims to cover them.
    A known gap is FOUND_AGAIN when it is as it should be.
    """

    ANSWERED = "answered"
    LOST = "lost"
    SILENT = "silent"
    CLAIMED = "claimed"
    GAP = "known_gap"
    FOUND_AGAIN = "found_again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A golden question and its verdict.

    rank: the place, from 1, of the first passage that answers; beyond what was asked for, or None, when it is lost.
    first: the path of the document that comes first, None when nothing is found.
    absent: the document expected is in the corpus and not in the memory.
    is_doubted: the answer is there, and the memory says that it does not seem to cover the question.
    """

    question: GoldenQuestion
    verdict: Verdict
    rank: int | None
    first: str | None
    absent: bool = False
    is_doubted: bool = False


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
    """Whether no question that should be answered is lost, and none claimed that the corpus does not answer."""
    return all(outcome.verdict not in (Verdict.LOST, Verdict.CLAIMED) for outcome in outcomes)


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
    found = _search(library, question, question.within)
    first = found.hits[0].document.path if found.hits else None
    if question.document is None:
        return Outcome(question, _verdict(question, _is_silent(found), Verdict.SILENT, Verdict.CLAIMED), None, first)
    accepted = _same_text(question, documents)
    rank = _rank(found.hits, question, accepted)
    verdict = _verdict(question, rank is not None, Verdict.ANSWERED, Verdict.LOST)
    is_doubted = rank is not None and _is_silent(found)
    if rank is None:
        rank = _rank(_search(library, question, FARTHEST).hits, question, accepted)
    return Outcome(question, verdict, rank, first, absent=not accepted, is_doubted=is_doubted)


def _verdict(question: GoldenQuestion, is_right: bool, right: Verdict, wrong: Verdict) -> Verdict:
    if question.known_gap:
        return Verdict.FOUND_AGAIN if is_right else Verdict.GAP
    return right if is_right else wrong


def _is_silent(found: Results) -> bool:
    """Whether the memory says that it does not cover a question, as a reader would see it."""
    return not found.hits or not found.is_covered


def _search(library: Library, question: GoldenQuestion, k: int) -> Results:
    try:
        return search(library, question.question, viewer=STAFF, k=k)
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
