"""The one door to Faust: raw bytes in, batches out, acknowledged only after they were dealt with (design 4).

Faust commits past what a handler failed on, so a handler here never fails: it refuses bad data itself, it waits out a
broken pipe, and anything else ends the process at once, because a hard end is the safe one.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, cast

import faust
import structlog
from aiokafka.helpers import create_ssl_context
from faust.app.base import BootStrategy
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

from services.runtime.consumer import watch
from services.runtime.fetching import fetch_patiently
from services.runtime.health import Reason
from services.runtime.kafka_access import SASL_MECHANISM, KafkaAccess
from services.runtime.process import Process, leave
from services.runtime.settings import KafkaSecurity
from services.runtime.whole_logs import WholeLogs

_AT_MOST = 500
_TOGETHER_SECONDS = 0.005
_REST_SECONDS = 0.08
"""What an agency sends one by one is dealt with together: a small batch costs as much as a large one."""
_SESSION_SECONDS = 10.0
_HEARTBEAT_SECONDS = 2.0
_COMMIT_SECONDS = 0.5
_BEGUN_WITHIN_SECONDS = 60.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    """One record as Kafka holds it; `at` is when the broker took it: the same however often it is read again."""

    topic: str
    partition: int
    offset: int
    at: datetime
    key: bytes | None
    value: bytes


Handler = Callable[[Sequence[Received]], Awaitable[None]]


async def consume(process: Process, access: KafkaAccess, topics: Sequence[str], handle: Handler) -> None:
    """Hand every record of `topics` to `handle` in batches, until the process is asked to stop.

    A batch is acknowledged when `handle` returns; after a crash it may be handed over again.
    """
    lost = partial(process.health.red, Reason.KAFKA_LOST_RECORDS)
    app, reader = make_app(access, lost), Reader(process, topics, handle)
    app.agent(app.topic(*topics, key_type=bytes, value_type=bytes))(reader.read)
    app.on_partitions_assigned.connect(reader.ready)
    with Unfinished():
        await app.start()
        beside = (
            asyncio.create_task(watch(lambda: reader.lag(app), process.health, process.metrics)),
            asyncio.create_task(_begun_or_leave(reader)),
        )
        gave_up = await app.wait_for_stopped(process.stopping.wait())
        for task in beside:
            task.cancel()
    if gave_up:
        log.critical("Reading from Kafka ended by itself.")
        leave()
    await app.stop()


async def _begun_or_leave(reader: "Reader") -> None:
    """Faust does not notice when the library's work for the group has ended: it would wait for ever."""
    try:
        await reader.begun(_BEGUN_WITHIN_SECONDS)
    except TimeoutError:
        log.critical("Kafka has not said which partitions are ours; the service starts anew.")
        leave()


class Reader:
    """Reads some topics, and remembers how far: the next offset to be dealt with, by topic and partition."""

    def __init__(self, process: Process, topics: Sequence[str], handle: Handler) -> None:
        self._process = process
        self._topics = topics
        self._handle = handle
        self._next: dict[tuple[str, int], int] = {}
        self._begun = asyncio.Event()

    async def read(self, stream: Any) -> None:  # noqa: ANN401 - Faust gives its streams no usable type
        """Deal with every event of a stream; it is acknowledged when that is done, not when the next one is taken."""
        stream.enable_acks = False
        taken = asyncio.Queue[Any](_AT_MOST)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_take(stream, taken))
            while True:
                await self._deal_with(await _together(taken), stream)

    async def _deal_with(self, events: Sequence[Any], stream: Any) -> None:  # noqa: ANN401 - as above
        metrics = self._process.metrics
        for topic, count in Counter(event.message.topic for event in events).items():
            metrics.events_in.labels(topic).inc(count)
        with Unfinished(), metrics.batch_seconds.time():
            await self._handle([_received(event.message) for event in events])
        for event in events:
            await stream.ack(event)
            self._next[event.message.topic, event.message.partition] = event.message.offset + 1

    async def ready(self, *_: object, **__: object) -> None:
        """Kafka has said which partitions are ours: from now on records flow."""
        self._next.clear()
        self._begun.set()
        self._process.health.green(Reason.STARTING)

    async def begun(self, within: float) -> None:
        """Wait until Kafka has said so for the first time.

        Raises:
            TimeoutError: it has not, `within` so many seconds.
        """
        async with asyncio.timeout(within):
            await self._begun.wait()

    async def lag(self, app: faust.App) -> Mapping[str, int]:
        """Count the records that are in Kafka and not yet dealt with."""
        behind = dict.fromkeys(self._topics, 0)
        for place, end in (await app.consumer.highwaters(*app.consumer.assignment())).items():
            reached = self._next.get((place.topic, place.partition)) or await app.consumer.position(place)
            behind[place.topic] += end - (reached or 0)
        return behind


class Unfinished:
    """Ends the process at once when what stands inside fails: it stays unacknowledged and is read again."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if error is not None:
            log.critical("A batch could not be dealt with, by a fault of ours.", exc_info=error)
            leave()


class _ReadingOnly(BootStrategy):
    """Faust without its producer and its web server: what we write goes through our own publisher."""

    enable_kafka_producer = False
    enable_web = False


class _ConsumerThread(AIOKafkaConsumerThread):
    async def on_start(self) -> None:
        await super().on_start()
        fetch_patiently(self._consumer, _REST_SECONDS)
        self._logs = WholeLogs(self._consumer, cast("_Application", self.consumer.app).lost)

    async def _fetch_records(self, *asked: Any, **more: Any) -> Any:  # noqa: ANN401 - Faust's own
        taken = await super()._fetch_records(*asked, **more)
        if not await self._logs.are_whole(taken):
            log.critical("Kafka lost the end of a log that was read.")
            leave()
        return taken


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class _Transport(Transport):
    Consumer = _Consumer


class _Application(faust.App):
    """Faust as it is needed here; `lost` is called where Kafka lost the end of a log that was read."""

    BootStrategy = _ReadingOnly

    lost: Callable[[], None]

    def _new_transport(self) -> "_Transport":
        return _Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """Without tables there is nothing to keep on disk."""


def make_app(access: KafkaAccess, lost: Callable[[], None] = lambda: None) -> _Application:
    """Make a Faust application that reads, acknowledges, and does nothing else."""
    app = _Application(
        access.user,
        broker=[f"kafka://{broker}" for broker in access.bootstrap.split(",")],
        broker_credentials=_credentials(access),
        broker_client_id=access.user,
        consumer_group_instance_id=access.member,
        broker_session_timeout=_SESSION_SECONDS,
        broker_heartbeat_interval=_HEARTBEAT_SECONDS,
        broker_commit_interval=_COMMIT_SECONDS,
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="raw",
        stream_wait_empty=True,
        stream_buffer_maxsize=2 * _AT_MOST,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        autodiscover=False,
    )
    app.lost = lost
    return app


async def _take(stream: Any, taken: asyncio.Queue[Any]) -> None:  # noqa: ANN401 - as above
    """Faust's own batches (`noack_take`) end by a timer, which an idle stream turns fifty times a second."""
    async for _ in stream:
        await taken.put(stream.current_event)


async def _together(taken: asyncio.Queue[Any]) -> list[Any]:
    """The next event, as soon as there is one, and those that come with it."""
    events = [await taken.get()]
    if taken.qsize() < _AT_MOST - 1:
        await asyncio.sleep(_TOGETHER_SECONDS)
    while not taken.empty() and len(events) < _AT_MOST:
        events.append(taken.get_nowait())
    return events


def _credentials(access: KafkaAccess) -> faust.SASLCredentials:
    secured = access.security is KafkaSecurity.SASL_SSL
    return faust.SASLCredentials(
        username=access.user,
        password=access.password.get_secret_value(),
        ssl_context=create_ssl_context(cafile=access.ca_file) if secured else None,
        mechanism=SASL_MECHANISM,
    )


def _received(message: Any) -> Received:  # noqa: ANN401 - Faust's message, whose type knows less than we do
    at = _EPOCH + timedelta(milliseconds=round(message.timestamp * 1000))
    # A record without a value is none of ours: no bytes at all are as unreadable as wrong ones.
    return Received(message.topic, message.partition, message.offset, at, message.key, message.value or b"")
