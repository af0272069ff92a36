"""What was heard of a child under a record that is found to be theirs later."""

from typing import Any

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing, Sighting
from services.core.ids import SubjectId
from services.core.oncall.alerts import AlertKind, State
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_BODY, said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import COUNCIL, MISSING, POLICE, answer, shown

ELSEWHERE = SubjectId(an_id(2))
SEEN = said(Sighting(None), 3, 400.05, subject=ELSEWHERE, sector=Sector.HEALTH)


async def missing_and_answered(oncall: OnCall) -> None:
    await oncall.assign(an_id(1), an_id(1))
    await oncall.hear(MISSING)
    await answer(oncall, COUNCIL)
    oncall.post.sent.clear()


def sightings(oncall: OnCall) -> list[str]:
    return [page.recipient for _, page, _ in oncall.post.sent if page.kind is AlertKind.SIGHTING]


async def test_a_sighting_under_a_record_that_is_linked_afterwards_pages_the_owner_then(oncall: OnCall) -> None:
    await missing_and_answered(oncall)
    await oncall.hear(SEEN)
    assert sightings(oncall) == []
    await oncall.assign(an_id(1), an_id(2), more=[SEEN])
    assert sightings(oncall) == [OFFICERS[COUNCIL][0]]


async def test_an_ending_that_ends_nothing_pages_the_owner_once_its_record_is_linked(oncall: OnCall) -> None:
    await missing_and_answered(oncall)
    found = said(ChildFound(None, FoundHow.RECORDED_BY_AUTHORITY), 3, 400.05, subject=ELSEWHERE, org=ANOTHER_BODY)
    await oncall.hear(found)
    await oncall.assign(an_id(1), an_id(2), more=[found])
    assert sightings(oncall) == [OFFICERS[COUNCIL][0]]


async def test_a_sighting_of_before_the_child_went_missing_pages_nobody_when_its_record_is_linked(
    oncall: OnCall,
) -> None:
    await missing_and_answered(oncall)
    before = said(Sighting(None), 3, 390, subject=ELSEWHERE, sector=Sector.HEALTH)
    await oncall.hear(before)
    await oncall.assign(an_id(1), an_id(2), more=[before])
    assert sightings(oncall) == []


async def test_the_owner_is_paged_once_of_a_sighting_however_often_its_record_is_linked(oncall: OnCall) -> None:
    await missing_and_answered(oncall)
    await oncall.hear(SEEN)
    for version, case in enumerate([1, 2, 1], start=1):
        await oncall.assign(an_id(case), an_id(2), version=version)
    assert sightings(oncall) == [OFFICERS[COUNCIL][0]]


async def test_a_child_who_is_found_by_another_report_is_told_to_the_owner_of_one_that_stays_open(
    oncall: OnCall,
) -> None:
    await oncall.assign(an_id(1), an_id(1), an_id(2))
    other: dict[str, Any] = {"subject": ELSEWHERE, "sector": POLICE, "org": ANOTHER_BODY}
    twice = said(ChildMissing(MissingKind.MISSING), 6, 399.95, **other)
    await oncall.hear(MISSING, twice)
    await answer(oncall, COUNCIL)
    oncall.post.sent.clear()
    await oncall.hear(said(ChildFound(twice.event.head.fact_id, FoundHow.SEEN_IN_PERSON), 8, 400.1, **other))
    assert ((await shown(oncall)).state, sightings(oncall)) == (State.OPEN, [OFFICERS[COUNCIL][0]])
