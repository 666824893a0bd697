"""One retrieval set through this product's hybrid search, by its own index; see peers.py, which runs this.

In and out: as peers_txtai.py. The model is the one that the settings choose.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version

from kb.domain import Mode
from kb.evaluate import RetrievalSet, indexed
from kb.settings import settings


def main() -> None:
    task = json.load(sys.stdin)
    passages = tuple((name, text) for name, text in task["passages"])
    data = RetrievalSet(name="", passages=passages, queries=task["questions"], relevant={}, dates={})
    with indexed(data, settings()) as taken_in:
        keys = {name: key for key, name in taken_in.names.items()}
        run, times = {}, []
        for question in task["questions"]:
            started = time.perf_counter()
            scores = taken_in.ask([question], Mode.HYBRID)[0][question]
            best = sorted(scores, key=scores.__getitem__, reverse=True)[: task["depth"]]
            taken_in.library.store.fetch([keys[name] for name in best])  # the peers give texts too
            times.append((time.perf_counter() - started) * 1000)
            run[question] = best
    versions = {package: version(package) for package in ("onnxruntime", "faiss-cpu", "tantivy")}
    ingest_s = len(passages) / taken_in.passages_per_s
    print(json.dumps({"versions": versions, "ingest_s": ingest_s, "times_ms": times, "run": run}))


if __name__ == "__main__":
    main()
