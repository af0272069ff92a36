"""A consumer that waits for everything asks seldom, one that leaves a partition out soon; behind what came it rests."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.protocol.fetch import FetchRequest

from services.runtime.consumer import take
from services.runtime.fetching import HELD_FROM_OTHERS_MS, HELD_MS
from services.wire.topics import REFERRALS
from tests.conftest import HOME
from tests.runtime.places import at_the_end, say
from tests.runtime.secured_kafka import SecuredKafka

PLACES = [TopicPartition(REFERRALS, number) for number in range(4)]
SECONDS = 30
LONG_REST_SECONDS = 3.0


Fetch = tuple[int, int]
"""How many milliseconds a fetch may be held, and of how many partitions it is."""


class Asked:
    """The fetches that a consumer sends from now on."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        client = consumer._client  # noqa: SLF001 - what crosses the wire is said nowhere else
        self._fetches = asyncio.Queue[Fetch]()
        self._send, client.send = client.send, self._noted

    async def _noted(self, node: int, request: Any, **how: Any) -> Any:
        if isinstance(request, FetchRequest):
            places = sum(len(places) for _, places in request.topics)
            self._fetches.put_nowait((request._max_wait_ms, places))  # noqa: SLF001 - as above
        return await self._send(node, request, **how)

    async def first(self, wanted: Callable[[int], bool]) -> Fetch:
        """The first fetch of a wanted number of partitions."""
        async with asyncio.timeout(SECONDS):
            while not wanted((fetch := await self._fetches.get())[1]):
                pass
        return fetch


@pytest.fixture
async def consumer(spare_kafka: SecuredKafka) -> AsyncIterator[AIOKafkaConsumer]:
    """Stands at the end of four partitions."""
    async with at_the_end(spare_kafka, *PLACES) as made:
        yield made


def all_of_them(places: int) -> bool:
    return places == len(PLACES)


def not_all(places: int) -> bool:
    return places < len(PLACES)


async def test_a_fetch_of_every_partition_may_be_held_for_long(consumer: AIOKafkaConsumer) -> None:
    held, _ = await Asked(consumer).first(all_of_them)
    assert held == HELD_MS


async def test_a_fetch_that_leaves_a_partition_out_comes_back_soon(
    consumer: AIOKafkaConsumer, spare_kafka: SecuredKafka
) -> None:
    asked = Asked(consumer)
    await say(spare_kafka, b"said", PLACES[0], times=5)

    await take(consumer, 1, SECONDS)

    held, _ = await asked.first(not_all)
    assert held == HELD_FROM_OTHERS_MS


async def test_a_fetch_while_a_partition_is_paused_comes_back_soon(consumer: AIOKafkaConsumer) -> None:
    consumer.pause(PLACES[0])

    held, _ = await Asked(consumer).first(not_all)

    assert held == HELD_FROM_OTHERS_MS


async def test_what_is_written_while_a_fetch_is_held_is_handed_out(
    consumer: AIOKafkaConsumer, spare_kafka: SecuredKafka
) -> None:
    await Asked(consumer).first(all_of_them)

    await say(spare_kafka, b"said", *PLACES, times=5)

    found = set[TopicPartition]()
    while len(found) < len(PLACES):
        taken = await take(consumer, 500, SECONDS)
        assert taken
        found |= taken.keys()


async def test_behind_a_fetch_that_brought_something_the_next_rests_and_brings_all_that_came_meanwhile(
    spare_kafka: SecuredKafka,
) -> None:
    async with at_the_end(spare_kafka, *PLACES, rest_seconds=LONG_REST_SECONDS) as consumer:
        await say(spare_kafka, b"said", PLACES[0])
        assert await take(consumer, 500, SECONDS)
        await say(spare_kafka, b"said", *PLACES[1:3], times=5)
        found = await take(consumer, 500, SECONDS)
    assert {place.partition: len(records) for place, records in found.items()} == {1: 5, 2: 5}


async def test_behind_a_fetch_that_brought_nothing_the_next_does_not_rest(spare_kafka: SecuredKafka) -> None:
    async with at_the_end(spare_kafka, *PLACES, rest_seconds=2 * SECONDS) as consumer:
        asked = Asked(consumer)
        for _ in range(2):
            await asked.first(all_of_them)
        await say(spare_kafka, b"said", PLACES[0], times=5)
        assert await take(consumer, 500, SECONDS)


FAUST = """
from pydantic import SecretStr
from services.runtime.kafka_access import KafkaAccess
from services.runtime.settings import KafkaSecurity
from services.runtime.streams import make_app
app = make_app(KafkaAccess("127.0.0.1:1", KafkaSecurity.SASL_PLAINTEXT, "police", SecretStr("none")))
print(type(app.consumer._thread).on_start.__module__)
"""
"""Where the start of Faust's consumer is written; asked in a process of its own, for Faust leaves its loop open."""


def test_faust_s_consumer_is_started_by_us_so_that_it_fetches_patiently() -> None:
    asked = subprocess.run([sys.executable, "-c", FAUST], cwd=HOME, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "services.runtime.streams"
