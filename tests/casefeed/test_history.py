"""What is asked of the latest alone takes no longer after years: no statement reads what came before."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import pytest
from psycopg import sql

from services.casefeed.counting import HOW_SOON, OF_WEEKS
from services.casefeed.live import BEFORE
from services.casefeed.nrm import REFERRALS
from services.casefeed.sight import Sight
from services.runtime.database import Connection, Database, connect
from tests.plans import handled, parts

LATEST, YEARS = 500, 20_000
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_FILL: LiteralString = """
    INSERT INTO entries
    SELECT decode(lpad(to_hex(number), 32, '0'), 'hex'), decode(lpad(to_hex(number % 100), 32, '0'), 'hex'),
           'ReferralMade', 'police', at, 'instant', at, repeat('f', 600)::bytea
    FROM generate_series(1, %(many)s) AS number
    CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - (%(many)s - number) * interval '1 hour') AS made (at);
    INSERT INTO assignments SELECT DISTINCT subject_id, 1, subject_id, %(now)s::timestamptz FROM entries;
    INSERT INTO feed
    SELECT row_number() OVER (ORDER BY known_at), event_id, subject_id, 'open', type, sector, occurred_at, precision,
           known_at
    FROM entries;
    ANALYZE"""
_SINCE = {"since": NOW - timedelta(hours=LATEST), "until": NOW}


@pytest.fixture
async def filled(tables: Database) -> AsyncIterator[Connection]:
    """Two years, an event an hour."""
    async with await connect(tables) as connection:
        filling = sql.SQL(_FILL.replace("%(many)s", "{many}").replace("%(now)s", "{now}"))
        await connection.execute(filling.format(many=YEARS, now=NOW), prepare=False)
        yield connection


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (OF_WEEKS, _SINCE),
        (HOW_SOON, _SINCE),
        (REFERRALS, {**Sight(every=True).asked, "at_most": LATEST}),
    ],
    ids=["statistics of weeks", "how soon is shared", "referrals"],
)
async def test_what_is_asked_of_the_latest_is_answered_without_a_look_at_the_years_before(
    filled: Connection, question: LiteralString, asked: Mapping[str, object]
) -> None:
    found = await filled.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", asked)
    assert most_read(await found.fetchone()) <= LATEST + 1


async def test_where_a_watcher_begins_is_found_without_a_look_at_the_years_before_whenever_it_is_asked(
    filled: Connection,
) -> None:
    """A plan for any time that may be asked for is what PostgreSQL keeps from the sixth question on."""
    await filled.execute("SET plan_cache_mode = force_generic_plan")
    await filled.execute(f"PREPARE begins (timestamptz) AS {BEFORE.replace('%s', '$1')}")
    asked = sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE begins ({})").format(_SINCE["since"])
    assert most_read(await (await filled.execute(asked)).fetchone()) <= LATEST + 1


def most_read(row: tuple[Any, ...] | None) -> int:
    """So many events a part of the plan reads, at the most."""
    assert row is not None
    looked_through = (part for part in parts(row[0][0]["Plan"]) if part.get("Relation Name") in {"entries", "feed"})
    return max(map(handled, looked_through))
