"""What the processor of another agency validly signs under a report's own name takes nothing of it away."""

import pytest

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing, ReportWithdrawn, Sighting
from services.core.ids import FactId, SubjectId
from services.core.known import Known
from services.core.oncall.alert_ids import named
from services.core.oncall.alerts import State
from services.oncall.views import show_alert
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_BODY, ONE, said
from tests.oncall.fakes import OnCall, officer
from tests.oncall.test_engine import EPISODE, MISSING, POLICE, shown
from tests.oncall.test_unsigned import unsigned

THEIRS = SubjectId(an_id(9))
FOUND_BEFORE = said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 7, 390, sector=POLICE, org=ANOTHER_BODY)


def apart(subject: SubjectId) -> FactId:
    return named("apart", EPISODE, subject)


async def is_shown(oncall: OnCall, alert: FactId) -> bool:
    return await oncall.session.run(lambda connection: show_alert(connection, officer(POLICE), alert)) is not None


def by_police(fact: object, number: int, on: float, **more: object) -> Known:
    """What another agency signs under the name of EPISODE, later than all else."""
    return said(fact, number, on, of_fact=1, known=400.2, sector=POLICE, org=ANOTHER_BODY, **more)  # type: ignore[arg-type]


HIDING = {
    "a sighting": [by_police(Sighting(None), 8, 399.9)],
    "a withdrawal": [by_police(ReportWithdrawn(), 8, 400.1)],
    "an absence of long ago": [FOUND_BEFORE, by_police(ChildMissing(MissingKind.MISSING), 8, 380)],
}


@pytest.mark.parametrize("words", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("are_first", [False, True])
async def test_a_report_pages_on_whatever_another_agency_says_under_its_name(
    oncall: OnCall, words: list[Known], *, are_first: bool
) -> None:
    for known in [*words, MISSING] if are_first else [MISSING, *words]:
        await oncall.hear(known)
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_pages_on_though_another_child_who_was_found_is_reported_under_its_name(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(by_police(ChildMissing(MissingKind.MISSING), 8, 399.9, subject=THEIRS))
    await oncall.hear(said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 9, 400.3, subject=THEIRS, sector=POLICE))
    assert ((await shown(oncall)).state, (await shown(oncall, apart(THEIRS))).state) == (State.OPEN, State.DEBRIEF)


async def test_a_report_has_an_alert_of_its_own_where_another_child_s_under_its_name_was_heard_first(
    oncall: OnCall,
) -> None:
    await oncall.hear(by_police(ChildMissing(MissingKind.MISSING), 8, 399.9, subject=THEIRS))
    await oncall.hear(MISSING)
    await oncall.hear(said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 9, 400.3, subject=THEIRS, sector=POLICE))
    assert ((await shown(oncall)).state, (await shown(oncall, apart(ONE))).state) == (State.DEBRIEF, State.OPEN)


async def test_both_children_are_missing_who_are_reported_under_one_name_in_one_batch(oncall: OnCall) -> None:
    await oncall.hear(by_police(ChildMissing(MissingKind.MISSING), 8, 399.9, subject=THEIRS), MISSING)
    second = THEIRS if await is_shown(oncall, apart(THEIRS)) else ONE
    assert [(await shown(oncall, alert)).state for alert in (EPISODE, apart(second))] == [State.OPEN] * 2


async def test_a_report_pages_on_though_nobody_signed_that_another_child_who_was_found_bears_its_name(
    oncall: OnCall,
) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 9, 400.3, subject=THEIRS, sector=POLICE))
    forged = said(ChildMissing(MissingKind.MISSING), 8, 399.9, of_fact=1, known=400.4, subject=THEIRS)
    await oncall.take(unsigned(oncall, forged))
    assert (await shown(oncall)).state is State.OPEN


async def test_a_report_that_is_withdrawn_under_another_child_s_name_pages_on(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(said(ReportWithdrawn(), 8, 400.1, of_fact=1, subject=THEIRS, sector=Sector.LOCAL_AUTHORITY))
    assert (await shown(oncall)).state is State.OPEN
