"""Numbers events for the live feed; a commit rings the bell for those who follow it."""

from collections.abc import Sequence

from services.casefeed.handlers import NewEntry
from services.runtime.database import Connection, write_rows

BELL = "casefeed"
"""The channel on which PostgreSQL rings."""


async def tell(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """End the feed with these entries: its head stays locked until the commit, so numbers are gapless and in order."""
    if not entries:
        return
    cursor = await connection.execute(
        "UPDATE feed_head SET sequence = sequence + %s RETURNING sequence", [len(entries)]
    )
    (head,) = await cursor.fetchone() or (0,)
    await write_rows(
        connection,
        """INSERT INTO feed (sequence, event_id, case_id, status, type, sector, occurred_at, precision, known_at)
           SELECT * FROM unnest(%b::bigint[], %b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[],
                                %b::timestamptz[], %b::text[], %b::timestamptz[])""",
        [_row(number, entry) for number, entry in enumerate(entries, head - len(entries) + 1)],
    )
    await connection.execute("SELECT pg_notify(%s, '')", [BELL])


def _row(number: int, entry: NewEntry) -> tuple[object, ...]:
    return (
        number,
        bytes.fromhex(entry.event_id),
        bytes.fromhex(entry.case_id),
        entry.status,
        entry.type,
        entry.sector,
        entry.occurred_at,
        entry.precision,
        entry.known_at,
    )
