from __future__ import annotations

import struct

import numpy as np
import pytest

from kb.encoder.e5s1 import expand_q4_0, parse


def test_a_block_gives_low_nibbles_then_high_nibbles_less_eight_times_the_scale() -> None:
    block = struct.pack("<e", 0.5) + bytes([0xF0] + [0x88] * 15)
    expected = [-4.0] + [0.0] * 15 + [3.5] + [0.0] * 15
    assert expand_q4_0(block).tolist() == expected


def test_blocks_follow_one_another() -> None:
    one = struct.pack("<e", 1.0) + bytes([0x99] * 16)
    two = struct.pack("<e", -2.0) + bytes([0x99] * 16)
    assert np.array_equal(expand_q4_0(one + two), [1.0] * 32 + [-2.0] * 32)


def test_another_magic_is_refused() -> None:
    with pytest.raises(ValueError, match="not an E5S1 file"):
        parse(b"GGUF" + bytes(64))
