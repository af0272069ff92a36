"""Sessions that outlive a broken connection, and where a service's names are looked up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest

from services.runtime import database
from services.runtime.database import Connection, Database, Session, ask, connect, end_frozen, snapshot, write_rows
from services.runtime.health import Health, Reason


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
