"""From Kafka towards a service's own tables: batches begin where the tables end, whatever Kafka's group remembers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from services.core.errors import Unavailable
from services.runtime.consumer import caught_up, lag_of, take, watch
from services.runtime.database import Session
from services.runtime.fence import Mark, Place, fresh, go_back, marks
from services.runtime.fetching import REST_SECONDS, PatientConsumer
from services.runtime.health import Health, Reason
from services.runtime.kafka import RETRY_SECONDS, connect, make_consumer
from services.runtime.kafka_access import KafkaAccess, access_of
from services.runtime.process import Process, leave
from services.runtime.topic_ids import topic_ids

IdsNow = Callable[[], Awaitable[dict[str, UUID]]]
"""Asks Kafka for the ids of the topics that are read.

Raises:
    Unavailable: it does not answer, or a topic is not there.
"""

Batch = Mapping[Place, Sequence[Any]]
"""Records (aiokafka's ConsumerRecord) by partition, in the order of their offsets."""

_WAIT_SECONDS = 0.5
_ASK_SECONDS = 10.0
_HINT_SECONDS = 1.0
_LOOK_SECONDS = 1.0

log = structlog.get_logger()


class Inlet:
    """Hands out batches until the process stops; who saves one calls `acknowledge` afterwards.

    `original`: the topic of which the others repeat what stands there; None where none does.
    """

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        ids: Mapping[str, UUID],
        process: Process,
        start: "FromPositions",
        original: str | None = None,
    ) -> None:
        self._consumer = consumer
        self._ids = ids
        self._process = process
        self._start = start
        self._original = original
        self._dealt_with = asyncio.Event()

    def places(self) -> dict[TopicPartition, Place]:
        """Every partition that there is, whoever reads it; it follows a topic that is made again.

        Raises:
            Unavailable: of some topic Kafka has not said yet which there are.
        """
        found = {topic: self._consumer.partitions_for_topic(topic) or () for topic in self._ids}
        if not all(found.values()):
            raise Unavailable
        return {
            TopicPartition(topic, number): Place(self._ids[topic], number)
            for topic, numbers in found.items()
            for number in numbers
        }

    async def batches(self, at_most: int) -> AsyncIterator[Batch]:
        """Batches of up to `at_most` records, as soon as there are any.

        With what repeats an original comes what stood on its topic by then, `at_most` records more.
        """
        while batch := await self.take(at_most):
            with self._process.metrics.batch_seconds.time():
                yield batch

    async def take(self, at_most: int) -> Batch | None:
        """The next batch, as soon as there is one; None once the process is asked to stop.

        Until the partitions stand where the tables end, aiokafka reads on from the group's hint: what it brings from
        there is put back, because the fence would take what lies between for lost.
        """
        while not self._process.stopping.is_set():
            turn = self._start.turn
            taken = await self._taken(at_most)
            if self._start.turn != turn or not self._start.settled:
                await self._start.settle()
                continue
            taken = await self._start.proved(taken)
            for place, records in taken.items():
                self._process.metrics.events_in.labels(place.topic).inc(len(records))
            if taken:
                return {Place(self._ids[place.topic], place.partition): records for place, records in taken.items()}
        return None

    async def _taken(self, at_most: int) -> Mapping[TopicPartition, Sequence[Any]]:
        try:
            taken = await take(self._consumer, at_most, _WAIT_SECONDS)
            if self._original is None:
                return taken
            return await caught_up(self._consumer, self._original, taken, at_most)
        except KafkaError as error:
            log.critical("Reading from Kafka ended by itself; the service starts anew.", exc_info=error)
            leave()

    def acknowledge(self) -> None:
        """Leave Kafka's group a hint of how far the tables are; without it nothing is lost and nothing said twice."""
        self._dealt_with.set()

    async def hint(self) -> NoReturn:
        """Tell Kafka's group what was acknowledged, once a second at most: no batch waits for an answer to a hint."""
        while True:
            await self._dealt_with.wait()
            self._dealt_with.clear()
            try:
                await self._consumer.commit()
            except KafkaError as error:
                log.info("Kafka did not take the hint of how far a service has read; the tables know.", exc_info=error)
            await asyncio.sleep(_HINT_SECONDS)


@contextlib.asynccontextmanager
async def opened(
    process: Process, session: Session, *topics: str, original: str | None = None, rest_seconds: float = REST_SECONDS
) -> AsyncIterator[Inlet]:
    """Join the service's group on `topics`, and watch how far behind it is; each partition begins at its position.

    `original`: that one of them of which the others repeat what stands there. `rest_seconds`: how long nothing is
    fetched behind what came, so that what follows comes together.
    """
    access = access_of(process.settings)
    ids = await _ids_of(access, topics, process.health)
    make = partial(make_consumer, access, group=access.user, rest_seconds=rest_seconds)
    consumer = await connect(make, process.health, Reason.KAFKA_UNAVAILABLE)
    ids_now = partial(topic_ids, access, topics)
    start = FromPositions(consumer, ids, ids_now, session, process.health)
    inlet = Inlet(consumer, ids, process, start, original)
    consumer.subscribe(topics, listener=start)
    async with asyncio.TaskGroup() as tasks:
        watching = (
            tasks.create_task(watch(lambda: lag_of(consumer), process.health, process.metrics)),
            tasks.create_task(_notice_new_topics(ids_now, ids, start)),
            tasks.create_task(watch_bytes(consumer, process.health)),
            tasks.create_task(inlet.hint()),
        )
        try:
            yield inlet
        finally:
            for task in watching:
                task.cancel()
            await consumer.stop()


class FromPositions(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Seeks each partition that is assigned to before the offset that the tables expect next.

    The record there shows that the log is still the one that was read: Kafka flushes nothing, and may lose its end.
    `turn` counts how often partitions came or went; `settled` is whether those that are here stand where they must.
    """

    def __init__(
        self, consumer: PatientConsumer, ids: dict[str, UUID], ids_now: IdsNow, session: Session, health: Health
    ) -> None:
        self._consumer = consumer
        self._ids = ids
        self._ids_now = ids_now
        self._session = session
        self._health = health
        self._unproved: dict[TopicPartition, Mark] = {}
        self._ahead: dict[TopicPartition, int] = {}
        self._lines = 0
        self._settled = False
        self.turn = 0

    @property
    def settled(self) -> bool:
        """Whether it stands where it must, and Kafka was not away since: it may have come back with less."""
        return self._settled and self._lines == self._consumer.new_lines

    async def on_partitions_revoked(self, _: Sequence[TopicPartition]) -> None:
        """What is in hand may still be saved: the fence passes each record once, whoever brings it."""
        self._unsettle()

    async def on_partitions_assigned(self, _: Sequence[TopicPartition]) -> None:
        self._unsettle()
        await self.settle()
        self._health.green(Reason.STARTING)

    async def settle(self) -> None:
        """Put every partition that is here where the tables end; records that were taken ahead come again."""
        turn, lines, reached = self.turn, self._consumer.new_lines, await self._session.run(marks)
        if turn == self.turn:
            here = {place: reached.get(self._place(place), Mark()) for place in self._consumer.assignment()}
            self._unproved = {place: mark for place, mark in here.items() if mark.next_offset}
            self._ahead = {place: max(mark.next_offset - 1, 0) for place, mark in here.items()}
            for place, offset in self._ahead.items():
                self._consumer.seek(place, offset)
            self._lines, self._settled = lines, True

    async def proved(self, taken: Mapping[TopicPartition, Sequence[Any]]) -> Mapping[TopicPartition, Sequence[Any]]:
        """What was taken, from where the tables end; nothing of it where Kafka lost the end of a log that was read."""
        begun = {place: mark for place, mark in self._unproved.items() if taken.get(place)}
        suspected = {
            place: mark
            for place, mark in self._unproved.items()
            if (mark.lost_before(taken[place][0]) if place in begun else self._ends_before(place, mark))
        }
        if suspected:
            self._unsettle()
            await self._go_back(suspected, begun.keys())
            return {}
        if any(records[0].offset < self._ahead[place] for place, records in taken.items() if records):
            self._unsettle()  # aiokafka went back by itself, for the log is another one now
            return {}
        self._ahead |= {place: records[-1].offset + 1 for place, records in taken.items() if records}
        for place in begun:
            del self._unproved[place]
        unread = {place: fresh(mark.next_offset, taken[place]) for place, mark in begun.items()}
        return {place: records for place, records in {**taken, **unread}.items() if records}

    async def follow(self, ids: Mapping[str, UUID]) -> None:
        """Topics were made again, and have these ids now: what is in hand is of the old ones, and is taken again."""
        log.error("A topic was deleted and made again under its name; it is read from its beginning.")
        self._unsettle()
        self._ids.update(ids)
        await self.settle()

    async def _go_back(self, suspected: Mapping[TopicPartition, Mark], seen: Collection[TopicPartition]) -> None:
        """Every reader knows again what it hears twice, and nobody knows how much is new: all that is there is read.

        Where no record showed it, the log is asked for its end: a new leader may not yet tell all that it holds.
        """
        try:
            ids = await self._ids_now()
            begins = await self._consumer.beginning_offsets(list(suspected))
            ends = await self._consumer.end_offsets(list(suspected))
        except (KafkaError, Unavailable) as error:
            log.warning("Kafka does not say how far a log goes; it is asked again until it does.", exc_info=error)
            return
        if ids != self._ids:
            await self.follow(ids)
            return
        for place, mark in suspected.items():
            if place in seen or ends[place] < mark.next_offset:
                self._health.red(Reason.KAFKA_LOST_RECORDS)
                back = partial(go_back, place=self._place(place), seen=mark, begin=begins[place])
                if await self._session.run(back):
                    log.critical("Kafka lost the end of a log that was read; all that it holds of it is read again.")

    def _ends_before(self, place: TopicPartition, mark: Mark) -> bool:
        """Whether the last fetch said that the log ends below what was read."""
        end: int | None = self._consumer.highwater(place)
        return end is not None and end < mark.next_offset

    def _place(self, place: TopicPartition) -> Place:
        return Place(self._ids[place.topic], place.partition)

    def _unsettle(self) -> None:
        self.turn += 1
        self._settled = False


async def watch_bytes(consumer: PatientConsumer, health: Health) -> NoReturn:
    """Keep the light red while Kafka hands out bytes that are not what was written: some partition stands still."""
    while True:
        (health.red if consumer.careful else health.green)(Reason.KAFKA_BYTES_CORRUPT)
        await asyncio.sleep(_LOOK_SECONDS)


async def _notice_new_topics(ids_now: IdsNow, ids: Mapping[str, UUID], start: FromPositions) -> NoReturn:
    """Read a topic that was deleted and made again from its beginning: aiokafka goes by names and does not notice."""
    while True:
        await asyncio.sleep(_ASK_SECONDS)
        # When the broker does not answer, the watch on the lag says so; here the next time is early enough.
        with contextlib.suppress(Unavailable):
            now = await ids_now()
            if now != ids:
                await start.follow(now)


async def _ids_of(access: KafkaAccess, topics: Sequence[str], health: Health) -> dict[str, UUID]:
    while True:
        try:
            return await topic_ids(access, topics)
        except Unavailable as error:
            health.red(Reason.KAFKA_UNAVAILABLE)
            log.warning("Kafka does not say which topics there are; it is asked until it does.", exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)
