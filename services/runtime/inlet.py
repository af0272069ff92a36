"""From Kafka towards a service's own tables: batches begin where the tables end, whatever Kafka's group remembers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from services.core.errors import Unavailable
from services.runtime.consumer import lag_of, take, watch
from services.runtime.database import Session
from services.runtime.fence import Place, positions
from services.runtime.health import Health, Reason
from services.runtime.kafka import RETRY_SECONDS, KafkaAccess, access_of, connect, make_consumer
from services.runtime.process import Process
from services.runtime.topic_ids import topic_ids

Batch = Mapping[Place, Sequence[Any]]
"""Records (aiokafka's ConsumerRecord) by partition, in the order of their offsets."""

_WAIT_SECONDS = 0.5
_ASK_SECONDS = 10.0

log = structlog.get_logger()


class Inlet:
    """Hands out batches until the process stops; who saves one calls `acknowledge` afterwards."""

    def __init__(self, consumer: AIOKafkaConsumer, ids: Mapping[str, UUID], process: Process) -> None:
        self._consumer = consumer
        self._ids = ids
        self._process = process

    async def batches(self, at_most: int) -> AsyncIterator[Batch]:
        """Batches of up to `at_most` records, as soon as there are any."""
        while batch := await self.take(at_most):
            with self._process.metrics.batch_seconds.time():
                yield batch

    async def take(self, at_most: int) -> Batch | None:
        """The next batch, as soon as there is one; None once the process is asked to stop."""
        while not self._process.stopping.is_set():
            taken = await take(self._consumer, at_most, _WAIT_SECONDS)
            for place, records in taken.items():
                self._process.metrics.events_in.labels(place.topic).inc(len(records))
            if taken:
                return {Place(self._ids[place.topic], place.partition): records for place, records in taken.items()}
        return None

    async def acknowledge(self) -> None:
        """Leave Kafka's group a hint of how far the tables are; without it nothing is lost and nothing said twice."""
        try:
            await self._consumer.commit()
        except KafkaError as error:
            log.info("Kafka did not take the hint of how far this service has read; the tables know.", exc_info=error)


@contextlib.asynccontextmanager
async def opened(process: Process, session: Session, *topics: str) -> AsyncIterator[Inlet]:
    """Join the service's group on `topics`, and watch how far behind it is; each partition begins at its position."""
    access = access_of(process.settings)
    ids = await _ids_of(access, topics, process.health)
    consumer = await connect(lambda: make_consumer(access, group=access.user), process.health, Reason.KAFKA_UNAVAILABLE)
    listener = _FromPositions(consumer, ids, session, process.health)
    consumer.subscribe(topics, listener=listener)
    async with asyncio.TaskGroup() as tasks:
        watching = (
            tasks.create_task(watch(lambda: lag_of(consumer), process.health, process.metrics)),
            tasks.create_task(_notice_new_topics(access, ids, listener)),
        )
        try:
            yield Inlet(consumer, ids, process)
        finally:
            for task in watching:
                task.cancel()
            await consumer.stop()


class _FromPositions(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Seeks each partition that is assigned to the offset that the tables expect next."""

    def __init__(self, consumer: AIOKafkaConsumer, ids: Mapping[str, UUID], session: Session, health: Health) -> None:
        self._consumer = consumer
        self._ids = ids
        self._session = session
        self._health = health

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """What is in hand may still be saved: the fence passes each record once, whoever brings it."""

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        await self.seek(assigned)
        self._health.green(Reason.STARTING)

    async def seek(self, assigned: Iterable[TopicPartition]) -> None:
        reached = await self._session.run(positions)
        for place in assigned:
            self._consumer.seek(place, reached.get(Place(self._ids[place.topic], place.partition), 0))

    async def seek_again(self) -> None:
        await self.seek(self._consumer.assignment())


async def _notice_new_topics(access: KafkaAccess, ids: dict[str, UUID], listener: _FromPositions) -> NoReturn:
    """Read a topic that was deleted and made again from its beginning: aiokafka goes by names and does not notice."""
    while True:
        await asyncio.sleep(_ASK_SECONDS)
        # When the broker does not answer, the watch on the lag says so; here the next time is early enough.
        with contextlib.suppress(Unavailable):
            now = await topic_ids(access, ids)
            if now != ids:
                log.error("A topic was deleted and made again under its name; it is read from its beginning.")
                ids.update(now)
                await listener.seek_again()


async def _ids_of(access: KafkaAccess, topics: Sequence[str], health: Health) -> dict[str, UUID]:
    while True:
        try:
            return await topic_ids(access, topics)
        except Unavailable as error:
            health.red(Reason.KAFKA_UNAVAILABLE)
            log.warning("Kafka does not say which topics there are; it is asked until it does.", exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)
