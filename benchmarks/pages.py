"""How long does the server take for each page of the app, and when can the first page be used?

    python benchmarks/pages.py 12000 --from FOLDER [--from FOLDER …] --work FOLDER

The memory is a grown one (`grown.py`). A page is run as Streamlit runs it for one reader, its script from the first
line to the last, by AppTest: searches, texts, counts, HTML; the way over the network and the browser's work are not in
it. Each address is run once untimed, then `ROUNDS` times; AppTest's own cost is that of an empty script, given first.
Then the app is served, and a browser opens the home page of the warm server: from the navigation to the field and the
introduction that can be seen, in a new window each time, its cache empty.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import grown
import numpy as np
from machine import machine
from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from kb import browse
from kb.domain import PUBLIC, Filters, Mode
from kb.library import Library, open_library
from kb.search import search
from kb.selectors import select
from kb.settings import ROOT, Settings

MAIN = ROOT / "kb" / "ui" / "main.py"
ROUNDS, QUESTIONS, VISITS = 5, 6, 10
_CORE = ("streamlit", "faiss-cpu", "onnxruntime", "tantivy")

Address = tuple[str, dict[str, str | list[str]]]
"""A page's file, empty for the search, and the parameters of its address."""


def main() -> None:
    """Print a table: milliseconds of server time by page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", type=int)
    parser.add_argument("--from", dest="folders", type=Path, action="append", required=True)
    parser.add_argument("--work", type=Path, required=True)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # AppTest warns at each run that nobody is connected
    made_of = grown.material(asked.folders)
    grown.build(asked.work, asked.size, made_of)
    where = grown.settings_of(asked.work, asked.size)
    os.environ |= {"KB_CORPUS": str(where.corpus), "KB_INDEX": str(where.index)}
    print(machine(os.cpu_count() or 1, *_CORE), f"{asked.size} passages", sep="\n", end="\n\n")
    print("| page | median ms | worst ms |\n|---|---|---|")
    print(_line("an empty script", _timed(lambda: AppTest.from_string("pass", default_timeout=60), 20)))
    library = open_library(where)
    for name, addresses in pages(library, [q for q in made_of.questions if len(q) < 200][:QUESTIONS]):
        print(_line(name, [each for address in addresses for each in _runs(address)]), flush=True)
    opened = list(visits(where, asked.work))
    print(f"\nHome page, from the navigation to its use: median {np.median(opened):.0f} ms, worst {max(opened):.0f} ms")


def pages(library: Library, questions: Sequence[str]) -> Iterator[tuple[str, list[Address]]]:
    """Each page with addresses of it."""
    session, speaker = grown.SESSION, next(iter(browse.overview(library, viewer=PUBLIC).speakers))
    theme = next(iter(browse.overview(library, viewer=PUBLIC).themes), "")
    found = [hit for q in questions for hit in search(library, q, viewer=PUBLIC, mode=Mode.HYBRID, k=3).hits]
    tokens = [select(hit.passage).token for hit in found]
    spoken = next(browse.filed(library, viewer=PUBLIC, filters=Filters(sessions=(session,))))
    yield "home", [("", {})]
    yield "search", [("", {"q": q}) for q in questions]
    yield "search, one session", [("", {"q": q, "seance": session}) for q in questions]
    yield "search, one theme, no question", [("", {"theme": theme})]
    yield "passage", [("passage.py", {"p": token}) for token in [*tokens[:5], select(spoken[0]).token]]
    yield "sessions", [("sessions.py", {})]
    yield "session", [("session.py", {"id": session})]
    yield "speakers", [("speakers.py", {})]
    yield "speaker", [("speaker.py", {"nom": speaker})]
    yield "seasons side by side", [("compare.py", {"q": q}) for q in questions]
    yield "timeline, three questions", [("timeline.py", {"q": list(questions[:3])})]
    yield "timeline, five questions", [("timeline.py", {"q": list(questions[:5])})]
    yield "selection of ten", [("selection.py", {"p": tokens[:10]})]
    yield "about", [("about.py", {})]


def _runs(address: Address) -> list[float]:
    """Milliseconds of each round."""
    file, parameters = address

    def opened() -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=120)
        if file:
            app.switch_page(file)
        for name, value in parameters.items():
            app.query_params[name] = value
        return app

    return _timed(opened, ROUNDS)


def _timed(opened: object, rounds: int) -> list[float]:
    times = []
    assert callable(opened)
    for _ in range(rounds + 1):
        app = opened()
        started = time.perf_counter()
        app.run()
        times.append((time.perf_counter() - started) * 1000)
        assert not app.exception, app.exception
    return times[1:]


def _line(name: str, times: Sequence[float]) -> str:
    return f"| {name} | {np.median(times):.0f} | {max(times):.0f} |"


def visits(where: Settings, work: Path) -> Iterator[float]:
    """Milliseconds from the navigation to a home page that can be used, for readers who come for the first time."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with _served(where, work) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        for visit in range(VISITS + 1):
            context = browser.new_context(locale="fr-FR")
            page = context.new_page()
            started = time.perf_counter()
            page.goto(base, wait_until="commit")
            page.locator(".intro").wait_for()
            page.get_by_label("Que cherchez-vous").wait_for()
            if visit:
                yield (time.perf_counter() - started) * 1000
            context.close()
        browser.close()


@contextmanager
def _served(where: Settings, work: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    environment = os.environ | {"KB_CORPUS": str(where.corpus), "KB_INDEX": str(where.index)}
    with (work / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=work, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/_stcore/health", timeout=2).close()
                break
            except (URLError, OSError):
                time.sleep(0.2)
        time.sleep(5)  # the memory is opened, and the model read, in the background
        yield base
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
