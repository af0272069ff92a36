"""What is not somebody's to see is not there for them: in no list, under no digits, at no time."""

import itertools
import random
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from services.casefeed.handlers import merged, read
from services.casefeed.reading import FOREVER, find_case, list_cases, read_case
from services.casefeed.sight import Sight, sight, sights
from services.casefeed.telling import tell
from services.casefeed.writing import write
from services.core import allocation
from services.core.codes import MissingKind, OrganisationKind, Sector
from services.core.facts import ChildLookedAfter, ChildMissing, PlacementEnded, PlacementStarted, WorkerAllocated
from services.core.ids import CaseId, OrgHandle
from services.core.rights import Person, PersonRole
from services.core.timeline import Entry
from services.runtime.database import Connection, Session
from services.wire.avro import Schemas, load_schemas
from tests.builders import ORG, an_id, day, entry
from tests.casefeed.updates import HOME, Update

ONES, TWOS, THREES = 0x11 << 120, 0x22 << 120, 0x11 << 120 | 5
ONE, TWO, THREE = (CaseId(an_id(number)) for number in (ONES, TWOS, THREES))
WORKER, OTHER = an_id(0xAA), an_id(0xBB)
WORKERS, CASES = tuple(an_id(0xA0 + number) for number in range(5)), 20
COUNCIL = (an_id(9), OrganisationKind.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY)
SCHEMAS = load_schemas(HOME)
OTHER_COUNCIL = OrgHandle(an_id(0xC0))
MISSING = entry(ChildMissing(MissingKind.MISSING), event=1, subject=ONES)
PLACED = entry(PlacementStarted(), event=2, subject=TWOS)
THIRD = entry(PlacementStarted(), event=3, subject=THREES)


def person(role: PersonRole, handle: str = WORKER) -> Person:
    return Person(handle, role, *COUNCIL)


def given(worker: str, event: int, on: int, subject: int = ONES, until: int | None = None) -> Entry:
    """One wording, said on a day, of the fact that somebody was given a case."""
    fact = WorkerAllocated(worker, until=None if until is None else day(until).date())
    return entry(fact, event=event, of_fact=100, subject=subject, recorded_at=day(on), sector=Sector.LOCAL_AUTHORITY)


async def save(session: Session, schemas: Schemas, *updates: Update) -> None:
    async def work(connection: Connection) -> None:
        await tell(connection, await write(connection, merged([read(schemas, one.frame(schemas)) for one in updates])))

    await session.run(work)


@pytest.fixture
async def cases(session: Session, schemas: Schemas) -> Session:
    """Three cases; the child of the first is missing, and it and the third begin with the same digits."""
    await save(
        session,
        schemas,
        Update(ONES, 1, day(1), subjects=[(ONES, 1)], new=[MISSING]),
        Update(TWOS, 1, day(1), subjects=[(TWOS, 1)], new=[PLACED]),
        Update(THREES, 1, day(1), subjects=[(THREES, 1)], new=[THIRD]),
    )
    return session


async def seen(session: Session, role: PersonRole, handle: str = WORKER, on: int = 10) -> Sight:
    return await session.run(lambda connection: sight(connection, SCHEMAS, person(role, handle), day(on)))


async def listed(session: Session, sees: Sight, at_most: int = 9) -> list[CaseId]:
    found = await session.run(lambda connection: list_cases(connection, sees, None, None, at_most))
    return [case.case_id for case in found.cases]


async def found(session: Session, sees: Sight, digits: str) -> CaseId | None:
    return await session.run(lambda connection: find_case(connection, sees, digits, FOREVER))


async def test_a_coordinator_sees_every_case(cases: Session) -> None:
    assert set(await listed(cases, await seen(cases, PersonRole.COORDINATOR))) == {ONE, TWO, THREE}


async def test_who_searches_sees_the_children_who_are_missing(cases: Session) -> None:
    assert await listed(cases, await seen(cases, PersonRole.DUTY_OFFICER)) == [ONE]


@pytest.mark.parametrize("role", [PersonRole.SOCIAL_WORKER, PersonRole.MANAGER, PersonRole.AUDITOR])
async def test_nobody_sees_a_case_that_they_were_not_given(cases: Session, role: PersonRole) -> None:
    sees = await seen(cases, role)
    assert await listed(cases, sees) == []
    assert [await found(cases, sees, case) for case in (ONE, TWO, THREE)] == [None, None, None]


async def test_a_worker_sees_the_case_that_they_were_given(cases: Session, schemas: Schemas) -> None:
    await save(cases, schemas, Update(TWOS, 2, day(2), timeline=[PLACED], new=[given(WORKER, 10, 1, TWOS)]))
    assert await listed(cases, await seen(cases, PersonRole.SOCIAL_WORKER)) == [TWO]
    assert await listed(cases, await seen(cases, PersonRole.SOCIAL_WORKER, OTHER)) == []


async def test_what_others_have_is_not_in_the_way_of_a_few_digits(cases: Session, schemas: Schemas) -> None:
    await save(cases, schemas, Update(THREES, 2, day(2), timeline=[THIRD], new=[given(WORKER, 10, 1, THREES)]))
    assert await found(cases, await seen(cases, PersonRole.SOCIAL_WORKER), THREE[:6]) == THREE


async def test_a_page_holds_as_many_as_were_asked_for_whatever_is_not_seen(cases: Session, schemas: Schemas) -> None:
    await save(cases, schemas, Update(TWOS, 2, day(2), timeline=[PLACED], new=[given(WORKER, 10, 1, TWOS)]))
    sees = replace(await seen(cases, PersonRole.SOCIAL_WORKER), missing=True)
    assert len(await listed(cases, sees, at_most=2)) == 2


async def test_a_case_that_was_given_to_another_is_no_longer_theirs(cases: Session, schemas: Schemas) -> None:
    said = [given(WORKER, 10, 1), given(OTHER, 11, 2)]
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=said))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == frozenset()
    assert (await seen(cases, PersonRole.SOCIAL_WORKER, OTHER)).own == {ONE}


async def test_what_was_said_again_last_holds(cases: Session, schemas: Schemas) -> None:
    said = [given(WORKER, 10, 1), given(OTHER, 11, 2)]
    update = Update(ONES, 2, day(4), timeline=[MISSING], new=said, said_again=[(10, day(3))])
    await save(cases, schemas, update)
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == {ONE}
    assert (await seen(cases, PersonRole.SOCIAL_WORKER, OTHER)).own == frozenset()


async def test_an_allocation_that_was_ended_ends(cases: Session, schemas: Schemas) -> None:
    said = [given(WORKER, 10, 1), given(WORKER, 11, 2, until=5)]
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=said))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER, on=5)).own == {ONE}
    assert (await seen(cases, PersonRole.SOCIAL_WORKER, on=6)).own == frozenset()


async def test_a_case_that_was_joined_to_another_goes_with_it(cases: Session, schemas: Schemas) -> None:
    await save(cases, schemas, Update(TWOS, 2, day(2), timeline=[PLACED], new=[given(WORKER, 10, 1, TWOS)]))
    await save(cases, schemas, Update(ONES, 3, day(3), subjects=[(TWOS, 3)], timeline=[MISSING, PLACED]))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == {ONE}


async def test_a_record_that_was_parted_from_a_case_is_not_shown_as_it_once_was(
    cases: Session, schemas: Schemas
) -> None:
    joined = Update(ONES, 3, day(3), subjects=[(TWOS, 3)], timeline=[MISSING, PLACED], new=[given(WORKER, 10, 1)])
    await save(cases, schemas, joined, Update(TWOS, 4, day(4), subjects=[(TWOS, 4)], timeline=[PLACED]))

    async def then(connection: Connection, sees: Sight) -> set[str]:
        known = await read_case(connection, schemas, sees, ONE, day(3))
        return {one.event_id for one, _ in known.entries}

    worker, coordinator = await seen(cases, PersonRole.SOCIAL_WORKER), await seen(cases, PersonRole.COORDINATOR)
    assert await cases.run(lambda connection: then(connection, worker)) >= {MISSING.event_id}
    assert PLACED.event_id not in await cases.run(lambda connection: then(connection, worker))
    assert PLACED.event_id in await cases.run(lambda connection: then(connection, coordinator))


def looked_after(event: int, on: int, *, by: OrgHandle = ORG) -> Entry:
    """An authority says that it looks after the first child."""
    said = entry(ChildLookedAfter(), event=event, subject=ONES, occurred_at=day(on), recorded_at=day(on))
    return replace(said, sector=Sector.LOCAL_AUTHORITY, org=by)


async def test_another_council_gives_nobody_the_case_of_a_child_whom_it_does_not_look_after(
    cases: Session, schemas: Schemas
) -> None:
    by_another = replace(given(WORKER, 10, 2), org=OTHER_COUNCIL)
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=[looked_after(11, 1), by_another]))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == frozenset()


async def test_the_authority_that_looks_after_the_child_gives_its_case(cases: Session, schemas: Schemas) -> None:
    said = [looked_after(11, 1), given(WORKER, 10, 2)]
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=said))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == {ONE}


async def test_a_case_whose_child_another_authority_looks_after_besides_is_shown_to_neither_ones_workers(
    cases: Session, schemas: Schemas
) -> None:
    said = [looked_after(11, 1), given(WORKER, 10, 2), looked_after(12, 3, by=OTHER_COUNCIL)]
    await save(cases, schemas, Update(ONES, 2, day(3), timeline=[MISSING], new=said))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == frozenset()


def at_random(seed: int) -> list[Update]:
    """Cases that authorities gave to workers and took away again, look after or gave up, of one record or of two."""
    draw, events = random.Random(seed), itertools.count(1)
    updates = []
    for case in range(1, CASES + 1):
        said = [_word(draw, event, subject=case << 120) for event in itertools.islice(events, draw.randint(0, 8))]
        updates.append(Update(case << 120, 1, day(9), subjects=[(case << 120, 1)], new=said))
        if case > 1 and draw.random() < 1 / 3:
            joined = draw.randrange(1, case) << 120
            updates.append(Update(joined, 100 + case, day(9), subjects=[(case << 120, 100 + case)]))
    return updates


def _word(draw: random.Random, event: int, subject: int) -> Entry:
    until = draw.choice([None, None, day(8).date(), day(12).date()])
    given_to = WorkerAllocated(draw.choice(WORKERS), until=until)
    facts: list[WorkerAllocated | ChildLookedAfter | PlacementEnded] = [ChildLookedAfter(), PlacementEnded()]
    fact = draw.choice([given_to] * 3 + facts)
    said = entry(
        fact, event=event, subject=subject, occurred_at=day(draw.randint(1, 12)), recorded_at=day(draw.randint(1, 9)),
        sector=draw.choice([Sector.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY, Sector.POLICE]),
    )  # fmt: skip
    return replace(said, org=draw.choice([ORG, ORG, OTHER_COUNCIL]))


@pytest.mark.parametrize("seed", range(6))
async def test_what_many_see_at_once_is_what_each_of_them_sees_alone(
    session: Session, schemas: Schemas, seed: int
) -> None:
    await save(session, schemas, *at_random(seed))
    people = [person(role, worker) for worker in WORKERS for role in PersonRole]
    together = await session.run(lambda connection: sights(connection, SCHEMAS, people, day(10)))
    alone = {one: await seen(session, one.role, one.handle) for one in people}
    assert together == alone
    assert any(one.own for one in alone.values())


async def test_what_many_see_is_one_question(cases: Session, schemas: Schemas) -> None:
    asked = 0

    class Counting(psycopg.AsyncCursor[Any]):
        async def execute(self, *given: Any, **more: Any) -> "Counting":
            nonlocal asked
            asked += 1
            return await super().execute(*given, **more)

    async def look(connection: Connection) -> None:
        connection.cursor_factory = Counting
        await sights(connection, schemas, [person(PersonRole.SOCIAL_WORKER, an_id(n)) for n in range(198)], day(10))

    await cases.run(look)
    assert asked == 1


async def test_who_is_no_authority_gives_nobody_a_case(cases: Session, schemas: Schemas) -> None:
    by_police = replace(given(WORKER, 10, 2), sector=Sector.POLICE)
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=[by_police]))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == frozenset()


async def test_any_council_would_give_itself_any_case_if_it_did_not_matter_who_gives_it(
    cases: Session, schemas: Schemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_another = replace(given(WORKER, 10, 2), org=OTHER_COUNCIL)
    await save(cases, schemas, Update(ONES, 2, day(2), timeline=[MISSING], new=[looked_after(11, 1), by_another]))
    monkeypatch.setattr(allocation, "responsible_authority", lambda _, working: next(iter(working)))
    assert (await seen(cases, PersonRole.SOCIAL_WORKER)).own == {ONE}
