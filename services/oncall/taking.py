"""Takes what Kafka brings, in one transaction a batch: fence, what was said, and what becomes of alerts."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from services.core.audit import Action, Entry
from services.core.errors import UnreadableBytes
from services.core.ids import EventId
from services.oncall.deciding import Decider, Heard
from services.oncall.handlers import (
    UnreadableReport,
    Where,
    read_event,
    read_quarantined,
    read_update,
    unreadable_event,
)
from services.oncall.knowing import News, children, keep
from services.runtime.audit import Trail, offsets
from services.runtime.database import Connection, Session, write_rows
from services.runtime.fence import Place, admit
from services.runtime.inlet import Batch, Inlet, opened
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.wire.avro import Schemas
from services.wire.signing import SignedMessage, Verifier
from services.wire.topics import CASE_UPDATES, MISSING_CHILDREN, QUARANTINE

_SEEN = frozenset({"Sighting", "ChildFound"})
_REST_SECONDS = 0.4
"""A page may take ten seconds: what comes together leaves the machine to the case feed, which may not."""
# One worker judges at a time: two that know half of a child each would both be wrong.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('judging alerts', 0))"

_MAY_REPORT = frozenset({MISSING_CHILDREN, QUARANTINE})
"""What stands there and cannot be read may be a report that a child is missing, or the one that nobody could read."""

log = structlog.get_logger()


def arriving(process: Process, session: Session) -> AbstractAsyncContextManager[Inlet]:
    """What on-call hears; of what is said of missing children it hears the original no later than a repetition."""
    topics = MISSING_CHILDREN, CASE_UPDATES, QUARANTINE
    return opened(process, session, *topics, original=MISSING_CHILDREN, rest_seconds=_REST_SECONDS)


@dataclass(slots=True)
class _Read:
    """What a batch says."""

    news: News = field(default_factory=News)
    reports: list[UnreadableReport] = field(default_factory=list)
    seen: set[EventId] = field(default_factory=set)
    letters: list[tuple[object, ...]] = field(default_factory=list)


class Taker:
    """Takes batch after batch, and rings for the engine."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything outside that it works with
        self,
        session: Session,
        schemas: Schemas,
        verifier: Verifier,
        decider: Decider,
        trail: Trail,
        metrics: Metrics,
        clock: Callable[[], datetime],
        bell: asyncio.Event,
    ) -> None:
        self._session = session
        self._schemas = schemas
        self._verifier = verifier
        self._decider = decider
        self._trail = trail
        self._metrics = metrics
        self._clock = clock
        self._bell = bell
        self._readers = {
            MISSING_CHILDREN: self._event,
            QUARANTINE: self._quarantined,
            CASE_UPDATES: self._update,
        }

    async def take(self, batch: Batch) -> None:
        """Return when everything in `batch` is committed."""
        now = self._clock()
        lost, letters = await self._session.run(lambda connection: self._take(connection, batch, now))
        self._bell.set()
        self._metrics.missing_offsets.inc(lost)
        self._metrics.dead_letters.inc(letters)
        if letters:
            log.error("Records of our own topics cannot be read; they stand in Kafka.", count=letters)
        if lost:
            log.error("Kafka passed over records that were never read.", count=lost)

    async def count_dead_letters(self) -> None:
        """Let the metric begin with what earlier runs could not read."""
        self._metrics.dead_letters.set(await self._session.run(_dead_letters))

    async def _take(self, connection: Connection, batch: Batch, now: datetime) -> tuple[int, int]:
        admitted, holes = await admit(connection, batch)
        read = _Read()
        for place, records in admitted.items():
            for record in records:
                self._read(read, place, record)
        await connection.execute(_ALONE)
        await keep(connection, read.news)
        told = await children(connection, self._schemas, read.news)
        heard = Heard(frozenset(read.seen), frozenset(read.news.moved))
        happened = await self._decider.judge(connection, told, heard, now)
        for report in read.reports:
            happened += await self._decider.unreadable(connection, report, now)
        await _set_aside(connection, read.letters)
        if any(admitted.values()):
            judged = Entry(Action.ALERTS_JUDGED, about=offsets(admitted), count=len(read.news.said))
            await self._trail.append(connection, judged, *(one.entry for one in happened))
        return sum(hole.next_seen - hole.first_missing for hole in holes), len(read.letters)

    def _read(self, read: _Read, place: Place, record: Any) -> None:  # noqa: ANN401 - aiokafka's ConsumerRecord
        known_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
        where = place.topic_id, place.partition, record.offset
        try:
            self._readers[record.topic](read, record, where, known_at)
        except UnreadableBytes as error:
            if record.topic in _MAY_REPORT:
                read.reports.append(unreadable_event(where, dict(record.headers), known_at))
            read.letters.append((*where, str(error.reason)))

    def _event(self, read: _Read, record: Any, _: Where, known_at: datetime) -> None:  # noqa: ANN401 - the same
        message = SignedMessage(record.topic, record.key or b"", record.value or b"", record.headers)
        said = read_event(self._schemas, self._verifier, message, known_at)
        read.news.said.append(said)
        read.seen |= {said.event_id} if said.type in _SEEN else set()

    def _quarantined(self, read: _Read, record: Any, where: Where, known_at: datetime) -> None:  # noqa: ANN401 - the same
        report = read_quarantined(self._schemas, record.value or b"", where, known_at)
        read.reports += [report] if report else []

    def _update(self, read: _Read, record: Any, _: Where, __: datetime) -> None:  # noqa: ANN401 - the same
        update = read_update(self._schemas, record.value or b"")
        read.news.said += update.said
        read.news.again += update.again
        read.news.assigned += update.assigned
        read.news.cases.add(update.case_id)


async def _set_aside(connection: Connection, letters: list[tuple[object, ...]]) -> None:
    await write_rows(
        connection,
        """INSERT INTO dead_letters (topic_id, partition, "offset", reason)
           SELECT * FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[]) ON CONFLICT DO NOTHING""",
        letters,
    )


async def _dead_letters(connection: Connection) -> int:
    row = await (await connection.execute("SELECT count(*) FROM dead_letters")).fetchone()
    return int(row[0]) if row else 0
