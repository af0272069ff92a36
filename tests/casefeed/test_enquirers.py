"""An adult who asks for a child is found by their handle, under the rights of who asks, under whichever child."""

from collections.abc import Sequence

import pytest

from services.casefeed.enquirers import Enquirer, find_enquirer, list_enquiries
from services.casefeed.handlers import Projection, merged, read
from services.casefeed.ladders import ladder_view
from services.casefeed.reading import AmbiguousId
from services.casefeed.sight import Sight
from services.casefeed.writing import write
from services.core.codes import Finding, MissingKind, Sector, YesNo
from services.core.facts import ChildMissing, EnquirerInterviewed, IdentityChecked, KinshipClaimed
from services.core.ids import CaseId
from services.core.ladder import Rung
from services.runtime.database import Connection, Session
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update

ONE, TWO = CaseId(an_id(1)), CaseId(an_id(2))
ADULT, ANOTHER, OFFICER = "a1" * 16, "a2" * 16, an_id(8)
EVERYTHING, FIRST, NOTHING = Sight(every=True), Sight(own=frozenset({ONE})), Sight()

CLAIMED = entry(KinshipClaimed(ADULT), event=1, subject=1, occurred_at=day(1))
CLAIMED_TWICE = entry(KinshipClaimed(ADULT), event=2, subject=2, occurred_at=day(2))
REFUTED = entry(
    IdentityChecked(ADULT, OFFICER, Finding.REFUTED), event=3, subject=2, occurred_at=day(3), sector=Sector.POLICE
)
INTERVIEWED = entry(EnquirerInterviewed(ADULT, OFFICER, completed=YesNo.YES), event=4, subject=1, occurred_at=day(4))
ANOTHERS = entry(KinshipClaimed(ANOTHER), event=5, subject=2, occurred_at=day(5))
MISSING = entry(ChildMissing(MissingKind.MISSING), event=6, subject=1, occurred_at=day(6))

UPDATES = (
    Update(1, subjects=[(1, 1)], new=[CLAIMED, INTERVIEWED, MISSING], said_again=[(1, day(7))]),
    Update(2, subjects=[(2, 1)], new=[CLAIMED_TWICE, REFUTED, ANOTHERS]),
)


@pytest.fixture
async def told(session: Session, schemas: Schemas) -> Session:
    projections = [read(schemas, update.frame(schemas)) for update in UPDATES]
    await save(session, projections)
    return session


async def save(session: Session, projections: Sequence[Projection]) -> None:
    async def work(connection: Connection) -> None:
        await write(connection, merged(projections))

    await session.run(work)


async def found(session: Session, schemas: Schemas, digits: str, sees: Sight = EVERYTHING) -> Enquirer | None:
    return await session.run(lambda connection: find_enquirer(connection, schemas, sees, digits))


async def listed(session: Session, schemas: Schemas, sees: Sight, skip: int = 0, at_most: int = 9) -> list[str]:
    found = await session.run(lambda connection: list_enquiries(connection, schemas, sees, skip, at_most))
    return [one.enquirer for one in found.enquiries]


async def test_adults_are_listed_the_latest_approach_first_and_page_by_page(told: Session, schemas: Schemas) -> None:
    assert await listed(told, schemas, EVERYTHING) == [ANOTHER, ADULT]
    assert await listed(told, schemas, EVERYTHING, skip=1, at_most=1) == [ADULT]


async def test_only_an_approach_that_is_in_sight_is_listed(told: Session, schemas: Schemas) -> None:
    assert await listed(told, schemas, FIRST) == [ADULT]
    assert await listed(told, schemas, NOTHING) == []


async def test_everything_said_of_an_adult_is_found_under_every_child(told: Session, schemas: Schemas) -> None:
    adult = await found(told, schemas, ADULT)
    assert adult is not None
    assert {one.event_id for one in adult.everything} == {an_id(number) for number in (1, 2, 3, 4)}
    assert {one.case_id for one in adult.seen} == set(adult.cases) == {ONE, TWO}


async def test_what_is_said_of_them_under_a_child_out_of_sight_is_not_shown(told: Session, schemas: Schemas) -> None:
    adult = await found(told, schemas, ADULT, FIRST)
    assert adult is not None
    assert {one.entry.event_id for one in adult.seen} == {an_id(1), an_id(4)}
    assert set(adult.cases) == {ONE}


async def test_what_speaks_against_them_counts_under_whichever_child_it_was_said(
    told: Session, schemas: Schemas
) -> None:
    adult = await found(told, schemas, ADULT, FIRST)
    assert adult is not None
    child = adult.cases[ONE]
    assert ladder_view(ONE, child.subjects, child.said, ADULT, day(30)).adverse == 1


async def test_a_ladder_says_what_is_missing_next(told: Session, schemas: Schemas) -> None:
    adult = await found(told, schemas, ADULT)
    assert adult is not None
    child = adult.cases[ONE]
    view = ladder_view(ONE, child.subjects, child.said, ADULT, day(30))
    assert (view.missing_next, view.assessment, len(view.rungs)) == (Rung.INTERVIEW, None, len(Rung))


async def test_an_adult_out_of_sight_is_as_unknown_as_one_who_is_not(told: Session, schemas: Schemas) -> None:
    assert await found(told, schemas, ANOTHER, FIRST) is None
    assert await found(told, schemas, "b" * 32, FIRST) is None


async def test_the_first_digits_are_enough_unless_they_begin_anothers_in_sight(told: Session, schemas: Schemas) -> None:
    adult = await found(told, schemas, "a1a1a1")
    assert adult is not None
    assert adult.enquirer == ADULT
    with pytest.raises(AmbiguousId):
        await found(told, schemas, "a")
    assert await found(told, schemas, "a", FIRST) is not None


async def test_a_record_that_moved_to_another_case_is_shown_there(told: Session, schemas: Schemas) -> None:
    moved = Update(1, 2, day(9), subjects=[(2, 2)])
    await save(told, [read(schemas, moved.frame(schemas))])
    adult = await found(told, schemas, ADULT)
    assert adult is not None
    assert set(adult.cases) == {ONE}
    assert adult.cases[ONE].subjects == {an_id(1), an_id(2)}


async def test_telling_it_again_changes_nothing(told: Session, schemas: Schemas) -> None:
    before = await found(told, schemas, ADULT)
    await save(told, [read(schemas, update.frame(schemas)) for update in UPDATES])
    after = await found(told, schemas, ADULT)
    assert before is not None
    assert after is not None
    assert {one.event_id for one in before.everything} == {one.event_id for one in after.everything}
