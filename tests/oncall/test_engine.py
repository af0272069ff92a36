"""Alerts on a real PostgreSQL, in time that the test moves: who is paged when, until when, and who owns what."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.core.codes import FoundHow, MissingKind, Sector
from services.core.facts import ChildFound, ChildMissing, ContingencyPlanFiled, DebriefHeld, ReportWithdrawn, Sighting
from services.core.ids import FactId, SubjectId
from services.core.known import Known
from services.core.oncall.alerts import AlertKind, Answer, Ending, State
from services.core.oncall.answering import Asked, Refusal, Taken
from services.core.rights import PersonRole
from services.oncall.alerts_store import hold_due
from services.oncall.answers import Answers
from services.oncall.views import AlertView, show_alert
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import OFFICERS, OnCall, officer
from tests.vault.messages import stored

POLICE, UKBA, COUNCIL = Sector.POLICE, Sector.UKBA, Sector.LOCAL_AUTHORITY
EPISODE = FactId(an_id(1001))
MISSING = said(ChildMissing(MissingKind.MISSING), 1, 399.9)
BACK = said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 400.1)


def of_another_child(number: int) -> Known:
    return said(ChildMissing(MissingKind.MISSING), 10 + number, 399.9, subject=SubjectId(an_id(number)))


async def shown(oncall: OnCall, episode: FactId = EPISODE) -> AlertView:
    found = await oncall.session.run(lambda connection: show_alert(connection, officer(POLICE), episode))
    assert found is not None
    return found


async def answer(oncall: OnCall, sector: Sector, level: int = 0, **asked: object) -> Taken | Refusal:
    answers = Answers(oncall.rota, oncall.chronicle)
    with_defaults = Asked(**{"answer": Answer.SEARCH_BEGUN, **asked})  # type: ignore[arg-type]
    who = officer(sector, level)
    return await oncall.session.run(
        lambda connection: answers.take(connection, EPISODE, with_defaults, who, oncall.clock())
    )


async def test_the_police_and_the_authority_are_paged_together_and_at_once(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])
    assert {at for at, _, _ in oncall.post.sent} == {oncall.clock()}


async def test_who_stands_behind_is_called_where_nobody_answers(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.wait(timedelta(minutes=20))
    police = [page.recipient for _, page, _ in oncall.post.sent if page.recipient in OFFICERS[POLICE]]
    assert police == list(OFFICERS[POLICE])


async def test_a_child_of_whom_nobody_was_told_goes_before_one_of_whom_they_are_told_again(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    oncall.clock.goes_on(minutes=20)
    await oncall.hear(of_another_child(2), looking=False)
    due = await oncall.session.run(lambda connection: hold_due(connection, oncall.clock(), 2))
    assert [alert.subject_id for alert, _ in due] == [SubjectId(an_id(2))] * 2


async def test_a_rota_is_asked_once_a_look_however_many_children_are_missing(oncall: OnCall) -> None:
    await oncall.hear(MISSING, *(of_another_child(number) for number in range(2, 9)), looking=False)
    oncall.rota.asked = 0
    assert await oncall.engine.look() == 16
    assert oncall.rota.asked == len(Sector)


async def test_the_first_answer_stops_the_escalation_and_not_the_others_pages(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    assert isinstance(await answer(oncall, POLICE), Taken)
    oncall.post.sent.clear()
    await oncall.wait(timedelta(hours=1))
    assert set(oncall.post.recipients) == {OFFICERS[COUNCIL][0]}


async def test_nobody_is_paged_once_every_agency_has_answered_until_a_check_lapses(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    for sector in (POLICE, COUNCIL):
        await answer(oncall, sector, next_check_at=oncall.clock() + timedelta(hours=2))
    oncall.post.sent.clear()
    await oncall.wait(timedelta(hours=2) - timedelta(seconds=1))
    assert oncall.post.sent == []
    await oncall.wait(timedelta(seconds=1))
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])


async def test_the_owner_is_on_duty_before_anybody_answers_and_then_who_answered_first(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    assert (await shown(oncall)).owner == OFFICERS[POLICE][0]
    await answer(oncall, COUNCIL)
    await answer(oncall, POLICE)
    assert (await shown(oncall)).owner == OFFICERS[COUNCIL][0]


async def test_an_episode_whose_end_was_told_first_is_history_and_pages_nobody(oncall: OnCall) -> None:
    await oncall.hear(BACK, MISSING)
    assert (oncall.post.sent, (await shown_to_coordinators(oncall)).state) == ([], State.HISTORY)


async def shown_to_coordinators(oncall: OnCall) -> AlertView:
    who = replace(officer(COUNCIL), role=PersonRole.COORDINATOR)
    found = await oncall.session.run(lambda connection: show_alert(connection, who, EPISODE))
    assert found is not None
    return found


async def test_a_child_who_is_found_ends_the_pages_and_the_authority_owes_a_debrief(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(BACK)
    oncall.post.sent.clear()
    await oncall.wait(timedelta(hours=71), every=timedelta(minutes=30))
    assert oncall.post.sent == []
    await oncall.wait(timedelta(hours=1))
    assert [(page.recipient, page.kind) for _, page, _ in oncall.post.sent] == [
        (OFFICERS[COUNCIL][0], AlertKind.DEBRIEF)
    ]


async def test_a_child_who_was_found_is_heard_by_the_authority_whose_duty_person_owns_it_then(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await answer(oncall, POLICE)
    await oncall.hear(BACK)
    found = await shown(oncall)
    assert (found.state, found.owner, found.owner_agency) == (State.DEBRIEF, OFFICERS[COUNCIL][0], COUNCIL)


async def test_whoever_of_the_authority_owned_it_before_owns_the_debrief(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await answer(oncall, COUNCIL, level=1)
    await oncall.hear(BACK)
    assert (await shown(oncall)).owner == OFFICERS[COUNCIL][1]


async def test_a_sighting_pages_the_owner_and_ends_nothing(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await answer(oncall, COUNCIL)
    oncall.post.sent.clear()
    await oncall.hear(said(Sighting(EPISODE), 3, 400.05, sector=Sector.HEALTH))
    assert [(page.recipient, page.kind) for _, page, _ in oncall.post.sent] == [
        (OFFICERS[COUNCIL][0], AlertKind.SIGHTING)
    ]
    assert (await shown(oncall)).state is State.OPEN


async def test_an_ending_that_nobody_signed_ends_nothing(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.take(stored(oncall.schemas, BACK, by=Sector.HEALTH))
    assert (await shown(oncall)).state is State.OPEN


@pytest.mark.parametrize("number", range(3))
async def test_a_page_that_failed_is_sent_again_under_its_key(oncall: OnCall, number: int) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    for _ in range(number):
        oncall.clock.goes_on(seconds=11)
        await oncall.look()
    oncall.post.broken = False
    oncall.clock.goes_on(seconds=11)
    await oncall.look()
    assert len({key for _, _, key in oncall.post.sent}) == len(oncall.post.sent) == 2


async def test_how_long_a_first_page_took_is_counted_also_where_it_left_at_a_second_try(oncall: OnCall) -> None:
    oncall.post.broken = True
    await oncall.hear(MISSING)
    oncall.post.broken = False
    oncall.clock.goes_on(seconds=11)
    await oncall.look()
    value = oncall.metrics.registry.get_sample_value
    assert value("lantern_time_to_page_seconds_count") == len(oncall.post.sent) == 2
    assert (value("lantern_time_to_page_seconds_sum") or 0) >= 2 * 11


async def test_an_unlinked_record_leaves_its_child_missing_again(oncall: OnCall) -> None:
    elsewhere = said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 5, 400.2, subject=SubjectId(an_id(2)))
    await oncall.assign(an_id(1), an_id(1), an_id(2))
    await oncall.hear(MISSING)
    await oncall.hear(elsewhere)
    assert (await shown(oncall)).state is State.DEBRIEF
    oncall.post.sent.clear()
    await oncall.assign(an_id(2), an_id(2), version=2)
    assert (await shown(oncall)).state is State.OPEN
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])


@pytest.mark.parametrize(
    ("sector", "level", "asked", "refusal"),
    [
        (UKBA, 0, {}, Refusal.OTHER_AGENCY),
        (POLICE, 0, {"answer": Answer.DRILL_ANSWERED}, Refusal.OTHER_ANSWER),
        (POLICE, 0, {"answer": Answer.DEBRIEF_ARRANGED}, Refusal.OTHER_ANSWER),
    ],
)
async def test_an_answer_that_is_not_theirs_to_give_is_refused(
    oncall: OnCall, sector: Sector, level: int, asked: dict[str, object], refusal: Refusal
) -> None:
    await oncall.hear(MISSING)
    assert await answer(oncall, sector, level, **asked) is refusal


async def test_an_answer_given_twice_is_refused_unless_they_say_that_they_looked_again(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await answer(oncall, POLICE)
    assert await answer(oncall, POLICE) is Refusal.ANSWERED_ALREADY
    assert isinstance(await answer(oncall, POLICE, is_check=True), Taken)


async def test_the_debrief_that_was_held_is_the_end(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(BACK)
    await oncall.hear(said(DebriefHeld(EPISODE), 3, 401))
    oncall.post.sent.clear()
    await oncall.wait(timedelta(hours=80), every=timedelta(hours=1))
    assert (oncall.post.sent, (await shown(oncall)).state) == ([], State.CLOSED)


async def test_whom_the_plan_names_later_is_paged_then(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.assign(an_id(1), an_id(1), more=[said(ContingencyPlanFiled((Sector.HEALTH,)), 4, 300)])
    assert OFFICERS[Sector.HEALTH][0] in oncall.post.recipients


def taken_back(number: int, on: float, **by: Any) -> Known:
    """The report of EPISODE taken back, as its own fact."""
    return said(ReportWithdrawn(), number, on, of_fact=1, **by)


async def test_a_report_that_is_taken_back_pages_nobody_more_and_tells_whoever_was_paged(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    oncall.post.sent.clear()
    await oncall.hear(taken_back(3, 400.1))
    told = sorted((page.recipient, page.kind) for _, page, _ in oncall.post.sent)
    assert told == sorted((OFFICERS[agency][0], AlertKind.WITHDRAWN) for agency in (POLICE, COUNCIL))
    oncall.post.sent.clear()
    await oncall.wait(timedelta(hours=12), every=timedelta(minutes=10))
    found = await shown_to_coordinators(oncall)
    assert (oncall.post.sent, found.state, found.ending) == ([], State.CLOSED, Ending.WITHDRAWN)


async def test_a_report_made_again_after_it_was_taken_back_pages_again(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.hear(taken_back(3, 400.1))
    oncall.post.sent.clear()
    await oncall.hear(said(ChildMissing(MissingKind.MISSING), 4, 400.2, of_fact=1))
    assert (await shown(oncall)).state is State.OPEN
    assert sorted(oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])


async def test_a_report_taken_back_before_it_came_is_history(oncall: OnCall) -> None:
    await oncall.hear(taken_back(3, 400.1), MISSING)
    found = await shown_to_coordinators(oncall)
    assert (oncall.post.sent, found.state, found.ending) == ([], State.HISTORY, Ending.WITHDRAWN)


async def test_another_report_of_the_child_stands_when_one_is_taken_back(oncall: OnCall) -> None:
    other = said(ChildMissing(MissingKind.MISSING), 6, 400, subject=SubjectId(an_id(2)), sector=POLICE)
    await oncall.assign(an_id(1), an_id(1), an_id(2))
    await oncall.hear(MISSING, other)
    await oncall.hear(taken_back(3, 400.1))
    who = replace(officer(COUNCIL), role=PersonRole.COORDINATOR)
    found = await oncall.session.run(lambda connection: show_alert(connection, who, other.event.head.fact_id))
    assert found is not None
    assert found.state is State.OPEN


async def test_a_report_that_nobody_signed_away_stands(oncall: OnCall) -> None:
    await oncall.hear(MISSING)
    await oncall.take(stored(oncall.schemas, taken_back(3, 400.1), by=Sector.HEALTH))
    assert (await shown(oncall)).state is State.OPEN
