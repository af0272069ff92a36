"""Bytes that are no longer what was written hold up their own partition alone, and nothing is passed over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from aiokafka import TopicPartition

from services.runtime.consumer import take
from services.runtime.fetching import PatientConsumer
from services.runtime.health import Health, Reason
from services.runtime.inlet import watch_bytes
from services.runtime.metrics import Metrics
from services.wire.topics import REFERRALS
from tests.runtime.places import at_the_end, say
from tests.runtime.secured_kafka import SecuredKafka

SOUND, BROKEN = TopicPartition(REFERRALS, 0), TopicPartition(REFERRALS, 1)
VALUES = [b"the first one", b"the second one", b"the third one"]
SECONDS = 30

Taken = dict[TopicPartition, list[bytes]]


@pytest.fixture
async def consumer(spare_kafka: SecuredKafka) -> AsyncIterator[PatientConsumer]:
    """Stands before three records, each a batch of its own, of each of two partitions, which wait to be resumed."""
    async with at_the_end(spare_kafka, SOUND, BROKEN) as made:
        starts = {place: await made.position(place) for place in (SOUND, BROKEN)}
        made.pause(SOUND, BROKEN)
        for value in VALUES:
            await say(spare_kafka, value, SOUND, BROKEN)
        for place, start in starts.items():
            made.seek(place, start)
        yield made


async def taken_until(
    consumer: PatientConsumer, taken: Taken, enough: Callable[[Mapping[TopicPartition, list[bytes]]], bool]
) -> None:
    async with asyncio.timeout(SECONDS):
        while not enough(taken):
            for place, records in (await take(consumer, 500, 1.0)).items():
                taken.setdefault(place, []).extend(record.value for record in records)


async def light_of(consumer: PatientConsumer) -> list[Reason]:
    """Why the light of a service that reads from a consumer is red."""
    health = Health(Metrics())
    health.green(Reason.STARTING)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await watch_bytes(consumer, health)
    return list(health.reasons)


async def test_what_was_in_hand_when_broken_bytes_came_is_handed_out_and_theirs_once_they_are_mended(
    consumer: PatientConsumer, spare_kafka: SecuredKafka
) -> None:
    taken: Taken = {}
    spare_kafka.change(f"{BROKEN.topic}-{BROKEN.partition}", b"the second", b"THE second")
    try:
        consumer.resume(SOUND, BROKEN)
        await taken_until(consumer, taken, lambda found: len(found.get(SOUND, ())) >= 3 and BROKEN in found)
        assert taken == {SOUND: VALUES, BROKEN: VALUES[:1]}
        assert await light_of(consumer) == [Reason.KAFKA_BYTES_CORRUPT]
    finally:
        spare_kafka.change(f"{BROKEN.topic}-{BROKEN.partition}", b"THE second", b"the second")
    await taken_until(consumer, taken, lambda found: len(found[BROKEN]) >= 3)
    assert taken == {SOUND: VALUES, BROKEN: VALUES}
