"""What the processes of an edition take: CPU seconds and memory, the children of each counted to it."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

BENCH = "lantern bench"
"""The measuring process itself: the connectors and the watcher."""


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds since each process began, and this process's own under `BENCH`."""
    taken = {name: sum(_cpu(one) for one in _family(pid)) for name, pid in pids.items()}
    own = psutil.Process().cpu_times()
    return {**taken, BENCH: own.user + own.system}


def per_event(before: Mapping[str, float], after: Mapping[str, float], events: int) -> dict[str, float]:
    """CPU seconds an event by process, of those that were there both times."""
    return {name: (after[name] - before[name]) / events for name in before if name in after}


def memory(pids: Mapping[str, int], parts: tuple[str, ...]) -> dict[str, int]:
    """Bytes of memory, shared pages counted once (PSS): the `parts` apart, everything else together."""
    sizes = {name: sum(_pss(one.pid) for one in _family(pid)) for name, pid in pids.items()}
    services = sum(size for name, size in sizes.items() if name not in parts)
    return {"all Python services": services, **{name: sizes[name] for name in parts}}


def _family(pid: int) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        yield parent
        yield from parent.children(recursive=True)


def _cpu(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def _pss(pid: int) -> int:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return 0
