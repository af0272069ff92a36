"""Batches begin where the tables end, whatever Kafka's group remembers, and whenever partitions come and go."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from aiokafka import TopicPartition

from services.runtime.fence import Mark, Place
from services.runtime.health import Health
from services.runtime.inlet import FromPositions, Inlet
from services.runtime.metrics import Metrics
from services.runtime.process import Process

TOPIC, ID, NEW_ID = "contacts.v1", UUID(int=1), UUID(int=2)
HERE = TopicPartition(TOPIC, 0)
HINT = 7
AT_MOST = 3


class Numbered(NamedTuple):
    offset: int
    timestamp: int = 0


class FromTheHint:
    """A consumer as aiokafka's is: until it is told where to begin, it reads on from the group's hint."""

    def __init__(self) -> None:
        self.next = HINT
        self.asked = asyncio.Event()
        self.most = AT_MOST
        self.answers = asyncio.Event()
        self.answers.set()
        self.new_lines = 0

    def assignment(self) -> set[TopicPartition]:
        return {HERE}

    def highwater(self, place: TopicPartition) -> int:
        assert place == HERE
        return self.next

    def seek(self, place: TopicPartition, offset: int) -> None:
        assert place == HERE
        self.next = offset

    async def getmany(self, *, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, list[Numbered]]:
        assert timeout_ms
        count = min(max_records, self.most)
        taken = [Numbered(offset) for offset in range(self.next, self.next + count)]
        self.next += count
        self.asked.set()
        await self.answers.wait()
        return {HERE: taken}


class Tables:
    """A session whose tables end at one place, and which answers when it may."""

    def __init__(self, reached: int) -> None:
        self.reached = {Place(ID, 0): Mark(reached, 0)}
        self.answers = asyncio.Event()
        self.answers.set()

    async def run(self, _: object) -> dict[Place, Mark]:
        await self.answers.wait()
        return self.reached


class Running:
    """An inlet, what it reads from, and what it is told."""

    def __init__(self) -> None:
        self.consumer, self.tables = FromTheHint(), Tables(2)
        metrics = Metrics()
        health, unused = Health(metrics), object()
        process: Any = Process(unused, health, metrics, asyncio.Event())  # type: ignore[arg-type]  # no setting is read here
        consumer: Any = self.consumer
        session: Any = self.tables
        ids = {TOPIC: ID}
        self.start = FromPositions(consumer, ids, self.ids_now, session, health)
        self.inlet = Inlet(consumer, ids, process, self.start)

    async def ids_now(self) -> dict[str, UUID]:
        return {TOPIC: ID}

    async def first(self) -> tuple[Place, int]:
        """Where the next batch begins."""
        batch = await self.inlet.take(AT_MOST)
        assert batch
        [(place, records)] = batch.items()
        return place, int(records[0].offset)

    async def first_offset(self) -> int:
        return (await self.first())[1]

    async def asked_for(self) -> asyncio.Task[tuple[Place, int]]:
        """A batch from where the tables end that Kafka is asked for, and hands out once it may."""
        await self.start.on_partitions_assigned([HERE])
        self.consumer.answers.clear()
        taking = asyncio.create_task(self.first())
        await self.consumer.asked.wait()
        return taking


@pytest.fixture
async def running() -> Running:
    return Running()


async def test_a_batch_begins_where_the_tables_end(running: Running) -> None:
    await running.start.on_partitions_assigned([HERE])
    assert await running.first_offset() == 2


async def test_what_came_from_the_groups_hint_before_the_tables_answered_is_not_handed_out(running: Running) -> None:
    running.tables.answers.clear()
    assigning = asyncio.create_task(running.start.on_partitions_assigned([HERE]))
    taking = asyncio.create_task(running.first_offset())
    await running.consumer.asked.wait()
    running.tables.answers.set()
    await assigning
    assert await taking == 2


async def test_what_was_asked_for_before_partitions_came_and_went_is_taken_again(running: Running) -> None:
    taking = await running.asked_for()
    running.tables.reached = {Place(ID, 0): Mark(4, 0)}
    await running.start.on_partitions_revoked([HERE])
    await running.start.on_partitions_assigned([HERE])
    running.consumer.answers.set()
    assert await taking == (Place(ID, 0), 4)


async def test_what_was_asked_for_before_a_topic_was_made_again_is_not_taken_for_the_new_ones(running: Running) -> None:
    taking = await running.asked_for()
    running.tables.reached = {Place(ID, 0): Mark(2, 0)}
    await running.start.follow({TOPIC: NEW_ID})
    running.consumer.answers.set()
    assert await taking == (Place(NEW_ID, 0), 0)


async def test_nothing_is_handed_out_while_partitions_are_on_their_way_to_another_worker(running: Running) -> None:
    await running.start.on_partitions_assigned([HERE])
    await running.start.on_partitions_revoked([HERE])
    running.tables.answers.clear()
    taking = asyncio.create_task(running.first_offset())
    await running.consumer.asked.wait()
    assert not taking.done()
    running.tables.answers.set()
    assert await taking == 2
