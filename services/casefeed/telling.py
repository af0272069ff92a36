"""Numbers events for the live feed; a commit rings the bell for those who follow it."""

from collections.abc import Sequence
from typing import LiteralString

from services.casefeed.handlers import NewEntry
from services.core.ids import CaseId, EventId, SubjectId
from services.runtime.database import Connection, ask

BELL = "casefeed"
"""The channel on which PostgreSQL rings."""

ENDED = "ended"
"""What it rings with when a session has ended: somebody may watch no longer."""

_AT_ONCE = 1_000
_TELL: LiteralString = """
    WITH ended AS (UPDATE feed_head SET sequence = sequence + %s RETURNING sequence),
    told AS (
        INSERT INTO feed (sequence, event_id, case_id, status, type, sector, occurred_at, precision, known_at)
        SELECT ended.sequence - count(*) OVER () + place, event_id, case_id, status, type, sector, occurred_at,
               precision, known_at
        FROM ended, unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[],
                           %b::timestamptz[], %b::text[], %b::timestamptz[]) WITH ORDINALITY
            AS given (event_id, case_id, status, type, sector, occurred_at, precision, known_at, place))
    SELECT pg_notify('casefeed', '')"""


async def tell(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """End the feed with these entries: its head stays locked until the commit, so numbers are gapless and in order."""
    if not entries:
        return
    await ask(connection, (_TELL, [len(entries), *(list(column) for column in zip(*map(_row, entries), strict=True))]))


async def untold(connection: Connection) -> list[NewEntry]:
    """Some of the entries that are not in the feed, in the order in which the hub held them."""
    found = await connection.execute(
        """SELECT event_id, subject_id, case_id, cases.status, type, sector, occurred_at, precision,
                  entries.known_at, frame
           FROM entries
           JOIN (SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
                 ORDER BY subject_id, version DESC) AS held USING (subject_id)
           JOIN cases USING (case_id)
           WHERE NOT EXISTS (SELECT FROM feed WHERE feed.event_id = entries.event_id)
           ORDER BY entries.known_at, event_id LIMIT %s""",
        [_AT_ONCE],
        binary=True,
    )
    return [
        NewEntry(EventId(event.hex()), SubjectId(subject.hex()), CaseId(case.hex()), status, kind, *said)
        for event, subject, case, status, kind, *said in await found.fetchall()
    ]


def _row(entry: NewEntry) -> tuple[object, ...]:
    return (
        bytes.fromhex(entry.event_id),
        bytes.fromhex(entry.case_id),
        entry.status,
        entry.type,
        entry.sector,
        entry.occurred_at,
        entry.precision,
        entry.known_at,
    )
