from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb.readers import kernel, programs
from kb.settings import ROOT

pytestmark = pytest.mark.skipif(not kernel.kernel_guard(), reason="this kernel has no seccomp filters")
needs_landlock = pytest.mark.skipif(not kernel.file_guard(), reason="this kernel has no Landlock")

PREAMBLE = """
import ctypes, os, sys, threading
from pathlib import Path
from kb.readers.kernel import confine
libc = ctypes.CDLL(None, use_errno=True)
document = Path(sys.argv[1])
assert confine(document)
def refused(value):
    return value != 0 and ctypes.get_errno() in (1, 13)
"""
"""No hook of Python's stands in the way here: what is refused is refused by the kernel."""


def confined(code: str, folder: Path) -> str:
    """What a confined process prints; its document is `folder / "note.txt"`."""
    document = folder / "note.txt"
    document.write_text("Bonjour.")
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + code, str(document)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "act",
    [
        "libc.socket(2, 1, 0)",
        "libc.socket(1, 1, 0)",
        "libc.fork()",
        "libc.execl(b'/bin/true', b'true', None)",
        "libc.system(b'true')",
        "libc.open(b'/tmp/kb-intrus', 0o101, 0o644)",
        "libc.open(bytes(document), 2)",
        "libc.unlink(bytes(document))",
        "libc.rename(bytes(document), b'/tmp/kb-intrus')",
        "libc.chmod(bytes(document), 0o777)",
        "libc.mkdir(b'/tmp/kb-intrus', 0o777)",
        "libc.kill(os.getppid(), 0)",
        "libc.ptrace(16, os.getppid(), 0, 0)",
        "libc.unshare(0x10000000)",
    ],
)
def test_the_kernel_refuses_what_a_reader_has_no_need_of(act: str, tmp_path: Path) -> None:
    assert confined(f"print(refused({act}))", tmp_path) == "True\n"
    assert (tmp_path / "note.txt").read_text() == "Bonjour."
    assert not Path("/tmp/kb-intrus").exists()


def test_what_a_reader_needs_is_left_to_it(tmp_path: Path) -> None:
    code = """
thread = threading.Thread(target=lambda: print(document.read_text()))
thread.start()
thread.join()
import lxml.html, pypdfium2
print(len(bytearray(50_000_000)))
"""
    assert confined(code, tmp_path) == "Bonjour.\n50000000\n"


def test_a_process_that_aborts_may_end_itself(tmp_path: Path) -> None:
    assert confined("print('fin', flush=True); os.abort()", tmp_path).startswith("fin")


@needs_landlock
def test_no_other_file_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    places = [str(tmp_path / "secret.txt"), "/etc/passwd", str(ROOT / "pyproject.toml"), "/proc/self/environ"]
    code = f"print([refused(libc.open(os.fsencode(place), 0)) for place in {places}])"
    assert confined(code, tmp_path) == "[True, True, True, True]\n"


def run_program(code: str, folder: Path) -> bool:
    return programs.run([sys.executable, "-c", code], folder=folder, seconds=30, megabytes=900)


def test_a_program_that_is_run_has_no_network(tmp_path: Path) -> None:
    assert run_program("import socket; socket.socket(socket.AF_UNIX)", tmp_path)
    assert not run_program("import socket; socket.socket(socket.AF_INET)", tmp_path)


@needs_landlock
def test_a_program_that_is_run_writes_in_its_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "atelier"
    folder.mkdir()
    assert run_program("open('dedans', 'w').close()", folder)
    assert not run_program(f"open({str(tmp_path / 'dehors')!r}, 'w').close()", folder)
    assert os.listdir(tmp_path) == ["atelier"]
