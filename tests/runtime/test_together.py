"""Transactions that many share, on a real PostgreSQL: each asker has their own answer, whatever becomes of others."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from services.runtime.database import Connection, Session, ask
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.together import Together
from tests.runtime.secured_postgres import SecuredPostgres

WAIT_SECONDS = 30.0


class Wrong(Exception):
    """What one thing that is asked comes to."""


@dataclass
class Writing:
    """Writes numbers into a table; the odd one out cannot be written, and a gate can hold a transaction open."""

    together: Together[int, int] = field(init=False)
    batches: list[list[int]] = field(default_factory=list)
    wrong: frozenset[int] = frozenset()
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, connection: Connection, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        (self.turned if self.begun.is_set() else self.begun).set()
        await ask(connection, ("INSERT INTO written SELECT unnest(%s::int[])", [list(numbers)]))
        await self.gate.wait()
        if self.wrong.intersection(numbers):
            raise Wrong
        return [-number for number in numbers]

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


async def test_who_is_told_to_stop_in_the_middle_leaves_the_others_to_the_next(
    writing: Writing, session: Session
) -> None:
    """The first of them has all three in hand when it is cancelled: its transaction is rolled back."""
    held = writing.asking(0)
    await writing.begun.wait()
    asked = writing.asking(1, 2, 3)
    await asyncio.sleep(0)
    held[0].cancel()
    async with asyncio.timeout(WAIT_SECONDS):
        await writing.turned.wait()
    asked[0].cancel()
    writing.gate.set()
    gone, two, three = await answers(asked)
    assert isinstance(gone, asyncio.CancelledError)
    assert (two, three) == (-2, -3)
    assert await written(session) == [2, 3]


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
