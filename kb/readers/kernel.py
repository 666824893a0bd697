"""What the Linux kernel itself forbids to a process that reads a hostile file, whatever code the file makes it run.

Two guards, both for a process without privileges and without any library: seccomp refuses system calls (network, other
programs, other processes, writing), Landlock refuses files that were not named. On another system, another processor or
an older kernel they are absent, and `child` has its audit hook and limits only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.readers.syscalls import CALLS, Calls

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_SECCOMP_SET_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16  # offsets in what the kernel shows of a call
_THREAD = 0x00010000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LOCAL = 1  # the family of sockets that do not leave the machine

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock's, the same on every processor
_READ_FILE, _READ_FOLDER, _EXECUTE, _WRITE_FILE, _TRUNCATE = 1 << 2, 1 << 3, 1 << 0, 1 << 1, 1 << 14
_OWN_SOCKET = 1 << 9 | 1 << 5  # LibreOffice makes and removes one in /tmp, whatever it is told
_RIGHTS_BY_VERSION = (0, 13, 14, 15, 15, 16)
"""How many rights on files each version of Landlock knows."""

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/dev/urandom", "/dev/null")

_Instruction = tuple[int, int, int, int]


def kernel_guard() -> bool:
    """Whether this kernel can hold a reading process to what it needs: seccomp filters, for a processor we know."""
    if not _calls() or _libc().prctl(_SET_SECCOMP, _FILTER, None, 0, 0) == 0:
        return False
    return ctypes.get_errno() == errno.EFAULT  # it wanted the filter, which was not there


def file_guard() -> bool:
    """Whether this kernel can hold a reading process to the files that it is given (Landlock)."""
    return bool(_calls()) and _landlock_version() > 0


def confine(document: Path) -> bool:
    """From now on this process reads this document and the code of Python, and does nothing else. For ever.

    False where the kernel cannot hold it to that.
    """
    calls = _calls()
    if calls is None:
        return False
    with suppress(OSError):  # seccomp does not need it
        _restrict_files([*_SYSTEM, *_code(), str(document)])
    return _install(_filter_of_a_reader(calls))


def confine_program(folder: Path) -> bool:
    """From now on this process, and the program that it becomes, has no network and writes in this folder only."""
    calls = _calls()
    if calls is None:
        return False
    with suppress(OSError):
        _restrict_files(None, writable=(str(folder), "/dev"))
    return _install(_filter_of_a_program(calls))


def _calls() -> Calls | None:
    is_known = sys.platform == "linux" and sys.maxsize > 1 << 32
    return CALLS.get(platform.machine()) if is_known else None


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# System calls


@dataclass(frozen=True, slots=True)
class _Rule:
    """Refuses a call if an argument has any of these bits (`bits`), or is not this value (`only`)."""

    call: int
    argument: int
    bits: int = 0
    only: int | None = None


def _filter_of_a_reader(calls: Calls) -> list[_Instruction]:
    rules = [
        *(_Rule(calls.number(name), place, bits=_WRITES) for name, place in (("open", 1), ("openat", 2))),
        *(_Rule(calls.number(name), 0, only=os.getpid()) for name in ("tgkill",)),
        _Rule(calls.number("prlimit64"), 2, only=0),
    ]
    denied = calls.numbers("network", "programs", "processes", "writing", "machine")
    return _assembled(calls, denied, rules, threads_only=True)


def _filter_of_a_program(calls: Calls) -> list[_Instruction]:
    rules = [_Rule(calls.number("socket"), 0, only=_LOCAL)]
    return _assembled(calls, calls.numbers("machine"), rules, threads_only=False)


def _assembled(
    calls: Calls, denied: Sequence[int], rules: Sequence[_Rule], *, threads_only: bool
) -> list[_Instruction]:
    """A filter in the kernel's packet language. Calls that are newer than this file do not exist for the process."""
    refuse, absent = (_RETURN, 0, 0, _ERROR | errno.EPERM), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)
    made: list[_Instruction] = [
        (_LOAD, 0, 0, _PROCESSOR),
        (_EQUAL, 1, 0, calls.processor),
        refuse,
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, calls.newest + 1),
        absent,
    ]
    for number in calls.numbers("avoided") if threads_only else ():
        made += [(_EQUAL, 0, 1, number), absent]
    for number in denied:
        made += [(_EQUAL, 0, 1, number), refuse]
    for rule in rules:
        made += _checked(rule, refuse)
    if threads_only:
        clone = calls.number("clone")
        made += [
            *((_EQUAL, 0, 4, clone), (_LOAD, 0, 0, _ARGUMENTS), (_ANY_BIT, 1, 0, _THREAD), refuse),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return [*made, (_RETURN, 0, 0, _ALLOW)]


def _checked(rule: _Rule, refuse: _Instruction) -> list[_Instruction]:
    if rule.call < 0:
        return []
    low = (_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument)
    allow = (_RETURN, 0, 0, _ALLOW)
    if rule.only is None:
        return [(_EQUAL, 0, 4, rule.call), low, (_ANY_BIT, 0, 1, rule.bits), refuse, allow]
    high = (_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument + 4)
    same = [low, (_EQUAL, 0, 2, rule.only), high, (_EQUAL, 1, 0, 0)]
    return [(_EQUAL, 0, 6, rule.call), *same, refuse, allow]


def _install(instructions: Sequence[_Instruction]) -> bool:
    """Put the filter on every thread of this process, and on whatever it starts."""
    code = b"".join(struct.pack("HBBI", *each) for each in instructions)
    held = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(held))
    libc, calls = _libc(), _calls()
    if calls is None or libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(libc.syscall(calls.number("seccomp"), _SECCOMP_SET_FILTER, _ALL_THREADS, program) == 0)


# Files


def _landlock_version() -> int:
    return int(_libc().syscall(_CREATE_RULESET, None, 0, 1))


def _code() -> Iterator[str]:
    """Where Python's own files, its libraries and the readers are; not the folder of the project, with its corpus."""
    yield from (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))
    yield from (entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages"))


def _restrict_files(readable: Sequence[str] | None, writable: Sequence[str] = ()) -> None:
    """Refuse every file but these, to this thread and those that it starts. Raise OSError where it cannot be done.

    readable: None for all.
    """
    version, libc = _landlock_version(), _libc()
    if version < 1 or libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(errno.ENOSYS, "Landlock")
    everything = (1 << _RIGHTS_BY_VERSION[min(version, 5)]) - 1
    reading = _READ_FILE | _READ_FOLDER
    handled = everything & ~(reading | _EXECUTE) if readable is None else everything
    attributes = struct.pack("Q", handled)
    rules = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    try:
        for path in readable or ():
            _allow(libc, rules, path, reading)
        for path in writable:
            _allow(libc, rules, path, handled)
        if writable:
            _allow(libc, rules, "/tmp", _OWN_SOCKET)
        if libc.syscall(_RESTRICT_SELF, rules, 0):
            raise OSError(ctypes.get_errno(), "Landlock")
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    """Allow what stands below a path; one that is not there needs no right."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            rights &= _READ_FILE | _EXECUTE | _WRITE_FILE | (_TRUNCATE if rights & _TRUNCATE else 0)
        libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
