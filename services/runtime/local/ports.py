"""Which port of the loopback interface is whose, and who sits on it already."""

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

from services.runtime.local.errors import EditionFailed
from services.runtime.local.principals import SERVICES

HOST = "127.0.0.1"
DEFAULT_BASE = 19090
BLOCK = 40
LOWEST, HIGHEST = 1024, 65535 - BLOCK


@dataclass(frozen=True)
class Taken:
    """A port that we need and that some process already listens on; pid and program where we may see them."""

    part: str
    port: int
    pid: int | None
    program: str | None

    def __str__(self) -> str:
        by = f"{self.program} (pid {self.pid})" if self.pid else "a process of another user"
        return f"port {self.port}, which {self.part} needs, is taken by {by}"


def ports_from(base: int) -> dict[str, int]:
    """The port of every part, counted from a base.

    Raises EditionFailed if they would not all be ports that an ordinary user may open.
    """
    if not LOWEST <= base <= HIGHEST:
        raise EditionFailed(f"The port base {base} is out of range: choose one between {LOWEST} and {HIGHEST}.")
    services = {name: base + 10 + place for place, name in enumerate(SERVICES)}
    parts = {"kafka": base + 2, "controller": base + 3, "postgres": base + 4, "provider": base + 5, "mail": base + 6}
    return {**parts, **services}


def taken(ports: Mapping[str, int]) -> list[Taken]:
    return [Taken(part, port, *_listener(port)) for part, port in ports.items() if not is_free(port)]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_base(candidates: Iterable[int] | None = None) -> int:
    """A base whose ports are all free now, below the range that the system gives to outgoing connections."""
    for base in candidates or _candidates():
        if all(is_free(port) for port in ports_from(base).values()):
            return base
    raise EditionFailed("No block of free ports was found between 20000 and 32000: stop something that listens there.")


def _candidates() -> Iterable[int]:
    blocks = range(20000, 32000, BLOCK)
    # Two processes that look at the same moment should not find the same block.
    start = os.getpid() % len(blocks)
    return [*blocks[start:], *blocks[:start]]


def _listener(port: int) -> tuple[int | None, str | None]:
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None, None
    pids = [c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port and c.pid]
    return (pids[0], _program(pids[0])) if pids else (None, None)


def _program(pid: int) -> str | None:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return None
