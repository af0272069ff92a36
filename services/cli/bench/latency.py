"""From publish to feed and to the first page: one publisher at a steady rate, one watcher, people on duty."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.cli import signed_in
from services.cli.bench import decided, generating
from services.cli.bench.connecting import PATIENCE_SECONDS
from services.cli.bench.figures import warm
from services.cli.bench.generating import Telling
from services.cli.bench.paging import first_pages, put_on_duty, settled
from services.cli.bench.target import Target
from services.cli.client import Failed
from services.cli.following import Event, Place, follow
from services.core.codes import Sector
from services.core.errors import Unavailable
from services.core.events import Event as SharedEvent
from services.core.facts import ChildMissing
from services.runtime.kafka import Message, make_producer
from services.runtime.settings import HOME
from services.wire import topics
from services.wire.avro import Schemas, load_schemas
from services.wire.seal import BatchSealer, PublicKey, public_key_of
from services.wire.submissions import Content, Submission, to_record


@dataclass(frozen=True, slots=True)
class Report:
    """One record of one event, to be sent at its time."""

    agency: Sector
    content: Content
    event_id: str
    alert_id: str | None


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds from each report in hand, not yet sealed: to its event at a watcher, and to the first page it caused."""

    feed: Sequence[float]
    pages: Sequence[float]


class Seen:
    """When each of some events first came from the feed, by the clock of this process's event loop."""

    def __init__(self, awaited: Iterable[str]) -> None:
        self.at: dict[str, float] = {}
        self.all = asyncio.Event()
        self._awaited = set(awaited)

    def entry(self, event: Event) -> None:
        event_id = json.loads(event.data)["event_id"]
        self.at.setdefault(event_id, asyncio.get_running_loop().time())
        self._awaited.discard(event_id)
        if not self._awaited:
            self.all.set()


async def latencies(target: Target, run: str, rate: float, seconds: float) -> Latencies:
    """Send reports at a steady rate, every fourth of a missing child, and follow each to where people see it.

    Raises:
        Failed: an event did not arrive within a minute, or nobody was paged.
    """
    await asyncio.to_thread(put_on_duty, target)
    await settled(target)
    reports = reported(target, generating.sightings(1, run, round(rate * seconds)))
    seen, place = Seen(report.event_id for report in reports), Place(since=datetime.now(UTC))
    settings = signed_in.settings(target.clients, "casefeed")
    watching = asyncio.create_task(follow(settings, place, seen.entry, lambda _: None))
    try:
        sent = await send(target, reports, rate)
        await asyncio.wait_for(seen.all.wait(), PATIENCE_SECONDS)
    except TimeoutError:
        raise Failed("The case feed does not bring what was published: see `lantern status`.") from None
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    taken = [seen.at[event_id] - at for event_id, at in sent.items()]
    epoch = time.time() - asyncio.get_running_loop().time()
    missing = {report.alert_id: sent[report.event_id] + epoch for report in reports if report.alert_id}
    return Latencies(warm(taken), warm(await first_pages(target, missing)))


def reported(target: Target, said: Iterable[Telling]) -> list[Report]:
    """What is sent of these, record by record, and what it will be called at the feed and on call."""
    return [
        Report(telling.agency, content, event.head.event_id, _alert(event))
        for telling in said
        for content, event in zip(decided.contents(telling), decided.events(target, telling), strict=True)
    ]


def _alert(event: SharedEvent) -> str | None:
    """An alert is called as its episode is."""
    return event.head.fact_id if isinstance(event.fact, ChildMissing) else None


async def send(target: Target, reports: Sequence[Report], rate: float) -> dict[str, float]:
    """Send each report at its time, and tell when that was, by event."""
    schemas, loop = load_schemas(HOME), asyncio.get_running_loop()
    now = datetime.now(UTC)
    keys = {agency: public_key_of(target.clients.public_keys, agency.value, now) for agency in Sector}
    async with contextlib.AsyncExitStack() as open_:
        producers = {agency: make_producer(target.clients.kafka(f"publisher.{agency.value}")) for agency in Sector}
        for producer in producers.values():
            await producer.start()
            open_.push_async_callback(producer.stop)
        sent, sending, began = dict[str, float](), list[asyncio.Task[None]](), loop.time()
        for number, report in enumerate(reports):
            await asyncio.sleep(began + number / rate - loop.time())
            sent[report.event_id] = loop.time()
            message = _message(report, schemas, keys)
            sending.append(asyncio.create_task(_sent(producers[report.agency], message)))
        await asyncio.gather(*sending)
    return sent


async def _sent(producer: AIOKafkaProducer, message: Message) -> None:
    """Send one; what comes while another is on its way goes in one batch after it, as a connector's records do."""
    try:
        await producer.send_and_wait(message.topic, value=message.value, key=message.key)
    except KafkaError as error:
        raise Unavailable from error


def _message(report: Report, schemas: Schemas, keys: Mapping[Sector, PublicKey]) -> Message:
    submission = Submission(uuid.uuid4().hex, 1, datetime.now(UTC))
    record = to_record(submission, 0, report.content, BatchSealer(keys[report.agency]))
    frame = schemas.encode("IntakeRecord", record)
    return Message(topics.intake(report.agency.value), submission.submission_id.encode(), frame)
