"""What can be read of processes from outside: command lines, environments, and every file that they may write."""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

Sink = tuple[str, bytes]

_PROC = Path("/proc")
_LARGEST_BYTES = 1 << 26


def of_processes(pids: Iterable[int], *, but: Path) -> Iterator[Sink]:
    """All of it, of these processes and their children; files below `but` are left to those who read that folder."""
    for pid in sorted(set(_with_children(pids))):
        for name in ("cmdline", "environ"):
            yield from _read(f"{name} of a process", _PROC / str(pid) / name)
        for place in _written(pid, but):
            yield from _read("a file that a process may write", place)


def temporary_files(*, since: float) -> Iterator[Sink]:
    """The name and content of every file that was changed in the temporary folder itself since a time."""
    for path in Path(tempfile.gettempdir()).iterdir():
        try:
            seen = path.lstat()
        except FileNotFoundError:  # it has gone since it was listed
            continue
        if stat.S_ISREG(seen.st_mode) and seen.st_mtime >= since:
            yield "name of a temporary file", path.name.encode()
            yield from _read("a temporary file", path)


def _with_children(pids: Iterable[int]) -> Iterator[int]:
    for pid in pids:
        yield pid
        try:
            yield from (child.pid for child in psutil.Process(pid).children(recursive=True))
        except psutil.NoSuchProcess:
            continue


def _written(pid: int, but: Path) -> Iterator[Path]:
    """Its open files that it may write, deleted ones too."""
    try:
        opened = list((_PROC / str(pid) / "fd").iterdir())
    except OSError:  # it has gone, or is not for our eyes
        return
    for place in opened:
        try:
            flags = (_PROC / str(pid) / "fdinfo" / place.name).read_text().split("flags:")[1].split()[0]
            regular = stat.S_ISREG(place.stat().st_mode)
            target = place.readlink()
        except (OSError, IndexError):
            continue
        if regular and int(flags, 8) & (os.O_WRONLY | os.O_RDWR) and but not in target.parents:
            yield place


def _read(sink: str, path: Path) -> Iterator[Sink]:
    try:
        with path.open("rb") as file:
            yield sink, file.read(_LARGEST_BYTES)
    except OSError:  # it has gone, or nobody but its own user may read it: the vault's environment is root's alone
        return
