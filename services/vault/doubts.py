"""What could not be read, verified or had from Kafka, for the operator: until it is settled it denies (design 6.3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from services.runtime.database import Connection

_LISTED: LiteralString = """
    SELECT topic_id::text, partition, "offset", reason, encode(subject_id, 'hex'), kept_at FROM dead_letters
    WHERE settled_at IS NULL
    UNION ALL
    SELECT topic_id::text, partition, first_missing, 'never_came', NULL, found_at FROM holes WHERE settled_at IS NULL
    ORDER BY 6, 1, 2, 3 LIMIT 1000"""
_SETTLED: LiteralString = """
    WITH letters AS (
        UPDATE dead_letters SET settled_at = %(now)s WHERE settled_at IS NULL AND kept_at <= %(until)s RETURNING 1
    ), passed AS (
        UPDATE holes SET settled_at = %(now)s WHERE settled_at IS NULL AND found_at <= %(until)s RETURNING 1
    )
    SELECT (SELECT count(*) FROM letters), (SELECT count(*) FROM passed)"""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many records that could not be read, and how many gaps, somebody has looked at."""

    letters: int
    holes: int


async def list_doubts(connection: Connection) -> list[dict[str, Any]]:
    """Where each stands in Kafka, why it is in doubt, and the record it is about, if it says so; the oldest first."""
    names = ("topic_id", "partition", "offset", "reason", "subject_id", "since")
    rows = await (await connection.execute(_LISTED)).fetchall()
    return [dict(zip(names, (*row[:5], row[5].isoformat()), strict=True)) for row in rows]


async def settle(connection: Connection, until: datetime, now: datetime) -> Settled:
    """Note that somebody has looked at everything in doubt by a time; what it said must be said anew to count."""
    cursor = await connection.execute(_SETTLED, {"until": until, "now": now}, binary=True)
    row = await cursor.fetchone()
    return Settled(*row) if row else Settled(0, 0)
