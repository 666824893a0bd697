"""Which themes a passage has, by its words and by its meaning.

Pure: a passage's themes depend on the passage, the theme and what staff filed its session under; not on the other
documents, nor on the other themes, nor on who is asking. How the figures were chosen, and how often they are right, is
in docs/quality.md; `benchmarks/themes.py` measures it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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
_LONG = 20
"""Stems from which a passage says enough: the vector of a shorter one is mostly that of its titles."""


def asked(theme: Theme) -> tuple[str, ...]:
    """What a theme's meaning is made from: its label and its words."""
    return tuple(dict.fromkeys((theme.label, *theme.words)))


def questions(themes: Sequence[Theme]) -> tuple[str, ...]:
    """All that is to be encoded as questions to know these themes, each once."""
    return tuple(dict.fromkeys((*QUESTIONS, *(text for theme in themes for text in asked(theme)))))


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
        near = _units(vectors - self.centre) @ self.directions
        said, lengths = self._said(texts)
        prior = np.array([theme.key in filed for theme in self.themes])
        scores = _BIAS + _NEAR * near + _WORD * said + _FILED * prior + _LENGTH * lengths[:, np.newaxis]
        return [self._best(row) for row in scores]

    def _said(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """How many different words of each theme each text says, up to three; how long it is, in [0, 1]."""
        said = np.zeros((len(texts), len(self.themes)), dtype=np.int64)
        lengths = np.zeros(len(texts))
        for place, text in enumerate(texts):
            stems = french.stems(text)
            lengths[place] = min(len(stems) / _LONG, 1)
            for _, theme in self._found(stems):
                said[place, theme] += 1
        return np.minimum(said, _WORDS_COUNTED), lengths

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
    """The mean direction of a theme's words, over their mean cosine with it: what is as near as they are is at 1."""
    units = _units(words)
    mean = _units(units.mean(axis=0)[np.newaxis])[0]
    nearness = float((units @ mean).mean())
    return mean / nearness if nearness > 0 else np.zeros_like(mean)


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
