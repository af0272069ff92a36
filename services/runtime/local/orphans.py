"""Processes that a killed supervisord left behind: they hold ports and files, and nobody would restart them."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

from services.runtime.local.errors import EditionFailed

# supervisord and what it starts carry the data folder's path in this variable of their environment.
MARK = "LANTERN_EDITION"
POSTGRES = "postgres"
STOP_SECONDS = 10


def end_orphans(data: Path, stop_seconds: float = STOP_SECONDS) -> int:
    """End what still runs of an edition whose supervisord is gone; returns how many processes there were.

    Raises:
        EditionFailed: one of them does not end.
    """
    orphans = list(_of_edition(data))
    for process in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(_signal_for(process))
    _, hanging = psutil.wait_procs(orphans, stop_seconds)
    for process in hanging:
        process.kill()
    _, immortal = psutil.wait_procs(hanging, STOP_SECONDS)
    if immortal:
        pids = ", ".join(str(process.pid) for process in immortal)
        raise EditionFailed(
            f"Processes of an earlier run do not end (pid {pids}): end them, then run `lantern up` again."
        )
    return len(orphans)


def _of_edition(data: Path) -> Iterator[psutil.Process]:
    """PostgreSQL clears its environment, so its postmaster is known by the folder it works in."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(data) or _is_postmaster(process, data / "postgres"):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def _is_postmaster(process: psutil.Process, folder: Path) -> bool:
    if process.name() != POSTGRES or process.cwd() != str(folder):
        return False
    parent = process.parent()
    return parent is None or parent.name() != POSTGRES


def _signal_for(process: psutil.Process) -> signal.Signals:
    """PostgreSQL would wait for its clients at SIGTERM."""
    return signal.SIGINT if process.name() == POSTGRES else signal.SIGTERM
