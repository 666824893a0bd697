"""A lock that many threads may hold to read, and one alone to change what is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """A readers-writer lock. Who waits to change goes before those who come to read later. Not to be taken twice."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._reading = 0
        self._waiting = 0
        self._is_changing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Beside others that read."""
        with self._moved:
            self._moved.wait_for(lambda: not self._is_changing and not self._waiting)
            self._reading += 1
        try:
            yield
        finally:
            with self._moved:
                self._reading -= 1
                if not self._reading:
                    self._moved.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Alone."""
        with self._moved:
            self._waiting += 1
            self._moved.wait_for(lambda: not self._is_changing and not self._reading)
            self._waiting -= 1
            self._is_changing = True
        try:
            yield
        finally:
            with self._moved:
                self._is_changing = False
                self._moved.notify_all()
