"""Typing errors: for a word that nobody wrote, the nearest that somebody did.

That a word is corrected tells that nobody wrote it, and by what, that somebody wrote that: both are read from passages
that the viewer may see, and from no other.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb import french
from kb.store import Scope
from kb.store.keys import within
from kb.store.rows import Rows
from kb.store.scopes import reach
from kb.store.words import WordIndex

LEAST_LETTERS = 5
"""Shorter words have too many neighbours. See docs/quality.md."""
LONG = 9
"""From so many letters a word may be two edits away."""
FIRST_LETTER_BELOW = 7
"""Few mistype the first letter: in words shorter than this it must be right (« Yonne » is not « donne »)."""

_ELIDED = frozenset("cdjlmnst")
_SAMPLE = 32
_FRENCH = "spellchecker/resources/fr.json.gz"
_Keys = NDArray[np.int64] | None


def spellings(index: WordIndex, rows: Rows, forms: Sequence[str], scope: Scope) -> dict[str, str]:
    """What to read in place of each of these folded forms that is mistyped; those that need or find nothing are absent.

    A form is left as it is when it is French, or when the viewer may read a word of the same stem anywhere: a filter
    that leaves a word out does not make it wrong. It is replaced by what is written within the scope.
    """
    seen = reach(rows, Scope(scope.viewer)).keys
    doubtful = [form for form in dict.fromkeys(forms) if _is_candidate(form) and not _is_known(index, form, seen)]
    if not doubtful:
        return {}
    kept = reach(rows, scope).keys
    found = {form: _nearest(index, form, kept) for form in doubtful if form not in _lexicon()}
    return {form: nearest for form, nearest in found.items() if nearest}


def _is_candidate(form: str) -> bool:
    return len(form) >= LEAST_LETTERS and form.isascii() and form.isalpha() and not french.is_stop_word(form)


def _is_known(index: WordIndex, form: str, keys: _Keys) -> bool:
    """Whether a word of the same stem is in a passage, or its title, heading or speaker."""
    stem = french.stem(form)
    return _is_held(index, "stems", stem, keys) or _is_held(index, "context", stem, keys)


def _is_held(index: WordIndex, field: str, term: str, keys: _Keys) -> bool:
    """Whether one of these passages has a term: nearly always, one of the first that come is enough."""
    return any(_count(index.holders(field, term, limit), keys) for limit in (_SAMPLE, None))


def _count(holders: NDArray[np.int64], keys: _Keys) -> int:
    """How many of these passages are among the keys, which are sorted."""
    return len(holders) if keys is None else int(np.count_nonzero(within(holders, keys)))


@lru_cache(maxsize=1)
def _lexicon() -> frozenset[str]:
    """The words of French, folded, without proper names: the frequency list of pyspellchecker, read as data."""
    path = Path(str(distribution("pyspellchecker").locate_file(_FRENCH)))
    words = json.loads(gzip.decompress(path.read_bytes()))
    return frozenset(word if word.isascii() else french.fold(word) for word in words)


def _nearest(index: WordIndex, form: str, keys: _Keys) -> str | None:
    """The form of the fewest edits; none where a stop word may be meant."""
    edits = {each for each in _edits(form) if _may_begin(form, each)} - {form}
    if edits & french.STOP_WORDS:
        return None
    return _best(index, form, index.written(edits), keys) or _best(index, form, _two_edits_away(index, form), keys)


def _best(index: WordIndex, form: str, near: Sequence[str], keys: _Keys) -> str | None:
    """The same first letter, then the most passages, then the alphabet."""
    found = [each for each in near if _is_held(index, "forms", each, keys)]
    if len(found) < 2:
        return next(iter(found), None)
    counts = {each: _count(index.holders("forms", each), keys) for each in found}
    return min(found, key=lambda each: (each[0] != form[0], -counts[each], each))


def _two_edits_away(index: WordIndex, form: str) -> list[str]:
    """Among the words of the same first letter."""
    if len(form) < LONG:
        return []
    found = process.extract(form, index.written_from(form[0]), scorer=OSA.distance, score_cutoff=2, limit=None)
    return [each for each, _, _ in found if each.isascii() and each.isalpha() and not french.is_stop_word(each)]


def _edits(form: str) -> Iterator[str]:
    """A letter less, two in the other order, another, one more (Norvig, 2007): some 60 a letter, looked up one by one.

    That costs the same in an index of any size, and finds all that are one edit away.
    """
    for at in range(len(form) + 1):
        before, after = form[:at], form[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _may_begin(form: str, other: str) -> bool:
    """Whether the first letters may differ: an elision lost its apostrophe (« lecole »), two letters are exchanged."""
    if form[0] == other[0] or len(form) >= FIRST_LETTER_BELOW:
        return True
    return (form[1:] == other and form[0] in _ELIDED) or form[1] + form[0] == other[:2]
