"""Every alert is on one page of the list, however many there are and whatever came together."""

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing
from services.core.ids import FactId, SubjectId
from services.core.rights import PersonRole
from services.oncall.views import AlertList, Place, list_alerts, place_of
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import OnCall, officer

CHILDREN = 7
COORDINATOR = replace(officer(Sector.LOCAL_AUTHORITY), role=PersonRole.COORDINATOR)
places = st.builds(Place, st.datetimes(timezones=st.just(UTC)), st.binary(min_size=16, max_size=16).map(bytes.hex))


async def page(oncall: OnCall, after: str | None, most: int) -> AlertList:
    place = place_of(after) if after else None
    return await oncall.session.run(
        lambda connection: list_alerts(connection, COORDINATOR, everything=False, after=place, most=most)
    )


async def listed(oncall: OnCall, most: int) -> list[FactId]:
    found, last = [], await page(oncall, None, most)
    while last.next:
        found += last.alerts
        last = await page(oncall, last.next, most)
    return [alert.alert_id for alert in (*found, *last.alerts)]


async def test_every_alert_is_listed_once_whatever_the_size_of_a_page(oncall: OnCall) -> None:
    for number in range(1, CHILDREN + 1):
        child = said(ChildMissing(MissingKind.MISSING), number, 399.9, subject=SubjectId(an_id(number)))
        await oncall.hear(child, looking=False)
        oncall.clock.goes_on(seconds=number // 3)
    whole = await listed(oncall, 100)
    assert len(set(whole)) == len(whole) == CHILDREN
    for most in (1, 2, CHILDREN, CHILDREN + 1):
        assert await listed(oncall, most) == whole


@given(places)
def test_a_place_is_read_as_it_was_told(place: Place) -> None:
    assert place_of(str(place)) == place


@pytest.mark.parametrize("text", ["x", ",", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z,'; DROP", f"x,{an_id(1)}"])
def test_what_is_no_place_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        place_of(text)
