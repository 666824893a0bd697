"""The golden questions of a corpus: what staff want answered, and the document where the answer stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from kb import french
from kb.catalogue.fields import Fields
from kb.errors import InvalidCatalogue

FILE = "golden_questions.toml"
"""Its name, at the root of the corpus."""
WITHIN = 10
"""Among how many passages the answer must be, where a question does not say."""
FARTHEST = 100


class Kind(StrEnum):
    """How a golden question is asked; the values are what staff write."""

    PARAPHRASE = "paraphrase"
    KEYWORDS = "mots-cles"
    WHO = "qui"
    EXACT = "expression"
    NUMBER = "nombre"
    UNANSWERABLE = "sans-reponse"


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question and where its answer stands; `document` is None when the corpus does not hold the answer.

    number: its place in the file, from 1. document: relative to the corpus, in POSIX form, accents composed.
    quote: words of the document that the passage must hold. within: among how many passages, best first.
    known_gap: staff know that it is not answered yet, or that the memory wrongly claims to answer it.
    """

    number: int
    question: str
    kind: Kind
    document: str | None = None
    quote: str | None = None
    within: int = WITHIN
    known_gap: bool = False

    @property
    def where(self) -> str:
        """How a message names it."""
        return _where(self.number)


def read_golden(corpus: Path) -> tuple[GoldenQuestion, ...]:
    """The golden questions of a corpus, in order; raises InvalidCatalogue, naming the question and the cause."""
    path = corpus / FILE
    if not path.exists():
        raise InvalidCatalogue(
            f"{FILE} : le corpus n’a pas de questions de référence. Créez ce fichier dans {corpus} ; "
            "« Questions de référence », dans docs/guide.fr.md, montre comment l’écrire."
        )
    fields = Fields.from_file(path, FILE)
    fields.allow("questions")
    present = {_nfc(p.relative_to(corpus).as_posix()) for p in corpus.rglob("*") if p.is_file()}
    found: dict[str, GoldenQuestion] = {}
    for number, table in enumerate(fields.tables("questions"), start=1):
        table.where = _where(number)
        question = _question(table, number, present)
        if question.question in found:
            raise InvalidCatalogue(
                f"{table.where} : elle est déjà posée ({found[question.question].where}). Retirez l’une des deux."
            )
        found[question.question] = question
    if not found:
        raise InvalidCatalogue(f"{FILE} : ce fichier ne pose aucune question. Écrivez-en une sous [[questions]].")
    return tuple(found.values())


def _where(number: int) -> str:
    return f"{FILE}, question n°{french.NBSP}{number}"


def _question(table: Fields, number: int, present: Collection[str]) -> GoldenQuestion:
    table.allow("question", "kind", "document", "quote", "within", "answered", "known_gap")
    text = table.required("question", "[[questions]]")
    kind = table.choice("kind", Kind)
    if table.flag("answered") is False:
        return _unanswerable(table, number, text, kind)
    if kind is None or kind is Kind.UNANSWERABLE:
        kinds = ", ".join(k for k in Kind if k is not Kind.UNANSWERABLE)
        raise InvalidCatalogue(
            f"{table.where} : écrivez « kind » ({kinds}), ou answered = false si le corpus n’y répond pas."
        )
    return GoldenQuestion(
        number=number,
        question=text,
        kind=kind,
        document=_document(table, present),
        quote=_quote(table),
        within=_within(table),
        known_gap=table.flag("known_gap") or False,
    )


def _unanswerable(table: Fields, number: int, text: str, kind: Kind | None) -> GoldenQuestion:
    if kind not in (None, Kind.UNANSWERABLE):
        raise InvalidCatalogue(
            f"{table.where} : « kind » vaut « {kind} » et answered = false. Gardez l’un ou l’autre : "
            f"une question sans réponse dans le corpus est du genre « {Kind.UNANSWERABLE} »."
        )
    if table.text("document") or table.text("quote") or table.number("within"):
        raise InvalidCatalogue(
            f"{table.where} : une question sans réponse (answered = false) n’attend rien. "
            "Retirez « document », « quote » et « within », ou retirez « answered »."
        )
    return GoldenQuestion(number, text, Kind.UNANSWERABLE, known_gap=table.flag("known_gap") or False)


def _document(table: Fields, present: Collection[str]) -> str:
    named = table.text("document")
    if not named:
        raise InvalidCatalogue(
            f"{table.where} : il manque « document », le fichier qui répond, par son chemin depuis le corpus ; "
            "ou answered = false si aucun ne répond."
        )
    path = _nfc(named)
    if path in present:
        return path
    near = get_close_matches(path, present, n=1, cutoff=0.8)
    way_out = f"Est-ce « {near[0]} » ?" if near else "A-t-il été renommé ou déplacé ?"
    raise InvalidCatalogue(f"{table.where} : le document « {named} » n’est pas dans le corpus. {way_out}")


def _quote(table: Fields) -> str | None:
    quote = table.text("quote")
    if quote is not None and not french.forms(quote):
        raise InvalidCatalogue(f"{table.where} : « quote » ne contient aucun mot. Citez le document, ou retirez-le.")
    return quote


def _within(table: Fields) -> int:
    within = table.number("within")
    if within is not None and not 1 <= within <= FARTHEST:
        raise InvalidCatalogue(f"{table.where} : « within » vaut {within} ; écrivez un nombre de 1 à {FARTHEST}.")
    return within or WITHIN


def _nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)
