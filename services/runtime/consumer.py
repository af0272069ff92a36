"""Reading from Kafka in batches, and knowing how far behind; a broken pipe is asked again for ever, light red."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.runtime.health import Health, Reason
from services.runtime.kafka import PATIENCE_SECONDS, RETRY_SECONDS
from services.runtime.metrics import Metrics

_WATCH_SECONDS = 1.0
_CATCH_UP_SECONDS = 1.0
"""So long at most what was taken waits for what it repeats: longer than a broker holds a fetch, of a page's ten."""
_MOMENT_MS = 100

log = structlog.get_logger()


async def take(consumer: AIOKafkaConsumer, at_most: int, within: float) -> Mapping[TopicPartition, list[Any]]:
    """Wait up to `within` seconds for records by partition (aiokafka's ConsumerRecord), `at_most` in all.

    Raises:
        KafkaError: the library met what it did not expect; its work for the group has ended, and never begins again.
    """
    while True:
        try:
            taken: Mapping[TopicPartition, list[Any]] = await consumer.getmany(
                timeout_ms=round(within * 1000), max_records=at_most
            )
        except KafkaError as error:
            if not _passes(error):
                raise
            log.warning("Kafka did not hand out records; it is asked again until it does.", exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return taken


async def caught_up(
    consumer: AIOKafkaConsumer, original: str, taken: Mapping[TopicPartition, list[Any]], at_most: int
) -> Mapping[TopicPartition, list[Any]]:
    """What was taken, and what stood on the topic `original` by then: nobody hears a repetition first.

    A partition whose records wait to be taken is not fetched meanwhile, so that others overtake it. What cannot be had
    within a second, or in `at_most` records, is not waited for.

    Raises:
        KafkaError: the library met what it did not expect; its work for the group has ended, and never begins again.
    """
    if all(place.topic == original for place in taken):
        return taken
    found = {place: list(records) for place, records in taken.items()}
    try:
        await _add_up_to_the_ends(consumer, original, found, at_most)
    except (KafkaError, TimeoutError) as error:
        if not _passes(error):
            raise
        log.warning("Kafka did not say how far a topic goes; what repeats it is not kept waiting.", exc_info=error)
    return found


async def _add_up_to_the_ends(
    consumer: AIOKafkaConsumer, original: str, found: dict[TopicPartition, list[Any]], at_most: int
) -> None:
    """Nothing is cancelled while it takes records: the library would never again know itself to be idle."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _CATCH_UP_SECONDS
    places = [place for place in consumer.assignment() if place.topic == original]
    async with asyncio.timeout_at(deadline):
        ends = await consumer.end_offsets(places)
    while at_most > 0 and (left := deadline - clock()) > 0:
        async with asyncio.timeout_at(deadline):
            behind = [place for place in places if await consumer.position(place) < ends[place]]
        if not behind:
            return
        more = await consumer.getmany(*behind, timeout_ms=min(_MOMENT_MS, round(left * 1000)), max_records=at_most)
        for place, records in more.items():
            found.setdefault(place, []).extend(records)
            at_most -= len(records)


def _passes(error: Exception) -> bool:
    """Every fault that passes has a type of its own."""
    return type(error) is not KafkaError


async def lag_of(consumer: AIOKafkaConsumer) -> dict[str, int]:
    """Count the records that `consumer` has not yet taken, by topic."""
    ends = await consumer.end_offsets(consumer.assignment())
    lag: dict[str, int] = dict.fromkeys((place.topic for place in ends), 0)
    for place, end in ends.items():
        lag[place.topic] += end - await consumer.position(place)
    return lag


async def watch(read_lag: Callable[[], Awaitable[Mapping[str, int]]], health: Health, metrics: Metrics) -> NoReturn:
    """Ask Kafka every second how far behind the service is, and keep the reading side of its light."""
    while True:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                lags = await read_lag()
        except (KafkaError, TimeoutError):
            health.red(Reason.KAFKA_UNAVAILABLE)
        else:
            health.green(Reason.KAFKA_UNAVAILABLE)
            for topic, lag in lags.items():
                metrics.consumer_lag.labels(topic).set(lag)
        await asyncio.sleep(_WATCH_SECONDS)
