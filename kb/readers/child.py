"""What runs in the process that reads one file: limits first, then the reader, then one line of JSON.

It writes nothing but its answer, and talks to nobody: the kernel sees to it where it can (`kernel`), and a hook of
Python's own everywhere, which also catches what the kernel would let through by another name.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from kb.errors import UnreadableDocument
from kb.readers import format_of, understood
from kb.readers.kernel import confine
from kb.readers.wire import to_json


class Outcome(IntEnum):
    """Exit statuses. What a signal ends has none of these."""

    READ = 0
    REFUSED = 10
    OUT_OF_MEMORY = 11
    TOO_DEEP = 12
    FAILED = 13
    TOO_LONG = 14


_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
              "os.posix_spawn", "os.fork", "os.forkpty", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.chown",
              "os.link", "os.symlink", "os.truncate", "shutil.", "ctypes.dlopen.libc", "urllib.Request")  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def main() -> NoReturn:
    """Read the job on standard input, answer on standard output, end with an Outcome."""
    job = json.load(sys.stdin)
    _set_limits(job)
    outcome, answer = _answer(job)
    try:
        sys.stdout.buffer.write(answer)
        sys.stdout.flush()
    except OSError:
        outcome = Outcome.TOO_LONG
    os._exit(outcome)  # nothing to tidy up, and libraries' exit handlers may crash under the limits


def _answer(job: dict[str, Any]) -> tuple[Outcome, bytes]:
    try:
        path = Path(job["path"])
        _load(_drawing(job) or format_of(path).name)
        confine(path)
        sys.addaudithook(_watch)
        return Outcome.READ, _done(path, job)
    except UnreadableDocument as error:
        return Outcome.REFUSED, json.dumps({"cause": error.cause}).encode("ascii")
    except MemoryError:
        return Outcome.OUT_OF_MEMORY, b""
    except RecursionError:
        return Outcome.TOO_DEEP, b""
    except Exception:  # noqa: BLE001  the rim of the process: whatever a library does, the parent names it in French
        return Outcome.FAILED, b""


def _done(path: Path, job: dict[str, Any]) -> bytes:
    """The picture of a page, or the document, with the lines that were recognised on its pages if there are any."""
    drawing = _drawing(job)
    if drawing:
        asked = (job[name] for name in ("page", "quote") if name in job)
        picture: bytes = sys.modules[f"kb.readers.{drawing}"].page_image(path, *asked)
        return picture
    return to_json(understood(path, job.get("scans"))).encode("ascii")


def _drawing(job: dict[str, Any]) -> str:
    """The module that draws the page a job asks for: for people, who look for a quote, or to recognise its letters."""
    return "" if "page" not in job else "pictures" if "quote" in job else "rendering"


def _load(name: str) -> None:
    """Import the reader before writing is forbidden, for Python may save its bytecode."""
    __import__(f"kb.readers.{name}")


def _set_limits(job: dict[str, Any]) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, job["bytes"]),
        (resource.RLIMIT_CPU, job["seconds"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, job["answer"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Reading a document needs no network, no other program and no writing: any attempt ends the reading."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open" and len(arguments) == 3:
        mode, flags = arguments[1], arguments[2]
        wants_to_write = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITES)
        if wants_to_write:
            raise PermissionError(event)
