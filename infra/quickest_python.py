"""Prints the Python to make the environment with: of the names given, on the PATH, the quickest at a short task.

Builds of one version differ by a sixth and more (compiled with a profile or not, one file or a shared library), and the
hub with them.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

NEWEST = 14
"""The minor version up to which `requirements.lock` was tried; a newer one is taken only where there is no other."""
ALIKE = 1.1
"""Of those that take at most so many times as long as the quickest, the newest is taken."""
ROUNDS = 3
"""Each is tried so often, in turn with the others: a machine may be busy just when it is one's turn."""
_WITHIN_SECONDS = 20
_PROBE = """
import dataclasses, os, sys, venv, ensurepip
from time import process_time

assert sys.version_info >= (3, 11) and sys.implementation.name == "cpython"

@dataclasses.dataclass(frozen=True)
class Said:
    at: int
    what: str
    of: tuple

def task():
    began = process_time()
    said = [Said(at, str(at), (at,)) for at in range(500)]
    sorted((dataclasses.replace(one, what="again") for one in said), key=lambda one: (one.what, -one.at))
    return process_time() - began

print(sys.version_info[1], min(task() for _ in range(30)), os.path.realpath(sys.executable), sep="\\n")
"""

Candidate = tuple[int, float, str]
"""Minor version, seconds for the task, and where it is."""


def main() -> None:
    """Print its path; nothing, with exit status 1, where there is none."""
    found = [one for _ in range(ROUNDS) for one in candidates(os.environ.get("PATH", ""), sys.argv[1:])]
    if not found:
        sys.exit(1)
    *_, where = best(found)
    sys.stdout.write(f"{where}\n")


def candidates(searched: str, names: Sequence[str]) -> Iterator[Candidate]:
    """Every Python of these names in the folders of a PATH; a file that ran once is not run by another name."""
    ran = set()
    for path in (Path(folder, name) for folder in searched.split(os.pathsep) if folder for name in names):
        if os.access(path, os.X_OK) and path.resolve() not in ran and (candidate := probed(path)):
            ran.add(path.resolve())
            yield candidate


def probed(path: Path) -> Candidate | None:
    """What a Python says of itself, or None of one that is too old, makes no environments or does not run."""
    try:
        told = subprocess.run(
            [path, "-I", "-c", _PROBE], capture_output=True, text=True, check=True, timeout=_WITHIN_SECONDS
        ).stdout
        minor, seconds, where = told.splitlines()
        return int(minor), float(seconds), where
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def best(found: Iterable[Candidate]) -> Candidate:
    """The newest of the quickest."""
    there = list(found)
    every = [one for one in there if one[0] <= NEWEST] or there
    quickest = min(seconds for _, seconds, _ in every)
    return max((one for one in every if one[1] <= quickest * ALIKE), key=lambda one: (one[0], -one[1]))


if __name__ == "__main__":
    main()
