"""`infra/quickest_python.py` chooses the Python that the environment is made with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.quickest_python import Candidate, best, candidates, probed
from tests.conftest import HOME

NAMES = ("python3.14", "python3.11", "python3")
OLD, NEW, SLOW, UNTRIED = (11, 0.40, "/old"), (13, 0.43, "/new"), (14, 0.60, "/slow"), (15, 0.30, "/untried")


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ((OLD,), OLD),
        ((OLD, NEW), NEW),
        ((NEW, OLD, SLOW), NEW),
        ((SLOW, OLD), OLD),
        ((SLOW, UNTRIED), SLOW),
        ((UNTRIED,), UNTRIED),
    ],
)
def test_the_newest_of_the_quickest_is_taken(there: tuple[Candidate, ...], taken: Candidate) -> None:
    assert best(there) == taken


def test_one_file_runs_once_however_many_names_it_has(tmp_path: Path) -> None:
    for name in ("python3", "python3.11"):
        (tmp_path / name).symlink_to(sys.executable)
    found = list(candidates(f"{tmp_path}{os.pathsep}{tmp_path}", NAMES))
    assert [where for *_, where in found] == [os.path.realpath(sys.executable)]


def test_one_file_that_runs_by_some_of_its_names_alone_is_found(tmp_path: Path) -> None:
    dispatcher = tmp_path / "dispatcher"
    dispatcher.write_text(f'#!/bin/sh\ncase "$0" in *3.11) exec {sys.executable} "$@";; esac\nexit 127\n')
    dispatcher.chmod(0o755)
    for name in ("python3.14", "python3.11", "python3"):
        (tmp_path / name).symlink_to(dispatcher)
    assert len(list(candidates(str(tmp_path), NAMES))) == 1


@pytest.mark.parametrize("says", ["exit 127", "echo 3.9", "exit 0"])
def test_a_name_that_runs_no_python_is_passed_over(says: str, tmp_path: Path) -> None:
    shim = tmp_path / "python3.14"
    shim.write_text(f"#!/bin/sh\n{says}\n")
    shim.chmod(0o755)
    assert probed(shim) is None


def test_what_it_prints_makes_environments() -> None:
    found = subprocess.run(
        [sys.executable, HOME / "infra/quickest_python.py", *NAMES], capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run([found, "-c", "import venv, ensurepip, sys; assert sys.version_info >= (3, 11)"], check=True)


def test_without_any_it_prints_nothing_and_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, HOME / "infra/quickest_python.py", *NAMES],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
