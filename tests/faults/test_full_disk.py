"""A disk that fills up while events flow: everything waits, nothing is lost, and room is all that is needed."""

import contextlib
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from services.runtime.local.waiting import until
from tests.edition import LocalEdition, local_edition
from tests.faults.harm import publish
from tests.faults.survivor import Survivor, edge_keys
from tests.generated import files

DISK_MIB = 1500
PATIENCE_SECONDS = 180
pytestmark = pytest.mark.skipif(
    not os.environ.get("LANTERN_PROVE") or os.geteuid() != 0,
    reason="needs root, to mount a small disk, and an edition of its own: LANTERN_PROVE=1 asks for it",
)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk that has hardly more room than an edition asks for."""
    folder = tmp_path_factory.mktemp("disk")
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["/bin/umount", folder], check=True)


@pytest.fixture(scope="module")
def small(disk: Path) -> Iterator[LocalEdition]:
    with local_edition(disk / "data") as running:
        running.up()
        yield running


def fill(path: Path) -> None:
    """Take all the room that is left on a disk."""
    with path.open("wb") as file, contextlib.suppress(OSError):  # another may just have taken the last of it
        while free := shutil.disk_usage(path).free:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)


def test_a_disk_that_fills_up_loses_nothing_and_needs_only_room(
    disk: Path, small: LocalEdition, tmp_path: Path
) -> None:
    lived = Survivor(small, files(Random(9), range(60), 12, edge_keys(small)))
    file = tmp_path / "file.json"
    for first in lived.files[:4]:
        publish(small, first, file)
    fill(disk / "other")
    for turned_away in lived.files[4:8]:
        file.write_bytes(turned_away.content)
        words = ["--agency", turned_away.agency.value, "--organisation", turned_away.organisation, "--timeout", "5"]
        assert "Traceback" not in small.run("publish", *words, file).stderr
    assert "WRONG  disk" in small.run("doctor").stdout
    assert "make room" in small.run("up").stderr

    (disk / "other").unlink()

    for later in lived.files[4:]:
        publish(small, later, file)
    assert until(lived.are_cases_true, PATIENCE_SECONDS)
    assert until(lambda: lived.events_in("casefeed", "feed") == Counter(lived.truth.event_ids), PATIENCE_SECONDS)
    assert len(lived.sayings()) == len({(one.fact_id, one.field, one.recorded_at) for one in lived.truth.sealed})
