"""The latest of what was said, as the feed's page shows it: under the rights of now, whatever was seen when it came."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from services.casefeed.reading import FEED_BY_NOW, IN_SIGHT, said_of_child
from services.casefeed.sight import SEEN, Sight
from services.casefeed.views import View
from services.core.case import CaseStatus
from services.core.codes import Precision, Role, Sector
from services.core.facts import Fact
from services.core.ids import CaseId, EventId
from services.runtime.database import Connection
from services.wire.avro import Schemas

LOOKED_THROUGH = 5_000
"""So far back of where it begins a page looks for what its reader sees; the next page goes on from there."""

_RECENT: LiteralString = f"""
    SELECT feed.sequence, coalesce(now_of.case_id, feed.case_id), feed.event_id, feed.type, feed.sector,
           feed.occurred_at, feed.precision, feed.known_at, coalesce(cases.status, feed.status), held.frame
    FROM {FEED_BY_NOW}
    WHERE feed.sequence > %(after)s AND feed.sequence < %(before)s
      AND (%(sector)s::text IS NULL OR feed.sector = %(sector)s)
      AND (%(type)s::text IS NULL OR feed.type = %(type)s)
      AND (%(status)s::text IS NULL OR coalesce(cases.status, feed.status) = %(status)s)
      AND CASE WHEN held.event_id IS NULL THEN {SEEN} ELSE {IN_SIGHT} END
    ORDER BY feed.sequence DESC LIMIT %(at_most)s"""  # noqa: S608 - written here, in reading.py and in sight.py


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of the feed is asked for; None: all of it. Numbers are of the feed, and belong to neither end."""

    sector: Sector | None = None
    type: str | None = None
    status: CaseStatus | None = None
    after: int | None = None
    before: int | None = None


class FeedRow(View):
    """One event with what it says; `role` and `fact` are None for what is said of a decision at the vault."""

    sequence: int
    case_id: CaseId
    event_id: EventId
    type: str
    sector: Sector
    role: Role | None
    occurred_at: datetime | None
    precision: Precision
    known_at: datetime
    status: CaseStatus
    names: tuple[str, ...]
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class Recent:
    """Rows, the latest first; the page after this one begins before `earlier` (None: there is nothing before it).

    `reached` is the number up to which everything in sight is shown.
    """

    rows: tuple[FeedRow, ...]
    earlier: int | None
    reached: int


async def recent(connection: Connection, schemas: Schemas, sight: Sight, sought: Sought, at_most: int) -> Recent:
    """A page of what is in sight, the latest first."""
    head = await _head(connection)
    before = min(sought.before if sought.before is not None else head + 1, head + 1)
    after = sought.after if sought.after is not None else max(0, before - 1 - LOOKED_THROUGH)
    asked = {"sector": sought.sector, "type": sought.type, "status": sought.status, "at_most": at_most}
    found = await connection.execute(_RECENT, {**sight.asked, **asked, "after": after, "before": before}, binary=True)
    rows = tuple(_row(schemas, *row) for row in await found.fetchall())
    earlier = rows[-1].sequence if len(rows) == at_most else after + 1
    return Recent(rows, earlier if earlier > 1 else None, head)


async def _head(connection: Connection) -> int:
    row = await (await connection.execute("SELECT sequence FROM feed_head")).fetchone()
    return int(row[0]) if row else 0


def _row(  # noqa: PLR0913, PLR0917 - the columns of a row
    schemas: Schemas,
    sequence: int,
    case_id: bytes,
    event_id: bytes,
    kind: str,
    sector: str,
    occurred_at: datetime | None,
    precision: str,
    known_at: datetime,
    status: str,
    frame: bytes | None,
) -> FeedRow:
    fact, role, names = _said(schemas, frame, known_at) if frame else (None, None, ())
    return FeedRow(
        sequence=sequence,
        case_id=CaseId(case_id.hex()),
        event_id=EventId(event_id.hex()),
        type=kind,
        sector=Sector(sector),
        role=role,
        occurred_at=occurred_at,
        precision=Precision(precision),
        known_at=known_at,
        status=CaseStatus(status),
        names=names,
        fact=fact,
    )


def _said(schemas: Schemas, frame: bytes, known_at: datetime) -> tuple[Fact, Role, tuple[str, ...]]:
    entry, claims = said_of_child(schemas, frame, known_at, None)
    return entry.fact, entry.role, tuple(dict.fromkeys(one.text for one in claims.names))
