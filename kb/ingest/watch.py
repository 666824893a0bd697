"""Saying when folders have changed and come to rest.

A shared drive tells nobody of its changes, so the folders are looked at: names, sizes and dates, never contents. Local
ones are treated the same, for one way that works everywhere is easier to trust than two.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kb.ingest.intake import walk

Look = dict[str, tuple[int, int]]
"""Size in bytes and date in nanoseconds of each file, by path."""


def changes(
    folders: Sequence[Path],
    *,
    quiet_s: float,
    every_s: float = 1.0,
    lost: Callable[[], None] = lambda: None,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Yield once at the start, then each time the folders changed and nothing moved in them for `quiet_s` seconds.

    A file that is still being copied grows, so that it is waited for. A folder that cannot be reached (a drive that
    is not mounted) is told to `lost` once, and never taken for an empty one.
    """
    taken: Look | None = None
    seen, since = look(folders), -math.inf
    if seen is None:
        lost()
    while True:
        if seen is not None and seen != taken and time.monotonic() - since >= quiet_s:
            taken = seen
            yield
        wait(every_s)
        now = look(folders)
        if now != seen:
            seen, since = now, time.monotonic()
            if now is None:
                lost()


def look(folders: Sequence[Path]) -> Look | None:
    """What stands in the folders; None when one of them cannot be reached."""
    found: Look = {}
    for folder in folders:
        if not folder.exists():
            return None
        for file in walk(folder) if folder.is_dir() else [folder]:
            try:
                kept = os.lstat(file)
            except OSError:  # gone meanwhile: the next look will not see it
                continue
            found[str(file)] = (kept.st_size, kept.st_mtime_ns)
    return found
