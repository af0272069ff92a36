"""A service's own tables, brought up to date by Alembic before the service does anything else."""

import asyncio
from pathlib import Path

import psycopg

from services.core.errors import Misconfigured
from services.runtime.database import Database, until_it_answers
from services.runtime.health import Health


async def migrate(where: Database, service: str, home: Path, health: Health) -> None:
    """Apply what `service` has not applied yet of `home`/infra/migrations/`service`, all of it or nothing.

    Raises:
        Misconfigured: the schema is not there; whoever runs the database makes it and gives it to the service's role.
            Or its tables are of a later version.
    """
    await until_it_answers(lambda: asyncio.to_thread(upgrade, where, service, home), health)


def upgrade(where: Database, service: str, home: Path) -> None:
    """Do what `migrate` does, once.

    Raises:
        Misconfigured: the schema is not there, or its tables are of a later version.
        psycopg.OperationalError: the server does not answer.
    """
    folder = home / "infra" / "migrations"
    if not is_up_to_date(where, service, home):
        _apply(where, folder, service)


def is_up_to_date(where: Database, service: str, home: Path) -> bool:
    """Whether every migration of `service` is applied.

    Raises:
        Misconfigured: the schema is not there, or its tables are of a later version: there is no way back.
        psycopg.OperationalError: the server does not answer.
    """
    applied, known = _applied(where), revisions(home / "infra" / "migrations" / service)
    if applied is not None and applied not in known:
        raise Misconfigured(
            f"The tables of {where.schema} are at revision {applied}, which this version of Lantern does not know: a "
            f"later one made them, and there is no way back. Use that version, or data that was copied before it."
        )
    return applied == known[-1]


def revisions(folder: Path) -> list[str]:
    """Each stands first in the name of its migration, 0002 in 0002_words.py, and the last is the newest."""
    return sorted(path.name.partition("_")[0] for path in folder.glob("*.py"))


def _applied(where: Database) -> str | None:
    with psycopg.connect(where.conninfo, options=where.options) as connection:
        if connection.execute("SELECT to_regnamespace(%s)", [where.schema]).fetchone() == (None,):
            raise Misconfigured(f"The database has no schema {where.schema}: make it, owned by this service's role.")
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def _apply(where: Database, folder: Path, service: str) -> None:
    # These two take longer to load than all else together, and are needed once in a service's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    with psycopg.connect(where.conninfo, options=where.options) as connection:
        # An index over years of events takes minutes: broken off, it would be begun again for ever.
        connection.execute("SET statement_timeout = 0")
        connection.commit()
        settings = Config(attributes={"connection": connection, "schema": where.schema})
        settings.set_main_option("script_location", str(folder))
        settings.set_main_option("version_locations", str(folder / service))
        settings.set_main_option("path_separator", "newline")
        command.upgrade(settings, "head")
