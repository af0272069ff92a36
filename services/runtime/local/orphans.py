"""Processes that a killed supervisord left behind: they hold ports and files, and nobody would restart them."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from services.runtime.local.errors import EditionFailed

STOP_SECONDS = 10


def end_orphans(data: Path) -> int:
    """End what still runs of an edition whose supervisord is gone; returns how many processes there were.

    Raises:
        EditionFailed: one of them does not end.
    """
    orphans = list(_of_edition(data))
    for process in orphans:
        process.terminate()
    _, hanging = psutil.wait_procs(orphans, STOP_SECONDS)
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
            if process.environ().get("LANTERN_EDITION") == str(data) or _is_postmaster(process, data / "postgres"):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def _is_postmaster(process: psutil.Process, folder: Path) -> bool:
    lock = folder / "postmaster.pid"
    return (
        process.name() == "postgres"
        and process.cwd() == str(folder)
        and lock.read_text().split()[0] == str(process.pid)
    )
