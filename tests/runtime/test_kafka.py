"""Kafka in and out: every acknowledgement awaited, order kept, partitions chosen as Kafka's own client does."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from pydantic import SecretStr

from services.core.errors import BrokenRule, Unavailable
from services.runtime.consumer import lag_of, take, watch
from services.runtime.health import Health, Reason
from services.runtime.kafka import Message, connect, make_consumer, make_producer, partition_of, send_batch, send_once
from services.runtime.kafka_access import access_of
from services.runtime.local.ports import HOST
from services.runtime.local.waiting import until
from services.runtime.metrics import Metrics
from services.runtime.publisher import Publisher, publishing
from services.runtime.settings import KafkaSecurity, Settings
from services.wire.topics import CONTACTS, REFERRALS, intake, spoken
from tests.runtime.agencies import access
from tests.runtime.secured_kafka import SecuredKafka

SECONDS = 30
RUNS = itertools.count(1)


def messages(count: int, topics: Iterable[str] = (REFERRALS, CONTACTS), keys: int = 7) -> list[Message]:
    """Messages of one run: numbered values, over some topics and keys."""
    run, among = next(RUNS), itertools.cycle(topics)
    return [
        Message(next(among), f"key {number % keys}".encode(), f"{run}:{number}".encode(), (("ce_id", b"1"),))
        for number in range(count)
    ]


async def read_back(kafka: SecuredKafka, sent: list[Message]) -> list[Message]:
    """What a reader finds of what was sent, partition by partition."""
    wanted, found = {message.value for message in sent}, list[Message]()
    consumer = make_consumer(access(kafka, "operator"))
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for topic in {one.topic for one in sent} for number in range(4)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        while sum(await behind(consumer, places)) > 0:
            for taken in (await take(consumer, 500, 1.0)).values():
                found += [Message(one.topic, one.key, one.value, one.headers) for one in taken if one.value in wanted]
    finally:
        await consumer.stop()
    return found


async def behind(consumer: AIOKafkaProducer, places: list[TopicPartition]) -> list[int]:
    ends = await consumer.end_offsets(places)
    return [ends[place] - await consumer.position(place) for place in places]


@pytest.fixture
async def producer(spare_kafka: SecuredKafka) -> AsyncIterator[AIOKafkaProducer]:
    made = make_producer(access(spare_kafka, "police"))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def health(metrics: Metrics) -> Health:
    made = Health(metrics)
    made.green(Reason.STARTING)
    return made


async def test_a_batch_is_there_whole_when_it_is_acknowledged(
    spare_kafka: SecuredKafka, producer: AIOKafkaProducer
) -> None:
    sent = messages(2000)

    await send_batch(producer, sent)

    found = await read_back(spare_kafka, sent)
    assert sorted(found, key=repr) == sorted(sent, key=repr)


async def test_messages_of_one_key_keep_their_order(spare_kafka: SecuredKafka, producer: AIOKafkaProducer) -> None:
    # Large enough for several of Kafka's batches a partition.
    sent = [replace(one, value=one.value + b" " * 4000) for one in messages(800, [REFERRALS], keys=2)]

    await send_batch(producer, sent)

    found = await read_back(spare_kafka, sent)
    for key in (b"key 0", b"key 1"):
        assert [one.value for one in found if one.key == key] == [one.value for one in sent if one.key == key]


async def test_a_message_that_is_too_large_for_its_topic_is_a_fault_of_ours(producer: AIOKafkaProducer) -> None:
    with pytest.raises(BrokenRule):
        await send_batch(producer, [Message(REFERRALS, b"key", bytes(2 * 1024 * 1024))])


async def test_an_empty_batch_is_no_work(producer: AIOKafkaProducer) -> None:
    await send_batch(producer, [])


# From Kafka's own test of its partitioner: the hash, made positive, of each key.
JAVA = [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536)]


@pytest.mark.parametrize(("key", "hashed"), JAVA)
def test_a_key_goes_to_the_partition_that_kafkas_own_client_chooses(key: bytes, hashed: int) -> None:
    assert partition_of(key, 1000) == (hashed & 0x7FFFFFFF) % 1000


async def test_a_publisher_counts_what_was_acknowledged(
    spare_kafka: SecuredKafka, health: Health, metrics: Metrics
) -> None:
    async with publishing(access(spare_kafka, "police"), health, metrics) as publisher:
        await publisher.publish(messages(5, [REFERRALS]))

    assert metrics.registry.get_sample_value("lantern_events_out_total", {"topic": REFERRALS}) == 5
    assert health.reasons == ()


async def test_a_publisher_that_is_refused_waits_in_place_with_the_light_red(
    spare_kafka: SecuredKafka, health: Health, metrics: Metrics
) -> None:
    publisher = Publisher(access(spare_kafka, "vault"), health, metrics)  # which may write to no topic
    publishing_for_ever = asyncio.create_task(publisher.publish(messages(1)))

    await red(health)
    assert health.reasons == (Reason.KAFKA_DOES_NOT_ACKNOWLEDGE,)
    assert not publishing_for_ever.done()

    publishing_for_ever.cancel()
    await asyncio.wait([publishing_for_ever])
    await publisher.stop()


async def test_what_is_rarely_said_is_acknowledged_and_then_stands_there(spare_kafka: SecuredKafka) -> None:
    [said] = messages(1, [REFERRALS])
    await send_once(access(spare_kafka, "police"), said)
    assert [one.value for one in await read_back(spare_kafka, [said])] == [said.value]


@pytest.mark.parametrize("topic", [intake("police"), REFERRALS])
async def test_the_case_feed_is_not_taken_at_its_word_where_it_may_not_write(
    spare_kafka: SecuredKafka, topic: str
) -> None:
    with pytest.raises(Unavailable):
        await send_once(access(spare_kafka, "casefeed"), Message(topic, b"key", b"value"))
    await send_once(access(spare_kafka, "casefeed"), Message(spoken("police"), b"key", b"value"))


async def test_whoever_says_something_to_a_broker_that_is_away_or_silent_hears_so_and_does_not_wait_for_ever(
    spare_kafka: SecuredKafka,
) -> None:
    with socket.create_server((HOST, 0)) as silent:
        for port in (9, silent.getsockname()[1]):
            away = replace(access(spare_kafka, "casefeed"), bootstrap=f"{HOST}:{port}")
            with pytest.raises(Unavailable):
                await send_once(away, Message(spoken("police"), b"key", b"value"))


async def test_a_client_with_a_wrong_password_is_tried_again_with_the_light_red(
    spare_kafka: SecuredKafka, health: Health
) -> None:
    wrong = replace(access(spare_kafka, "police"), password=SecretStr("wrong"))
    connecting = asyncio.create_task(connect(lambda: make_producer(wrong), health, Reason.KAFKA_UNAVAILABLE))

    await red(health)
    assert not connecting.done()

    connecting.cancel()
    await asyncio.wait([connecting])


async def test_lag_is_what_is_not_taken_yet(spare_kafka: SecuredKafka, producer: AIOKafkaProducer) -> None:
    consumer = make_consumer(access(spare_kafka, "correlator"), REFERRALS, group="correlator")
    await consumer.start()
    try:
        await taken_to_the_end(consumer)
        await send_batch(producer, messages(9, [REFERRALS]))

        assert await lag_of(consumer) == {REFERRALS: 9}

        await taken_to_the_end(consumer)
        assert await lag_of(consumer) == {REFERRALS: 0}
    finally:
        await consumer.stop()


async def taken_to_the_end(consumer: AIOKafkaProducer) -> None:
    while not consumer.assignment() or sum((await lag_of(consumer)).values()) > 0:
        await take(consumer, 500, 0.1)


async def test_who_watches_a_silent_broker_turns_the_light_red(health: Health, metrics: Metrics) -> None:
    async def silence() -> dict[str, int]:
        raise TimeoutError

    watching = asyncio.create_task(watch(silence, health, metrics))

    await red(health)
    watching.cancel()
    assert health.reasons == (Reason.KAFKA_UNAVAILABLE,)


async def red(health: Health) -> None:
    """Wait for a red light."""
    assert await asyncio.to_thread(until, lambda: health.reasons != (), SECONDS)


def test_a_service_reaches_kafka_with_its_own_secrets(spare_kafka: SecuredKafka) -> None:
    told = Settings(
        service="police",
        kafka_bootstrap=spare_kafka.bootstrap,
        kafka_security=KafkaSecurity.SASL_PLAINTEXT,
        kafka_user="police",
        secrets_file=spare_kafka.secrets / "police.json",
        http_port=0,
        operator_token_file=spare_kafka.secrets / "operator_token",
    )

    assert access_of(told) == access(spare_kafka, "police")
