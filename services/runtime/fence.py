"""The fence: how far a service has read is kept where its state is kept, and moves in the same transaction.

What Kafka's group remembers is only a hint. A worker that was frozen and wakes late finds its records passed already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

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


class Verdict(StrEnum):
    """What an offset is, seen from the one that was expected."""

    REPLAY = "replay"
    NEXT = "next"
    HOLE = "hole"


class HasOffset(Protocol):
    """A record of Kafka, as far as the fence looks at it."""

    @property
    def offset(self) -> int: ...


RecordT = TypeVar("RecordT", bound=HasOffset)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A partition of a topic; a topic that was deleted and made again under its name has another id."""

    topic_id: UUID
    partition: int


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


def fresh(expected: int, records: Sequence[RecordT]) -> Sequence[RecordT]:
    """Leave out what was passed before; `records` come in the order of their offsets."""
    passed = sum(judge(expected, record.offset) is Verdict.REPLAY for record in records)
    return records[passed:]


def holes(place: Place, expected: int, records: Sequence[RecordT]) -> list[Hole]:
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
    """
    expected = await _hold(connection, sorted(batch))
    admitted = {place: fresh(expected[place], records) for place, records in batch.items()}
    found = [hole for place, records in admitted.items() for hole in holes(place, expected[place], records)]
    await _advance(connection, {place: records[-1].offset + 1 for place, records in admitted.items() if records})
    await _keep(connection, found)
    return admitted, found


async def pass_over(connection: Connection, gone: Mapping[Place, int]) -> None:
    """Move behind what Kafka holds no more, up to these offsets, and keep that it never came; in one transaction."""
    expected = await _hold(connection, sorted(gone))
    found = [Hole(place, expected[place], end) for place, end in gone.items() if expected[place] < end]
    await _advance(connection, {hole.place: hole.next_seen for hole in found})
    await _keep(connection, found)


async def positions(connection: Connection) -> dict[Place, int]:
    """Tell the next offset of every partition that was ever read."""
    cursor = await connection.execute("SELECT topic_id, partition, next_offset FROM positions", binary=True)
    return {Place(topic_id, partition): offset for topic_id, partition, offset in await cursor.fetchall()}


async def _hold(connection: Connection, places: Sequence[Place]) -> dict[Place, int]:
    held = await _lock(connection, places)
    if len(held) == len(places):
        return held
    await connection.execute(
        """INSERT INTO positions (topic_id, partition, next_offset)
           SELECT *, 0 FROM unnest(%b::uuid[], %b::int[]) ON CONFLICT DO NOTHING""",
        _columns(places),
    )
    return await _lock(connection, places)


async def _lock(connection: Connection, places: Sequence[Place]) -> dict[Place, int]:
    cursor = await connection.execute(
        """SELECT topic_id, partition, next_offset FROM positions
           WHERE (topic_id, partition) IN (SELECT * FROM unnest(%b::uuid[], %b::int[]))
           ORDER BY topic_id, partition FOR UPDATE""",
        _columns(places),
        binary=True,
    )
    return {Place(topic_id, partition): offset for topic_id, partition, offset in await cursor.fetchall()}


def _columns(places: Collection[Place]) -> list[object]:
    return [[place.topic_id for place in places], [place.partition for place in places]]


async def _advance(connection: Connection, reached: Mapping[Place, int]) -> None:
    await connection.execute(
        """UPDATE positions SET next_offset = reached.next_offset
           FROM unnest(%b::uuid[], %b::int[], %b::bigint[]) AS reached (topic_id, partition, next_offset)
           WHERE (positions.topic_id, positions.partition) = (reached.topic_id, reached.partition)""",
        [*_columns(reached), list(reached.values())],
    )


async def _keep(connection: Connection, found: Sequence[Hole]) -> None:
    for hole in found:
        await connection.execute(
            """INSERT INTO holes (topic_id, partition, first_missing, next_seen)
               VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [hole.place.topic_id, hole.place.partition, hole.first_missing, hole.next_seen],
        )
