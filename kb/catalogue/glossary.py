"""The glossary of a corpus: the words of the field, what they stand for, and which to look for beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kb import french
from kb.catalogue.fields import Fields, legible
from kb.errors import InvalidCatalogue

FILE = "glossary.toml"
"""Its name, at the root of the corpus."""
_PLURAL, _INFLECTED = ("s", "x"), ("s", "x", "e", "es")
_CLOSE = 2
"""Letters by which gender and number change a word at most; « conseil », « conseiller »: one stem, two words."""
_LINKS = 2
"""How many small words may stand where a name has one: « de », « de la », none in a question made of keywords."""

_Steps = tuple[tuple[int, str], ...]
"""The forms of a name, each with how many stop words may stand before it."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term as staff write it. related: the `term` of others, as they write it themselves."""

    term: str
    expansion: str | None
    definition: str
    related: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called."""
        return (self.term, *([self.expansion] if self.expansion else ()), *self.aliases)


@dataclass(frozen=True, slots=True)
class Related:
    """Something to look for beside a question, and the name in the question that brought it; both as written."""

    asked: str
    term: str


def read_terms(fields: Fields) -> tuple[Term, ...]:
    """The terms of a glossary, in order; raises InvalidCatalogue, naming the term, the cause and the way out."""
    fields.allow("terms")
    terms: list[Term] = []
    places: list[str] = []
    owners: dict[tuple[str, ...], int] = {}
    for number, table in enumerate(fields.tables("terms"), start=1):
        table.where = f"{fields.where}, terme n°{french.NBSP}{number}"
        term = _term(table)
        places.append(table.where)
        terms.append(term)
        for name in term.names:
            owner = owners.setdefault(tuple(french.forms(name)), number)
            if owner != number:
                raise InvalidCatalogue(
                    f"{table.where} : « {name} » nomme déjà un autre terme ({places[owner - 1]}). "
                    "Retirez l’un des deux, ou donnez-leur des noms différents."
                )
    return tuple(
        replace(term, related=tuple(_named_by(owners, terms, name, where) for name in term.related))
        for term, where in zip(terms, places, strict=True)
    )


def _term(table: Fields) -> Term:
    table.allow("term", "expansion", "definition", "related", "aliases")
    name = legible(table.required("term", "[[terms]]"))
    _has_words(table, "term", name)
    table.where += f" (« {name} »)"
    term = Term(
        term=name,
        expansion=table.words("expansion"),
        definition=legible(table.required("definition", "[[terms]]")),
        related=tuple(map(legible, table.texts("related"))),
        aliases=tuple(map(legible, table.texts("aliases"))),
    )
    _has_words(table, "definition", term.definition)
    if term.expansion is not None:
        _has_words(table, "expansion", term.expansion)
    for alias in term.aliases:
        _has_words(table, "aliases", alias)
    return term


def _has_words(table: Fields, field: str, text: str) -> None:
    if not french.forms(text):
        raise InvalidCatalogue(f"{table.where} : « {field} » ne contient aucun mot. Écrivez-le, ou retirez-le.")


def _named_by(owners: dict[tuple[str, ...], int], terms: Sequence[Term], name: str, where: str) -> str:
    owner = owners.get(tuple(french.forms(name)))
    if owner is None:
        raise InvalidCatalogue(
            f"{where} : « related » renvoie à « {name} », qui n’est pas dans ce glossaire. "
            "Corrigez-le, ajoutez ce terme sous [[terms]], ou mettez-le dans « aliases » si c’est un autre nom."
        )
    return terms[owner - 1].term


def widened(terms: Sequence[Term], forms: Sequence[str]) -> tuple[Related, ...]:
    """What a glossary would look for beside a question: the other names of each term that it names, then its kin.

    forms: the folded forms of the question (`french.forms`). In the order of the question, each once, without what it
    says already. The longest name wins: « société d’économie mixte à opération unique » does not name the SEM.
    """
    found: dict[tuple[str, ...], Related] = {}
    for term, name in _named(terms, forms):
        for other in (*term.names, *term.related):
            is_said = any(True for _ in _spans(other, forms))
            if not is_said and french.stems(other):
                found.setdefault(tuple(french.forms(other)), Related(name, other))
    return tuple(found.values())


def _named(terms: Sequence[Term], forms: Sequence[str]) -> list[tuple[Term, str]]:
    """The terms that a question names and the names it uses, in its order."""
    spans = [(span, term, name) for term in terms for name in term.names for span in _spans(name, forms)]
    taken: set[int] = set()
    kept = []
    for span, term, name in sorted(spans, key=lambda found: (-len(found[0]), found[0].start)):
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append((span.start, term, name))
    return [(term, name) for _, term, name in sorted(kept, key=lambda found: found[0])]


def _spans(name: str, forms: Sequence[str]) -> Iterator[range]:
    """Where a name stands in a question."""
    steps = _steps(name)
    for start in range(len(forms)):
        end = _end(steps, forms, start)
        if end > start:
            yield range(start, end)


@lru_cache(maxsize=10_000)
def _steps(name: str) -> _Steps:
    """Stop words between two others may vary or be left out: « opération de revitalisation (du) territoire ».

    A name of nothing else, as « SI » once folded, is never found: it would be in every question.
    """
    forms = french.forms(name)
    full = [position for position, form in enumerate(forms) if not french.is_stop_word(form)]
    steps, links = [], 0
    for position, form in enumerate(forms):
        if full and full[0] < position < full[-1] and french.is_stop_word(form):
            links += 1
        elif full:
            steps.append((max(links, _LINKS) if links else 0, form))
            links = 0
    return tuple(steps)


def _end(steps: _Steps, forms: Sequence[str], start: int) -> int:
    """Where a name that begins at `start` ends; `start` when it does not stand there."""
    at = start
    for links, form in steps:
        most = at + links
        while at < most and at < len(forms) and french.is_stop_word(forms[at]):
            at += 1
        if at == len(forms) or not _is_same(form, forms[at], alone=len(steps) == 1):
            return start
        at += 1
    return at


def _is_same(form: str, asked: str, *, alone: bool) -> bool:
    """Whether two forms are one word but for its number and, in a name of several words, its gender.

    A word alone is held to its number: the stem of « SEM » is that of « semer », and « régie » is that of « régit ».
    """
    if form[0] != asked[0]:
        return False
    short, long = sorted((form, asked), key=len)
    if long.startswith(short) and long[len(short) :] in ("", *(_PLURAL if alone else _INFLECTED)):
        return True
    return not alone and len(long) - len(short) <= _CLOSE and french.stem(form) == french.stem(asked)
