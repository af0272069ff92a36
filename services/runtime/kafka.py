"""Kafka clients: secured, producers idempotent, every acknowledgement of a batch awaited, nothing committed unasked."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.helpers import create_ssl_context
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from services.core.errors import BrokenRule, Unavailable
from services.runtime.fetching import REST_SECONDS, PatientConsumer
from services.runtime.health import Health, Reason
from services.runtime.kafka_access import SASL_MECHANISM, KafkaAccess
from services.runtime.settings import KafkaSecurity

# Kafka refuses a batch above the topic's max.message.bytes (1 MiB at least); one larger record travels alone.
_BATCH_BYTES = 512 * 1024
_FETCH_BYTES = 4 * 1024 * 1024
_SESSION_MS = 10_000
_HEARTBEAT_MS = 2_000
# Within this time a consumer notices a topic that was deleted, made again or given more partitions.
_METADATA_MS = 10_000
PATIENCE_SECONDS = 3.0
RETRY_SECONDS = 0.5
_PARTITIONS_REMEMBERED = 65_536

log = structlog.get_logger()


class Client(Protocol):
    """What a Kafka client of any kind can do."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


ClientT = TypeVar("ClientT", bound=Client)


@dataclass(frozen=True, slots=True)
class Message:
    """One record to be written; `key` decides its partition."""

    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


def client_settings(access: KafkaAccess) -> dict[str, Any]:
    """Spell `access` as aiokafka's arguments."""
    secured = access.security is KafkaSecurity.SASL_SSL
    return {
        "bootstrap_servers": access.bootstrap,
        "client_id": access.user,
        "security_protocol": access.security.value,
        "sasl_mechanism": SASL_MECHANISM,
        "sasl_plain_username": access.user,
        "sasl_plain_password": access.password.get_secret_value(),
        "ssl_context": create_ssl_context(cafile=access.ca_file) if secured else None,
    }


def make_producer(access: KafkaAccess) -> AIOKafkaProducer:
    """Make an idempotent producer that waits for all replicas; not started."""
    return AIOKafkaProducer(
        **client_settings(access), enable_idempotence=True, acks="all", linger_ms=0, max_batch_size=_BATCH_BYTES
    )


def make_consumer(
    access: KafkaAccess, *topics: str, group: str | None = None, rest_seconds: float = REST_SECONDS
) -> PatientConsumer:
    """Make a consumer that hears at once what comes after a silence, and commits only when told; not started.

    It starts at the group's committed offsets, else at the beginning; without topics, assign and seek it yourself.
    Behind a fetch that brought something it rests for `rest_seconds`.
    """
    return PatientConsumer(
        *topics,
        rest_seconds=rest_seconds,
        **client_settings(access),
        group_id=group,
        group_instance_id=access.member if group else None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_min_bytes=1,
        metadata_max_age_ms=_METADATA_MS,
        max_partition_fetch_bytes=_FETCH_BYTES,
        session_timeout_ms=_SESSION_MS,
        heartbeat_interval_ms=_HEARTBEAT_MS,
    )


async def send_batch(producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
    """Write `messages` and wait until Kafka has acknowledged every one; those of one key keep their order.

    Raises:
        Unavailable: not all were acknowledged; some may have been written.
        BrokenRule: a message is larger than its topic allows.
    """
    try:
        batches = [batch async for batch in _packed(producer, messages)]
        acks = [await producer.send_batch(batch, topic, partition=partition) for topic, partition, batch in batches]
        results = await asyncio.gather(*acks, return_exceptions=True)
    except KafkaError as error:
        raise Unavailable from error
    for result in results:
        if isinstance(result, MessageSizeTooLargeError):
            raise BrokenRule from result
        if isinstance(result, BaseException):
            raise Unavailable from result


async def send_once(access: KafkaAccess, message: Message) -> None:
    """Write one message by a producer of its own, for what is rarely said, and wait until Kafka has acknowledged it.

    Raises:
        Unavailable: it did not, soon; the message may stand there all the same, but is not tried again later.
    """
    # An idempotent producer gives up no batch: it would write this one when nobody expects it any more.
    given_up = {"acks": "all", "linger_ms": 0, "request_timeout_ms": int(PATIENCE_SECONDS * 1000)}
    producer = AIOKafkaProducer(**client_settings(access), **given_up)
    try:
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            await producer.start()
        await send_batch(producer, [message])
    except (KafkaError, TimeoutError) as error:
        raise Unavailable from error
    finally:
        await producer.stop()


async def _packed(
    producer: AIOKafkaProducer, messages: Iterable[Message]
) -> AsyncIterator[tuple[str, int, BatchBuilder]]:
    open_batches: dict[tuple[str, int], BatchBuilder] = {}
    partitions: dict[str, int] = {}
    for message in messages:
        if message.topic not in partitions:
            partitions[message.topic] = len(await producer.partitions_for(message.topic))
        place = (message.topic, partition_of(message.key, partitions[message.topic]))
        batch = open_batches.get(place)
        if batch is None or _append(batch, message) is None:
            if batch is not None:
                yield *place, batch
            batch = open_batches[place] = producer.create_batch()
            _append(batch, message)
    for place, batch in open_batches.items():
        yield *place, batch


def _append(batch: BatchBuilder, message: Message) -> object:
    return batch.append(timestamp=None, key=message.key, value=message.value, headers=list(message.headers))


@functools.lru_cache(maxsize=_PARTITIONS_REMEMBERED)
def partition_of(key: bytes, partitions: int) -> int:
    """Choose the partition of a key as Kafka's own Java client does."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


async def connect(make: Callable[[], ClientT], health: Health, reason: Reason) -> ClientT:
    """Make and start a client; a broker that does not answer is asked again for ever, with the light red meanwhile."""
    while True:
        client = make()
        try:
            async with impatient(health, reason):
                await client.start()
        except KafkaError as error:
            await client.stop()
            health.red(reason)
            log.warning("Kafka lets no client in; it is asked again until it does.", reason=reason, exc_info=error)
            await asyncio.sleep(RETRY_SECONDS)
        except BaseException:
            await client.stop()
            raise
        else:
            health.green(reason)
            return client


@contextlib.asynccontextmanager
async def impatient(health: Health, reason: Reason) -> AsyncIterator[None]:
    """Turn the light red when what stands inside takes longer than three seconds."""
    timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, health.red, reason)
    try:
        yield
    finally:
        timer.cancel()
