"""PostgreSQL starts again after a crash, and serves nobody but this machine."""

import os
from pathlib import Path

import psutil
import pytest

from services.runtime.local.postgres_server import SETTINGS, buffers, remove_stale_lock, server_command
from tests.runtime.secured_postgres import SecuredPostgres


def lock(folder: Path, pid: int) -> Path:
    path = folder / "postmaster.pid"
    path.write_text(f"{pid}\n{folder}\n")
    return path


def test_a_lock_of_a_process_that_is_gone_is_removed(tmp_path: Path) -> None:
    left = lock(tmp_path, next(pid for pid in range(2, 1 << 22) if not psutil.pid_exists(pid)))

    remove_stale_lock(tmp_path)

    assert not left.exists()


def test_a_lock_whose_number_now_belongs_to_a_stranger_is_removed(tmp_path: Path) -> None:
    left = lock(tmp_path, os.getpid())

    remove_stale_lock(tmp_path)

    assert not left.exists()


@pytest.mark.parametrize("damage", ["", "\n", "not a number\n"])
def test_a_lock_that_names_nobody_is_removed(tmp_path: Path, damage: str) -> None:
    left = tmp_path / "postmaster.pid"
    left.write_text(damage)

    remove_stale_lock(tmp_path)

    assert not left.exists()


def test_the_lock_of_a_server_that_runs_is_kept(tmp_path: Path, postgres: SecuredPostgres) -> None:
    running = int((postgres.server.folder / "postmaster.pid").read_text().split()[0])
    held = lock(tmp_path, running)

    remove_stale_lock(tmp_path)

    assert held.exists()


def test_the_server_listens_on_the_loopback_interface_alone() -> None:
    assert SETTINGS["listen_addresses"] == "127.0.0.1"
    assert SETTINGS["unix_socket_directories"] == ""


@pytest.mark.parametrize(("memory_mib", "buffers_mib"), [(512, 128), (4_096, 512), (24_000, 3_000), (64_000, 4_096)])
def test_buffers_are_an_eighth_of_the_machine_s_memory_within_bounds(memory_mib: int, buffers_mib: int) -> None:
    assert buffers(memory_mib << 20) == buffers_mib << 20


def test_the_server_is_given_the_buffers_that_the_machine_has_for_it() -> None:
    given = f"shared_buffers={buffers(psutil.virtual_memory().total) >> 20}MB"

    assert given in server_command(Path("/programs"), "/folder", "5432")


def test_the_server_keeps_what_it_committed() -> None:
    command = server_command(Path("/programs"), "/folder", "5432")

    assert not any(word.startswith(("fsync=", "synchronous_commit=", "full_page_writes=")) for word in command)
