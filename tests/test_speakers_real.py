"""Who speaks, held against a hundred turns of real transcripts that a person read in the documents themselves.

`data/turns.tsv`: paragraphs drawn at random (seed 2021) below the first name of each document. A row gives the place of
the paragraph among all of the body's, the first 16 digits of the SHA-256 of its words, and who says it (« - »: nobody,
it is narrated). No sentence of the documents is copied.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from kb.readers import read

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "realdocs" / "docx"
TURNS = Path(__file__).parent / "data" / "turns.tsv"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real documents are not beside the project")


def digest(words: str) -> str:
    """Of the words alone, without the bullet or number that Word puts before a list's."""
    words = re.sub(r"^(?:•|[a-z0-9]{1,2}[.)]) ", "", words)
    return sha256(" ".join(words.split()).encode()).hexdigest()[:16]


def turns() -> list[dict[str, str]]:
    with TURNS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@cache
def spoken(name: str) -> dict[str, str]:
    """Who says each paragraph of a document, by the digest of its words; « - » for nobody."""
    document = read(REAL / name)
    return {digest(document.text[s.start : s.end]): s.speaker or "-" for s in document.segments}


def test_the_sample_is_a_hundred_turns_of_three_transcripts() -> None:
    assert (len(turns()), len({turn["document"] for turn in turns()})) == (100, 3)


def test_who_speaks_is_right_in_98_turns_of_100() -> None:
    wrong = [
        (turn["document"], turn["paragraph"], turn["speaker"], spoken(turn["document"]).get(turn["sha256"]))
        for turn in turns()
        if spoken(turn["document"]).get(turn["sha256"]) != turn["speaker"]
    ]
    assert len(wrong) <= 2, wrong
