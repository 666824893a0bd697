"""The numbers of the Linux system calls that `kernel` refuses, on the processors that it knows.

From the kernel's own headers: asm/unistd_64.h for x86-64, asm-generic/unistd.h for aarch64.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_GROUPS = {
    "network": "socket socketpair connect accept accept4 bind listen sendto sendmsg sendmmsg recvfrom recvmsg",
    "programs": "execve execveat fork vfork",
    "processes": "kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal",
    "writing": "creat unlink unlinkat rename renameat renameat2 rmdir mkdir mkdirat mknod mknodat link linkat symlink"
    " symlinkat chmod fchmod fchmodat chown fchown lchown fchownat truncate setxattr lsetxattr fsetxattr removexattr"
    " lremovexattr fremovexattr utime utimes utimensat futimesat memfd_create",
    "machine": "ptrace process_vm_readv process_vm_writev pidfd_getfd mount umount2 pivot_root chroot setns unshare"
    " open_by_handle_at bpf perf_event_open userfaultfd keyctl add_key request_key io_uring_setup io_uring_enter"
    " io_uring_register init_module finit_module delete_module kexec_load kexec_file_load reboot swapon"
    " swapoff quotactl acct settimeofday clock_settime sethostname setdomainname syslog iopl ioperm fsopen"
    " move_mount open_tree",
    "avoided": "clone3 openat2",
}
"""avoided: their arguments cannot be looked at; libraries do without them where they are absent."""

_NUMBERS = """
socket 41 198|socketpair 53 199|connect 42 203|accept 43 202|accept4 288 242|bind 49 200|listen 50 201|sendto 44 206
sendmsg 46 211|sendmmsg 307 269|recvfrom 45 207|recvmsg 47 212|execve 59 221|execveat 322 281|fork 57 -|vfork 58 -
clone 56 220|clone3 435 435|open 2 -|openat 257 56|openat2 437 437|creat 85 -|unlink 87 -|unlinkat 263 35|rename 82 -
renameat 264 38|renameat2 316 276|rmdir 84 -|mkdir 83 -|mkdirat 258 34|mknod 133 -|mknodat 259 33|link 86 -
linkat 265 37|symlink 88 -|symlinkat 266 36|chmod 90 -|fchmod 91 52|fchmodat 268 53|chown 92 -|fchown 93 55|lchown 94 -
fchownat 260 54|truncate 76 45|setxattr 188 5|lsetxattr 189 6|fsetxattr 190 7|removexattr 197 14|lremovexattr 198 15
fremovexattr 199 16|utime 132 -|utimes 235 -|utimensat 280 88|futimesat 261 -|memfd_create 319 279|kill 62 129
tkill 200 130|tgkill 234 131|rt_sigqueueinfo 129 138|rt_tgsigqueueinfo 297 240|pidfd_open 434 434
pidfd_send_signal 424 424|pidfd_getfd 438 438|ptrace 101 117|process_vm_readv 310 270|process_vm_writev 311 271
mount 165 40|umount2 166 39|pivot_root 155 41|chroot 161 51|setns 308 268|unshare 272 97
open_by_handle_at 304 265|bpf 321 280
perf_event_open 298 241|userfaultfd 323 282|keyctl 250 219|add_key 248 217|request_key 249 218|io_uring_setup 425 425
io_uring_enter 426 426|io_uring_register 427 427|init_module 175 105|finit_module 313 273|delete_module 176 106
kexec_load 246 104|kexec_file_load 320 294|reboot 169 142|swapon 167 224|swapoff 168 225|quotactl 179 60|acct 163 89
settimeofday 164 170|clock_settime 227 112|sethostname 170 161|setdomainname 171 162|syslog 103 116|iopl 172 -
ioperm 173 -|fsopen 430 430|move_mount 429 429|open_tree 428 428|prlimit64 302 261|seccomp 317 277
"""
_TABLE = [line.split() for line in _NUMBERS.strip().replace("\n", "|").split("|")]


@dataclass(frozen=True, slots=True)
class Calls:
    """The system calls of a processor, which the kernel names `processor`. `newest`: the last one known here."""

    processor: int
    by_name: Mapping[str, int]
    newest: int = 450

    def number(self, name: str) -> int:
        """The number of a call; -1 where this processor does not have it."""
        return self.by_name.get(name, -1)

    def numbers(self, *groups: str) -> list[int]:
        """The numbers of the calls of these groups, of those that this processor has."""
        return [self.by_name[name] for group in groups for name in _GROUPS[group].split() if name in self.by_name]


def _calls(processor: int, column: int) -> Calls:
    return Calls(processor, {row[0]: int(row[column]) for row in _TABLE if row[column] != "-"})


CALLS = {"x86_64": _calls(0xC000003E, 1), "aarch64": _calls(0xC00000B7, 2)}
"""By what the system calls the processor."""
