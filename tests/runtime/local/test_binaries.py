"""PostgreSQL's programs can be run by the account that runs them."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.local import account, binaries

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs PostgreSQL as itself")


def test_the_programs_are_those_of_postgresql_18() -> None:
    said = subprocess.run([binaries.folder() / "postgres", "--version"], capture_output=True, text=True, check=True)

    assert said.stdout.startswith("postgres (PostgreSQL) 18.")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, as /var/cache is; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="lantern-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@needs_root
def test_an_account_that_can_reach_the_programs_needs_no_copy(open_folder: Path) -> None:
    owner = account.ensure()
    assert owner is not None
    first = binaries.copy_of(binaries.wheels(), open_folder / "first")

    assert binaries.reachable(first, open_folder / "second", owner) == first


@needs_root
def test_an_account_that_cannot_reach_the_programs_gets_a_copy_that_works(tmp_path: Path, open_folder: Path) -> None:
    owner = account.ensure()
    assert owner is not None
    tmp_path.chmod(0o700)
    (tmp_path / "installed").symlink_to(binaries.wheels())
    cluster = open_folder / "cluster"
    cluster.mkdir()
    os.chown(cluster, owner.pw_uid, owner.pw_gid)

    copy = binaries.reachable(tmp_path / "installed", open_folder / "copies", owner)

    assert copy.is_relative_to(open_folder / "copies")
    subprocess.run(
        [copy / binaries.PROGRAMS / "initdb", "--pgdata", cluster, "--no-sync"],
        user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], env={}, cwd="/", check=True, capture_output=True,
    )  # fmt: skip
    assert (cluster / "PG_VERSION").read_text() == "18\n"
