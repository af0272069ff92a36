"""A topic's messages as any reader gets them: without a group, so that nobody's place is moved."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.core.errors import Unavailable
from services.runtime.kafka import make_consumer
from services.runtime.kafka_access import KafkaAccess

_START_SECONDS = 15.0
_POLL_MS = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One message where it stands; `timestamp` is in milliseconds since 1970, UTC."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: from the beginning or from now on; those there are now, or all that come; at most how many."""

    topic: str
    from_beginning: bool = True
    follow: bool = False
    limit: int | None = None


async def messages(access: KafkaAccess, wanted: Wanted) -> AsyncGenerator[Message, None]:
    """Every message that is wanted, in each partition's order.

    Raises:
        Unavailable: Kafka does not answer, or does not let this principal read the topic.
    """
    await _expect_there(access, wanted.topic)
    async with _started(make_consumer(access, wanted.topic)) as consumer:
        ends = await _placed(consumer, from_beginning=wanted.from_beginning)
        told = 0
        async for message in _taken(consumer, None if wanted.follow else ends):
            yield message
            told += 1
            if told == wanted.limit:
                return


async def _placed(consumer: AIOKafkaConsumer, *, from_beginning: bool) -> dict[TopicPartition, int]:
    """Goes to where reading begins, and returns where each partition ends now."""
    places = consumer.assignment()
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    starts = await consumer.beginning_offsets(places) if from_beginning else ends
    for place, offset in starts.items():
        consumer.seek(place, offset)
    return ends


async def _taken(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int] | None) -> AsyncGenerator[Message, None]:
    """What comes; up to `ends` if there are any."""
    while ends is None or not await _reached(consumer, ends):
        for batch in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            for taken in batch:
                place = taken.topic, taken.partition, taken.offset, taken.timestamp
                yield Message(*place, taken.key, taken.value or b"")


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    positions = [await consumer.position(place) >= end for place, end in ends.items()]
    return all(positions)


async def _expect_there(access: KafkaAccess, topic: str) -> None:
    """A consumer waits for a topic that is not there, and says nothing."""
    async with _started(make_consumer(access)) as consumer:
        if topic not in await consumer.topics():
            raise Unavailable(
                f"Kafka shows {access.user} no topic {topic}. Run `lantern topics check`, then `lantern topics apply`."
            )


@contextlib.asynccontextmanager
async def _started(consumer: AIOKafkaConsumer) -> AsyncIterator[AIOKafkaConsumer]:
    try:
        async with asyncio.timeout(_START_SECONDS):
            await consumer.start()
        yield consumer
    except (KafkaError, TimeoutError):
        raise Unavailable("Kafka does not answer: nothing was read. See what runs with `lantern status`.") from None
    finally:
        await consumer.stop()
