"""Which sentences of a document recommend, to whom, and how surely: by their words, their place and their meaning.

Pure: a sentence is judged by its document and the model only. How the weights were fitted, and how often it is right,
is in docs/quality.md; `benchmarks/recommendations.py` measures and fits it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.domain import Addressee, Recommendation, Segment
from kb.recommendations.addressees import named
from kb.recommendations.examples import DESCRIBING, RECOMMENDING
from kb.recommendations.rules import RULES, Rule, Where
from kb.recommendations.sentences import LONGEST, SHORTEST, Sentence, sentences, unlabelled
from kb.recommendations.weights import BIAS, WEIGHTS

Vectors = NDArray[np.float32]

EXAMPLES = (*RECOMMENDING, *DESCRIBING)
"""All that is to be encoded, as passages, to know what recommending means."""
SIGNS = (
    *(rule.name for rule in RULES),
    "element",
    "premiere",
    "court",
    "long",
    "liste",
    "prescrit",
    "autre_liste",
    "fragment",
    "adresse",
    "sens",
)
"""What is seen of a candidate, in the order of its signs: the rules, then its place, its length and its meaning."""
LEAST = 0.5
"""The confidence from which a sentence is held to recommend."""
_SHORT, _LONG = 45, 300
_FEW = 4
_UNDER = ("sous_recommandations", "sous_propositions", "ouvre_numerote", "ouvre_a_qui", "titre_a_faire")
_PRESCRIBES = ("acteur_sujet", "doit", "devrait", "passif", "elles_agissent")
_ORDERS = ("infinitif", "imperatif", "que_subjonctif")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may recommend, and what is seen of it but for its meaning: the values of SIGNS up to the last."""

    sentence: Sentence
    signs: tuple[float, ...]

    @property
    def addressees(self) -> tuple[Addressee, ...]:
        """Whom it asks to act, or else whom what opens its paragraph does, or the title above it."""
        sentence = self.sentence
        for text in (
            unlabelled(sentence.whole),
            sentence.plain,
            unlabelled(sentence.opening),
            unlabelled(sentence.heading),
        ):
            found = named(text)
            if found:
                return found
        return ()


def candidates(text: str, segments: Sequence[Segment]) -> list[Candidate]:
    """The sentences in which some word or place says that they may recommend; the others are not looked at."""
    return [
        Candidate(sentence, _signs(sentence))
        for sentence in sentences(text, segments)
        if SHORTEST <= sentence.end - sentence.start <= LONGEST
        and (sentence.is_addressed or any(rule.is_candidate and _meets(sentence, rule) for rule in RULES))
    ]


def judge(document: str, found: Sequence[Candidate], vectors: Vectors, examples: Vectors) -> list[Recommendation]:
    """Those of one or more candidates that recommend, in order.

    vectors: of their texts; examples: of EXAMPLES, both as passages.
    """
    sure = confidences(evidence(found, vectors, examples))
    return [
        Recommendation(
            document,
            each.sentence.start,
            each.sentence.end,
            each.sentence.text,
            each.sentence.anchor,
            round(confidence, 3),
            each.sentence.speaker,
            each.sentence.number,
            each.addressees,
        )
        for each, confidence in zip(found, sure.tolist(), strict=True)
        if confidence >= LEAST
    ]


def evidence(found: Sequence[Candidate], vectors: Vectors, examples: Vectors) -> NDArray[np.float64]:
    """What is seen of each candidate: a row a candidate, a column a sign."""
    near = meaning(vectors, examples)
    return np.column_stack([np.array([each.signs for each in found]), near])


def meaning(vectors: Vectors, examples: Vectors) -> NDArray[np.float64]:
    """By how much more each text is near what recommends than what does not, all away from the mean of the examples."""
    centre = examples.mean(axis=0)
    near = _units(vectors - centre) @ _units(examples - centre).T
    towards, from_it = near[:, : len(RECOMMENDING)], near[:, len(RECOMMENDING) :]
    return np.asarray(_nearest(towards) - _nearest(from_it), dtype=np.float64)


def _nearest(near: Vectors) -> Vectors:
    """The mean cosine with the few examples that are nearest."""
    few: Vectors = np.sort(near, axis=1)[:, -_FEW:].mean(axis=1)
    return few


def confidences(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely candidates are to recommend, in [0, 1], by what is seen of them."""
    weights = np.array([WEIGHTS[sign] for sign in SIGNS])
    likely: NDArray[np.float64] = 1 / (1 + np.exp(-(seen @ weights + BIAS)))
    return likely


def _signs(sentence: Sentence) -> tuple[float, ...]:
    met = {rule.name: _meets(sentence, rule) for rule in RULES}
    length = len(sentence.plain)
    under = any(met[name] for name in _UNDER)
    orders = any(met[name] for name in _ORDERS)
    prescribes = any(met[name] for name in _PRESCRIBES)
    tells = met["passe"] or (met["rapporte"] and not met["auteurs_demandent"])
    place = (
        sentence.is_item,
        sentence.is_first and under and not tells,
        length < _SHORT,
        length > _LONG,
        under and orders,
        under and not tells and prescribes,
        not under and orders and sentence.is_item,
        sentence.is_item and under and not orders and not prescribes and not sentence.is_addressed,
        sentence.is_addressed,
    )
    return tuple(map(float, (*met.values(), *place)))


def _meets(sentence: Sentence, rule: Rule) -> bool:
    looked_at = {
        Where.SENTENCE: sentence.plain,
        Where.HEADING: sentence.heading,
        Where.OPENING: sentence.opening or sentence.whole,
    }
    return rule.pattern.search(looked_at[rule.where]) is not None


def _units(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return units
