"""Projects a batch of case updates in one transaction: fence, tables, feed, and what could not be read."""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from services.casefeed.handlers import Projection, merged, read
from services.casefeed.telling import tell
from services.casefeed.waiting import Answered, Waiting, keep_answered, keep_waiting, read_waiting
from services.casefeed.writing import DeadLetter, count_dead_letters, set_aside, write
from services.core.errors import UnreadableBytes
from services.runtime.database import Connection, Session
from services.runtime.fence import admit
from services.runtime.inlet import Batch
from services.runtime.metrics import Metrics
from services.wire.avro import Schemas
from services.wire.topics import VAULT_DECISIONS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Projected:
    """What became of a batch, in numbers."""

    dead_letters: int
    missing_offsets: int


class Projector:
    """Projects batch after batch, and counts what its owner must know."""

    def __init__(self, session: Session, schemas: Schemas, metrics: Metrics) -> None:
        self._session = session
        self._schemas = schemas
        self._metrics = metrics

    async def count_dead_letters(self) -> None:
        """Let the metric begin with what earlier runs could not read."""
        self._metrics.dead_letters.set(await self._session.run(count_dead_letters))

    async def project(self, batch: Batch) -> None:
        """Return when everything in `batch` is committed."""
        done = await self._session.run(lambda connection: project_batch(connection, batch, self._schemas, telling=True))
        self._metrics.missing_offsets.inc(done.missing_offsets)
        self._metrics.dead_letters.inc(done.dead_letters)
        if done.dead_letters:
            log.error(
                "Updates and patterns that cannot be read are left out; they stand in Kafka.",
                count=done.dead_letters,
            )
        if done.missing_offsets:
            log.error("Kafka passed over case updates or patterns that were never read.", count=done.missing_offsets)


async def project_batch(connection: Connection, batch: Batch, schemas: Schemas, *, telling: bool) -> Projected:
    """Project what was not projected before, and tell watchers or nobody; for use inside one transaction."""
    admitted, holes = await admit(connection, batch)
    waits = {place: records for place, records in admitted.items() if records and records[0].topic == VAULT_DECISIONS}
    updates, letters = _read(schemas, {place: records for place, records in admitted.items() if place not in waits})
    said, more_letters = _read_waiting(schemas, waits)
    letters += more_letters
    waiting = [one for one in said if isinstance(one, Waiting)]
    new = await write(connection, merged(updates)) + await keep_waiting(connection, waiting)
    await keep_answered(connection, [one for one in said if isinstance(one, Answered)])
    if telling:
        await tell(connection, new)
    await set_aside(connection, letters)
    return Projected(len(letters), sum(hole.next_seen - hole.first_missing for hole in holes))


def _read(schemas: Schemas, admitted: Batch) -> tuple[list[Projection], list[DeadLetter]]:
    updates, letters = [], []
    for place, records in admitted.items():
        for record in records:
            try:
                updates.append(read(schemas, record.value))
            except UnreadableBytes as error:
                letters.append(DeadLetter(place, record.offset, error.reason))
    return updates, letters


def _read_waiting(schemas: Schemas, admitted: Batch) -> tuple[list[Waiting | Answered], list[DeadLetter]]:
    said, letters = list[Waiting | Answered](), []
    for place, records in admitted.items():
        for record in records:
            known_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
            try:
                said.append(read_waiting(schemas, record.value or b"", known_at))
            except UnreadableBytes as error:
                letters.append(DeadLetter(place, record.offset, error.reason))
    return said, letters
