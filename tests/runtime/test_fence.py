"""The fence: what was read before is not read again, and what never came is noticed."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime import fence
from services.runtime.database import Connection, Session, ask
from services.runtime.fence import Hole, Mark, Place, Verdict, fresh, holes, judge
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from tests.runtime.secured_postgres import SecuredPostgres

HERE = Place(UUID(int=1), 0)
ELSEWHERE = Place(UUID(int=1), 1)
MADE_AGAIN = Place(UUID(int=2), 0)

offsets = st.lists(st.integers(0, 50), unique=True, max_size=20).map(sorted)


class Record(NamedTuple):
    offset: int
    timestamp: int = 0


def records(*at: int) -> list[Record]:
    """Each appended a second after the one before."""
    return [Record(offset, offset * 1000) for offset in at]


@pytest.fixture
async def session(postgres: SecuredPostgres) -> AsyncIterator[Session]:
    session = Session(postgres.database("correlator"), Health(Metrics()))
    await session.run(lambda connection: connection.execute(f"{fence.TABLES};{fence.PASSED_AT}", prepare=False))
    yield session
    await session.close()


async def admit(session: Session, place: Place, *at: int) -> tuple[list[int], list[Hole]]:
    admitted, found = await session.run(lambda connection: fence.admit(connection, {place: records(*at)}))
    return [record.offset for record in admitted[place]], found


@pytest.mark.parametrize(("offset", "verdict"), [(4, Verdict.REPLAY), (5, Verdict.NEXT), (6, Verdict.HOLE)])
def test_an_offset_is_a_replay_the_next_or_behind_a_hole(offset: int, verdict: Verdict) -> None:
    assert judge(5, offset) is verdict


@given(st.integers(0, 50), offsets)
def test_every_offset_is_passed_admitted_or_in_a_hole_and_only_one_of_them(expected: int, at: list[int]) -> None:
    passed = set(range(expected))
    admitted = [record.offset for record in fresh(expected, records(*at))]
    missing = [
        n
        for hole in holes(HERE, expected, fresh(expected, records(*at)))
        for n in range(hole.first_missing, hole.next_seen)
    ]
    assert sorted([*passed, *admitted, *missing]) == list(range(max([expected, *(offset + 1 for offset in at)])))


@pytest.mark.parametrize(
    ("record", "is_another"),
    [
        (Record(4, 400), False),
        (Record(4, 401), True),
        (Record(4, 399), True),
        (Record(3, 400), False),
        (Record(3, 401), True),
        (Record(5, 900), False),
    ],
)
def test_a_record_under_an_offset_that_was_passed_is_another_one_by_when_kafka_appended_it(
    record: Record, *, is_another: bool
) -> None:
    assert Mark(5, 400).contradicted_by(record) is is_another


async def test_what_stands_in_the_place_of_a_record_that_was_passed_is_no_repetition(session: Session) -> None:
    await admit(session, HERE, 0, 1)
    with pytest.raises(fence.LogWasCut):
        await session.run(lambda connection: fence.admit(connection, {HERE: [Record(0, 0), Record(1, 5000)]}))


async def test_a_partition_is_read_again_from_its_beginning_once_and_then_on(session: Session) -> None:
    await admit(session, HERE, 0, 1)
    seen = (await session.run(fence.marks))[HERE]
    back = partial(fence.go_back, place=HERE, seen=seen, begin=0)
    assert await session.run(back)
    assert await admit(session, HERE, 0) == ([0], [])
    assert not await session.run(back)
    assert await admit(session, HERE, 0, 1) == ([1], [])


async def test_a_batch_that_comes_twice_is_admitted_once(session: Session) -> None:
    assert await admit(session, HERE, 0, 1, 2) == ([0, 1, 2], [])
    assert await admit(session, HERE, 0, 1, 2) == ([], [])


async def test_a_batch_that_overlaps_is_admitted_from_where_it_is_new(session: Session) -> None:
    await admit(session, HERE, 0, 1)
    assert await admit(session, HERE, 1, 2, 3) == ([2, 3], [])


async def test_partitions_have_positions_of_their_own(session: Session) -> None:
    await admit(session, HERE, 0, 1)
    assert await admit(session, ELSEWHERE, 0) == ([0], [])


async def test_a_topic_made_again_under_its_name_is_no_replay(session: Session) -> None:
    await admit(session, HERE, 0, 1)
    assert await admit(session, MADE_AGAIN, 0) == ([0], [])


async def test_what_never_came_is_kept_as_a_hole(session: Session) -> None:
    await admit(session, HERE, 0)
    assert await admit(session, HERE, 3, 5) == ([3, 5], [Hole(HERE, 1, 3), Hole(HERE, 4, 5)])
    question = "SELECT first_missing, next_seen FROM holes ORDER BY 1"
    assert await session.run(lambda connection: ask(connection, (question, None))) == [[(1, 3), (4, 5)]]


async def test_a_position_moves_only_with_what_it_stands_for(session: Session) -> None:
    async def fails(connection: Connection) -> None:
        await fence.admit(connection, {HERE: records(0, 1)})
        raise KeyError

    with pytest.raises(KeyError):
        await session.run(fails)
    assert await admit(session, HERE, 0) == ([0], [])


async def test_a_second_worker_waits_for_the_first_and_then_sees_what_it_passed(session: Session) -> None:
    other = Session(session.where, Health(Metrics()))
    answers = await asyncio.gather(admit(session, HERE, 0, 1, 2), admit(other, HERE, 0, 1, 2))
    assert sorted(offset for admitted, _ in answers for offset in admitted) == [0, 1, 2]
    await other.close()
