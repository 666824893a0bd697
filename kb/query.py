"""What a person typed, parsed once: words, "exact phrases", -exclusions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kb import french
from kb.errors import InvalidQuery
from kb.store import Words

_PARTS = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:"(?P<straight>[^"]*)"|«(?P<french>[^»]*)»|“(?P<curly>[^”]*)”|(?P<word>\S+))"""
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """words: for the word index. text: what is left to look for by meaning (exclusions out, quotation marks off)."""

    words: Words
    text: str


def parse(raw: str) -> ParsedQuery:
    """Parse a query; raises InvalidQuery when nothing in it can be searched for.

    A phrase of a single word, or a quotation mark that is not closed, is an ordinary word.
    """
    stems: list[str] = []
    phrases: list[tuple[str, ...]] = []
    barred: Words = Words()
    kept: list[str] = []
    for part in _PARTS.finditer(unicodedata.normalize("NFC", raw)):
        quoted = part["straight"] or part["french"] or part["curly"]
        content = quoted or (part["word"] or "").strip('"«»“”')
        forms = tuple(french.forms(content))
        if not forms:
            continue
        if part["minus"]:
            barred = _bar(barred, forms, quoted=quoted is not None)
            continue
        kept.append(content)
        stems.extend(french.stems(content))
        if quoted is not None:
            phrases.append(forms)
    if not kept and barred.constrains:
        raise InvalidQuery("Une exclusion (-mot) demande un mot à chercher à côté.")
    if not kept:
        raise InvalidQuery("La recherche est vide : écrivez au moins un mot à chercher.")
    stems = stems or [french.stem(form) for form in french.forms(" ".join(kept))]
    words = Words(tuple(dict.fromkeys(stems)), tuple(phrases), barred.excluded_stems, barred.excluded_phrases)
    return ParsedQuery(words, " ".join(kept).strip())


def _bar(barred: Words, forms: tuple[str, ...], *, quoted: bool) -> Words:
    if quoted or len(forms) > 1:
        return Words(excluded_stems=barred.excluded_stems, excluded_phrases=(*barred.excluded_phrases, forms))
    return Words(
        excluded_stems=(*barred.excluded_stems, french.stem(forms[0])), excluded_phrases=barred.excluded_phrases
    )
