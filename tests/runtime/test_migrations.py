"""Migrations: applied once, each service's in its own schema, and never over tables of a later version."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from services.core.errors import Misconfigured
from services.runtime import database
from services.runtime.database import Database, snapshot
from services.runtime.health import Health
from services.runtime.migrations import is_up_to_date, migrate, upgrade
from tests.conftest import HOME

NAMES = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'"


def write(home: Path, service: str, *statements: str, revision: str = "0001", before: str | None = None) -> None:
    """A migration of a service, which does these statements."""
    folder = home / "infra" / "migrations"
    (folder / service).mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text((HOME / "infra" / "migrations" / "env.py").read_text())
    done = "".join(f"    op.execute({statement!r})\n" for statement in statements)
    (folder / service / f"{revision}_one.py").write_text(
        f"from alembic import op\nrevision, down_revision = {revision!r}, {before!r}\ndef upgrade():\n{done}"
    )


async def test_migrations_are_applied_once_and_in_their_own_schema(where: Database, health: Health) -> None:
    for place in (where, where, where.shadow):
        await migrate(place, "correlator", HOME, health)
    async with snapshot(where) as connection:
        live = await (await connection.execute(NAMES, [where.schema])).fetchall()
        beside = await (await connection.execute(NAMES, [where.shadow.schema])).fetchall()
    assert {"entries", "positions", "alembic_version"} <= {name for (name,) in live}
    assert sorted(live) == sorted(beside)


def test_processes_that_start_at_once_migrate_once(where: Database) -> None:
    program = (
        "import os, pathlib\nfrom services.runtime.database import Database\n"
        "from services.runtime.migrations import upgrade\n"
        "upgrade(Database(os.environ['WHERE'], 'correlator'), 'correlator', pathlib.Path())\n"
    )
    given = {**os.environ, "WHERE": where.conninfo}
    started = [subprocess.Popen([sys.executable, "-c", program], env=given, cwd=HOME) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]


def test_a_migration_s_file_begins_with_its_revision() -> None:
    for path in (HOME / "infra" / "migrations").glob("*/*.py"):
        assert f'revision = "{path.name.partition("_")[0]}"' in path.read_text().splitlines(), path


def test_a_service_that_is_up_to_date_does_not_load_alembic(where: Database) -> None:
    program = (
        "import os, pathlib, sys\nfrom services.runtime.database import Database\n"
        "from services.runtime.migrations import upgrade\n"
        "upgrade(Database(os.environ['WHERE'], 'correlator'), 'correlator', pathlib.Path())\n"
        "print('alembic' in sys.modules)\n"
    )
    given = {**os.environ, "WHERE": where.conninfo}
    said = [subprocess.check_output([sys.executable, "-c", program], env=given, cwd=HOME, text=True) for _ in range(2)]
    assert said == ["True\n", "False\n"]


async def test_a_later_migration_is_applied_to_tables_that_exist(
    where: Database, health: Health, tmp_path: Path
) -> None:
    for revision, before in (("0001", None), ("0002", "0001")):
        write(tmp_path, "grown", f"CREATE TABLE made_by_{revision} ()", revision=revision, before=before)
        await migrate(where, "grown", tmp_path, health)
    async with snapshot(where) as connection:
        names = {name for (name,) in await (await connection.execute(NAMES, [where.schema])).fetchall()}
    assert {"made_by_0001", "made_by_0002"} <= names


def test_a_migration_may_take_longer_than_other_statements(
    where: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "slow", "SELECT pg_sleep(1.5)")
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    upgrade(where, "slow", tmp_path)
    assert is_up_to_date(where, "slow", tmp_path)


async def test_a_migration_that_fails_leaves_nothing(where: Database, health: Health, tmp_path: Path) -> None:
    write(tmp_path, "broken", "CREATE TABLE half ()", "CREATE TABLE half ()")
    with pytest.raises(Exception, match="already exists"):
        await migrate(where, "broken", tmp_path, health)
    async with snapshot(where) as connection:
        assert await (await connection.execute(NAMES, [where.schema])).fetchall() == []


async def test_tables_of_a_later_version_are_refused_in_a_sentence(where: Database, health: Health) -> None:
    await migrate(where, "correlator", HOME, health)
    with psycopg.connect(where.conninfo) as connection:
        connection.execute("UPDATE correlator.alembic_version SET version_num = '9990'")
    with pytest.raises(Misconfigured, match="correlator are at revision 9990, which this version of Lantern does not"):
        await migrate(where, "correlator", HOME, health)


async def test_a_missing_schema_is_said_in_a_sentence(where: Database, health: Health) -> None:
    nowhere = Database(where.conninfo, "nowhere")
    with pytest.raises(Misconfigured, match="no schema nowhere"):
        await migrate(nowhere, "correlator", HOME, health)
