"""What a measure was made on. It imports nothing heavy, so that it disturbs none."""

from __future__ import annotations

import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path


def machine(threads: int, *packages: str) -> str:
    """The day, the processor, and the versions of Python and of these packages."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{date.today()}, {processor}, {threads} threads, Python {platform.python_version()}, {versions}"
