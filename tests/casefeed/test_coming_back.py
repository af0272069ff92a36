"""Who comes back to an earlier place of the feed is shown what they may see by now, not what they might have then."""

import time

from services.casefeed.live import items_again
from services.casefeed.sight import Sight
from services.casefeed.watching import Eyes
from services.core.facts import PlacementEnded, PlacementStarted
from services.core.rights import PersonRole
from services.runtime.database import Session
from services.wire.avro import Schemas
from tests.builders import day, entry
from tests.casefeed.test_sight import MISSING, ONE, ONES, OTHER, PLACED, TWO, TWOS, WORKER, cases, given, save, seen
from tests.casefeed.updates import Update

__all__ = ["cases"]  # the fixture


async def shown(session: Session, sees: Sight) -> list[tuple[str, str]]:
    async def ask() -> Sight:
        return sees

    items = await session.run(lambda connection: items_again(connection, 0))
    return [(item.case_id, item.type) for item in await Eyes(ask, time.monotonic).show(items) or ()]


async def test_what_was_said_of_a_record_that_was_parted_is_shown_to_who_sees_its_case_of_now(
    cases: Session, schemas: Schemas
) -> None:
    moved = entry(PlacementEnded(), event=20, subject=TWOS)
    joined = Update(ONES, 3, day(3), subjects=[(TWOS, 3)], timeline=[MISSING, PLACED], new=[moved])
    parted = Update(TWOS, 4, day(4), subjects=[(TWOS, 4)], timeline=[PLACED, moved])
    given_since = Update(ONES, 5, day(5), timeline=[MISSING], new=[given(WORKER, 10, 5)])
    for update in (joined, parted, given_since):
        await save(cases, schemas, update)
    worker = await seen(cases, PersonRole.SOCIAL_WORKER)
    assert {case for case, _ in await shown(cases, worker)} == {ONE}
    assert (TWO, "PlacementEnded") in await shown(cases, await seen(cases, PersonRole.COORDINATOR))


async def test_of_a_child_who_is_no_longer_missing_an_officer_is_shown_nothing_that_came_before(
    cases: Session, schemas: Schemas
) -> None:
    moved, placed = (
        entry(PlacementEnded(), event=21, subject=ONES),
        entry(PlacementStarted(), event=22, subject=ONES),
    )
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=[moved]))
    officer = await seen(cases, PersonRole.DUTY_OFFICER, OTHER)
    assert (ONE, "PlacementEnded") in await shown(cases, officer)
    await save(cases, schemas, Update(ONES, 3, day(3), timeline=[moved], new=[placed]))
    assert await shown(cases, await seen(cases, PersonRole.DUTY_OFFICER, OTHER)) == []
