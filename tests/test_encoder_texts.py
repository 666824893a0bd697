from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.encoder.texts import batches, sound

LENGTHS = st.lists(st.integers(1, 600), max_size=60)


@given(LENGTHS)
def test_every_text_is_in_one_batch(lengths: list[int]) -> None:
    together = [position for batch in batches(lengths, tokens=512) for position in batch]
    assert sorted(together) == list(range(len(lengths)))


@given(LENGTHS)
def test_a_padded_batch_stays_within_its_tokens_unless_one_text_exceeds_them(lengths: list[int]) -> None:
    padded = [(len(batch), max(lengths[i] for i in batch)) for batch in batches(lengths, tokens=512)]
    assert all(count == 1 or count * longest <= 512 for count, longest in padded)


def test_texts_of_like_length_go_together() -> None:
    assert list(batches([10, 200, 12, 190], tokens=400)) == [[1, 3], [2, 0]]


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert sound("caf\udce9 œuvre 😀") == "caf? œuvre 😀"
