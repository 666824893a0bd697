"""How near our text of born-digital PDFs is to Poppler's, file by file.

python benchmarks/pdf_text.py FOLDER [--show N]

Words: F1 of the multisets of words, against `pdftotext -layout`. Order: F1 of the multisets of three consecutive words,
against `pdftotext` in its reading order. Both texts are made comparable first (`words`), and what we leave out by
choice is left out of Poppler's too (`body`): the lines that recur at the edges of pages, and the entries of a table of
contents. --show N lists the words that weigh most in what is missing and what is extra.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import UnreadableDocument
from kb.readers import read

_EDGE = 3
_RECURS = 0.4
_NUMBER = re.compile(r"\d+")
_LEADERS = re.compile(r"(?:[._…]\s?){6,}\s*\d{1,4}\s*$")
_HYPHEN_AT_END = re.compile("(?<=\\w)[-\u2010\u00ad][ \t]*\n\\s*(?=\\w)")
_HYPHEN = re.compile("(?<=\\w)[-\u2010\u2011\u00ad](?=\\w)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two texts agree: shares in [0, 1], and the words (with how many) that only one of them has."""

    words: float
    order: float
    missing: Counter[str]
    extra: Counter[str]


def has_poppler() -> bool:
    """Whether `pdftotext` can be run."""
    return shutil.which("pdftotext") is not None


def agreement(path: Path, ours: str) -> Agreement:
    """Our text of a PDF held against Poppler's."""
    mine, theirs = words(ours), words(body(_poppler(path, "-layout")))
    missing, extra = Counter(theirs) - Counter(mine), Counter(mine) - Counter(theirs)
    read_in_order = words(body(_poppler(path)))
    return Agreement(f1(mine, theirs), f1(_triples(mine), _triples(read_in_order)), missing, extra)


def words(text: str) -> list[str]:
    """The words of a text, folded: case, ligatures, compositions; a hyphen, at a line end or not, is no boundary."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(_HYPHEN.sub("", _HYPHEN_AT_END.sub("", text)))


def body(pages: Sequence[str]) -> str:
    """Pages without the lines that recur at their edges, figures apart, and without entries of a table of contents."""
    lines = [[line for line in page.split("\n") if line.strip()] for page in pages]
    seen = Counter(key for page in lines for key in {_key(line) for line in _edges(page)})
    least = max(3, _RECURS * len(pages))
    kept = [
        line
        for page in lines
        for place, line in enumerate(page)
        if not (_LEADERS.search(line) or (not _EDGE <= place < len(page) - _EDGE and seen[_key(line)] >= least))
    ]
    return "\n".join(kept)


def f1(ours: Sequence[object], theirs: Sequence[object]) -> float:
    """Harmonic mean of precision and recall, on multisets."""
    if not ours or not theirs:
        return 0.0
    return 2 * (Counter(ours) & Counter(theirs)).total() / (len(ours) + len(theirs))


def _poppler(path: Path, *options: str) -> list[str]:
    command = ["pdftotext", "-enc", "UTF-8", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace").split("\f")


def _edges(page: Sequence[str]) -> Sequence[str]:
    return [*page[:_EDGE], *page[-_EDGE:]]


def _key(line: str) -> str:
    return " ".join(_NUMBER.sub("#", line).split())


def _triples(found: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(found, found[1:], found[2:], strict=False))


def main() -> None:
    """Print a line a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="words missing and extra to list")
    options = parser.parse_args()
    if not has_poppler():
        sys.exit("pdftotext is not installed (poppler-utils)")
    print(f"{'words':>6} {'order':>6} {'s':>5}  file")
    total = 0.0
    for path in sorted(options.folder.rglob("*.pdf")):
        begun = time.perf_counter()
        try:
            text = read(path).text
        except UnreadableDocument as error:
            print(f"{'':19}  {error}")
            continue
        total += (seconds := time.perf_counter() - begun)
        found = agreement(path, text)
        print(f"{found.words:6.3f} {found.order:6.3f} {seconds:5.1f}  {path.name}", flush=True)
        for name, counts in (("missing", found.missing), ("extra", found.extra)):
            if options.show:
                print(f"{name:>19}: {counts.total()}", *(f"{w}×{n}" for w, n in counts.most_common(options.show)))
    print(f"{total:.1f} s in all")


if __name__ == "__main__":
    main()
