"""Running another program on a file that may be hostile: under limits, in a folder of its own, without a shell."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_BOOT = """
import json, os, resource, sys
from pathlib import Path
job = json.loads(sys.argv[1])
sys.path[:] = job["search"]
from kb.readers.kernel import confine_program
confine_program(Path(job["folder"]))
for kind, most in job["limits"]:
    resource.setrlimit(kind, (most, most))
os.execvp(job["command"][0], job["command"])
"""


def available() -> tuple[str, ...]:
    """The programs beside Python that readers can use and that are on this machine."""
    return tuple(name for name in ("tesseract", "soffice") if shutil.which(name))


def run(command: Sequence[str], *, folder: Path, seconds: float, megabytes: int) -> bool:
    """Run a program to its end in `folder`, which is also its home; whether it ended well and in time.

    Where the kernel can see to it (`kernel`), it has no network, reads the system's files and writes in `folder` only.

    seconds: wall time. megabytes: address space, and the largest file it may write.
    """
    limits = [
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_FSIZE, megabytes << 20),
        (resource.RLIMIT_CORE, 0),
    ]
    search = [str(_ROOT), *(os.path.abspath(entry) for entry in sys.path if entry)]
    job = json.dumps({"limits": limits, "command": list(command), "search": search, "folder": str(folder)})
    home = str(folder)
    environment = {"LC_ALL": "C.UTF-8", "HOME": home, "TMPDIR": home, "PATH": _path(), "OMP_THREAD_LIMIT": "1"}
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT, job],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(timeout=seconds) == 0
        except subprocess.TimeoutExpired:
            kill(process)
            return False


def _path() -> str:
    """Where programs are looked for, whatever started this one: those that `available` found, and theirs."""
    return os.environ.get("PATH", os.defpath)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started (it leads its own session)."""
    with suppress(ProcessLookupError):  # it may have ended meanwhile
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
