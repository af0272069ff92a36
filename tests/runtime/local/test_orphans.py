"""What a killed supervisord left behind is ended, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from services.runtime.local.orphans import MARK, end_orphans

DEAF = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); sys.stdin.read()"
HEARING = "import sys; print('hearing', flush=True); sys.stdin.read()"


@contextmanager
def program(text: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running program that belongs to the edition in `data`."""
    environment = {**os.environ, MARK: str(data)}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", text], env=environment, stdin=pipe, stdout=pipe) as running:
        assert running.stdout is not None
        running.stdout.readline()
        try:
            yield running
        finally:
            running.kill()


def test_a_program_of_the_edition_is_ended(tmp_path: Path) -> None:
    with program(HEARING, tmp_path) as orphan:
        assert end_orphans(tmp_path) == 1
        assert not psutil.pid_exists(orphan.pid)


def test_a_program_that_does_not_hear_is_killed(tmp_path: Path) -> None:
    with program(DEAF, tmp_path) as orphan:
        assert end_orphans(tmp_path, stop_seconds=0.5) == 1
        assert not psutil.pid_exists(orphan.pid)


def test_a_program_of_another_edition_is_left_alone(tmp_path: Path) -> None:
    with program(HEARING, tmp_path / "another") as stranger:
        assert end_orphans(tmp_path) == 0
        assert stranger.poll() is None
