"""Which Chromium the tests of pages drive: the machine's own, else one that `python -m tests.chromium` brings."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
DEBIANS = (["apt-get", "update", "-qq"], ["apt-get", "install", "--yes", "-qq", "--no-install-recommends", "chromium"])
PLAYWRIGHTS = [sys.executable, "-m", "playwright", "install", "chromium"]
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def own_path() -> str | None:
    """The machine's own Chromium; None says that Playwright's is driven."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def bring() -> None:
    """Bring one if the machine has none: as root Debian's package, else, or where there is none, Playwright's."""
    if own_path():
        return
    is_root = os.geteuid() == 0
    debians = is_root and shutil.which("apt-get") is not None
    if not (debians and all(subprocess.run(command, check=False).returncode == 0 for command in DEBIANS)):
        subprocess.run([*PLAYWRIGHTS, *(["--with-deps"] if is_root else [])], check=True)


if __name__ == "__main__":
    bring()
