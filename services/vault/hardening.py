"""Keeps what the vault has in memory out of core files and of other processes' reach (design 6.2)."""

import ctypes
import resource
import sys
from pathlib import Path

from services.core.errors import Misconfigured

_PR_SET_DUMPABLE = 4
_STATUS = Path("/proc/self/status")


def harden() -> None:
    """Forbid core dumps and, on Linux, reading or tracing by processes of the same user.

    Raises:
        Misconfigured: the system refuses, or a tracer is attached already.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _make_undumpable()
        refuse_tracer(_STATUS.read_text())


def refuse_tracer(status: str) -> None:
    """Read /proc/<pid>/status and refuse to go on under a debugger.

    Raises:
        Misconfigured: somebody traces this process.
    """
    if not any(line.split() == ["TracerPid:", "0"] for line in status.splitlines()):
        raise Misconfigured("Another process traces the vault: it stops before it has read a key.")


def _make_undumpable() -> None:
    # With this flag off, /proc/<pid>/mem belongs to root and ptrace is refused to everybody else (prctl(2), ptrace(2)).
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise Misconfigured(
            "The system does not let the vault forbid dumps of its memory: it stops before it has read a key."
        )
