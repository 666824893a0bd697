"""Texts on their way to a model: made sound, and put together by length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def sound(text: str) -> str:
    """The text without lone surrogates (a command line can hold some), which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def batches(lengths: Sequence[int], *, tokens: int) -> Iterator[list[int]]:
    """Positions of the texts, longest first, in batches of at most `tokens` tokens once padded.

    Texts of like length go together, so that little is spent on padding; one longer than `tokens` goes alone.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
