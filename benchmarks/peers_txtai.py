"""One retrieval set through txtai's hybrid search, in txtai's own environment; see peers.py, which runs this.

In: one JSON object {"model": folder, "passages": [[id, text]…], "questions": {id: text}, "depth": n} on standard input.
Out: one JSON object on the last line {"versions", "ingest_s", "times_ms", "run": {question: [id, best first]}}.
"""

import json
import sys
import tempfile
import time
from importlib.metadata import version

from txtai import Embeddings


def main() -> None:
    task = json.load(sys.stdin)
    embeddings = Embeddings(
        path=task["model"],
        instructions={"query": "query: ", "data": "passage: "},
        hybrid=True,
        content=True,
    )
    embeddings.batchtransform(["amorce"])
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        embeddings.index((name, text, None) for name, text in task["passages"])
        embeddings.save(folder)
        ingest_s = time.perf_counter() - started
        run, times = {}, []
        for question, text in task["questions"].items():
            started = time.perf_counter()
            found = embeddings.search(text, task["depth"])
            times.append((time.perf_counter() - started) * 1000)
            run[question] = [hit["id"] for hit in found]
        embeddings.close()
    versions = {package: version(package) for package in ("txtai", "torch", "transformers", "faiss-cpu")}
    print(json.dumps({"versions": versions, "ingest_s": ingest_s, "times_ms": times, "run": run}))


if __name__ == "__main__":
    main()
