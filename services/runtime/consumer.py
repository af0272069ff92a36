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
            if type(error) is KafkaError:  # every fault that passes has a type of its own
                raise
            log.warning("Kafka did not hand out records; it is asked again until it does.", exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return taken


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
