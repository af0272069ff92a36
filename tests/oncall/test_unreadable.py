"""Reports that nobody can read: each calls every agency that owes it no answer yet, on pages of its own."""

from dataclasses import replace

from services.core.codes import Sector
from services.core.oncall.alerts import Answer, State
from services.core.oncall.answering import Asked, Refusal, Taken
from services.core.oncall.calls import Status
from services.core.rights import Person, PersonRole
from services.oncall.answers import Answers
from services.oncall.views import AlertView, list_alerts
from services.wire.seal import BatchSealer, sealed_record
from services.wire.submissions import NO_SUBMISSION
from services.wire.topics import MISSING_CHILDREN, QUARANTINE
from tests.builders import START, an_id
from tests.oncall.fakes import OFFICERS, OnCall, officer
from tests.vault.edge import PUBLIC, Stored

POLICE, COUNCIL, HEALTH = Sector.POLICE, Sector.LOCAL_AUTHORITY, Sector.HEALTH


def paged(oncall: OnCall) -> set[str]:
    """Who was paged since this was asked before."""
    recipients = set(oncall.post.recipients)
    oncall.post.sent.clear()
    return recipients


def refused(oncall: OnCall, seq: int, agency: Sector = COUNCIL, submission: str = an_id(77)) -> Stored:
    """What a processor keeps of a record of a submission that it could not tell from a missing report."""
    record = {
        "submission_id": submission,
        "source_seq": seq,
        "agency": agency.value,
        "problems": [],
        "unreadable_missing_report": True,
        "recorded_at": START,
        "sealed": sealed_record(BatchSealer(PUBLIC).seal(b"kept", "quarantine", "reference")),
    }
    value = oncall.schemas.encode("Quarantined", record)
    return Stored(0, value, QUARANTINE, submission.encode(), (), round(oncall.clock().timestamp() * 1000))


async def alerts(oncall: OnCall) -> list[AlertView]:
    who = replace(officer(COUNCIL), role=PersonRole.COORDINATOR)
    return (await oncall.session.run(lambda connection: list_alerts(connection, who, everything=True))).alerts


async def the_alert(oncall: OnCall) -> AlertView:
    (alert,) = await alerts(oncall)
    return alert


async def read_by_hand(oncall: OnCall, *agencies: Sector) -> None:
    for agency in agencies:
        assert isinstance(await answered(oncall, officer(agency)), Taken)


async def answered(oncall: OnCall, who: Person) -> Taken | Refusal:
    answers, alert = Answers(oncall.rota, oncall.chronicle), await the_alert(oncall)
    asked = Asked(Answer.REPORT_READ_BY_HAND)
    return await oncall.session.run(
        lambda connection: answers.take(connection, alert.alert_id, asked, who, oncall.clock())
    )


def duty_of(*agencies: Sector) -> set[str]:
    return {OFFICERS[agency][0] for agency in agencies}


async def test_what_cannot_be_read_pages_also_where_its_source_is_a_header_without_a_value(oncall: OnCall) -> None:
    headers: tuple[tuple[str, bytes | None], ...] = (("ce_source", None),)
    await oncall.take(Stored(0, b"rubbish", MISSING_CHILDREN, b"", headers))
    assert paged(oncall) == duty_of(POLICE, COUNCIL)


async def test_a_report_of_a_submission_whose_alert_has_ended_pages_both_at_once_and_under_new_keys(
    oncall: OnCall,
) -> None:
    await oncall.take(refused(oncall, 1))
    await read_by_hand(oncall, POLICE, COUNCIL)
    assert (await the_alert(oncall)).state is State.CLOSED
    spent = {key for _, _, key in oncall.post.sent}
    oncall.clock.goes_on(hours=1)
    await oncall.take(refused(oncall, 2))
    assert {page.recipient for _, page, key in oncall.post.sent if key not in spent} == duty_of(POLICE, COUNCIL)
    assert (await the_alert(oncall)).state is State.OPEN


async def test_who_read_the_first_report_is_paged_for_the_second_while_the_other_agency_still_owes(
    oncall: OnCall,
) -> None:
    await oncall.take(refused(oncall, 1))
    await read_by_hand(oncall, POLICE)
    paged(oncall)
    await oncall.take(refused(oncall, 2))
    assert paged(oncall) == duty_of(POLICE)


async def test_an_alert_ends_when_both_agencies_have_read_the_second_report_too(oncall: OnCall) -> None:
    await oncall.take(refused(oncall, 1))
    await read_by_hand(oncall, POLICE)
    await oncall.take(refused(oncall, 2))
    await read_by_hand(oncall, COUNCIL)
    assert (await the_alert(oncall)).state is State.OPEN
    await read_by_hand(oncall, POLICE)
    assert (await the_alert(oncall)).state is State.CLOSED


async def test_a_second_report_pages_nobody_who_has_not_answered_the_first(oncall: OnCall) -> None:
    await oncall.take(refused(oncall, 1))
    paged(oncall)
    await oncall.take(refused(oncall, 2))
    assert paged(oncall) == set()
    assert {call.status for call in (await the_alert(oncall)).calls} == {Status.OWED}


async def test_whoever_is_on_duty_owns_what_was_opened_again(oncall: OnCall) -> None:
    await oncall.take(refused(oncall, 1))
    await read_by_hand(oncall, COUNCIL, POLICE)
    assert (await the_alert(oncall)).owner == OFFICERS[COUNCIL][0]
    await oncall.take(refused(oncall, 2))
    assert (await the_alert(oncall)).owner == OFFICERS[POLICE][0]


async def test_two_agencies_whose_submissions_have_one_id_have_an_alert_each(oncall: OnCall) -> None:
    await oncall.take(refused(oncall, 1, COUNCIL))
    await oncall.take(refused(oncall, 2, HEALTH))
    called = {frozenset(call.agency for call in alert.calls) for alert in await alerts(oncall)}
    assert called == {frozenset({POLICE, COUNCIL}), frozenset({POLICE, HEALTH})}


async def test_an_agency_whose_record_names_no_submission_is_paged_beside_another_whose_alert_is_open(
    oncall: OnCall,
) -> None:
    await oncall.take(refused(oncall, -1, COUNCIL, NO_SUBMISSION))
    paged(oncall)
    await oncall.take(refused(oncall, -1, HEALTH, NO_SUBMISSION))
    assert paged(oncall) == duty_of(POLICE, HEALTH)


async def test_two_records_of_an_agency_that_name_no_submission_have_an_alert_each(oncall: OnCall) -> None:
    await oncall.take(refused(oncall, -1, COUNCIL, NO_SUBMISSION), refused(oncall, -1, COUNCIL, NO_SUBMISSION))
    assert len(await alerts(oncall)) == 2


async def test_the_records_of_one_submission_of_an_agency_have_one_alert(oncall: OnCall) -> None:
    await oncall.take(*(refused(oncall, number) for number in range(5)))
    assert len(await alerts(oncall)) == 1


async def test_a_refused_record_that_cannot_be_read_itself_may_be_a_missing_report_and_pages(oncall: OnCall) -> None:
    whole = refused(oncall, 1)
    await oncall.take(replace(whole, value=(whole.value or b"")[:-1]))
    await oncall.engine.look()
    assert paged(oncall) == duty_of(POLICE, COUNCIL)
