"""Counts for everybody: never of fewer than eight children, always to the nearest five (design section 6.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import LiteralString

from services.core.codes import Sector
from services.runtime.database import Connection

FEWEST = 8
NEAREST = 5
WEEKS = 12

_CHILDREN: LiteralString = """
    SELECT count(DISTINCT coalesce((
        SELECT case_id FROM assignments AS now_of
        WHERE now_of.subject_id = record ORDER BY version DESC LIMIT 1), record))
    FROM unnest(records) AS record"""
"""How many children these records are of, by the links of now."""
OF_WEEKS: LiteralString = f"""
    SELECT week, type, said, ({_CHILDREN}) FROM (
        SELECT date_trunc('week', occurred_at AT TIME ZONE 'Europe/London')::date AS week, type, count(*) AS said,
               array_agg(DISTINCT subject_id) AS records
        FROM entries
        WHERE type IN ('ReferralMade', 'ChildMissing') AND occurred_at >= %(since)s AND occurred_at < %(until)s
        GROUP BY 1, 2) AS weekly"""  # noqa: S608 - written here
HOW_SOON: LiteralString = f"""
    SELECT sector, median, ({_CHILDREN}) FROM (
        SELECT sector, array_agg(DISTINCT subject_id) AS records,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM known_at - occurred_at)) AS median
        FROM entries WHERE precision = 'instant' AND occurred_at >= %(since)s AND known_at >= occurred_at
        GROUP BY sector) AS shared"""  # noqa: S608 - written here


@dataclass(frozen=True, slots=True)
class Week:
    """One week, from its Monday; None: of fewer than eight children."""

    monday: date
    referrals: int | None
    missing: int | None


@dataclass(frozen=True, slots=True)
class Shared:
    """How long after it happened half of what a sector said was known here; None: of fewer than eight children."""

    sector: Sector
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What the statistics page shows."""

    weeks: Sequence[Week]
    shared: Sequence[Shared]


def public(count: int) -> int | None:
    """A count as it may be told to anybody."""
    return None if count < FEWEST else round(count / NEAREST) * NEAREST


async def count(connection: Connection, now: datetime) -> Counts:
    """Referrals and missing episodes of the last twelve weeks, and how soon each sector shares."""
    first = _monday(now.date()) - timedelta(weeks=WEEKS - 1)
    since = datetime.combine(first, datetime.min.time(), now.tzinfo)
    rows = await connection.execute(OF_WEEKS, {"since": since, "until": now})
    weekly = {(week, kind): said for week, kind, said, children in await rows.fetchall() if children >= FEWEST}
    shared = await connection.execute(HOW_SOON, {"since": since})
    medians = {sector: median for sector, median, children in await shared.fetchall() if children >= FEWEST}
    return Counts(
        [_week(first + timedelta(weeks=number), weekly) for number in range(WEEKS)],
        [Shared(sector, _to_minutes(medians.get(sector.value))) for sector in Sector],
    )


def _week(monday: date, weekly: dict[tuple[date, str], int]) -> Week:
    referrals, missing = (weekly.get((monday, kind), 0) for kind in ("ReferralMade", "ChildMissing"))
    return Week(monday, public(referrals), public(missing))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _to_minutes(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(minutes=round(float(seconds) / 60))
