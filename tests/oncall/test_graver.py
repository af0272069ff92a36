"""An alert that becomes graver, or opens again graver than it was, is escalated as fast as it is grave."""

from datetime import timedelta

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing, PlacementThreatSeen
from services.core.known import Known
from services.core.oncall.calls import Status
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import BACK, COUNCIL, MISSING, answer, shown

AWAY = said(ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION), 1, 399.9)
MISSING_AGAIN = said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1)
THREAT = said(PlacementThreatSeen(), 5, 399.95)


def minutes(oncall: OnCall, sector: Sector = COUNCIL) -> list[tuple[float, int]]:
    """When each page to an agency left, in minutes since the test began, and to which level."""
    began = oncall.clock().replace(hour=0, minute=0)
    return [
        ((at - began) / timedelta(minutes=1), OFFICERS[sector].index(page.recipient))
        for at, page, _ in oncall.post.sent
        if page.recipient in OFFICERS[sector]
    ]


async def graver(oncall: OnCall, why: Known = THREAT) -> None:
    await oncall.assign(an_id(1), an_id(1), more=[why])


async def test_who_stands_behind_is_called_sooner_once_an_alert_is_graver(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=2))
    await graver(oncall)
    await oncall.wait(timedelta(minutes=9))
    assert minutes(oncall) == [(0, 0), (5, 1), (10, 2)]


async def test_what_would_have_been_due_by_then_is_due_at_once(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=7))
    await graver(oncall)
    await oncall.wait(timedelta(minutes=4))
    assert minutes(oncall) == [(0, 0), (7, 1), (10, 2)]


async def test_an_alert_that_opens_again_graver_is_escalated_as_fast_as_it_is_grave_now(oncall: OnCall) -> None:
    await oncall.hear(AWAY)
    await oncall.hear(BACK)
    oncall.post.sent.clear()
    await oncall.hear(MISSING_AGAIN)
    await oncall.wait(timedelta(minutes=12))
    assert minutes(oncall) == [(0, 0), (10, 1)]


async def test_who_has_answered_is_not_paged_because_an_alert_is_graver(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await answer(oncall, COUNCIL)
    await graver(oncall)
    [call] = [one for one in (await shown(oncall)).calls if one.agency is COUNCIL]
    assert (call.status, minutes(oncall)) == (Status.ANSWERED, [(0, 0)])
