"""Whom a real return and a broken report page: nobody for what is over, somebody for everything that is not."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.codes import Sector
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, State, Why
from services.core.oncall.answering import Asked, Taken
from services.core.rights import PersonRole
from services.formats.ssda903.tables import TABLES
from services.oncall.answers import Answers
from services.oncall.views import AlertView, list_alerts
from services.runtime.database import Session
from services.wire.avro import Schemas
from tests.formats.agency_forms import form
from tests.leaks.hub import NOW
from tests.oncall.agencies import VERIFIER, Agencies
from tests.oncall.fakes import OFFICERS, officer, on_call
from tests.returns import real_return

POLICE, UKBA, COUNCIL = Sector.POLICE, Sector.UKBA, Sector.LOCAL_AUTHORITY
WENT_ON = {"355937": "01/01/2018", "379328": "29/09/2017"}
"""A child of 2013 with an episode of being missing, and an unaccompanied one of 2009 who was away."""


@pytest.fixture
def agencies(session: Session, schemas: Schemas) -> Agencies:
    return Agencies(schemas, on_call(session, schemas, VERIFIER))


def returned(child: str | None = None, **changes: str) -> list[bytes]:
    """The real return, of the children who were ever missing; one child's last episode reads otherwise."""
    files = real_return()
    ever_missing = {row["CHILD"] for row in files.rows("missing")}
    tables = []
    for table in TABLES:
        rows = [row for row in files.rows(table) if row["CHILD"] in ever_missing]
        if table == "missing" and child is not None:
            [row for row in rows if row["CHILD"] == child][-1].update(changes)
        text = io.StringIO()
        writer = csv.DictWriter(text, files.rows(table)[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        tables.append(text.getvalue().encode())
    return tables


async def alerts(agencies: Agencies) -> list[AlertView]:
    who = replace(officer(COUNCIL), role=PersonRole.COORDINATOR)
    found = await agencies.oncall.session.run(lambda connection: list_alerts(connection, who, everything=True))
    return found.alerts


async def test_a_return_whose_episodes_all_ended_pages_nobody_and_is_on_record(agencies: Agencies) -> None:
    await agencies.send(COUNCIL, *returned())
    assert agencies.oncall.post.sent == []
    assert Counter((one.state, one.why) for one in await alerts(agencies)) == {
        (State.HISTORY, Why.TOLD_AFTER_ITS_END): 43
    }


@pytest.mark.parametrize("child", WENT_ON)
@pytest.mark.parametrize("began", ["as it is", "yesterday"])
async def test_an_episode_of_the_return_that_has_no_end_pages_whoever_it_concerns(
    agencies: Agencies, child: str, began: str
) -> None:
    start = WENT_ON[child] if began == "as it is" else (NOW - timedelta(days=1)).strftime("%d/%m/%Y")
    await agencies.send(COUNCIL, *returned(child, MISSING="M", MIS_START=start, MIS_END=""))
    (alert,) = [one for one in await alerts(agencies) if one.state is State.OPEN]
    expected = {POLICE, COUNCIL} | ({UKBA} if child == "379328" else set())
    assert {call.agency for call in alert.calls} == expected
    assert sorted(agencies.oncall.post.recipients) == sorted(OFFICERS[sector][0] for sector in expected)
    assert (AlertReason.REPORTED_LATE in alert.reasons) is (began == "as it is")


def broken() -> dict[str, bytes]:
    report = form("police-missing-person")
    without = {name: value for name, value in report.items() if name != "reference"}
    return {
        "a field is gone": json.dumps(without).encode(),
        "no json": b"MISSING CHILD REPORT\nSeen last at noon; ask the duty desk.",
        "cut short": json.dumps(report).encode()[:-40],
    }


@pytest.mark.parametrize("kind", broken())
async def test_a_missing_report_that_cannot_be_read_pages_its_agency_and_the_police(
    agencies: Agencies, kind: str
) -> None:
    await agencies.send(POLICE, broken()[kind])
    assert [(page.recipient, page.kind) for _, page, _ in agencies.oncall.post.sent] == [
        (OFFICERS[POLICE][0], AlertKind.UNREADABLE)
    ]


async def test_an_unreadable_report_of_a_council_pages_the_police_too_and_ends_when_both_have_read_it(
    agencies: Agencies,
) -> None:
    await agencies.send(COUNCIL, b"MISSING CHILD REPORT\nSeen last at noon; ask the duty desk.")
    assert sorted(agencies.oncall.post.recipients) == sorted([OFFICERS[POLICE][0], OFFICERS[COUNCIL][0]])
    (alert,) = await alerts(agencies)
    assert (alert.kind, alert.why) == (AlertKind.UNREADABLE, Why.CANNOT_BE_READ)
    for sector in (COUNCIL, POLICE):
        await read_by_hand(agencies, alert, sector)
    (ended,) = await alerts(agencies)
    assert ended.state is State.CLOSED


async def read_by_hand(agencies: Agencies, alert: AlertView, sector: Sector) -> None:
    oncall = agencies.oncall
    answers = Answers(oncall.rota, oncall.chronicle)
    asked = Asked(Answer.REPORT_READ_BY_HAND)
    taken = await oncall.session.run(
        lambda connection: answers.take(connection, alert.alert_id, asked, officer(sector), oncall.clock())
    )
    assert isinstance(taken, Taken)


async def test_a_whole_police_report_pages_as_a_missing_child(agencies: Agencies) -> None:
    report = {**form("police-missing-person"), "found": None}
    await agencies.send(POLICE, json.dumps({key: value for key, value in report.items() if value is not None}).encode())
    told = {page.kind for _, page, _ in agencies.oncall.post.sent}
    assert (AlertKind.MISSING in told, AlertKind.UNREADABLE in told) == (True, False)
