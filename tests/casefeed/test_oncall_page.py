"""The page of who is on call names a child as every other page does: by the case, where the reader sees it."""

import re

import pytest

from services.casefeed.oncall import Alert, Call
from services.casefeed.pages.oncall import Board, turn
from services.core.codes import MissingKind, Sector
from services.core.errors import Unavailable
from services.core.facts import ChildMissing
from services.core.oncall.alerts import Answer, Severity
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.histories import HISTORY, MISSING
from tests.casefeed.house import House, house
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

JOINED = 0x0F << 120
"""The case that the record of the alert belongs to by now."""
_GONE = entry(ChildMissing(MissingKind.MISSING), event=0x1001, subject=JOINED, occurred_at=day(1))
LATER = Update(JOINED, 1, day(5), subjects=[(JOINED, 1), (MISSING, 2)], new=[_GONE])


async def named(home: House, role: PersonRole) -> list[tuple[str, str]]:
    """What the alerts' children are called, and where their links lead."""
    shown = (await (await home.enter(role)).get("/oncall")).text
    return re.findall(r'(Case|Record) <a class="govuk-link" href="/cases/([0-9a-f]{32})">', shown)


def alert(number: int, severity: Severity, answer: Answer | None = None) -> Alert:
    """One that the police must answer, opened so many days after the first."""
    call = Call(Sector.POLICE, None, answer, None)
    return Alert(an_id(number), None, "missing", "open", severity, [], day(number), None, [call])


def test_every_alert_is_on_one_page_of_the_board() -> None:
    alerts = [alert(number, Severity.HIGH) for number in range(1, 121)]
    pages = [Board(), Board(), Board()]
    for board, skip in zip(pages, (0, 50, 100), strict=True):
        turn(board, alerts, Sector.POLICE, skip)
    assert [one.alert_id for board in pages for one in board.alerts] == [one.alert_id for one in alerts]
    assert [(board.total, board.more) for board in pages] == [(120, 50), (120, 100), (120, None)]


@pytest.mark.parametrize("skip", [50, 51, 100, 10**9])
def test_where_there_are_no_longer_so_many_alerts_the_last_page_is_shown(skip: int) -> None:
    board = Board()
    turn(board, [alert(number, Severity.HIGH) for number in range(1, 51)], Sector.POLICE, skip)
    assert (len(board.alerts), board.skip, board.more) == (50, 0, None)


def test_what_awaits_the_reader_s_agency_stands_before_what_is_answered_and_the_gravest_before_the_rest() -> None:
    answered = alert(1, Severity.CRITICAL, Answer.SEARCH_BEGUN)
    later, high, critical = alert(4, Severity.HIGH), alert(2, Severity.HIGH), alert(3, Severity.CRITICAL)
    board = Board()
    turn(board, [answered, later, high, critical], Sector.POLICE, 0)
    assert board.alerts == [critical, high, later, answered]


@pytest.mark.parametrize("role", [PersonRole.DUTY_OFFICER, PersonRole.POLICE_OFFICER])
async def test_a_child_is_called_by_the_case(postgres: SecuredPostgres, schemas: Schemas, role: PersonRole) -> None:
    async with house(postgres.database("casefeed"), schemas, [*HISTORY, LATER]) as home:
        assert await named(home, role) == [("Case", an_id(JOINED))]


async def test_where_the_tables_do_not_know_the_record_the_alert_is_shown_all_the_same(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    async with house(postgres.database("casefeed"), schemas, []) as home:
        assert await named(home, PersonRole.DUTY_OFFICER) == [("Record", an_id(MISSING))]


async def test_where_the_cases_cannot_be_looked_up_the_alert_is_shown_all_the_same(
    postgres: SecuredPostgres, schemas: Schemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr("services.casefeed.pages.oncall.cases_of", broken)
    async with house(postgres.database("casefeed"), schemas, HISTORY) as home:
        assert await named(home, PersonRole.DUTY_OFFICER) == [("Record", an_id(MISSING))]
