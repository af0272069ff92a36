"""A submission's way to the hub and back: records to the agency's intake, receipts in, then the correlator's word."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from itertools import islice

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from services.cli.client import Edition, answer, http_settings, unavailable
from services.core.codes import Sector
from services.core.errors import Unavailable, UnreadableBytes
from services.runtime.kafka import Client, ClientT, Message, make_consumer, make_producer, send_batch
from services.runtime.kafka_access import KafkaAccess
from services.wire import topics
from services.wire.avro import Record, Schemas

Progress = Callable[[int], None]

_AT_ONCE = 500
_ASKED_AT_ONCE = 5_000
_START_SECONDS = 15.0
_STOP_SECONDS = 5.0
_POLL_MS = 500
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 0.2


class Exchange:
    """One submission's connection to Kafka, as the publisher of its agency."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, schemas: Schemas) -> None:
        self._producer = producer
        self._consumer = consumer
        self._schemas = schemas

    async def send(self, messages: Iterable[Message], patience: float, progress: Progress) -> None:
        """Send messages and wait until Kafka has them all.

        Raises:
            Unavailable: Kafka did not acknowledge within `patience` seconds; says how many it has.
        """
        sent, remaining = 0, iter(messages)
        while batch := list(islice(remaining, _AT_ONCE)):
            try:
                async with asyncio.timeout(patience):
                    await send_batch(self._producer, batch)
            except (Unavailable, TimeoutError):
                raise Unavailable(
                    f"Kafka stopped answering after {sent} records. Those are processed; the rest was not sent. "
                    "Publish the same files again: what the hub has already, it recognises."
                ) from None
            sent += len(batch)
            progress(sent)

    async def receipts(self, submission_id: str, count: int, patience: float, progress: Progress) -> dict[int, Record]:
        """Collect the receipts of a submission by record, until all are there or none came for `patience` seconds."""
        found: dict[int, Record] = {}
        loop = asyncio.get_running_loop()
        latest = loop.time()
        while len(found) < count and loop.time() - latest < patience:
            before = len(found)
            for record in await self._taken(submission_id):
                found.setdefault(record["source_seq"], record)
            if len(found) > before:
                latest = loop.time()
                progress(len(found))
        return found

    async def _taken(self, submission_id: str) -> list[Record]:
        try:
            batches = await self._consumer.getmany(timeout_ms=_POLL_MS)
        except KafkaError:  # asked again, until patience ends
            await asyncio.sleep(_POLL_MS / 1000)
            return []
        found = (self._receipt(taken.value) for batch in batches.values() for taken in batch)
        return [record for record in found if record is not None and record["submission_id"] == submission_id]

    def _receipt(self, frame: bytes) -> Record | None:
        try:
            return self._schemas.decode(frame, {"Receipt"})[1]
        except UnreadableBytes:  # not ours to judge: it answers somebody else's submission, or nobody's
            return None


@contextlib.asynccontextmanager
async def exchange(access: KafkaAccess, agency: Sector, schemas: Schemas) -> AsyncIterator[Exchange]:
    """Connect as an agency's publisher; what is answered from now on will be heard.

    Raises:
        Unavailable: Kafka does not answer.
    """
    async with _started(make_producer(access)) as producer, _started(make_consumer(access)) as consumer:
        topic = topics.out(agency.value)
        places = [TopicPartition(topic, number) for number in await producer.partitions_for(topic)]
        consumer.assign(places)
        for place, end in (await consumer.end_offsets(places)).items():
            consumer.seek(place, end)
        yield Exchange(producer, consumer, schemas)


@contextlib.asynccontextmanager
async def _started(client: ClientT) -> AsyncIterator[ClientT]:
    try:
        async with asyncio.timeout(_START_SECONDS):
            await client.start()
        yield client
    except (KafkaError, TimeoutError):
        raise Unavailable("Kafka does not answer: nothing was sent. See what runs with `lantern status`.") from None
    finally:
        await _stop(client)


async def _stop(client: Client) -> None:
    """Stop a client; one that still waits for a broker to take what was given up on is left, for the process ends."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            await client.stop()


async def wait_until_committed(edition: Edition, events: Sequence[str], patience: float, progress: Progress) -> None:
    """Wait until the correlator has every event on a timeline.

    Raises:
        Unavailable: none came for `patience` seconds, or it does not answer; the events stay in Kafka.
    """
    missing, loop = list(events), asyncio.get_running_loop()
    try:
        async with (
            asyncio.timeout(patience) as limit,
            httpx.AsyncClient(**http_settings(edition, "correlator")) as client,
        ):
            pause = _FIRST_PAUSE_SECONDS
            while left := await _missing(client, missing):
                if len(left) < len(missing):
                    limit.reschedule(loop.time() + patience)
                missing = left
                progress(len(events) - len(missing))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    except TimeoutError:
        raise Unavailable(
            f"{len(missing)} of {len(events)} events are not on a timeline yet. They are shared and stay in Kafka: "
            "the correlator takes them up when it can. See its state with `lantern status`."
        ) from None
    except httpx.TransportError:
        raise unavailable("correlator") from None
    progress(len(events))


async def _missing(client: httpx.AsyncClient, events: Sequence[str]) -> list[str]:
    missing: list[str] = []
    for start in range(0, len(events), _ASKED_AT_ONCE):
        asked = {"event_ids": list(events[start : start + _ASKED_AT_ONCE])}
        missing += answer(await client.post("/committed", json=asked))["missing"]
    return missing
