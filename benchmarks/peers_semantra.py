"""One retrieval set through semantra's search, in semantra's own environment; see peers.py, which runs this.

In and out: as peers_txtai.py.

Semantra searches files and ranks them: each passage is a file. Its windows are made as long as the model reads, so that
a passage is one window; whatever else is as it comes (Annoy, one index a file). Questions go to its own web
application, called without a network.
"""

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from semantra import semantra

WINDOW = 508
"""512 tokens that the model reads, less the prompt."""


def main() -> None:
    task = json.load(sys.stdin)
    model = semantra.TransformerModel(task["model"], doc_token_pre="passage: ", query_token_pre="query: ")
    served = []
    # Its command loads the model, takes the files in and serves until it is stopped: here the model is loaded before,
    # so that its loading is no part of the times, and the application is kept instead of being served.
    semantra.TransformerModel = lambda name, **tokens: model
    Flask.run = lambda application, **address: served.append(application)
    model.embed_query("amorce")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, text) in enumerate(task["passages"]):
            path = Path(folder, f"{number}.txt")
            path.write_text(text, encoding="utf-8")
            names[str(path)] = name
        options = ["--transformer-model", task["model"], "--windows", str(WINDOW), "--silent", "--num-results", "1"]
        started = time.perf_counter()
        semantra.main([*names, *options, "--semantra-dir", str(Path(folder, "kept"))], standalone_mode=False)
        ingest_s = time.perf_counter() - started
        client = served[0].test_client()
        run, times = {}, []
        for question, text in task["questions"].items():
            started = time.perf_counter()
            answer = client.post("/api/query", json={"queries": [{"query": text, "weight": 1}], "preferences": []})
            times.append((time.perf_counter() - started) * 1000)
            run[question] = [names[file] for file, _ in answer.json["results"][: task["depth"]]]
    versions = {package: version(package) for package in ("semantra", "torch", "transformers", "annoy_fixed")}
    print(json.dumps({"versions": versions, "ingest_s": ingest_s, "times_ms": times, "run": run}))


if __name__ == "__main__":
    main()
