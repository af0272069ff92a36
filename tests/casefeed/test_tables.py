"""What is projected is found again, now and as known at a time, whatever the order of arrival."""

from dataclasses import replace
from functools import partial
from random import Random

import pytest

from services.casefeed.handlers import Projection, merged, read
from services.casefeed.live import before, head, items_after
from services.casefeed.reading import FOREVER, AmbiguousId, BadCursor, digests, find_case, list_cases, read_case
from services.casefeed.sight import Sight
from services.casefeed.telling import tell
from services.casefeed.views import CaseView, case_view
from services.casefeed.writing import write
from services.core.case import CaseStatus, digest
from services.core.codes import FoundHow, MissingKind
from services.core.errors import BrokenRule
from services.core.facts import ChildFound, ChildMissing, PlacementStarted
from services.core.ids import CaseId, SubjectId
from services.runtime.database import Connection, Session
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update, known_at

ONE, TWO = CaseId(an_id(0x11 << 112)), CaseId(an_id(0x22 << 112))
ONES, TWOS = int(ONE, 16), int(TWO, 16)
"""Two records whose ids differ from the first digit on; the first's case takes in the second's on day 3."""

MISSING = known_at(
    entry(ChildMissing(MissingKind.MISSING), event=1, of_fact=9, subject=ONES, occurred_at=day(-5)), day(1)
)
LATER = known_at(entry(ChildMissing(MissingKind.MISSING), event=2, of_fact=9, subject=ONES, recorded_at=day(2)), day(2))
PLACED = known_at(entry(PlacementStarted(), event=3, subject=TWOS, occurred_at=None), day(1))
FOUND = known_at(entry(ChildFound(how=FoundHow.SEEN_IN_PERSON), event=4, subject=TWOS, occurred_at=day(4)), day(4))

HISTORY = (
    Update(ONES, 1, day(1), subjects=[(ONES, 1)], new=[MISSING]),
    Update(TWOS, 2, day(1), subjects=[(TWOS, 2)], new=[PLACED]),
    Update(ONES, 3, day(2), timeline=[MISSING], new=[LATER]),
    Update(ONES, 4, day(3), subjects=[(TWOS, 4)], timeline=[MISSING, LATER, PLACED]),
    Update(TWOS, 4, day(3)),
    Update(ONES, 5, day(4), timeline=[MISSING, LATER, PLACED], new=[FOUND]),
    Update(ONES, 6, day(5), timeline=[LATER, PLACED, FOUND], said_again=[(1, day(5))]),
)

EVERYTHING = Sight(every=True)


@pytest.fixture
def history(schemas: Schemas) -> list[Projection]:
    return [read(schemas, update.frame(schemas)) for update in HISTORY]


async def save(session: Session, *projections: Projection) -> None:
    async def work(connection: Connection) -> None:
        await tell(connection, await write(connection, merged(projections)))

    await session.run(work)


async def shown(
    session: Session, schemas: Schemas, subject: CaseId, on: int | None = None, sees: Sight = EVERYTHING
) -> CaseView | None:
    known_by = FOREVER if on is None else day(on)

    async def look(connection: Connection) -> CaseView | None:
        case_id = await find_case(connection, sees, subject, known_by)
        if case_id is None:
            return None
        known = await read_case(connection, schemas, sees, case_id, known_by)
        return case_view(known.case_id, known.subjects, known.entries, None)

    return await session.run(look)


async def all_digests(session: Session, schemas: Schemas) -> dict[CaseId, str]:
    async def collect(connection: Connection) -> dict[CaseId, str]:
        return {case_id: found async for case_id, found in digests(connection, schemas)}

    return await session.run(collect)


async def test_a_case_shows_what_was_known_at_a_time_under_the_links_of_that_time(
    session: Session, schemas: Schemas, history: list[Projection]
) -> None:
    await save(session, *history)
    seen = {on: await shown(session, schemas, TWO, on) for on in (0, 1, 3, 4)}
    assert seen[0] is None
    assert [(view.case_id, len(view.subjects), len(view.entries)) for view in seen.values() if view] == [
        (TWO, 1, 1),
        (ONE, 2, 3),
        (ONE, 2, 4),
    ]


async def test_a_correction_is_shown_as_such_from_the_time_at_which_it_was_known(
    session: Session, schemas: Schemas, history: list[Projection]
) -> None:
    await save(session, *history)
    before_it, after_it = await shown(session, schemas, ONE, 1), await shown(session, schemas, ONE, 2)
    assert before_it is not None
    assert after_it is not None
    assert [one.superseded_by for one in before_it.entries] == [None]
    assert [one.superseded_by for one in after_it.entries] == [an_id(2), None]


async def test_what_is_said_again_is_the_latest_word_from_then_on(
    session: Session, schemas: Schemas, history: list[Projection]
) -> None:
    await save(session, *history)
    then, now = await shown(session, schemas, ONE, 4), await shown(session, schemas, ONE)
    assert then is not None
    assert now is not None
    assert {one.event_id for one in then.entries if one.superseded_by} == {an_id(1)}
    assert {one.event_id for one in now.entries if one.superseded_by} == {an_id(2)}


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_and_any_repetition_leave_the_same_cases(
    session: Session, schemas: Schemas, history: list[Projection], seed: int
) -> None:
    shuffled = [*history, *history[:3]]
    Random(seed).shuffle(shuffled)
    for projection in shuffled:
        await save(session, projection)
    entries = [replace(MISSING, recorded_at=day(5)), LATER, PLACED, FOUND]
    expected = digest(ONE, [SubjectId(ONE), SubjectId(TWO)], entries)
    assert await all_digests(session, schemas) == {ONE: expected}


async def test_the_list_and_the_case_tell_the_same_state(
    session: Session, schemas: Schemas, history: list[Projection]
) -> None:
    await save(session, *history)
    (listed,) = (await session.run(lambda c: list_cases(c, EVERYTHING, None, None, 9))).cases
    view = await shown(session, schemas, ONE)
    assert view is not None
    assert listed.state == view.state


async def pages(session: Session, at_most: int) -> list[CaseId]:
    listed: list[CaseId] = []
    cursor: str | None = None
    while True:
        page = await session.run(partial(list_cases, sight=EVERYTHING, status=None, cursor=cursor, at_most=at_most))
        listed += [case.case_id for case in page.cases]
        cursor = page.next
        if cursor is None:
            return listed


async def test_the_list_is_cut_into_pages_without_a_gap_or_a_repeat(session: Session, schemas: Schemas) -> None:
    for number in range(1, 8):
        happened = entry(PlacementStarted(), event=number, subject=number, occurred_at=day(number % 3))
        update = Update(number, subjects=[(number, 1)], new=[happened])
        await save(session, read(schemas, update.frame(schemas)))
    latest_first = sorted(range(1, 8), key=lambda number: (-(number % 3), number))
    assert await pages(session, 3) == [an_id(number) for number in latest_first]


async def test_the_list_can_be_asked_for_one_status(session: Session, history: list[Projection]) -> None:
    await save(session, *history[:2])
    missing = await session.run(lambda c: list_cases(c, EVERYTHING, CaseStatus.MISSING, None, 9))
    assert [case.case_id for case in missing.cases] == [ONE]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "????", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_made_up_cursor_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await session.run(lambda c: list_cases(c, EVERYTHING, None, cursor, 9))


async def test_the_first_digits_of_an_id_are_enough(session: Session, history: list[Projection]) -> None:
    await save(session, *history[:2])
    assert await session.run(lambda c: find_case(c, EVERYTHING, ONE[:6], FOREVER)) == ONE


async def test_digits_that_begin_several_cases_are_refused(session: Session, schemas: Schemas) -> None:
    twins = [Update(n, 1, subjects=[(n, 1)]) for n in (ONES, ONES + 1)]
    await save(session, *(read(schemas, update.frame(schemas)) for update in twins))
    with pytest.raises(AmbiguousId):
        await session.run(lambda c: find_case(c, EVERYTHING, ONE[:6], FOREVER))


async def test_the_feed_numbers_every_event_once_and_without_a_gap(session: Session, history: list[Projection]) -> None:
    for projection in (*history, *history):
        await save(session, projection)
    items = await session.run(lambda c: items_after(c, 0))
    assert [item.sequence for item in items] == [1, 2, 3, 4]
    assert await session.run(head) == 4


async def test_a_transaction_that_fails_leaves_no_gap_in_the_feed(session: Session, history: list[Projection]) -> None:
    async def fail(connection: Connection) -> None:
        await tell(connection, await write(connection, history[0]))
        raise BrokenRule

    with pytest.raises(BrokenRule):
        await session.run(fail)
    await save(session, history[1])
    assert [item.sequence for item in await session.run(lambda c: items_after(c, 0))] == [1]


async def test_a_hole_in_the_feed_is_not_passed_over(session: Session, history: list[Projection]) -> None:
    await save(session, *history)
    await session.run(lambda c: c.execute("DELETE FROM feed WHERE sequence = 2"))
    with pytest.raises(BrokenRule):
        await session.run(lambda c: items_after(c, 0))


@pytest.mark.parametrize(("on", "number"), [(0, 0), (2, 2), (4, 3), (9, 4)])
async def test_a_watch_since_a_time_begins_with_what_was_known_then_or_later(
    session: Session, history: list[Projection], on: int, number: int
) -> None:
    await save(session, *history)
    assert await session.run(lambda c: before(c, day(on))) == number
