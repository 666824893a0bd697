"""Which themes a passage has, by its words and by its meaning.

Pure: a passage's themes depend on the passage, the theme and what staff filed its session under; not on the other
documents, nor on the other themes, nor on who is asking. How the figures were chosen, and how often they are right, is
in docs/quality.md; `benchmarks/themes.py` measures it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from kb import french
from kb.domain import Theme
from kb.themes.background import QUESTIONS

Vectors = NDArray[np.float32]
_Terms = dict[str, list[tuple[tuple[str, ...], int]]]

MOST = 3
"""Themes of one passage at most."""
_NEAR, _LENGTH, _WORD, _FILED, _BIAS = 8.5, 1.3, 2.1, 2.4, -9.0
"""A logistic model, rounded; a theme is a passage's where it is likelier than not."""
_WORDS_COUNTED = 3
_USUAL_WORDS, _USUAL_PAIRS, _USUALLY_ALIKE = 10, 3, 0.22
"""What is supposed of a theme of few words: those of the demonstration corpus are as near each other as that."""
_LONG = 20
"""Stems from which a passage says enough: the vector of a shorter one is mostly that of its titles."""


def asked(theme: Theme) -> tuple[str, ...]:
    """What a theme's meaning is made from: its label and its words."""
    return tuple(dict.fromkeys((theme.label, *theme.words)))


def questions(themes: Sequence[Theme]) -> tuple[str, ...]:
    """All that is to be encoded as questions to know these themes, each once."""
    return tuple(dict.fromkeys((*QUESTIONS, *(text for theme in themes for text in asked(theme)))))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is seen of themes in passages; a row a passage, a column a theme.

    near: the cosine of their meanings, both away from the background's; 1 where it is as near as the theme's own words.
    said: how many different words of the theme, up to three. length: how much is said at all, in [0, 1]; one column.
    """

    near: Vectors
    said: NDArray[np.int64]
    length: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sorter:
    """Themes made ready to be told in passages.

    centre: the mean of the background's passages. directions: each theme's meaning, away from the background's
    questions, and divided by how near its own words are to it: (dimensions, themes).
    """

    themes: tuple[Theme, ...]
    centre: Vectors
    directions: Vectors
    terms: _Terms

    @classmethod
    def of(cls, themes: Sequence[Theme], vectors: Mapping[str, Vectors], background: Vectors) -> Sorter:
        """Of one theme or more. vectors: of each of `questions(themes)`. background: of PASSAGES, (n, dimensions)."""
        middle = np.mean([vectors[text] for text in QUESTIONS], axis=0)
        directions = [_direction(np.stack([vectors[text] for text in asked(theme)]) - middle) for theme in themes]
        return cls(tuple(themes), background.mean(axis=0), np.stack(directions, axis=1), _terms(themes))

    def of_passages(self, texts: Sequence[str], vectors: Vectors, filed: Collection[str] = ()) -> list[tuple[str, ...]]:
        """The keys of the themes of each passage, the surest first.

        vectors: (len(texts), dimensions). filed: the themes under which staff put the session they are of.
        """
        seen = self.evidence(texts, vectors)
        prior = np.array([theme.key in filed for theme in self.themes])
        scores = _BIAS + _NEAR * seen.near + _WORD * seen.said + _LENGTH * seen.length + _FILED * prior
        return [self._best(row) for row in scores]

    def evidence(self, texts: Sequence[str], vectors: Vectors) -> Evidence:
        """What is seen of each theme in each passage."""
        near = _units(vectors - self.centre) @ self.directions
        return Evidence(near, *self._said(texts))

    def _said(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        said = np.zeros((len(texts), len(self.themes)), dtype=np.int64)
        length = np.zeros((len(texts), 1))
        for place, text in enumerate(texts):
            stems = french.stems(text)
            length[place] = min(len(stems) / _LONG, 1)
            for _, theme in self._found(stems):
                said[place, theme] += 1
        return np.minimum(said, _WORDS_COUNTED), length

    def _found(self, stems: Sequence[str]) -> set[tuple[tuple[str, ...], int]]:
        """The words of themes that a text says, each with the place of its theme."""
        return {
            (term, theme)
            for at, stem in enumerate(stems)
            for term, theme in self.terms.get(stem, ())
            if tuple(stems[at : at + len(term)]) == term
        }

    def _best(self, scores: NDArray[np.float64]) -> tuple[str, ...]:
        order = np.argsort(-scores, kind="stable")[:MOST]
        return tuple(self.themes[place].key for place in order.tolist() if scores[place] >= 0)


def _direction(words: Vectors) -> Vectors:
    """The mean direction of a theme's words, over how near it such words are: what is as near as they are is at 1."""
    units = _units(words)
    mean: Vectors = _units(units.mean(axis=0)[np.newaxis])[0]
    return mean / np.float32(_nearness(units))


def _nearness(units: Vectors) -> float:
    """The cosine with their mean of words that are as near each other as these are, were there ten of them.

    So that a theme of few words is not held to be narrow: one word alone is all that its mean is.
    """
    pairs = len(units) * (len(units) - 1) / 2
    among = (float(np.square(units.sum(axis=0)).sum()) - len(units)) / 2
    alike = max((among + _USUAL_PAIRS * _USUALLY_ALIKE) / (pairs + _USUAL_PAIRS), 0.0)
    return sqrt((1 + (_USUAL_WORDS - 1) * alike) / _USUAL_WORDS)


def _units(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return units


def _terms(themes: Sequence[Theme]) -> _Terms:
    """The words of the themes as stems, by the first of them; those of nothing but small words say nothing."""
    found: _Terms = {}
    for place, theme in enumerate(themes):
        for stems in dict.fromkeys(tuple(french.stems(text)) for text in asked(theme)):
            if stems:
                found.setdefault(stems[0], []).append((stems, place))
    return found
