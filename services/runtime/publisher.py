"""Writing to Kafka: a broken pipe is retried in place for ever, with the light red meanwhile."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import structlog
from aiokafka import AIOKafkaProducer

from services.core.errors import Unavailable
from services.runtime.health import Health, Reason
from services.runtime.kafka import RETRY_SECONDS, Message, connect, impatient, make_producer, send_batch
from services.runtime.kafka_access import KafkaAccess
from services.runtime.metrics import Metrics

_WRITING = Reason.KAFKA_DOES_NOT_ACKNOWLEDGE

log = structlog.get_logger()


class Publisher:
    """Publishes until it is done: a broken pipe is retried in place for ever, with the light red meanwhile."""

    def __init__(self, access: KafkaAccess, health: Health, metrics: Metrics) -> None:
        self._access = access
        self._health = health
        self._metrics = metrics
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect, so that the first batch does not wait for it."""
        self._producer = await connect(lambda: make_producer(self._access), self._health, _WRITING)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when Kafka has acknowledged every message; after a retry some may stand there twice.

        Raises:
            BrokenRule: a message is larger than its topic allows.
        """
        while not await self._published(messages):
            await self.stop()
            await asyncio.sleep(RETRY_SECONDS)
        self._health.green(_WRITING)
        for topic, count in Counter(message.topic for message in messages).items():
            self._metrics.events_out.labels(topic).inc(count)

    async def _published(self, messages: Sequence[Message]) -> bool:
        if self._producer is None:
            await self.start()
        try:
            async with impatient(self._health, _WRITING):
                await send_batch(self._producer, messages)
        except Unavailable as error:
            self._health.red(_WRITING)
            log.warning("Kafka did not acknowledge a batch; it is sent again until it does.", exc_info=error.__cause__)
            return False
        return True

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await producer.stop()
            except asyncio.CancelledError:  # a producer stops once only: what it still holds open is closed for it
                await producer.client.close()
                raise


@contextlib.asynccontextmanager
async def publishing(access: KafkaAccess, health: Health, metrics: Metrics) -> AsyncIterator[Publisher]:
    """Give a connected publisher and close it afterwards."""
    publisher = Publisher(access, health, metrics)
    await publisher.start()
    try:
        yield publisher
    finally:
        await publisher.stop()
