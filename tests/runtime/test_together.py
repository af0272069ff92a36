"""Transactions that many share, on a real PostgreSQL: each asker has their own answer, whatever becomes of others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from services.runtime.database import Connection, Session, ask
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.together import NotNow, Together
from tests.runtime.secured_postgres import SecuredPostgres

WAIT_SECONDS = 30.0


class Wrong(Exception):
    """What one thing that is asked comes to."""


@dataclass
class Writing:
    """Writes numbers into a table; one that is wrong cannot be written, one that is held not now, and a gate waits."""

    together: Together[int, int] = field(init=False)
    batches: list[list[int]] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    held: set[int] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, connection: Connection, numbers: Sequence[int]) -> list[int | NotNow]:
        self.batches.append(list(numbers))
        (self.turned if self.begun.is_set() else self.begun).set()
        free = [number for number in numbers if number not in self.held]
        await ask(connection, ("INSERT INTO written SELECT unnest(%s::int[])", [free]))
        await self.gate.wait()
        if self.wrong.intersection(numbers):
            raise Wrong
        return [NotNow.HELD if number in self.held else -number for number in numbers]

    def asking(self, *numbers: int) -> list[asyncio.Task[int]]:
        return [asyncio.create_task(self.together.ask(number)) for number in numbers]


@pytest.fixture
async def session(postgres: SecuredPostgres) -> AsyncIterator[Session]:
    made = Session(postgres.database("oncall"), Health(Metrics()))
    await made.run(lambda connection: ask(connection, ("CREATE TABLE written (number int)", None)))
    yield made
    await made.close()


@pytest.fixture
def writing(session: Session) -> Writing:
    made = Writing()
    made.together = Together(session, made.work, at_most=10)
    return made


async def written(session: Session) -> list[int]:
    [rows] = await session.run(lambda one: ask(one, ("SELECT number FROM written ORDER BY number", None)))
    return [number for (number,) in rows]


async def answers(asked: Sequence[asyncio.Task[int]]) -> list[int | BaseException]:
    async with asyncio.timeout(WAIT_SECONDS):
        return await asyncio.gather(*asked, return_exceptions=True)


async def test_what_is_asked_during_a_transaction_shares_the_next(writing: Writing, session: Session) -> None:
    first = writing.asking(1)
    await writing.begun.wait()
    others = writing.asking(2, 3, 4)
    await asyncio.sleep(0)
    writing.gate.set()
    assert await answers(first + others) == [-1, -2, -3, -4]
    assert writing.batches == [[1], [2, 3, 4]]
    assert await written(session) == [1, 2, 3, 4]


async def test_a_transaction_takes_no_more_than_it_may(writing: Writing) -> None:
    writing.gate.set()
    assert await answers(writing.asking(*range(25))) == [-number for number in range(25)]
    assert max(map(len, writing.batches)) == 10


async def test_what_cannot_be_done_raises_alone_and_keeps_no_other_from_being_done(
    writing: Writing, session: Session
) -> None:
    writing.wrong = frozenset({2})
    writing.gate.set()
    one, two, three = await answers(writing.asking(1, 2, 3))
    assert (one, three) == (-1, -3)
    assert isinstance(two, Wrong)
    assert await written(session) == [1, 3]


async def test_who_waits_no_longer_keeps_nothing_else_from_being_done(writing: Writing, session: Session) -> None:
    held = writing.asking(0)
    await writing.begun.wait()
    asked = writing.asking(1, 2, 3)
    await asyncio.sleep(0)
    held[0].cancel()
    writing.gate.set()
    async with asyncio.timeout(WAIT_SECONDS):
        await writing.turned.wait()
    asked[0].cancel()
    gone, two, three = await answers(asked)
    assert isinstance(gone, asyncio.CancelledError)
    assert (two, three) == (-2, -3)
    assert await written(session) == [0, 1, 2, 3]


async def test_what_somebody_else_holds_is_asked_again_and_nothing_waits_for_it(
    writing: Writing, session: Session
) -> None:
    writing.gate.set()
    writing.held = {2}
    two, *others = writing.asking(2, 1, 3)
    assert await answers(others) == [-1, -3]
    assert not two.done()
    writing.held.clear()
    assert await answers([two]) == [-2]
    assert await written(session) == [1, 2, 3]


async def test_what_is_raised_is_told_to_each_alone_and_what_is_held_beside_it_waits(writing: Writing) -> None:
    writing.gate.set()
    writing.held, writing.wrong = {1}, frozenset({2})
    one, two, three = writing.asking(1, 2, 3)
    got = await answers([two, three])
    assert isinstance(got[0], Wrong)
    assert got[1] == -3
    writing.held.clear()
    assert await answers([one]) == [-1]


async def test_what_nobody_waits_for_any_more_is_not_done(writing: Writing, session: Session) -> None:
    held = writing.asking(0)
    await writing.begun.wait()
    gone, here = writing.asking(1, 2)
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    writing.gate.set()
    assert await answers([*held, here]) == [0, -2]
    assert await written(session) == [0, 2]
