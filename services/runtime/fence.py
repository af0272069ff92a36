"""The fence: how far a service has read is kept where its state is kept, and moves in the same transaction.

What Kafka's group remembers is only a hint. A worker that was frozen and wakes late finds its records passed already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from services.core.errors import LanternError
from services.runtime.database import Connection

TABLES = """
CREATE TABLE positions (
    topic_id    uuid   NOT NULL,
    partition   int    NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic_id, partition)
);
CREATE TABLE holes (
    topic_id      uuid        NOT NULL,
    partition     int         NOT NULL,
    first_missing bigint      NOT NULL,
    next_seen     bigint      NOT NULL,
    found_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic_id, partition, first_missing)
)
"""
"""What each service's first migration makes; a later change is a migration of its own."""

PASSED_AT = "ALTER TABLE positions ADD COLUMN passed_at_ms bigint"
"""When Kafka had appended the last record that was passed, in ms; it tells that record from another at its offset.

Nothing where none was passed since there is this column, or where a log that lost its end is read again.
"""


class Verdict(StrEnum):
    """What an offset is, seen from the one that was expected."""

    REPLAY = "replay"
    NEXT = "next"
    HOLE = "hole"


class HasOffset(Protocol):
    """A record of Kafka, as far as it has its place in its partition."""

    @property
    def offset(self) -> int: ...


class Stands(HasOffset, Protocol):
    """As far as the fence looks at it; `timestamp` is when Kafka appended it, in milliseconds."""

    @property
    def timestamp(self) -> int: ...


OffsetT = TypeVar("OffsetT", bound=HasOffset)
RecordT = TypeVar("RecordT", bound=Stands)


class LogWasCut(LanternError):
    """Kafka lost the end of a log: what stands at an offset that was passed is another record than the one passed."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A partition of a topic; a topic that was deleted and made again under its name has another id."""

    topic_id: UUID
    partition: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a partition was read; `passed_at_ms` tells the record before `next_offset`, if one is known."""

    next_offset: int = 0
    passed_at_ms: int | None = None

    def contradicted_by(self, record: Stands) -> bool:
        """Whether a record before `next_offset` shows that the log is not the one that was read.

        Kafka's times go up with its offsets, but for a clock that is put back: the record itself is known by its own.
        """
        if self.passed_at_ms is None or record.offset >= self.next_offset:
            return False
        if record.offset == self.next_offset - 1:
            return record.timestamp != self.passed_at_ms
        return record.timestamp > self.passed_at_ms

    def lost_before(self, first: Stands) -> bool:
        """The same of the first record that comes when a partition is read from the one before `next_offset`.

        One that stands lower came because the log ends below; one that stands higher, because it begins above.
        """
        return first.offset < self.next_offset - 1 or self.contradicted_by(first)


@dataclass(frozen=True, slots=True)
class Hole:
    """Offsets that never came, from `first_missing` to before `next_seen`."""

    place: Place
    first_missing: int
    next_seen: int


def judge(expected: int, offset: int) -> Verdict:
    """Tell a record that was passed before from the next one and from one before which others are missing."""
    if offset < expected:
        return Verdict.REPLAY
    return Verdict.NEXT if offset == expected else Verdict.HOLE


def fresh(expected: int, records: Sequence[OffsetT]) -> Sequence[OffsetT]:
    """Leave out what was passed before; `records` come in the order of their offsets."""
    passed = sum(judge(expected, record.offset) is Verdict.REPLAY for record in records)
    return records[passed:]


def holes(place: Place, expected: int, records: Sequence[HasOffset]) -> list[Hole]:
    """Name what is missing before and between fresh records."""
    found = []
    for record in records:
        if judge(expected, record.offset) is Verdict.HOLE:
            found.append(Hole(place, expected, record.offset))
        expected = record.offset + 1
    return found


async def admit(
    connection: Connection, batch: Mapping[Place, Sequence[RecordT]]
) -> tuple[dict[Place, Sequence[RecordT]], list[Hole]]:
    """Let through what was not passed before, and move the positions behind it; for use inside one transaction.

    The positions stay locked until that transaction ends. Holes are kept in their table; the caller counts them.

    Raises:
        LogWasCut: what would be passed over as read before never was; whoever settles anew reads it.
    """
    marks = await _hold(connection, sorted(batch))
    admitted = {place: _unread(marks[place], records) for place, records in batch.items()}
    found = [hole for place, records in admitted.items() for hole in holes(place, marks[place].next_offset, records)]
    reached = {place: records[-1] for place, records in admitted.items() if records}
    await _advance(connection, {place: Mark(last.offset + 1, last.timestamp) for place, last in reached.items()})
    await _keep(connection, found)
    return admitted, found


async def pass_over(connection: Connection, gone: Mapping[Place, int]) -> None:
    """Move behind what Kafka holds no more, up to these offsets, and keep that it never came; in one transaction."""
    marks = await _hold(connection, sorted(gone))
    found = [
        Hole(place, marks[place].next_offset, end) for place, end in gone.items() if marks[place].next_offset < end
    ]
    await _advance(connection, {hole.place: Mark(hole.next_seen) for hole in found})
    await _keep(connection, found)


async def go_back(connection: Connection, place: Place, seen: Mark, begin: int) -> bool:
    """Read a partition again from `begin`; gives False, and does nothing, where it was read on or back since `seen`."""
    cursor = await connection.execute(
        """UPDATE positions SET next_offset = %s, passed_at_ms = NULL
           WHERE (topic_id, partition, next_offset) = (%s, %s, %s) AND passed_at_ms IS NOT DISTINCT FROM %s""",
        [begin, place.topic_id, place.partition, seen.next_offset, seen.passed_at_ms],
    )
    return bool(cursor.rowcount)


async def positions(connection: Connection) -> dict[Place, int]:
    """Tell the next offset of every partition that was ever read."""
    return {place: mark.next_offset for place, mark in (await marks(connection)).items()}


async def marks(connection: Connection) -> dict[Place, Mark]:
    """The same, each with what tells the record before it."""
    question = "SELECT topic_id, partition, next_offset, passed_at_ms FROM positions"
    cursor = await connection.execute(question, binary=True)
    return {Place(topic_id, partition): Mark(*mark) for topic_id, partition, *mark in await cursor.fetchall()}


def _unread(mark: Mark, records: Sequence[RecordT]) -> Sequence[RecordT]:
    unread = fresh(mark.next_offset, records)
    passed = len(records) - len(unread)
    if passed and mark.contradicted_by(records[passed - 1]):
        raise LogWasCut
    return unread


async def _hold(connection: Connection, places: Sequence[Place]) -> dict[Place, Mark]:
    held = await _lock(connection, places)
    if len(held) == len(places):
        return held
    await connection.execute(
        """INSERT INTO positions (topic_id, partition, next_offset)
           SELECT *, 0 FROM unnest(%b::uuid[], %b::int[]) ON CONFLICT DO NOTHING""",
        _columns(places),
    )
    return await _lock(connection, places)


async def _lock(connection: Connection, places: Sequence[Place]) -> dict[Place, Mark]:
    cursor = await connection.execute(
        """SELECT topic_id, partition, next_offset, passed_at_ms FROM positions
           WHERE (topic_id, partition) IN (SELECT * FROM unnest(%b::uuid[], %b::int[]))
           ORDER BY topic_id, partition FOR UPDATE""",
        _columns(places),
        binary=True,
    )
    return {Place(topic_id, partition): Mark(*mark) for topic_id, partition, *mark in await cursor.fetchall()}


def _columns(places: Collection[Place]) -> list[object]:
    return [[place.topic_id for place in places], [place.partition for place in places]]


async def _advance(connection: Connection, reached: Mapping[Place, Mark]) -> None:
    offsets = [mark.next_offset for mark in reached.values()]
    passed = [mark.passed_at_ms for mark in reached.values()]
    await connection.execute(
        """UPDATE positions SET next_offset = reached.next_offset, passed_at_ms = reached.passed_at_ms
           FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::bigint[])
               AS reached (topic_id, partition, next_offset, passed_at_ms)
           WHERE (positions.topic_id, positions.partition) = (reached.topic_id, reached.partition)""",
        [*_columns(reached), offsets, passed],
    )


async def _keep(connection: Connection, found: Sequence[Hole]) -> None:
    for hole in found:
        await connection.execute(
            """INSERT INTO holes (topic_id, partition, first_missing, next_seen)
               VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [hole.place.topic_id, hole.place.partition, hole.first_missing, hole.next_seen],
        )
