"""Documents of the same text are told from successive versions and from others."""

from __future__ import annotations

import random

from kb import twins

WORDS = (
    "eau gaz commune budget vote élue usager réseau pont école lit rue plan bail taxe parc bus tram port quai".split()
)


def prose(seed: int, words: int = 2000) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choices(WORDS, k=words))


def test_the_same_words_in_another_layout_resemble_wholly() -> None:
    text = "L’Œuvre inachevée du préfet, art. 12 : « 12 000 € »."
    assert twins.resemblance(twins.sketch(text), twins.sketch("l'OEUVRE inachevée\n\ndu préfet | art 12 – 12 000")) == 1


def test_two_texts_do_not_resemble() -> None:
    assert twins.resemblance(twins.sketch(prose(1)), twins.sketch(prose(2))) < 0.1


def test_a_share_of_other_words_lowers_the_resemblance_as_much() -> None:
    half = prose(1) + " " + prose(2)
    found = twins.resemblance(twins.sketch(prose(1)), twins.sketch(half))
    assert 0.4 < found < 0.6, "one of two halves is shared: the Jaccard similarity is 0.5"


def test_texts_without_words_resemble_nothing() -> None:
    assert twins.resemblance(twins.sketch(""), twins.sketch("")) == 0.0


def test_a_passage_of_the_text_is_repeated() -> None:
    text = prose(1)
    assert text[400:900] in twins.Repeats(text)


def test_a_passage_with_another_figure_is_not_repeated() -> None:
    repeats = twins.Repeats("La commune verse 12 000 euros au syndicat des eaux pour le réseau de la rue du port.")
    assert "La commune verse 12 000 euros au syndicat des eaux pour le réseau de la rue du port." in repeats
    assert "La commune verse 15 000 euros au syndicat des eaux pour le réseau de la rue du port." not in repeats


def test_a_passage_with_a_sentence_more_is_not_repeated() -> None:
    repeats = twins.Repeats(prose(1))
    assert prose(1)[:200] + " le conseil a refusé cette demande de subvention hier soir" not in repeats
