"""A real PostgreSQL, secured as in the local edition, with every role and schema and no tables yet."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from services.runtime.audit import SUFFIX
from services.runtime.database import Database
from services.runtime.local import credentials, database, postgres
from services.runtime.local.files import ROOT
from services.runtime.local.ports import ports_from
from services.runtime.local.principals import ADMIN, DATABASE_ROLES
from services.runtime.migrations import upgrade
from tests.free_ports import free_base

STOP_SECONDS = 20


@dataclass(frozen=True)
class SecuredPostgres:
    """A running server, and how each role reaches it."""

    server: postgres.Postgres
    secrets: Path

    def database(self, role: str) -> Database:
        """The schemas of this role, emptied."""
        with psycopg.connect(self.conninfo(ADMIN), autocommit=True) as admin:
            for schema in (role, f"{role}_shadow"):
                admin.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
                make = sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}")
                admin.execute(make.format(sql.Identifier(schema), sql.Identifier(role)))
        return Database(self.conninfo(role), role)

    def begin_audit(self, role: str) -> None:
        """Give this role a chain that begins now."""
        schema = role + SUFFIX
        with psycopg.connect(self.conninfo(ADMIN), autocommit=True) as admin:
            admin.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}").format(sql.Identifier(schema))
            )
        upgrade(Database(self.conninfo(ADMIN), schema), "audit", ROOT)

    def conninfo(self, role: str) -> str:
        return self.server.conninfo(role, credentials.database_password(self.secrets, role), database.NAME)


@contextmanager
def secured_postgres(folder: Path) -> Iterator[SecuredPostgres]:
    """Runs a server in an empty folder of its own, and stops it."""
    secrets = folder / "secrets"
    credentials.make_missing(secrets)
    port = ports_from(free_base())["postgres"]
    server = postgres.Postgres(folder / "postgres", port, credentials.database_password(secrets, ADMIN))
    postgres.prepare(server)
    with subprocess.Popen(postgres.command(server), stderr=subprocess.DEVNULL) as process:
        try:
            postgres.wait_until_up(server, lambda: process.poll() is None)
            passwords = {role: credentials.database_password(secrets, role) for role in DATABASE_ROLES}
            database.provision(server, passwords)
            yield SecuredPostgres(server, secrets)
        finally:
            process.send_signal(signal.SIGINT)  # at SIGTERM it would wait for its clients
            process.wait(STOP_SECONDS)
