"""An agency whose call is over is called again as soon as the alert that was opened again concerns it."""

from datetime import timedelta

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing, PlacementThreatSeen, ReportWithdrawn
from services.core.oncall.calls import Status
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import OFFICERS, OnCall
from tests.oncall.test_engine import answer, shown

POLICE, COUNCIL = Sector.POLICE, Sector.LOCAL_AUTHORITY
MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9)
TAKEN_BACK = said(ReportWithdrawn(), 3, 400.1, of_fact=1)
AWAY = said(ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION), 4, 400.2, of_fact=1)
THREAT = said(PlacementThreatSeen(), 5, 400.3)


async def made_again_as_away(oncall: OnCall) -> set[str]:
    """The police are paged, the report is taken back and made again as the council's alone; gives the keys of pages."""
    await oncall.hear(MISSING)
    await oncall.hear(TAKEN_BACK)
    await oncall.hear(AWAY)
    assert {call.agency: call.status for call in (await shown(oncall)).calls}[POLICE] is Status.OVER
    spent = {key for _, _, key in oncall.post.sent}
    oncall.post.sent.clear()
    return spent


async def threatened(oncall: OnCall) -> None:
    await oncall.assign(an_id(1), an_id(1), more=[THREAT])


async def test_an_agency_whose_call_was_over_is_paged_at_once_when_the_alert_concerns_it_again(oncall: OnCall) -> None:
    await made_again_as_away(oncall)
    await threatened(oncall)
    assert OFFICERS[POLICE][0] in oncall.post.recipients


async def test_an_agency_that_is_called_again_is_paged_under_a_key_that_was_never_sent(oncall: OnCall) -> None:
    spent = await made_again_as_away(oncall)
    await threatened(oncall)
    assert spent.isdisjoint(key for _, _, key in oncall.post.sent)


async def test_an_agency_that_is_called_again_is_paged_until_it_answers(oncall: OnCall) -> None:
    await made_again_as_away(oncall)
    await threatened(oncall)
    await oncall.wait(timedelta(minutes=20))
    assert set(OFFICERS[POLICE]) <= set(oncall.post.recipients)
    await answer(oncall, POLICE)
    assert {call.agency: call.status for call in (await shown(oncall)).calls}[POLICE] is Status.ANSWERED


async def test_an_agency_whose_call_is_over_is_left_alone_while_the_alert_does_not_concern_it(oncall: OnCall) -> None:
    await made_again_as_away(oncall)
    await oncall.wait(timedelta(hours=1))
    assert set(oncall.post.recipients) == set(OFFICERS[COUNCIL])
