"""Partitions of a real Kafka: a consumer that stands at their ends, and what is written there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import TopicPartition

from services.runtime.fetching import REST_SECONDS, PatientConsumer
from services.runtime.kafka import make_consumer, make_producer
from tests.runtime.agencies import access
from tests.runtime.secured_kafka import SecuredKafka


@asynccontextmanager
async def at_the_end(
    kafka: SecuredKafka, *places: TopicPartition, rest_seconds: float = REST_SECONDS
) -> AsyncIterator[PatientConsumer]:
    """A consumer that has been told where each of these partitions ends."""
    made = make_consumer(access(kafka, "operator"), rest_seconds=rest_seconds)
    await made.start()
    made.assign(places)
    await made.seek_to_end(*places)
    for place in places:
        await made.position(place)
    yield made
    await made.stop()


async def say(kafka: SecuredKafka, value: bytes, *places: TopicPartition, times: int = 1) -> None:
    """Write a value so many times to each of these partitions, each time in a batch of its own."""
    producer = make_producer(access(kafka, "police"))
    await producer.start()
    try:
        for place in places:
            for _ in range(times):
                await producer.send_and_wait(place.topic, value, partition=place.partition)
    finally:
        await producer.stop()
