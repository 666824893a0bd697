"""The lock of the vectors: many read, one changes."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kb.store.gate import Gate

PATIENCE_S = 20


def test_several_read_at_once() -> None:
    gate, together = Gate(), threading.Barrier(4)

    def read() -> int:
        with gate.reading():
            return together.wait(PATIENCE_S)  # broken unless all four are in

    with ThreadPoolExecutor(4) as pool:
        places = [done.result(PATIENCE_S) for done in [pool.submit(read) for _ in range(4)]]
    assert sorted(places) == [0, 1, 2, 3]


def test_who_changes_is_alone() -> None:
    gate, inside, most = Gate(), [0], [0]

    def change() -> None:
        for _ in range(200):
            with gate.changing():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    def read() -> None:
        for _ in range(200):
            with gate.reading():
                assert not inside[0]

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(each) for each in (change, read) * 3]:
            done.result(PATIENCE_S)
    assert most == [1]


def test_who_waits_to_change_goes_before_those_who_come_to_read_later() -> None:
    gate, order = Gate(), list[str]()
    with ThreadPoolExecutor(2) as pool:
        with gate.reading():
            changed = pool.submit(_note, gate, order, "change")
            while not gate._waiting:
                time.sleep(0.001)
            read = pool.submit(_note, gate, order, "read")
        changed.result(PATIENCE_S)
        read.result(PATIENCE_S)
    assert order == ["change", "read"]


def _note(gate: Gate, order: list[str], what: str) -> None:
    with gate.changing() if what == "change" else gate.reading():
        order.append(what)


def test_a_question_that_fails_lets_the_gate_go() -> None:
    gate = Gate()
    for enter in (gate.reading, gate.changing):
        with pytest.raises(ValueError, match="asked"), enter():
            raise ValueError("asked")
    order: list[str] = []
    after = threading.Thread(target=_note, args=(gate, order, "change"), daemon=True)  # would wait for ever
    after.start()
    after.join(PATIENCE_S)
    assert order == ["change"]
