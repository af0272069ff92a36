"""The page of who is on call names a child as every other page does: by the case, where the reader sees it."""

import re

import pytest

from services.core.codes import MissingKind
from services.core.errors import Unavailable
from services.core.facts import ChildMissing
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


async def test_an_agency_whose_rota_has_run_out_has_somebody_on_duty(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    async with house(postgres.database("casefeed"), schemas, []) as home:
        home.on_call.state.desk.has_run_out = True
        shown = (await (await home.enter(PersonRole.DUTY_OFFICER)).get("/oncall")).text
    of_ukba = shown.rpartition(">UKBA<")[2].partition(">Health<")[0]
    assert "The rota has run out" in of_ukba
    assert "Nobody" not in of_ukba


@pytest.mark.parametrize("path", ["/oncall", "/missing"])
async def test_an_answer_whose_next_check_has_lapsed_is_not_shown_as_one(
    postgres: SecuredPostgres, schemas: Schemas, path: str
) -> None:
    async with house(postgres.database("casefeed"), schemas, HISTORY) as home:
        home.on_call.state.desk.alert["calls"][0]["answer"] = "search_begun"
        shown = (await (await home.enter(PersonRole.COORDINATOR)).get(path)).text
    assert "Police: <strong>must answer again</strong>, said before: search begun" in shown
