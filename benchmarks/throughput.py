"""How fast is a whole ingest, and where does the time go? From files to a searchable index, in a new folder.

usage: python benchmarks/throughput.py CORPUS

Reading runs in other processes while the encoder works: what it costs is what the encoder waits for it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb.encoder import Encoder
from kb.encoder.load import load_encoder
from kb.ingest import ingest
from kb.ingest.report import Stage, Step
from kb.library import open_library
from kb.settings import Settings


class Timed:
    """An encoder that says how long it worked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.encoding = self.counting = 0.0
        self.encoded = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: Sequence[str]) -> Any:
        started = time.perf_counter()
        vectors = self._encoder.encode_passages(texts)
        self.encoding += time.perf_counter() - started
        self.encoded += len(texts)
        return vectors

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        started = time.perf_counter()
        counts = self._encoder.token_counts(texts)
        self.counting += time.perf_counter() - started
        return counts


def main() -> None:
    corpus = Path(sys.argv[1])
    pages = 0

    def listen(step: Step) -> None:
        nonlocal pages
        pages += step.stage is Stage.RECOGNISING

    with tempfile.TemporaryDirectory() as folder:
        config = Settings(corpus=corpus, index=Path(folder))
        encoder = Timed(load_encoder(config))
        library = open_library(config, encoder)
        started = time.perf_counter()
        report = ingest(library, listen=listen)
        seconds = time.perf_counter() - started
        stored = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    read = sum((corpus / path).stat().st_size for path in report.accepted)
    print(f"{len(report.accepted)} files, {read / 1e6:.1f} MB, {report.passages} passages shown, "
          f"{encoder.encoded} encoded, {len(report.twins)} twins, {len(report.refused)} refused, "
          f"{pages} pages recognised")  # fmt: skip
    print(f"{seconds:.1f} s: {encoder.encoded / seconds:.1f} passages/s, {read / 1e6 / seconds:.2f} MB/s")
    rest = seconds - encoder.encoding - encoder.counting
    for name, part in (("encoding", encoder.encoding), ("counting tokens", encoder.counting), ("all else", rest)):
        print(f"  {name}: {part:.1f} s, {100 * part / seconds:.1f} %")
    print(f"index: {stored / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
