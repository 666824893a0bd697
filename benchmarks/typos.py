"""How often is a mistyped word read as what was meant, how often is a right one changed, and what does it cost?

    python benchmarks/typos.py SHARED_EVAL_FOLDER

The folder holds retrieval sets in BEIR layout (cnil_faq, …). Each set's passages are taken into a store, with empty
vectors, in documents of 20.

Restored: words of five letters or more, drawn with a fixed seed from the set's questions among those that the passages
have, get one error (a letter less, one more, another, its neighbour on a French keyboard, two exchanged; anywhere, the
first letter as often as any other) or, from nine letters, two. A word is restored when it is read as one of the same
stem. « Still a word » is what no spelling can tell: the error gave a word that the passages have.

Changed: the words of five letters or more that the questions of *another* set have and the passages lack. Every change
counts as false, though people's questions do contain errors, which are then rightly read; the changes are printed with
--show, to be judged.

Costs are of one thread's own time, in milliseconds, at the median, so that other programs weigh little on them.
"""

from __future__ import annotations

import argparse
import random
import statistics
import string
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb import french
from kb.domain import PUBLIC, STAFF, Anchor, Document, DocumentType, Passage, Segment, Visibility
from kb.evaluate import rows
from kb.store import Record, Scope
from kb.store.local import LocalStore
from kb.store.typos import LEAST_LETTERS, LONG

SETS = ("cnil_faq", "service_public_qr", "piaf_v1.1", "qag15_titles_2017-2019")
OTHERS = (
    ("cnil_faq", "piaf_v1.1"),
    ("service_public_qr", "piaf_v1.1"),
    ("qag15_titles_2017-2019", "piaf_v1.1"),
    ("cnil_faq", "qag15_titles_2017-2019"),
    ("piaf_v1.1", "qag15_titles_2017-2019"),
)
PER_DOCUMENT = 20
DIMENSIONS = 8
DRAWN = 2000
_SEED = 7
_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_KNOWN = "confiance numerique logement habitants communes territoires ministre projet".split()
_ONE, _TWO = "minsitre", "gouvernenet"


def record(number: int, texts: Sequence[str]) -> Record:
    """One document in twenty is for staff alone, so that rights are looked at."""
    name = f"d{number}"
    visibility = Visibility.STAFF if number % 20 == 19 else Visibility.PUBLIC
    document = Document(name, name, name, DocumentType.OTHER, None, None, None, (), visibility)
    passages, at = [], 0
    for ordinal, text in enumerate(texts, 1):
        passages.append(Passage(f"{name}.{ordinal}", name, ordinal, at, at + len(text), text, Anchor()))
        at += len(text) + 2
    hashes = tuple(sha256(text.encode()).hexdigest() for text in texts)
    whole = "\n\n".join(texts)
    segments = (Segment(0, len(whole), Anchor()),)
    return Record(document, "0" * 64, "f" * 64, whole, segments, tuple(passages), ("",) * len(texts), hashes)


@dataclass(frozen=True)
class Written:
    """Passages in a store, with the forms and stems that they have."""

    store: LocalStore
    forms: frozenset[str]
    stems: frozenset[str]


def stored(folder: Path, home: Path) -> Written:
    texts = [f"{row.get('title') or ''} {row['text']}".strip() for row in rows(folder, "corpus")]
    store = LocalStore(home, DIMENSIONS)
    store.reset("none")
    with store.writing():
        for number, start in enumerate(range(0, len(texts), PER_DOCUMENT)):
            made = record(number, texts[start : start + PER_DOCUMENT])
            store.remember(made.embedded, np.zeros((len(made.embedded), DIMENSIONS), dtype=np.float32))
            store.upsert(made)
        store.sync(snapshot=False)
    forms = frozenset(form for text in texts for form in french.forms(text))
    return Written(store, forms, frozenset(french.stem(form) for form in forms if not french.is_stop_word(form)))


def words(folder: Path) -> list[str]:
    """The words of the questions that may be corrected, with repeats."""
    found = (form for row in rows(folder, "queries") for form in french.forms(row["text"]))
    return [f for f in found if len(f) >= LEAST_LETTERS and f.isascii() and f.isalpha() and not french.is_stop_word(f)]


def neighbours(letter: str) -> list[str]:
    row, column = next((r, keys.index(letter)) for r, keys in enumerate(_KEYS) if letter in keys)
    near = [
        (r, c) for r in (row - 1, row, row + 1) for c in (column - 1, column, column + 1) if (r, c) != (row, column)
    ]
    return [_KEYS[r][c] for r, c in near if 0 <= r < len(_KEYS) and 0 <= c < len(_KEYS[r])]


def mistyped(chance: random.Random, word: str) -> str:
    at = chance.randrange(len(word))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    made = chance.choice(
        [
            before + after,
            before + chance.choice(string.ascii_lowercase) + letter + after,
            before + chance.choice(string.ascii_lowercase) + after,
            before + chance.choice(neighbours(letter)) + after,
            before + after[:1] + letter + after[1:],
        ]
    )
    return made if made != word else mistyped(chance, word)


def restored(written: Written, folder: Path, errors: int) -> str:
    """A row of the table of errors: shares of those drawn."""
    chance = random.Random(_SEED)
    drawn = [word for word in words(folder) if word in written.forms and (errors == 1 or len(word) >= LONG)]
    ends: Counter[str] = Counter()
    for word in chance.choices(drawn, k=DRAWN):
        typed = word
        for _ in range(errors):
            typed = mistyped(chance, typed)
        ends[outcome(written, word, typed)] += 1
    shares = " | ".join(f"{ends[end] / DRAWN:.3f}" for end in ("restored", "wrong", "left", "still a word"))
    return f"| {folder.name} | {errors} | {shares} |"


def outcome(written: Written, word: str, typed: str) -> str:
    stem = french.stem(typed)
    if stem == french.stem(word):
        return "restored"
    if stem in written.stems:
        return "still a word"
    read = written.store.spellings([typed], Scope(STAFF)).get(typed)
    return "left" if read is None else "restored" if french.stem(read) == french.stem(word) else "wrong"


def changed(written: Written, other: Path) -> tuple[int, dict[str, str]]:
    """How many different words of the other questions the passages lack, and what became of some."""
    absent = sorted(form for form in set(words(other)) if french.stem(form) not in written.stems)
    return len(absent), written.store.spellings(absent, Scope(STAFF))


def cost(work: Callable[[], object]) -> float:
    times = []
    for _ in range(200):
        started = time.thread_time()
        work()
        times.append((time.thread_time() - started) * 1000)
    return statistics.median(times)


def print_costs(store: LocalStore) -> None:
    started = time.thread_time()
    store.spellings(["zzyzxqwkv"], Scope(STAFF))
    first = (time.thread_time() - started) * 1000
    print("\n| 8 words, of which | staff, ms | public, ms |\n|---|---|---|")
    for name, asked in {
        "none is mistyped": _KNOWN,
        "one, by one error": [*_KNOWN[:7], _ONE],
        "one, by two errors": [*_KNOWN[:7], _TWO],
    }.items():
        figures = " | ".join(f"{cost(lambda a=asked, v=v: store.spellings(a, Scope(v))):.2f}" for v in (STAFF, PUBLIC))
        print(f"| {name} | {figures} |")
    print(f"\n{store.counts().passages} passages; the first doubtful word of a process takes {first:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print a sample of the words that were changed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        stores = {name: stored(given.folder / name, Path(home) / name) for name in SETS}
        print_costs(stores[SETS[-1]].store)
        print("\n| words of | errors | restored | wrong | left | still a word |\n|---|---|---|---|---|---|")
        for name, written in stores.items():
            for errors in (1, 2):
                print(restored(written, given.folder / name, errors), flush=True)
        print("\n| passages | questions of | words they lack | changed | share |\n|---|---|---|---|---|")
        for name, other in OTHERS:
            absent, found = changed(stores[name], given.folder / other)
            print(f"| {name} | {other} | {absent} | {len(found)} | {len(found) / absent:.3f} |", flush=True)
            if given.show:
                print(random.Random(_SEED).sample(sorted(found.items()), min(40, len(found))))


if __name__ == "__main__":
    main()
