"""How often is a quotation judged rightly, and how long does it take?

    python benchmarks/quotes.py [SHARED_FOLDER] [--cases 600] [--seed 1] [--show]

Cases are made from the demonstration corpus and, where SHARED_FOLDER has `realdocs`, from those documents: verbatim
with typographic noise, altered by one to three words, paraphrased (by hand), foreign (by hand, and sentences of the
retrieval sets of SHARED_FOLDER/eval). The time is that of 40 quotations at once.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kb import french
from kb.domain import STAFF
from kb.encoder.load import load_encoder
from kb.evaluate import rows
from kb.ingest import ingest
from kb.library import Library, open_library
from kb.quotes import Verdict, check
from kb.settings import ROOT, Settings, settings
from tests import quote_cases
from tests.quote_cases import Case

SETS = ("piaf_v1.1", "cnil_faq", "service_public_qr", "qag15_answers_2017-2019")


def main() -> None:
    """Print the verdicts by kind of case, then the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the cases that are judged wrongly")
    asked = parser.parse_args()
    for name, corpus in (("demonstration", ROOT / "corpus"), ("real documents", asked.shared / "realdocs")):
        if not corpus.is_dir():
            print(f"{name}: {corpus} is absent, skipped")
            continue
        with tempfile.TemporaryDirectory() as folder:
            library = open_library(Settings(corpus=corpus, index=Path(folder)), load_encoder(settings()))
            ingest(library)
            measure(name, library, list(_cases(library, asked, is_demo=name == "demonstration")), show=asked.show)


def _cases(library: Library, asked: argparse.Namespace, *, is_demo: bool) -> Iterator[Case]:
    seed, held = random.Random(asked.seed), quote_cases.said(library)
    yield from quote_cases.verbatim(held, asked.cases // 2, seed)
    yield from quote_cases.altered(held, asked.cases // 2, seed)
    if is_demo:
        yield from quote_cases.paraphrased()
    yield from quote_cases.foreign()
    heard = [each for each in _foreign(asked.shared / "eval", seed) if not held.has(each)]
    yield from quote_cases.foreign(heard)


def _foreign(folder: Path, seed: random.Random) -> Iterator[str]:
    """A hundred sentences of each retrieval set that is there."""
    for name in SETS:
        if not (folder / name).is_dir():
            print(f"foreign: {folder / name} is absent, skipped")
            continue
        texts = [row["text"] for row in rows(folder / name, "corpus")]
        found = chain.from_iterable(
            (text[start:end] for start, end in french.sentences(text)) for text in seed.sample(texts, 200)
        )
        fit = [each for each in found if 8 <= len(french.forms(each)) <= 40 and not set(each) & set('«»"“”')]
        yield from seed.sample(fit, min(100, len(fit)))


def measure(name: str, library: Library, cases: Sequence[Case], *, show: bool) -> None:
    """Print a table of a memory's cases."""
    counts: dict[tuple[Verdict, str], Counter[Verdict]] = {}
    for case in cases:
        checked = check(library, case.quote, viewer=STAFF).checked
        got = checked[0].verdict
        counts.setdefault((case.right, case.made), Counter())[got] += 1
        if show and got is not case.right:
            said = checked[0].judgement.changes if checked[0].judgement else ""
            print(f"  {case.made}: {got}: {case.quote!r} {said}")
    print(f"\n{name}, {library.store.counts().passages} passages, {len(cases)} cases")
    print("| made | cases | " + " | ".join(Verdict) + " |\n|---|---|---|---|---|---|")
    for (_, made), found in counts.items():
        print(f"| {made} | {found.total()} | " + " | ".join(str(found[verdict]) for verdict in Verdict) + " |")
    pasted = "\n\n".join(case.quote for case in random.Random(2).sample(list(cases), 40))
    begin = time.perf_counter()
    check(library, pasted, viewer=STAFF)
    print(f"40 quotations at once: {time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
