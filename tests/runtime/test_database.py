"""Sessions that outlive a broken connection, migrations, and where a service's names are looked up."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psycopg
import pytest

from services.core.errors import Misconfigured
from services.runtime import database
from services.runtime.database import Connection, Database, Session, ask, connect, end_frozen, snapshot, write_rows
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.migrations import is_up_to_date, migrate, upgrade
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres

NAMES = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'"


@pytest.fixture
def where(postgres: SecuredPostgres) -> Database:
    return postgres.database("correlator")


@pytest.fixture
def health() -> Health:
    return Health(Metrics())


@pytest.fixture
async def session(where: Database, health: Health) -> AsyncIterator[Session]:
    session = Session(where, health)
    await session.run(lambda connection: ask(connection, ("CREATE TABLE words (word text PRIMARY KEY)", None)))
    yield session
    await session.close()


async def words(session: Session) -> list[str]:
    [rows] = await session.run(lambda connection: ask(connection, ("SELECT word FROM words ORDER BY word", None)))
    return [word for (word,) in rows]


async def put(connection: Connection, word: str) -> None:
    await connection.execute("INSERT INTO words VALUES (%s) ON CONFLICT DO NOTHING", [word])


class BreaksOnce:
    """Work whose connection is cut before it can commit, the first time."""

    def __init__(self) -> None:
        self.attempts = 0

    async def __call__(self, connection: Connection) -> None:
        self.attempts += 1
        await put(connection, f"attempt {self.attempts}")
        if self.attempts == 1:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_work_on_a_broken_connection_is_done_again_from_its_start(session: Session) -> None:
    await session.run(BreaksOnce())
    assert await words(session) == ["attempt 2"]


async def test_the_light_is_red_while_the_database_does_not_answer(session: Session, health: Health) -> None:
    seen: list[tuple[Reason, ...]] = []

    async def work(connection: Connection) -> None:
        seen.append(health.reasons)
        if len(seen) == 1:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    await session.run(work)
    assert Reason.DATABASE_UNAVAILABLE in seen[1]
    assert Reason.DATABASE_UNAVAILABLE not in health.reasons


async def test_a_connection_that_was_left_within_a_pipeline_is_not_used_again(session: Session) -> None:
    left: list[Connection] = []

    async def leave(connection: Connection) -> None:
        left.append(connection)

    await session.run(leave)
    left[0].pgconn.enter_pipeline_mode()
    await session.run(lambda connection: put(connection, "after"))
    assert await words(session) == ["after"]


async def test_work_that_is_cut_off_at_any_moment_of_a_pipeline_is_done_in_the_end(session: Session) -> None:
    killer = await connect(session.where)
    attempts = 0

    async def work(connection: Connection) -> None:
        nonlocal attempts
        attempts += 1
        async with connection.pipeline():
            for number in range(40):
                await put(connection, f"word {number}")
                if number == 10 * attempts:
                    await killer.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

    async with killer:
        await session.run(work)
    assert len(await words(session)) == 40


async def test_an_error_of_ours_is_not_tried_again_and_leaves_nothing(session: Session) -> None:
    async def work(connection: Connection) -> None:
        await put(connection, "half")
        await connection.execute("INSERT INTO words VALUES (NULL)")

    with pytest.raises(psycopg.errors.NotNullViolation):
        await session.run(work)
    assert await words(session) == []


async def test_two_pieces_of_work_on_one_session_take_turns(session: Session) -> None:
    order: list[str] = []

    def work(name: str) -> Callable[[Connection], Awaitable[None]]:
        async def put_name(connection: Connection) -> None:
            order.append(f"{name} begins")
            await put(connection, name)
            await asyncio.sleep(0)
            order.append(f"{name} ends")

        return put_name

    await asyncio.gather(session.run(work("a")), session.run(work("b")))
    assert order == ["a begins", "a ends", "b begins", "b ends"]


async def test_who_is_frozen_in_a_transaction_loses_what_it_has_locked(session: Session) -> None:
    entered = 0

    async def freezes_once(connection: Connection) -> None:
        nonlocal entered
        entered += 1
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        await put(connection, f"attempt {entered}")
        if entered == 1:
            await asyncio.sleep(0.5)
        await connection.execute("SELECT 1")

    await session.run(freezes_once)
    assert await words(session) == ["attempt 2"]


async def test_a_worker_that_froze_within_a_pipeline_loses_what_it_has_locked(session: Session) -> None:
    frozen = await connect(session.where)
    await frozen.execute("SET idle_in_transaction_session_timeout = '50ms'")

    async def freeze() -> None:
        async with frozen.pipeline(), frozen.transaction():
            await frozen.execute("SELECT pg_advisory_xact_lock(1)")
            await frozen.execute("SELECT 1")
            await asyncio.sleep(0.5)
            assert await session.run(lambda connection: end_frozen(connection, 0.1)) == 1

    with pytest.raises(psycopg.OperationalError):
        await freeze()
    await session.run(lambda connection: ask(connection, ("SELECT pg_advisory_xact_lock(1)", None)))


async def test_a_worker_that_is_at_work_is_left_alone(session: Session) -> None:
    async with snapshot(session.where) as busy:
        await busy.execute("SELECT 1")
        assert await session.run(end_frozen) == 0


async def test_every_session_is_told_how_long_it_may_hold_a_lock(session: Session) -> None:
    questions = [(f"SHOW {name}", None) for name in ("idle_in_transaction_session_timeout", "statement_timeout")]
    assert await session.run(lambda connection: ask(connection, *questions)) == [[("10s",)], [("30s",)]]


async def test_several_questions_are_answered_in_their_order(session: Session) -> None:
    async def work(connection: Connection) -> list[list[tuple[object, ...]]]:
        return await ask(
            connection, ("SELECT 1", None), ("SET LOCAL jit = off", None), ("SELECT %b::bytea[]", [[b"x"]])
        )

    assert await session.run(work) == [[(1,)], [], [([b"x"],)]]


async def test_rows_are_written_as_one_array_a_column(session: Session) -> None:
    await session.run(
        lambda connection: write_rows(
            connection, "INSERT INTO words SELECT * FROM unnest(%b::text[])", [("one",), ("two",)]
        )
    )
    assert await words(session) == ["one", "two"]


async def test_a_snapshot_sees_one_moment(session: Session) -> None:
    async with snapshot(session.where) as before:
        await before.execute("SELECT count(*) FROM words")
        await session.run(lambda connection: put(connection, "later"))
        assert await (await before.execute("SELECT count(*) FROM words")).fetchone() == (0,)


async def test_a_snapshot_may_be_read_for_longer_than_other_statements(
    where: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    async with snapshot(where) as everything:
        await everything.execute("SELECT pg_sleep(1.5)")


async def test_a_password_is_in_no_text_of_the_database(where: Database) -> None:
    password = psycopg.conninfo.conninfo_to_dict(where.conninfo)["password"]
    assert str(password) not in repr(where)


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
    folder = tmp_path / "infra" / "migrations"
    (folder / "grown").mkdir(parents=True)
    (folder / "env.py").write_text((HOME / "infra" / "migrations" / "env.py").read_text())
    for revision, before in (("0001", None), ("0002", "0001")):
        (folder / "grown" / f"{revision}_table.py").write_text(
            f"from alembic import op\nrevision, down_revision = {revision!r}, {before!r}\n"
            f"def upgrade():\n    op.execute('CREATE TABLE made_by_{revision} ()')\n"
        )
        await migrate(where, "grown", tmp_path, health)
    async with snapshot(where) as connection:
        names = {name for (name,) in await (await connection.execute(NAMES, [where.schema])).fetchall()}
    assert {"made_by_0001", "made_by_0002"} <= names


def test_a_migration_may_take_longer_than_other_statements(
    where: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "infra" / "migrations"
    (folder / "slow").mkdir(parents=True)
    (folder / "env.py").write_text((HOME / "infra" / "migrations" / "env.py").read_text())
    (folder / "slow" / "0001_slow.py").write_text(
        "from alembic import op\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.execute('SELECT pg_sleep(1.5)')\n"
    )
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    upgrade(where, "slow", tmp_path)
    assert is_up_to_date(where, "slow", tmp_path)


async def test_a_migration_that_fails_leaves_nothing(where: Database, health: Health, tmp_path: Path) -> None:
    folder = tmp_path / "infra" / "migrations"
    (folder / "broken").mkdir(parents=True)
    (folder / "env.py").write_text((HOME / "infra" / "migrations" / "env.py").read_text())
    (folder / "broken" / "0001_broken.py").write_text(
        "from alembic import op\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.execute('CREATE TABLE half ()')\n    op.execute('CREATE TABLE half ()')\n"
    )
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
