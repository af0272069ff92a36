"""The correlator at work: read, decide, save, relay; while one batch is saved the next is decoded."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

import structlog

from services.correlator.batch import Batch, Batches, Saved
from services.correlator.decoding import Decoder, Read
from services.correlator.reading import count_dead_letters
from services.correlator.relay import Relay, waiting
from services.runtime import inlet
from services.runtime.database import Session, end_frozen
from services.runtime.fence import Place
from services.runtime.inlet import Inlet
from services.runtime.kafka_access import access_of
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.publisher import publishing
from services.wire.topics import MATCHING_WEIGHTS, SHARED

BATCH_RECORDS = 1_000
_DECODED_AT_ONCE = 25
BEAT_SECONDS = 0.1
"""What comes within it is told at once: the case feed projects it at once, and its watchers fetch it at once."""
_WATCH_SECONDS = 1.0

log = structlog.get_logger()


async def work(process: Process, decoder: Decoder, batches: Batches, telling: Session, asking: Session) -> None:
    """Correlate until the process is asked to stop; each session serves what must not wait for the others."""
    metrics = process.metrics
    metrics.dead_letters.set(await asking.run(count_dead_letters))
    async with (
        publishing(access_of(process.settings), process.health, metrics) as publisher,
        asyncio.TaskGroup() as tasks,
    ):
        relay = Relay(telling, publisher)
        relaying = tasks.create_task(relay.run())
        watching = tasks.create_task(watch_tables(asking, metrics))
        async with inlet.opened(
            process, batches.session, *SHARED, MATCHING_WEIGHTS, rest_seconds=BEAT_SECONDS
        ) as shared:
            await correlate(shared, decoder, batches, relay, metrics)
        await relaying
        watching.cancel()


async def correlate(shared: Inlet, decoder: Decoder, batches: Batches, relay: Relay, metrics: Metrics) -> None:
    """Save and tell batch after batch until the process stops, then tell what is still to be told."""
    async for batch in decoded(shared, decoder):
        with metrics.batch_seconds.time():
            async for saved in batches.save(batch):
                count(saved, metrics)
                await relay.tell(saved)
        shared.acknowledge()
    await relay.close()


async def decoded(shared: Inlet, decoder: Decoder) -> AsyncIterator[Batch]:
    """Batches as they come; behind a full one the next is taken and decoded while the first is saved."""
    ahead: asyncio.Task[Batch | None] | None = None
    while batch := await (ahead or _decode(shared, decoder)):
        full = sum(map(len, batch.values())) >= BATCH_RECORDS
        ahead = asyncio.create_task(_decode(shared, decoder)) if full else None
        yield batch


async def _decode(shared: Inlet, decoder: Decoder) -> Batch | None:
    """The next batch; between some records and the next, what waited for PostgreSQL's answer goes on first."""
    taken = await shared.take(BATCH_RECORDS)
    batch: defaultdict[Place, list[Read]] = defaultdict(list)
    for place, records in (taken or {}).items():
        for first in range(0, len(records), _DECODED_AT_ONCE):
            batch[place] += decoder.decode(records[first : first + _DECODED_AT_ONCE])
            await asyncio.sleep(0)
    return taken and batch


def count(saved: Saved, metrics: Metrics) -> None:
    """Let the metrics and, where somebody must look, the log say what a batch came to."""
    missing = sum(hole.next_seen - hole.first_missing for hole in saved.holes)
    metrics.events_new.inc(saved.new)
    metrics.events_said_again.inc(saved.again)
    metrics.cases_refolded.inc(saved.refolds)
    metrics.missing_offsets.inc(missing)
    metrics.dead_letters.inc(saved.unreadable)
    if saved.unreadable:
        log.error("Shared events that cannot be read are left out; they stand in Kafka.", count=saved.unreadable)
    if missing:
        log.error("Kafka passed over shared events that were never read.", count=missing)


async def watch_tables(session: Session, metrics: Metrics) -> None:
    """Measure every second how long the oldest message waits to be told; end what a frozen worker holds locked."""
    while True:
        metrics.outbox_age_seconds.set((await session.run(waiting)).total_seconds())
        if ended := await session.run(end_frozen):
            log.error("Another worker is frozen in the middle of a batch; its locks are taken from it.", count=ended)
        await asyncio.sleep(_WATCH_SECONDS)
