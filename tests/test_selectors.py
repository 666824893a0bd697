"""An address made yesterday finds its passage in the text of today, and says what became of it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain import Anchor, Passage
from kb.errors import InvalidQuery
from kb.selectors import LONGEST_TOKEN, Selector, State, annotation, parse_token, resolve, select

WORDS = (
    "commune habitant maire numérique guichet énergie réseau école territoire agent service public confiance budget "
    "le la de et dans pour avec sans l’eau qu’on ~ ^ « » 12 000 € élue département"
).split()
prose = st.lists(st.sampled_from(WORDS), min_size=20, max_size=60).map(" ".join)
other = st.lists(st.sampled_from(["saison", "débat", "pont", "rivière", "train"]), max_size=30).map(" ".join)
TEXT = (
    "Bonjour à toutes et à tous.\nCe n’est pas l’outil qui donne confiance, c’est la personne au guichet qui écoute "
    "et qui revient le lendemain. Tant que la mairie répond, les habitants essaient.\nMerci beaucoup."
)
EXACT = TEXT[28:-16]


def passage(text: str, start: int, end: int) -> Passage:
    return Passage("d.1", "d", 1, start, end, text[start:end], Anchor())


def selector(text: str = TEXT, exact: str = EXACT) -> Selector:
    start = text.index(exact)
    end = start + len(exact)
    return select(passage(text, start, end), text[:start], text[end:])


@st.composite
def spans(draw: st.DrawFn, once: bool = False) -> tuple[str, int, int]:
    """A text, and a passage of it of five words or more. once: no word comes twice."""
    words = draw(prose).split()
    words = [f"{word}{place}" for place, word in enumerate(words)] if once else words
    first = draw(st.integers(0, len(words) - 6))
    last = draw(st.integers(first + 5, len(words)))
    start = len(" ".join(words[:first])) + (1 if first else 0)
    return " ".join(words), start, start + len(" ".join(words[first:last]))


@given(spans())
def test_a_token_holds_the_whole_selector(found: tuple[str, int, int]) -> None:
    text, start, end = found
    made = select(passage(text, start, end), text[:start], text[end:])
    assert parse_token(made.token) == made
    assert len(made.token) < 250


@given(spans())
def test_a_text_that_did_not_change_gives_the_same_span(found: tuple[str, int, int]) -> None:
    text, start, end = found
    now = resolve(text, select(passage(text, start, end)))
    assert (now.start, now.end, now.state) == (start, end, State.SAME)


@given(spans(), other, other)
def test_words_added_around_move_a_passage_and_leave_it_exact(
    found: tuple[str, int, int], before: str, after: str
) -> None:
    text, start, end = found
    now = resolve(f"{before}{text}{after}", select(passage(text, start, end), text[:start], text[end:]))
    assert f"{before}{text}{after}"[now.start : now.end] == text[start:end]
    assert now.state in (State.SAME, State.MOVED)


@given(spans(), st.data())
def test_words_taken_out_elsewhere_leave_a_passage_exact(found: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = found
    cut, rest = data.draw(st.integers(0, start)), data.draw(st.integers(end, len(text)))
    today = text[cut:rest]
    now = resolve(today, select(passage(text, start, end), text[:start], text[end:]))
    assert today[now.start : now.end] == text[start:end]
    assert now.state in (State.SAME, State.MOVED)


@given(spans(once=True), st.data())
def test_a_word_corrected_inside_is_covered_and_told(found: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = found
    words = text[start:end].split()
    place = data.draw(st.integers(0, len(words) - 1))
    today = f"{text[:start]}{' '.join([*words[:place], 'corrigendum', *words[place + 1 :]])}{text[end:]}"
    now = resolve(today, select(passage(text, start, end), text[:start], text[end:]))
    assert now.state is State.CHANGED
    assert "corrigendum" in today[now.start : now.end]


def test_of_two_that_say_the_same_the_one_with_the_same_neighbours_is_found() -> None:
    text = "Le maire demande. Nous sommes tous d’accord. Le préfet demande. Nous sommes tous d’accord. Fin."
    start = text.rindex("Nous")
    made = select(passage(text, start, start + 27), text[:start], text[start + 27 :])
    assert (now := resolve("Un mot. " + text, made)).state is State.MOVED
    assert now.start == start + 8


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ce n’est pas l’outil", "Ce ne sont pas les outils"),
        ("les habitants essaient.", "les habitants finissent par essayer."),
        ("écoute et qui revient le lendemain", "écoute"),
        ("Tant que", "Elle ajoute, et c’est le plus important à ses yeux, que tant que"),
    ],
)
def test_a_rewritten_part_is_inside_the_span(old: str, new: str) -> None:
    today = "Avant-propos ajouté. " + TEXT.replace(old, new)
    now = resolve(today, selector())
    assert (today[now.start : now.end], now.state) == (EXACT.replace(old, new), State.CHANGED)


def test_a_passage_that_is_no_more_is_lost_near_its_place() -> None:
    today = TEXT.replace(EXACT, "On passe au point suivant de l’ordre du jour, sans débat ni vote de l’assemblée.")
    now = resolve(today, selector())
    assert now.state is State.LOST
    assert 0 <= now.start < now.end <= len(today)


@pytest.mark.parametrize("today", ["", "Oui.", " "])
def test_a_text_that_holds_nothing_loses_every_passage(today: str) -> None:
    now = resolve(today, selector())
    assert now.state is State.LOST
    assert 0 <= now.start <= now.end <= len(today)


@pytest.mark.parametrize(
    "token",
    ["", "abc.1", "d~1~2", "d~5~3~a~b~c~d~00000000", "d~0~5~a~~c~d~00000000", f"d~0~5~a~b~c~{'d' * 65}~00000000",
     selector().token[:-1], "d~0~999999999~a~b~c~d~00000000", "x" * (LONGEST_TOKEN + 1), "../x~0~5~a~b~c~d~00000000"],
)  # fmt: skip
def test_an_address_that_names_no_span_is_refused_in_french(token: str) -> None:
    with pytest.raises(InvalidQuery, match="incomplète ou abîmée"):
        parse_token(token)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 500_000,
        "a" * 1_000_000,
        ("a" * 31 + "b ") * 31_250,
        " " * 1_000_000,
        "commune habitant le maire " * 40_000,
    ],
    ids=["short words", "one word", "near misses", "blanks", "prose"],
)
@pytest.mark.parametrize("words", ["a " * 15 + "b", "a" * 31 + "c", "commune habitant le mairie", "z" * 64])
def test_a_hostile_address_takes_no_time_in_a_long_text(text: str, words: str) -> None:
    hostile = Selector("d", 500_000, 549_000, "00000000", words, words, words[:24], words[-24:])
    begun = time.process_time()
    resolve(text, hostile)
    assert time.process_time() - begun < 5


def test_the_annotation_is_that_of_the_w3c() -> None:
    made = selector()
    found = annotation(made, EXACT, Anchor(page=4, start_s=751.0, end_s=760.5), "http://h/source/d")
    quote, position, page, moment = found["target"]["selector"]
    assert (quote["type"], quote["exact"], quote["suffix"]) == ("TextQuoteSelector", EXACT, "Merci beaucoup.")
    assert position == {"type": "TextPositionSelector", "start": 28, "end": 28 + len(EXACT)}
    assert (page["value"], moment["value"]) == ("page=4", "t=npt:751.0,760.5")
    assert json.loads(json.dumps(found)) == found
