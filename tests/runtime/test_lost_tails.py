"""Kafka flushes nothing: after a power failure a log may end below what was read of it, and what follows is heard."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiokafka import TopicPartition
from confluent_kafka import OFFSET_END
from confluent_kafka import TopicPartition as From

from services.runtime import topics_admin
from services.runtime.database import Connection, Session
from services.runtime.fence import LogWasCut, admit
from services.runtime.health import Health, Reason
from services.runtime.inlet import Batch, FromPositions, Inlet
from services.runtime.kafka import make_consumer
from services.runtime.local.waiting import until
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.runtime.process import Process
from services.runtime.topic_ids import topic_ids
from services.wire.topics import MISSING_CHILDREN, Topic
from tests.conftest import HOME
from tests.runtime.agencies import access
from tests.runtime.places import say
from tests.runtime.power import PoweredKafka, powered_kafka
from tests.runtime.secured_postgres import SecuredPostgres

SECONDS = 60


@pytest.fixture(scope="module")
def power(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[PoweredKafka]:
    with powered_kafka(tmp_path_factory.mktemp("powered_kafka"), topics) as made:
        yield made


@pytest.fixture
async def session(postgres: SecuredPostgres) -> AsyncIterator[Session]:
    where = postgres.database("oncall")
    await migrate(where, "oncall", HOME, Health(Metrics()))
    session = Session(where, Health(Metrics()))
    await session.run(lambda connection: connection.execute("DELETE FROM positions"))
    yield session
    await session.close()


class Reader:
    """A service that hears the topic of missing children, and keeps each value that it was handed and let through."""

    def __init__(self, inlet: Inlet, session: Session, health: Health) -> None:
        self._inlet = inlet
        self._session = session
        self.health = health
        self.heard: list[bytes] = []

    async def save(self, batch: Batch) -> None:
        async def work(connection: Connection) -> list[bytes]:
            admitted, holes = await admit(connection, batch)
            assert not holes
            return [record.value for records in admitted.values() for record in records]

        self.heard += await self._session.run(work)

    async def hears(self, *values: bytes) -> None:
        """Wait until each of these was heard."""
        async with asyncio.timeout(SECONDS):
            while not set(values) <= set(self.heard):
                await self.save(await self.next() or {})

    async def next(self) -> Batch | None:
        return await self._inlet.take(500)


@asynccontextmanager
async def reading(power: PoweredKafka, session: Session) -> AsyncIterator[Reader]:
    """On-call's reader, from where its tables end."""
    health, told = Health(Metrics()), access(power.running, "oncall")
    consumer = make_consumer(told, group="oncall")
    await consumer.start()
    process = Process(None, health, Metrics(), asyncio.Event())  # type: ignore[arg-type]  # no setting is read here
    ids_now = partial(topic_ids, told, [MISSING_CHILDREN])
    ids = await ids_now()
    start = FromPositions(consumer, ids, ids_now, session, health)
    consumer.subscribe([MISSING_CHILDREN], listener=start)
    try:
        yield Reader(Inlet(consumer, ids, process, start), session, health)
    finally:
        await consumer.stop()


async def said(power: PoweredKafka, place: TopicPartition, *values: bytes) -> None:
    for value in values:
        await say(power.running, value, place)


def values(name: str, count: int) -> list[bytes]:
    return [f"{name} {number}".encode() for number in range(count)]


@pytest.mark.parametrize(("partition", "after"), [(0, 1), (1, 2), (2, 3)])
async def test_what_is_said_under_offsets_that_were_passed_before_the_power_failed_is_heard(
    power: PoweredKafka, session: Session, partition: int, after: int
) -> None:
    place, old, new = TopicPartition(MISSING_CHILDREN, partition), values("old", 4), values("new", after)
    await said(power, place, *old)
    async with reading(power, session) as reader:
        await reader.hears(*old)
    power.off()
    power.lose(place, 2)
    power.on()
    await said(power, place, *new)
    async with reading(power, session) as reader:
        await reader.hears(*new)
        assert reader.heard == [*old[:2], *new]
        assert Reason.KAFKA_LOST_RECORDS in reader.health.reasons


async def test_a_reader_that_lived_through_the_power_failure_hears_what_is_said_under_offsets_that_it_had_passed(
    power: PoweredKafka, session: Session
) -> None:
    place, old, new = TopicPartition(MISSING_CHILDREN, 3), values("long ago", 4), values("of late", 5)
    await said(power, place, *old)
    async with reading(power, session) as reader:
        await reader.hears(*old)
        heard_before = len(reader.heard)
        power.off()
        power.lose(place, 2)
        power.on()
        await said(power, place, *new)
        await reader.hears(*new)
        assert reader.heard[heard_before:] == [*old[:2], *new]


async def test_a_batch_in_hand_of_what_kafka_lost_hides_nothing_that_stands_there_now(
    power: PoweredKafka, session: Session
) -> None:
    place, in_hand, new = TopicPartition(MISSING_CHILDREN, 3), values("in hand", 2), values("instead", 1)
    await said(power, place, b"before that")
    async with reading(power, session) as reader:
        await reader.hears(b"before that")
        await said(power, place, *in_hand)
        batch = await reader.next() or {}
        [first] = [records[0].offset for records in batch.values()]
        power.off()
        power.lose(place, first)
        power.on()
        await said(power, place, *new)
        instead = await reader.next() or {}
        await reader.save(batch)
        with pytest.raises(LogWasCut):
            await reader.save(instead)
    async with reading(power, session) as reader:
        await reader.hears(*new)


async def test_what_was_deleted_after_it_was_read_is_not_taken_for_lost(power: PoweredKafka, session: Session) -> None:
    place, admin = TopicPartition(MISSING_CHILDREN, 1), power.running.admin()
    await said(power, place, b"before it")
    async with reading(power, session) as reader:
        await reader.hears(b"before it")
    [gone] = admin.delete_records([From(place.topic, place.partition, OFFSET_END)]).values()
    assert gone.result(SECONDS).low_watermark
    async with reading(power, session) as reader:
        await said(power, place, b"after it")
        await reader.hears(b"after it")
        assert reader.heard == [b"after it"]
        assert Reason.KAFKA_LOST_RECORDS not in reader.health.reasons


async def test_a_topic_that_was_made_again_is_not_taken_for_a_log_that_lost_its_end(
    power: PoweredKafka, session: Session, topics: tuple[Topic, ...]
) -> None:
    """This test comes last: nothing of what was on the topic is there afterwards."""
    place, old, new = TopicPartition(MISSING_CHILDREN, 2), values("of the first", 4), values("of the second", 2)
    await said(power, place, *old)
    async with reading(power, session) as reader:
        await reader.hears(*old)
        admin = power.running.admin()
        admin.delete_topics([MISSING_CHILDREN])[MISSING_CHILDREN].result()
        assert until(lambda: MISSING_CHILDREN not in admin.list_topics().topics, SECONDS)
        topics_admin.apply(admin, topics)
        await said(power, place, *new)
        await reader.hears(*new)
        assert Reason.KAFKA_LOST_RECORDS not in reader.health.reasons
