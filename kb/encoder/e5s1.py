"""The E5S1 file: multilingual-e5-small in one piece, matrices in 4-bit blocks, read as data.

Layout, little-endian (the package that ships it documents it in its own `e5.c`): magic and version, nine
header fields, the vocabulary (offsets, scores, bytes), the normalisation table, the directory of tensors,
the tensors.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK_VALUES = 32
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_VALUES // 2)])

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log-probabilities, by id, and the characters normalised apart from NFKC."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int
    dropped: str
    spaces: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the BERT network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class E5S1:
    """What the file holds. `tensors` are named as in the file and flat, in fp32."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Floats]


class _Cursor:
    """Reads one field after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def fields(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def parse(data: bytes) -> E5S1:
    """The model held by an E5S1 file. Raises ValueError, struct.error or KeyError when it is not one."""
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("not an E5S1 file")
    cursor = _Cursor(data)
    cursor.at = len(MAGIC) + struct.calcsize("<I")
    shape = _shape(cursor)
    vocabulary = _vocabulary(cursor)
    tensors = dict(_tensors(cursor))
    return E5S1(shape, vocabulary, tensors)


def expand_q4_0(blocks: bytes) -> Floats:
    """Q4_0 blocks to fp32: value = (nibble − 8) × scale; low nibbles are the first half of a block."""
    packed = np.frombuffer(blocks, BLOCK)
    values = np.empty((len(packed), BLOCK_VALUES), np.float32)
    half = BLOCK_VALUES // 2
    values[:, :half] = packed["nibbles"] & 0x0F
    values[:, half:] = packed["nibbles"] >> 4
    values -= 8
    values *= packed["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def _shape(cursor: _Cursor) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.fields("7i")
    epsilon, block = cursor.fields("fi")
    if block != BLOCK_VALUES:
        raise ValueError(f"blocks of {block} values, {BLOCK_VALUES} expected")
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk, size = cursor.fields("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    text = cursor.take(size)
    pieces = tuple(
        (text[start:end].decode("utf-8"), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    )
    table = dict(_normalisation(cursor))
    dropped = "".join(character for character, becomes in table.items() if not becomes)
    spaces = "".join(character for character, becomes in table.items() if becomes == " ")
    return Vocabulary(pieces, bos, eos, pad, unk, dropped, spaces)


def _normalisation(cursor: _Cursor) -> Iterator[tuple[str, str]]:
    count, _size = cursor.fields("iI")
    for _ in range(count):
        code, length = cursor.fields("IB")
        yield chr(code), "".join(map(chr, cursor.fields(f"{length}I")))


def _tensors(cursor: _Cursor) -> Iterator[tuple[str, Floats]]:
    (count,) = cursor.fields("i")
    for _ in range(count):
        (length,) = cursor.fields("H")
        name = cursor.take(length).decode("ascii")
        quantised, _values, offset, size = cursor.fields("BIQQ")
        raw = cursor.data[offset : offset + size]
        yield name, expand_q4_0(raw) if quantised else np.frombuffer(raw, "<f4")
