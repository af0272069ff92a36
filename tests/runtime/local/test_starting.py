"""What stops an edition from starting is said before anything is changed."""

import socket
from pathlib import Path

import pytest

from services.runtime.local import ports, starting
from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.supervisor import Supervisor
from tests.free_ports import free_base

MORE_THAN_THERE_IS = 1 << 60


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_disk_that_is_too_full_is_refused(tmp_path: Path) -> None:
    edition = Edition(tmp_path, free_base())

    with pytest.raises(EditionFailed, match=r"MiB are needed.*Nothing was changed"):
        starting.look(edition, Supervisor(edition.run), least_free_bytes=MORE_THAN_THERE_IS)
    assert files_of(tmp_path) == []


def test_a_port_that_is_taken_is_refused_with_its_number_and_owner(tmp_path: Path) -> None:
    edition = Edition(tmp_path, free_base())

    with (
        socket.create_server((ports.HOST, edition.ports["postgres"])),
        pytest.raises(
            EditionFailed, match=rf"port {edition.ports['postgres']}, which postgres needs, is taken by .*pid"
        ),
    ):
        starting.look(edition, Supervisor(edition.run), least_free_bytes=0)
    assert files_of(tmp_path) == []


def test_two_starts_at_once_do_not_meet(tmp_path: Path) -> None:
    with (
        starting.alone(tmp_path),
        pytest.raises(EditionFailed, match="Another `lantern up` or `down` is at work"),
        starting.alone(tmp_path),
    ):
        pass


def test_a_lock_that_a_killed_start_left_behind_stops_nobody(tmp_path: Path) -> None:
    with starting.alone(tmp_path):
        pass

    with starting.alone(tmp_path):
        assert (tmp_path / ".lock").exists()
