"""How do ingest, search and quality compare with txtai and semantra, on the same passages and the same model?

usage: python benchmarks/peers.py SET… [--only us txtai semantra] [--environments FOLDER] [--questions N]
                                  [--semantra-questions N] [--since DAY]

SET: retrieval sets in BEIR layout. One engine runs after another, each set in a new process; nothing is kept between
them. All read the same model folder, the one that the settings choose (KB_ADAPTER=none: the bundled model as it is),
with the prompts « query: » and « passage: ».

us: the index and the hybrid search of `kb eval`, with the texts of the first ten read; loading the model is counted.
txtai: hybrid (dense and BM25, its own weights), content kept, saved to disk at the end of the ingest.
semantra: meaning only, a file a passage, a window a file. It opens every file at every question, so it is asked a
part of the questions, evenly spaced.

Questions dated before --since (2019-01-01 for the adapter shipped, trained on those before) are not asked; sets without
dates are asked whole.

nDCG@10 is of the questions that the engine was asked; « ours less theirs » is of the same questions, in points, with
a 95 % interval over questions. The peers live in environments of their own, made at the first run (PyPI, 2 GB each).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from encoder import PACKAGES, folder
from machine import machine

from kb.encoder.load import load_encoder
from kb.evaluate import RetrievalSet, measured, read_set
from kb.settings import settings

US = "us"
TORCH = "torch==2.13.0"
"""A CPU build; a newer one is gigabytes of CUDA."""
PEERS = {"txtai": ("txtai==9.14.0",), "semantra": ("semantra==0.1.12", "setuptools<81")}
WORKERS = {US: "peers_product.py", "txtai": "peers_txtai.py", "semantra": "peers_semantra.py"}
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Row:
    """What one engine did on one set. ndcg: by question, in points."""

    engine: str
    versions: str
    passages_per_s: float
    p50_ms: float
    p95_ms: float
    ndcg: Mapping[str, float]


def environment(peer: str, cache: Path) -> Path:
    """The Python of a peer's environment, which is made at need."""
    place = cache / "-".join(PEERS[peer][0].split("=="))
    done = place / "installed"
    python = place / "bin" / "python"
    if not done.is_file():
        print(f"Installing {peer} into {place}…", file=sys.stderr, flush=True)
        venv.create(place, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, TORCH], check=True)
        subprocess.run([*pip, TORCH, *PEERS[peer]], check=True)
        done.touch()
    return python


def measure(engine: str, data: RetrievalSet, questions: Iterable[str], cache: Path) -> Row:
    """Run an engine over a set in a process of its own. Raises SystemExit, with what it said, when it fails."""
    python = Path(sys.executable) if engine == US else environment(engine, cache)
    task = {
        "model": str(folder().resolve()),
        "passages": data.passages,
        "questions": {question: data.queries[question] for question in questions},
        "depth": _DEPTH,
    }
    known = os.environ if engine == US else {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name(WORKERS[engine]))],
        input=json.dumps(task),
        env={**known, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{engine}, {data.name}: {done.stderr[-3000:]}")
    got = json.loads(done.stdout.splitlines()[-1])
    p50, p95 = np.percentile(got["times_ms"], [50, 95])
    versions = ", ".join(f"{package} {number}" for package, number in got["versions"].items())
    return Row(engine, versions, len(data.passages) / got["ingest_s"], p50, p95, scores(data, got["run"]))


def scores(data: RetrievalSet, run: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """nDCG@10 by question, in points; an engine that finds nothing has 0."""
    ranked = {question: {name: -float(i) for i, name in enumerate(found)} for question, found in run.items()}
    return {question: 100 * ndcg for question, ndcg in measured(data.truth(run), ranked).items()}


def spaced(questions: Sequence[str], most: int | None) -> list[str]:
    if not most or most >= len(questions):
        return list(questions)
    return [questions[int(i)] for i in np.linspace(0, len(questions) - 1, most)]


def against(ours: Row, theirs: Row) -> tuple[float, float]:
    """Ours less theirs over the questions that both were asked, in points, and half its 95 % interval."""
    both = np.array([ours.ndcg[question] - value for question, value in theirs.ndcg.items() if question in ours.ndcg])
    return float(both.mean()), float(1.96 * both.std() / np.sqrt(len(both)))


def line(name: str, row: Row, ours: Row | None) -> str:
    cells = [name, row.engine, f"{row.passages_per_s:.1f}", f"{row.p50_ms:.1f}", f"{row.p95_ms:.1f}"]
    cells += [f"{len(row.ndcg):,}", f"{np.mean(list(row.ndcg.values())):.1f}"]
    if ours is None or ours is row:
        cells += ["", "", ""]
    else:
        difference, half = against(ours, row)
        cells.append(f"{ours.passages_per_s / row.passages_per_s:.2f} ×")
        cells.append(f"{row.p50_ms / ours.p50_ms:.1f} ×")
        cells.append(f"{difference:+.1f} ± {half:.1f}")
    return f"| {' | '.join(cells)} |"


def summary(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """Of each peer, over the sets: mean difference, geometric means of the ratios, and the worst of each."""
    said = []
    for peer in PEERS:
        pairs = [(ours, row) for ours, *others in rows.values() for row in others if row.engine == peer]
        if not pairs or any(ours.engine != US for ours, _ in pairs):
            continue
        points = [against(*pair)[0] for pair in pairs]
        ingest = [ours.passages_per_s / row.passages_per_s for ours, row in pairs]
        query = [row.p50_ms / ours.p50_ms for ours, row in pairs]
        said.append(
            f"Against {peer}, {len(pairs)} set(s): ingest {_mean(ingest):.2f} × faster (at least {min(ingest):.2f}), "
            f"query {_mean(query):.1f} × faster (at least {min(query):.1f}), "
            f"nDCG@10 {np.mean(points):+.1f} points on average (at least {min(points):+.1f})."
        )
    return said


def _mean(ratios: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(ratios))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--only", nargs="+", choices=WORKERS, default=list(WORKERS), help="engines to run")
    parser.add_argument("--environments", type=Path, default=Path("~/.cache/capteurs-memoire/peers").expanduser())
    parser.add_argument("--questions", type=int, help="at most so many a set, evenly spaced; all by default")
    parser.add_argument("--semantra-questions", type=int, default=200, help="as --questions, for semantra")
    parser.add_argument("--since", default="", metavar="DAY", help="YYYY-MM-DD")
    asked = parser.parse_args()
    load_encoder(settings())  # unpacks the model, so that the peers find it
    print(f"{machine(os.cpu_count() or 1, *PACKAGES)}. Model: {folder().name}.\n")
    print("| set | engine | passages/s | query p50 ms | p95 ms | questions | nDCG@10 "
          "| ingest, ours | query, ours | ours less theirs |\n|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    rows: dict[str, list[Row]] = {}
    for data in map(read_set, asked.sets):
        questions = spaced(data.asked(asked.since), asked.questions)
        done = rows.setdefault(data.name, [])
        for engine in (engine for engine in WORKERS if engine in asked.only):
            some = spaced(questions, asked.semantra_questions) if engine == "semantra" else questions
            done.append(measure(engine, data, some, asked.environments))
            print(line(data.name, done[-1], done[0] if done[0].engine == US else None), flush=True)
    used = dict.fromkeys(f"{row.engine}: {row.versions}." for done in rows.values() for row in done)
    print("", *summary(rows), *used, sep="\n")


if __name__ == "__main__":
    main()
