"""Read every hostile file, and take them all in at once: is each as expected, in time, in memory?

usage: python benchmarks/bad_inputs.py [-o TABLE.md]

Makes the files in a temporary folder, prints a line for each, and ends with status 1 if any is not as expected.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import bad_inputs
from tests.bad_ingest import disagreement, final, taken_in
from tests.bad_inputs import Expected, Got


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", metavar="TABLE.md", type=Path, help="also write the table in Markdown")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "mauvais"
        bad_inputs.make(folder)
        table = bad_inputs.expectations()
        with bad_inputs.nothing_leaves(folder) as incidents:
            measured, printed = bad_inputs.measure(folder, [row.file for row in table])
            began = time.monotonic()
            taken = taken_in(folder, Path(name) / "index", [row.file for row in table])
            ingested = time.monotonic() - began
    rows = [(row, final(got, taken[row.file])) for row, got in zip(table, measured, strict=True)]
    found = [(row, got, bad_inputs.problems(row, got) + disagreement(got, taken[row.file])) for row, got in rows]
    for row, got, wrong in found:
        print(line(row, got, wrong))
    if chosen.o:
        chosen.o.write_text(markdown(rows), encoding="utf-8")
    bad = sum(1 for *_, wrong in found if wrong)
    slowest, largest = max(got.seconds for _, got in rows), max(got.megabytes for _, got in rows)
    print(f"\n{len(rows) - bad}/{len(rows)} as expected; slowest {slowest:.1f} s, largest {largest:.0f} MB; "
          f"all taken in at once in {ingested:.0f} s; traces printed: {printed.count('Traceback')}")  # fmt: skip
    for incident in incidents:
        print(incident)
    return 1 if bad or incidents or "Traceback" in printed else 0


def line(row: Expected, got: Got, wrong: Sequence[str]) -> str:
    file = row.file if len(row.file) < 44 else f"{row.file[:30]}…{row.file[-12:]}"
    allowed = "|".join(sorted(row.outcomes))
    return (f"{'WRONG' if wrong else 'ok':5} {file:44} {allowed:16} {got.outcome:6} {got.seconds:5.1f} s "
            f"{got.megabytes:5.0f} MB {' / '.join(wrong) or got.said[:70]}")  # fmt: skip


def markdown(rows: Sequence[tuple[Expected, Got]]) -> str:
    """The table of docs/ingestion.md."""
    parts, before = [], ""
    for row, got in rows:
        kind, _, name = row.file.partition("/")
        if kind != before:
            parts.append(f"\n**{kind}**\n\n| file | expected | got | s | MB |\n|---|---|---|---:|---:|")
            before = kind
        name = name if len(name) < 60 else f"{name[:30]}…{name[-16:]}"
        name = name.replace("|", "\\|").replace("`", "ˋ")
        allowed = " or ".join(sorted(row.outcomes))
        parts.append(f"| `{name}` | {allowed} | {got.outcome} | {got.seconds:.1f} | {got.megabytes:.0f} |")
    return "\n".join(parts).strip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
