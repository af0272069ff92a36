"""Who reads a topic and what others repeat of it never hears the repetition first."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.runtime.consumer import caught_up, take
from services.wire.topics import MISSING_CHILDREN, REFERRALS
from tests.runtime.places import at_the_end, say
from tests.runtime.secured_kafka import SecuredKafka

ORIGINAL, REPEATED = TopicPartition(MISSING_CHILDREN, 0), TopicPartition(REFERRALS, 0)
SECONDS, STEP_SECONDS = 30, 0.01
AT_MOST = 500


@pytest.fixture
async def consumer(spare_kafka: SecuredKafka) -> AsyncIterator[AIOKafkaConsumer]:
    """Stands at the end of a partition of each topic."""
    async with at_the_end(spare_kafka, ORIGINAL, REPEATED) as made:
        yield made


async def fetched(consumer: AIOKafkaConsumer, place: TopicPartition) -> None:
    """Returns once records of a partition wait to be taken."""
    async with asyncio.timeout(SECONDS):
        while place not in consumer._fetcher._records:  # noqa: ASYNC110, SLF001 - what waits there is said nowhere else
            await asyncio.sleep(STEP_SECONDS)


def values(taken: Mapping[TopicPartition, list[Any]]) -> dict[TopicPartition, list[bytes]]:
    return {place: [record.value for record in records] for place, records in taken.items()}


async def overtaken(consumer: AIOKafkaConsumer, kafka: SecuredKafka) -> Mapping[TopicPartition, list[Any]]:
    """What is taken when the original was written first, behind a record that waits to be taken."""
    await say(kafka, b"before", ORIGINAL)
    await fetched(consumer, ORIGINAL)
    await say(kafka, b"said", ORIGINAL, REPEATED)
    await fetched(consumer, REPEATED)
    taken = await take(consumer, AT_MOST, SECONDS)
    assert values(taken) == {ORIGINAL: [b"before"], REPEATED: [b"said"]}
    return taken


async def test_a_repetition_is_handed_out_with_its_original(
    consumer: AIOKafkaConsumer, spare_kafka: SecuredKafka
) -> None:
    taken = await overtaken(consumer, spare_kafka)
    found = await caught_up(consumer, ORIGINAL.topic, taken, AT_MOST)
    assert values(found) == {ORIGINAL: [b"before", b"said"], REPEATED: [b"said"]}


async def test_what_there_is_no_room_for_comes_with_the_next_batch(
    consumer: AIOKafkaConsumer, spare_kafka: SecuredKafka
) -> None:
    taken = await overtaken(consumer, spare_kafka)
    assert await caught_up(consumer, ORIGINAL.topic, taken, 0) == taken
    assert values(await take(consumer, AT_MOST, SECONDS)) == {ORIGINAL: [b"said"]}


class Silent:
    """A consumer whose broker does not say how far the original goes, by a fault or by nothing at all."""

    def __init__(self, fault: KafkaError | None) -> None:
        self._fault = fault

    def assignment(self) -> set[TopicPartition]:
        return {ORIGINAL, REPEATED}

    async def end_offsets(self, _: list[TopicPartition]) -> Mapping[TopicPartition, int]:
        if self._fault is not None:
            raise self._fault
        silence: asyncio.Future[Mapping[TopicPartition, int]] = asyncio.get_running_loop().create_future()
        return await silence


@pytest.mark.parametrize("fault", [KafkaConnectionError(), None], ids=["fault", "silence"])
async def test_what_was_taken_does_not_wait_for_a_broker_that_says_nothing(fault: KafkaError | None) -> None:
    consumer: Any = Silent(fault)
    taken = {REPEATED: ["said"]}
    async with asyncio.timeout(SECONDS):
        assert await caught_up(consumer, ORIGINAL.topic, taken, AT_MOST) == taken


async def test_a_fault_that_the_library_did_not_expect_is_not_passed_over() -> None:
    consumer: Any = Silent(KafkaError("Unexpected error during coordination"))
    with pytest.raises(KafkaError):
        await caught_up(consumer, ORIGINAL.topic, {REPEATED: ["said"]}, AT_MOST)


class BreakingOff(Silent):
    """A consumer that stands two records behind the end, hands out one, and then a fault or nothing."""

    def __init__(self, fault: KafkaError | None) -> None:
        super().__init__(None)
        self._then = fault
        self._given = 0

    async def end_offsets(self, _: list[TopicPartition]) -> Mapping[TopicPartition, int]:
        return {ORIGINAL: 2}

    async def position(self, _: TopicPartition) -> int:
        return self._given

    async def getmany(
        self, *places: TopicPartition, timeout_ms: int, max_records: int
    ) -> Mapping[TopicPartition, list[str]]:
        assert (places, max_records > 0) == ((ORIGINAL,), True)
        if self._given:
            if self._then is not None:
                raise self._then
            await asyncio.sleep(timeout_ms / 1000)
            return {}
        self._given = 1
        return {ORIGINAL: ["first"]}


@pytest.mark.parametrize("fault", [KafkaConnectionError(), None], ids=["fault", "silence"])
async def test_what_was_had_until_then_is_handed_out(fault: KafkaError | None) -> None:
    consumer: Any = BreakingOff(fault)
    found = await caught_up(consumer, ORIGINAL.topic, {REPEATED: ["said"]}, AT_MOST)
    assert found == {ORIGINAL: ["first"], REPEATED: ["said"]}
