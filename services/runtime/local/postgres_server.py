"""`python -m services.runtime.local.postgres_server PROGRAMS FOLDER PORT` becomes the PostgreSQL server."""

import os
import sys
from pathlib import Path

import psutil

from services.runtime.local import account

# The working directory can be entered even where the way to it is closed to the account: under /root, for example.
HERE = "/proc/self/cwd"
LEAST_BUFFERS, MOST_BUFFERS = 128 << 20, 4 << 30
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    # Between two checkpoints a page is written whole to the log once, and rows found by keyed digests touch any page.
    "max_wal_size": "4GB",
    # After a crash what was written since is read again: of a night's traffic no more than two minutes.
    "checkpoint_timeout": "2min",
    # Every plan of the services is by index: of thirty thousand wide rows a table and minute nothing was learnt.
    "default_statistics_target": "10",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "idle_in_transaction_session_timeout": "10s",
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_directory": "log",
    # One file a day of the week, written over a week later.
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_checkpoints": "off",
    # What a statement holds may be about a child: only what the server says about itself is written down.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def main(programs: str, folder: str, port: str) -> None:
    """Entering the folder comes before changing the account, to which the way there may be closed."""
    os.chdir(folder)
    remove_stale_lock(Path())
    owner = account.find()
    command = server_command(Path(programs), seen_by_server(Path(folder)), port)
    if owner is not None:
        os.setgroups([])
        os.setgid(owner.pw_gid)
        os.setuid(owner.pw_uid)
    os.execve(command[0], command, {})  # noqa: S606 - no shell is wanted


def server_command(programs: Path, folder: str, port: str) -> list[str]:
    settings = {**SETTINGS, "shared_buffers": f"{buffers(psutil.virtual_memory().total) >> 20}MB", "port": port}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", folder, *options]


def buffers(memory: int) -> int:
    """An eighth of the machine's memory, in bytes: rows are found by keyed digests, so any page may be the next."""
    return min(max(memory // 8, LEAST_BUFFERS), MOST_BUFFERS)


def seen_by_server(folder: Path) -> str:
    return str(folder) if account.find() is None else HERE


def remove_stale_lock(folder: Path) -> None:
    """After a crash the lock may name a process number that now belongs to a stranger; PostgreSQL would wait for it."""
    lock = folder / "postmaster.pid"
    if lock.exists() and not _is_postgres(lock.read_text().partition("\n")[0]):
        lock.unlink()


def _is_postgres(pid: str) -> bool:
    try:
        return psutil.Process(int(pid)).name() == "postgres"
    except (ValueError, psutil.NoSuchProcess):
        return False


if __name__ == "__main__":
    main(*sys.argv[1:])
