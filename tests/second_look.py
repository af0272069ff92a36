"""A second look at the few tests on real parts that failed: what fails twice is broken, what does not is unsteady.

Kafka, PostgreSQL and Chromium share the machine's cores with every other test, so that one of thousands may wait in
vain. A claim that needs none of them gets no second look, nor does one about a leak: what was told once was told.
"""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
ON_REAL_PARTS = tuple(
    f"tests/{folder}/" for folder in ("casefeed", "cli", "correlator", "e2e", "faults", "oncall", "runtime", "vault")
)
FILES_AT_MOST = 2
TESTS_FAILED = 1
"""How pytest ends when it ran to its end and tests failed."""


def again(failed: Collection[str]) -> list[str]:
    """The failed tests if all of them get a second look, else none."""
    files = {one.partition("::")[0] for one in failed}
    looked_at = len(files) <= FILES_AT_MOST and all(file.startswith(ON_REAL_PARTS) for file in files)
    return sorted(failed) if looked_at else []


def main(ended: int) -> int:
    """Run what failed once more, alone on the machine; gives the exit status."""
    counted = ended == TESTS_FAILED and FAILED.exists()  # it also ends so where a warning came behind the last test
    failed = again(json.loads(FAILED.read_text(encoding="utf-8"))) if counted else []
    if not failed:
        return ended
    print("\nA second look, alone on the machine, at:", *failed, sep="\n  ")  # noqa: T201 - what it is for
    twice = subprocess.run([sys.executable, "-m", "pytest", "--last-failed"], check=False).returncode
    if not twice:
        print("Unsteady, to be mended (failed first, passed now):", *failed, sep="\n  ")  # noqa: T201
    return twice


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
