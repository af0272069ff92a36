"""The page of an agency's rota: a calendar, duty handed over, and forms that keep what was typed."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import httpx
import pytest
import pytest_asyncio

from services.casefeed.duty import Member, Shift
from services.casefeed.pages.rota import days, override
from services.core.rights import PersonRole
from services.runtime.signin.doorkeeper import csrf_of
from services.wire.avro import Schemas
from tests.casefeed.house import URL, House, house
from tests.casefeed.on_call import COLLEAGUE, NOT_STAFF, OFFER, STRANGER
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

DANA = Member("d" * 32, "Dana Invented")
FORM = {"person": COLLEAGUE, "start": "2026-11-28T22:00", "end": "2026-11-29T09:00", "level": "1"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas) as open_house:
        yield open_house


async def sent(home: House, role: PersonRole, path: str, form: dict[str, str]) -> httpx.Response:
    """What a form of the page is answered with."""
    client = await home.enter(role)
    data = {"csrf": csrf_of(client.cookies[home.door.cookie]), **form}
    return await client.post(path, data=data, headers={"origin": URL})


async def shown(home: House, role: PersonRole) -> str:
    return (await (await home.enter(role)).get("/rota")).text


async def test_the_calendar_names_who_is_on_duty_and_who_stands_behind(home: House) -> None:
    page = await shown(home, PersonRole.CLINICIAN)
    assert "<strong>Dana Invented</strong>" in page
    assert "Behind, first: Robin Invented" in page
    assert "no way to reach them is known" in page


async def test_who_is_on_duty_hands_over_and_who_keeps_the_rota_overrides(home: House) -> None:
    asked = {role: await shown(home, role) for role in (PersonRole.POLICE_OFFICER, PersonRole.COORDINATOR)}
    forms = {role: ("Offer all that is left" in page, "Put on duty" in page) for role, page in asked.items()}
    assert forms == {PersonRole.POLICE_OFFICER: (True, False), PersonRole.COORDINATOR: (False, True)}


async def test_duty_that_is_offered_is_accepted(home: House) -> None:
    assert "Duty is offered to you by" in await shown(home, PersonRole.POLICE_OFFICER)
    taken = await sent(home, PersonRole.POLICE_OFFICER, f"/rota/offers/{OFFER}/accept", {})
    assert (taken.status_code, taken.headers["location"]) == (303, "/rota")
    assert "Duty is offered to you by" not in await shown(home, PersonRole.POLICE_OFFICER)


async def test_who_has_offered_their_duty_sees_that_they_have_and_can_take_it_back(home: House) -> None:
    await sent(home, PersonRole.POLICE_OFFICER, "/rota/offers", {"to": COLLEAGUE})
    page = await shown(home, PersonRole.POLICE_OFFICER)
    assert "You are on duty until they accept." in page
    assert "Offer all that is left" not in page
    (back,) = re.findall('action="(/rota/offers/[0-9a-f]+/withdraw)"', page)
    await sent(home, PersonRole.POLICE_OFFICER, back, {})
    assert "Offer all that is left" in await shown(home, PersonRole.POLICE_OFFICER)


@pytest.mark.parametrize(
    ("to", "told"), [(STRANGER, NOT_STAFF.split("'")[0]), ("", "Choose the colleague to whom you offer your duty.")]
)
async def test_an_offer_that_was_not_taken_is_told(home: House, to: str, told: str) -> None:
    assert told in (await sent(home, PersonRole.POLICE_OFFICER, "/rota/offers", {"to": to})).text


async def test_an_override_that_was_taken_leads_back_to_the_rota(home: House) -> None:
    taken = await sent(home, PersonRole.COORDINATOR, "/rota", FORM)
    assert (taken.status_code, taken.headers["location"]) == (303, "/rota")


async def test_an_override_that_was_not_taken_keeps_what_was_typed_and_says_why(home: House) -> None:
    backwards = {**FORM, "start": FORM["end"], "end": FORM["start"], "replace": "true"}
    page = (await sent(home, PersonRole.COORDINATOR, "/rota", backwards)).text
    assert "It must end after it begins." in page
    assert all(f'value="{typed}"' in page for typed in (FORM["start"], FORM["end"]))
    assert set(re.findall(r'<option value="(\w+)" selected>', page)) == {COLLEAGUE, "1"}
    assert 'value="true" checked' in page


async def test_what_on_call_says_of_a_refusal_is_told_line_by_line(home: House) -> None:
    page = (await sent(home, PersonRole.COORDINATOR, "/rota", {**FORM, "person": STRANGER})).text
    assert '<p class="govuk-body" lang="en">The rota was not published; version 1 still counts.</p>' in page


async def test_that_on_call_does_not_answer_is_told_and_no_form_is_shown(home: House) -> None:
    home.on_call.state.away = True
    try:
        page = await shown(home, PersonRole.COORDINATOR)
    finally:
        home.on_call.state.away = False
    assert "On-call does not answer this page now" in page
    assert "Put on duty" not in page


@pytest_asyncio.fixture(loop_scope="module")
async def run_out(home: House) -> AsyncIterator[House]:
    """The rota of the police has run out, which leaves its last person on duty."""
    home.on_call.state.desk.has_run_out = True
    yield home
    home.on_call.state.desk.has_run_out = False


async def test_who_is_still_on_duty_because_the_rota_has_run_out_is_told_so(run_out: House) -> None:
    page = await shown(run_out, PersonRole.POLICE_OFFICER)
    assert "You are still on duty" in page
    assert "You are not on duty now" not in page
    assert "Offer all that is left" not in page


async def test_the_page_names_who_is_still_on_duty_because_the_rota_has_run_out(run_out: House) -> None:
    page = await shown(run_out, PersonRole.POLICE_OFFICER)
    assert "whoever was so last: <strong>Dana Invented</strong>" in page
    assert "No rota of your agency counts now" not in page


@pytest.mark.parametrize(
    "left",
    [{"person": ""}, {"start": ""}, {"end": "tomorrow"}, {"level": "3"}, {"level": ""}, {"start": "2026-11-28T22:00Z"}],
)
async def test_an_override_that_leaves_something_out_is_not_asked_of_on_call(left: dict[str, str]) -> None:
    assert override(FORM) is not None
    assert override({**FORM, **left}) is None


async def test_a_shift_stands_in_each_of_its_days_with_the_hours_that_it_has_there() -> None:
    shift = Shift(0, datetime(2026, 11, 28, 22, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC), DANA)
    drawn = days([shift], datetime(2026, 11, 27, 12, tzinfo=UTC))
    hours = [(day.day, one.since, one.until) for day, stretches in drawn for one in stretches]
    assert hours == [(28, time(22), None), (29, None, None), (30, None, time(9))]


async def test_a_shift_that_ends_at_midnight_is_not_in_the_next_day() -> None:
    shift = Shift(0, datetime(2026, 11, 28, 9, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC), DANA)
    assert [day.day for day, _ in days([shift], datetime(2026, 11, 28, 12, tzinfo=UTC))] == [28]


async def test_a_shift_over_the_night_when_clocks_change_keeps_its_hours_on_the_wall() -> None:
    shift = Shift(0, datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 9, tzinfo=UTC), DANA)
    drawn = days([shift], datetime(2026, 10, 24, 12, tzinfo=UTC))
    hours = [(day.day, one.since, one.until) for day, stretches in drawn for one in stretches]
    assert hours == [(24, time(22), None), (25, None, time(9))]
