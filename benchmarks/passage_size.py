"""How large should a passage be? Ingest a corpus at several sizes and score known questions on each.

usage: python benchmarks/passage_size.py CORPUS QUERIES.tsv [TARGET/MAX …]

QUERIES.tsv has the columns query, file (alternatives separated by |) and quote. Prints a Markdown table: a question is
found when a passage of the expected file is among the first 10, quoted when one of the ten contains the quote.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kb import ingest, passages
from kb.domain import STAFF, Mode
from kb.french import fold
from kb.library import Library, open_library
from kb.search import search
from kb.settings import Settings


@dataclass(frozen=True)
class Question:
    text: str
    files: tuple[str, ...]
    quote: str


def questions(path: Path) -> list[Question]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Question(row["query"], tuple(row["file"].split("|")), row["quote"]) for row in rows]


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def score(library: Library, asked: list[Question], mode: Mode) -> tuple[float, float, float]:
    """Share found, share quoted, and mean reciprocal rank of the quote."""
    found = quoted = reciprocal = 0.0
    for question in asked:
        hits = search(library, question.text, viewer=STAFF, mode=mode).hits
        found += any(hit.document.path.endswith(file) for hit in hits for file in question.files)
        ranks = [r for r, hit in enumerate(hits, 1) if plain(question.quote) in plain(hit.passage.text)]
        quoted += bool(ranks)
        reciprocal += 1 / ranks[0] if ranks else 0
    return found / len(asked), quoted / len(asked), reciprocal / len(asked)


def main() -> None:
    corpus, asked = Path(sys.argv[1]), questions(Path(sys.argv[2]))
    print(
        "| target / max tokens | passages | mode | file@10 | quote@10 | MRR of the quote |\n|---|---|---|---|---|---|"
    )
    for size in sys.argv[3:] or [f"{passages.TARGET_TOKENS}/{passages.MAX_TOKENS}"]:
        passages.TARGET_TOKENS, passages.MAX_TOKENS = (int(part) for part in size.split("/"))
        with tempfile.TemporaryDirectory() as index:
            library = open_library(Settings(corpus=corpus, index=Path(index)))
            count = ingest.ingest(library).passages
            for mode in Mode:
                figures = " | ".join(f"{figure:.3f}" for figure in score(library, asked, mode))
                print(f"| {size} | {count} | {mode} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
