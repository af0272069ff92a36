"""What the statistics count: never what fewer than eight children did, however often it was said of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.casefeed.counting import Counts, count
from services.core.codes import MissingKind, Precision
from services.core.facts import ChildMissing
from services.wire.avro import Schemas
from tests.builders import entry
from tests.casefeed.house import house
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


def missing(number: int, child: int) -> Update:
    said = entry(ChildMissing(MissingKind.MISSING), event=number, subject=child, occurred_at=YESTERDAY, recorded_at=NOW)
    said = replace(said, precision=Precision.INSTANT)
    return Update(child, number, NOW, subjects=[(child, 1)], new=[said])


async def counted(postgres: SecuredPostgres, schemas: Schemas, *updates: Update) -> Counts:
    async with house(postgres.database("casefeed"), schemas, updates) as home:
        return await home.session.run(lambda connection: count(connection, NOW))


async def test_what_was_said_eight_times_of_one_child_is_not_counted(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    counts = await counted(postgres, schemas, *(missing(number, 1) for number in range(1, 9)))
    assert {week.missing for week in counts.weeks} == {None}


async def test_how_soon_one_child_was_shared_is_not_told(postgres: SecuredPostgres, schemas: Schemas) -> None:
    counts = await counted(postgres, schemas, *(missing(number, 1) for number in range(1, 9)))
    assert {one.median for one in counts.shared} == {None}


async def test_records_that_are_one_child_are_one(postgres: SecuredPostgres, schemas: Schemas) -> None:
    records = range(1, 9)
    joined = Update(1, 20, NOW, subjects=[(record, 2) for record in records])
    counts = await counted(postgres, schemas, *(missing(number, number) for number in records), joined)
    assert {week.missing for week in counts.weeks} == {None}


async def test_what_was_said_of_eight_children_is_counted_each_time(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    said = [missing(number, number % 8 + 1) for number in range(1, 17)]
    counts = await counted(postgres, schemas, *said)
    assert ({week.missing for week in counts.weeks}, {one.median for one in counts.shared}) == (
        {None, 15},
        {None, timedelta(days=1)},
    )
