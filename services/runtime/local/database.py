"""Who may do what in PostgreSQL: one role a service, a schema of its own, nothing for anybody else.

Each service's audit is the administrator's: its role adds to it and reads it, and can neither change nor drop it.
"""

from collections.abc import Iterable, Mapping

import psycopg
from psycopg import sql

from services.runtime.audit import SUFFIX
from services.runtime.database import Database
from services.runtime.local.files import ROOT
from services.runtime.local.postgres import Postgres
from services.runtime.local.principals import ADMIN
from services.runtime.migrations import is_up_to_date, upgrade

NAME = "lantern"


def refuse_later(postgres: Postgres, roles: Iterable[str]) -> None:
    """Look whether this version knows all tables that are there; nothing is changed.

    Raises:
        Misconfigured: a later version made some of them.
    """
    with _connect(postgres, "postgres") as server:
        if not _is_made(server):
            return
    with _connect(postgres, NAME) as database:
        there = {schema for (schema,) in database.execute("SELECT nspname FROM pg_namespace")}
    for role in roles:
        for schema, service in ((role, role), (role + SUFFIX, "audit")):
            if schema in there:
                is_up_to_date(_by_admin(postgres, schema), service, ROOT)


def provision(postgres: Postgres, passwords: Mapping[str, str]) -> None:
    """Makes the database, and for each role its password, its schema, the schema it rebuilds in, and its audit.

    Run again, it changes nothing.
    """
    with _connect(postgres, "postgres") as server:
        known = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
        for role in passwords.keys() - known:
            _make_role(server, role, passwords[role])
        if not _is_made(server):
            _make_database(server)
    with _connect(postgres, NAME) as database:
        for role in passwords:
            _make_schemas(database, role)
            database.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(role + SUFFIX)))
    for role in passwords:
        upgrade(_by_admin(postgres, role + SUFFIX), "audit", ROOT)


def _by_admin(postgres: Postgres, schema: str) -> Database:
    return Database(postgres.conninfo(ADMIN, postgres.password, NAME), schema)


def _is_made(server: psycopg.Connection[tuple[object, ...]]) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is not None


def _connect(postgres: Postgres, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(postgres.conninfo(ADMIN, postgres.password, database), autocommit=True)


def _make_role(server: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    make = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {}")
    server.execute(make.format(sql.Identifier(role), sql.Literal(password)))
    server.execute(sql.SQL("ALTER ROLE {0} SET search_path = {0}").format(sql.Identifier(role)))


def _make_database(server: psycopg.Connection[tuple[object, ...]]) -> None:
    # From an empty template of our own making: what is not granted below is nobody's.
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(NAME)))
    for database in (NAME, "postgres", "template1"):
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))


def _make_schemas(database: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    owner = sql.Identifier(role)
    database.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    database.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(NAME), owner))
    for schema in (role, f"{role}_shadow"):
        make = sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}")
        database.execute(make.format(sql.Identifier(schema), owner))
