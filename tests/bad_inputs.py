"""What is expected of each hostile file, and what became of it: shared by the test and by `benchmarks/bad_inputs.py`.

`bad_inputs.tsv` says what may happen to each file: `read`, `warn` (read, and something is said of it), `refuse`,
`skip` (passed over), or `root` (read, by who may read everything); then the words that must be in its text, those that
must not, and words of the cause or of the warning. Words are apart by « ; », alternatives by « | ».

`python -m tests.bad_inputs FOLDER` is the process that measures: it is small, so that what it starts can be weighed.
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import is_ignorable
from kb.readers.sandbox import read_safely
from kb.settings import ROOT, Settings

MAKER = ROOT.parent / "shared" / "badinputs" / "make.py"
MOST_SECONDS = 10.0
MOST_MEGABYTES = 1000.0
SECRET = "CANARI-QUI-NE-DOIT-PAS-CHANTER"
INTRUDERS = "badinputs_PWNED*"


@dataclass(frozen=True, slots=True)
class Expected:
    """What may become of a file."""

    file: str
    outcomes: frozenset[str]
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class Got:
    """What became of it. `said`: the cause, or the warnings."""

    file: str
    outcome: str
    said: str = ""
    text: str = ""
    speakers: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    pages: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0


def expectations() -> list[Expected]:
    """The table, in the order of the maker's manifest."""
    rows = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [_expected(row) for row in rows]


def _expected(row: str) -> Expected:
    file, outcomes, has, lacks, said = (row.split("\t") + [""] * 4)[:5]
    alternatives = tuple(filter(None, said.split("|")))
    return Expected(file, frozenset(outcomes.split("|")), _words(has), _words(lacks), alternatives)


def _words(cell: str) -> tuple[str, ...]:
    pieces = (piece.replace("\\;", ";") for piece in re.split(r"(?<!\\);", cell) if piece)
    return tuple(re.sub(r"\\u([0-9a-f]{4})|\\0", lambda m: chr(int(m[1] or "0", 16)), piece) for piece in pieces)


def make(folder: Path) -> list[str]:
    """Make the files in a new folder, with a secret beside it that none may read; the manifest's first column."""
    (folder.parent / "canari.txt").write_text(SECRET)
    subprocess.run([sys.executable, str(MAKER), str(folder)], check=True, capture_output=True)
    manifest = (folder / "MANIFEST.tsv").read_text(encoding="utf-8", errors="surrogateescape")
    return [row.split("\t")[0] for row in manifest.splitlines()[1:]]


def path_of(file: str) -> str:
    """The path, in the folder, of a file as the manifest names it."""
    folder, _, name = file.partition("/")
    name = name.split(" -> ")[0].rstrip("/")
    is_spelt = folder == "noms" and name[:1] in "'b" and name.endswith("'") and not name.startswith("b/")
    value = ast.literal_eval(name) if is_spelt else name
    return f"{folder}/{os.fsdecode(value) if isinstance(value, bytes) else value}"


def measure(folder: Path, files: Sequence[str]) -> tuple[list[Got], str]:
    """What `read_safely` makes of each file, its seconds, the largest process it took; and all that was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bad_inputs", str(folder)],
        input=json.dumps(list(files)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    lines = done.stdout.splitlines()
    printed = [line for line in lines if not line.startswith("{")]
    return [Got(**json.loads(line)) for line in lines if line.startswith("{")], "\n".join([*printed, done.stderr])


def problems(expected: Expected, got: Got) -> list[str]:
    """What is not as expected; nothing where all is."""
    allowed = expected.outcomes | ({"warn"} if "read" in expected.outcomes else set())
    if "root" in allowed and os.geteuid() == 0:
        allowed |= {"read", "warn"}
    found = [] if got.outcome in allowed else [f"{got.outcome} : {got.said or got.text[:60]}"]
    if got.outcome in ("read", "warn"):
        found += [f"sans « {words} »" for words in expected.has if not _holds(got, words)]
    told = got.outcome == "refuse" or (got.outcome == "warn" and "read" not in allowed)
    if told and expected.said and not any(words in got.said for words in expected.said):
        found.append(f"ne dit pas « {' | '.join(expected.said)} » : {got.said}")
    found += [f"avec « {words} »" for words in (*expected.lacks, SECRET, "Traceback") if words in got.text + got.said]
    found += [f"{got.seconds:.1f} s"] * (got.seconds >= MOST_SECONDS)
    return found + [f"{got.megabytes:.0f} Mo"] * (got.megabytes >= MOST_MEGABYTES)


def _holds(got: Got, words: str) -> bool:
    text = plain(got.text)
    kind, _, rest = words.partition(":")
    if words.startswith("@"):
        return any(each.removeprefix("@") in got.speakers for each in words.split("|"))
    if words.startswith("t="):
        return float(words[2:]) in got.starts
    if words.startswith("p="):
        return any(f"p={page}" == kind and rest in said for page, said in got.pages)
    if kind == "once":
        return text.count(rest) == 1
    if kind == "most2":
        return text.count(rest) <= 2
    if kind == "only":
        return text == rest
    if kind == "before":
        first, second = rest.split(">")
        return 0 <= text.find(first) < text.find(second)
    return words in text


def plain(text: str) -> str:
    """A text with plain blanks, composed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


@contextmanager
def nothing_leaves(folder: Path) -> Iterator[list[str]]:
    """The incidents of what happens inside: files that came up or changed, calls to the port that the files name."""
    incidents: list[str] = []
    before = _look(folder)
    with _listening(incidents):
        yield incidents
    incidents += [f"changé : {path}" for path in before.keys() ^ _look(folder).keys()]
    incidents += [f"changé : {path}" for path, kept in _look(folder).items() if before.get(path, kept) != kept]
    for place in {folder, folder.parent, Path.cwd(), Path.home(), Path("/"), Path(tempfile.gettempdir())}:
        incidents += [f"écrit : {path}" for path in place.glob(INTRUDERS)]


def _look(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for home, _, names in os.walk(folder):
        for name in names:
            kept = os.lstat(os.path.join(home, name))
            found[os.path.join(home, name)] = (kept.st_size, kept.st_mtime_ns)
    return found


@contextmanager
def _listening(incidents: list[str]) -> Iterator[None]:
    """Hears any call to 127.0.0.1:9, where the files point; where that port is not ours to take, nothing does."""
    server = socket.socket()
    with suppress(OSError):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 9))
        server.listen()
        threading.Thread(target=_hear, args=(server, incidents), daemon=True).start()
    try:
        yield
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def _hear(server: socket.socket, incidents: list[str]) -> None:
    with suppress(OSError):
        while True:
            server.accept()[0].close()
            incidents.append("appel réseau à 127.0.0.1:9")


def seen(file: str, document: ReadDocument) -> Got:
    """A document that was read, as it is judged."""
    return Got(
        file,
        "warn" if document.warnings else "read",
        " ; ".join(document.warnings),
        document.text,
        sorted({s.speaker for s in document.segments if s.speaker}),
        sorted({s.anchor.start_s for s in document.segments if s.anchor.start_s is not None}),
        [(s.anchor.page, document.text[s.start : s.end]) for s in document.segments[:500] if s.anchor.page],
    )


def _read(job: tuple[str, str]) -> Got:
    folder, file = job
    path = Path(folder, path_of(file))
    began = time.monotonic()
    if is_ignorable(path.relative_to(folder)):
        return Got(file, "skip")
    try:
        got = seen(file, read_safely(path, Settings(corpus=Path(folder))))
    except UnreadableDocument as error:
        got = Got(file, "refuse", error.cause)
    got.seconds = time.monotonic() - began
    got.megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    return got


def main() -> None:
    """Measure the files named on standard input, each from a process of its own."""
    jobs = [(sys.argv[1], file) for file in json.load(sys.stdin)]
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for got in pool.imap(_read, jobs, chunksize=1):
            got.text = got.text if len(got.text) < 100_000 else got.text[:20_000]
            print(json.dumps({name: getattr(got, name) for name in Got.__slots__}), flush=True)


if __name__ == "__main__":
    main()
