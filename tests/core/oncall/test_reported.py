"""One more report to an alert of no episode calls whoever owes it nothing, and nobody twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.codes import Sector
from services.core.ids import FactId
from services.core.oncall.alert import Alert, Outcome, reported
from services.core.oncall.alerts import AlertKind, AlertReason, Happening, Severity, State, Why
from services.core.oncall.calls import Call, again, answered, opened, over
from tests.builders import START, an_id

POLICE, COUNCIL, HEALTH = Sector.POLICE, Sector.LOCAL_AUTHORITY, Sector.HEALTH
SAID = AlertKind.UNREADABLE, State.OPEN, Why.CANNOT_BE_READ, Severity.HIGH, (AlertReason.UNREADABLE_REPORT,)
OPEN = Alert(FactId(an_id(1)), None, *SAID, START, START)
CLOSED = replace(OPEN, state=State.CLOSED, ended_at=START)
NOW = START + timedelta(hours=1)
NEW = replace(OPEN, published_at=NOW, opened_at=NOW)
OWED = {agency: opened(agency, Severity.HIGH, START) for agency in (POLICE, COUNCIL)}
READ = {agency: over(call) for agency, call in OWED.items()}


def told(alert: Alert | None, calls: dict[Sector, Call], *agencies: Sector) -> Outcome | None:
    return reported(NEW, alert, calls, agencies or (POLICE, COUNCIL))


def test_the_first_report_opens_an_alert_in_its_first_round() -> None:
    calls = tuple(opened(agency, Severity.HIGH, NOW) for agency in (POLICE, COUNCIL))
    assert told(None, {}) == Outcome(NEW, calls, Happening.OPENED)


def test_a_report_to_an_alert_that_has_ended_opens_it_again_in_a_new_round() -> None:
    calls = tuple(again(call, NOW) for call in READ.values())
    assert told(CLOSED, READ) == Outcome(NEW, calls, Happening.OPENED_AGAIN)


def test_a_report_to_an_open_alert_calls_whoever_has_read_the_one_before() -> None:
    calls = {POLICE: READ[POLICE], COUNCIL: OWED[COUNCIL]}
    assert told(OPEN, calls) == Outcome(OPEN, (again(READ[POLICE], NOW),), Happening.CHANGED)


def test_a_report_to_an_open_alert_calls_whoever_was_not_called_before() -> None:
    first = opened(HEALTH, Severity.HIGH, NOW)
    assert told(OPEN, OWED, POLICE, HEALTH) == Outcome(OPEN, (first,), Happening.CHANGED)


@pytest.mark.parametrize("police", [OWED[POLICE], answered(OWED[POLICE], NOW + timedelta(hours=1))])
def test_whoever_owes_an_open_alert_an_answer_or_a_check_is_not_called_anew(police: Call) -> None:
    assert told(OPEN, {**OWED, POLICE: police}) is None


@pytest.mark.parametrize("police", [OWED[POLICE], answered(OWED[POLICE], NOW + timedelta(hours=1))])
def test_what_was_owed_to_an_alert_that_has_ended_keeps_nobody_from_being_called(police: Call) -> None:
    found = told(CLOSED, {**READ, POLICE: police})
    assert found is not None
    assert found.calls == (again(police, NOW), again(READ[COUNCIL], NOW))
