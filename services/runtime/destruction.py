"""Destroying a file that holds a key: overwritten, then unlinked; what was broken off is finished at the next start."""

import os
import secrets
from pathlib import Path

_GONE = ".gone"


def destroy(path: Path) -> None:
    """Make what a file holds unreadable; one that is no longer there is destroyed already.

    A disk that keeps old blocks (a copy-on-write file system, flash) may still hold them: put keys on an encrypted one.
    """
    gone = path.with_name(path.name + _GONE)
    try:
        path.rename(gone)  # first of all nobody reads it as a key any more
    except FileNotFoundError:
        return
    _erase(gone)


def finish(folder: Path) -> None:
    """Destroy what an earlier process had begun to destroy."""
    for gone in folder.glob(f"*{_GONE}"):
        _erase(gone)


def _erase(gone: Path) -> None:
    with gone.open("r+b") as file:
        file.write(secrets.token_bytes(gone.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    gone.unlink()
    sync_folder(gone.parent)


def sync_folder(folder: Path) -> None:
    """Let what was made, renamed or unlinked in a folder outlive a loss of power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
