"""What a person typed, parsed once: words, "exact phrases", -exclusions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from kb import french
from kb.errors import InvalidQuery
from kb.store import Words

_PARTS = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:"(?P<straight>[^"]*)"|«(?P<french>[^»]*)»|“(?P<curly>[^”]*)”|(?P<word>\S+))"""
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a question asks.

    words: for the word index. text: what is left to look for by meaning (exclusions out, quotation marks off).
    loose: the folded forms of the words that may be misspelt: not those that must be found as they are, nor names.
    """

    words: Words
    text: str
    loose: tuple[str, ...] = ()


def parse(raw: str) -> ParsedQuery:
    """Parse a query; raises InvalidQuery when nothing in it can be searched for.

    A phrase must be found. In a sentence that asks something (« … ? ») quotation marks quote, and a phrase only counts
    more. A quotation mark that is not closed is nothing.
    """
    stems: list[str] = []
    phrases: list[tuple[str, ...]] = []
    barred: Words = Words()
    kept: list[str] = []
    loose: list[str] = []
    asks = raw.rstrip().endswith("?")
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
        if (quoted is None or asks) and not (kept[1:] and content[0].isupper()):
            loose.extend(forms)
    if not kept and barred.constrains:
        raise InvalidQuery("Une exclusion (-mot) demande un mot à chercher à côté.")
    if not kept:
        raise InvalidQuery("La recherche est vide : écrivez au moins un mot à chercher.")
    stems = stems or [french.stem(form) for form in french.forms(" ".join(kept))]
    said = [form for form in french.forms(" ".join(kept)) if not french.is_stop_word(form)]
    words = replace(
        barred,
        stems=tuple(dict.fromkeys(stems)),
        forms=tuple(dict.fromkeys(said)),
        phrases=() if asks else tuple(phrases),
        wished=tuple(phrases) if asks else (),
    )
    return ParsedQuery(words, " ".join(kept).strip(), tuple(dict.fromkeys(loose)))


def _bar(barred: Words, forms: tuple[str, ...], *, quoted: bool) -> Words:
    if quoted or len(forms) > 1:
        return replace(barred, excluded_phrases=(*barred.excluded_phrases, forms))
    return replace(barred, excluded_stems=(*barred.excluded_stems, french.stem(forms[0])))
