"""A decision on two records in a real browser: pressed, sent, and shown as decided once the agency has said it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from services.core.rights import PersonRole
from services.runtime.signin.doorkeeper import STEP_UP
from services.wire.avro import Schemas
from tests.browser import Visit, visiting
from tests.builders import an_id
from tests.casefeed.house import House, house
from tests.casefeed.test_browser import HOST, enter, reached
from tests.casefeed.test_deciding import heard
from tests.casefeed.test_links import pair, propose
from tests.free_ports import free_base
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    url = f"http://{HOST}:{free_base()}"
    async with house(postgres.database("casefeed"), schemas, url=url) as open_house:
        yield open_house


async def pressed(visit: Visit, home: House, numbers: int) -> tuple[int, int]:
    """Somebody accepts two records, and says more than the list of reasons has."""
    one, other = await pair(home, numbers)
    await propose(home, one, other)
    await visit.go(f"/links/{an_id(one)}/{an_id(other)}")
    form = visit.page.get_by_role("form", name="Accept: one child")
    await form.get_by_label("Why").select_option("documents_compared")
    await form.get_by_text("Say more, in words").click()
    await form.get_by_label("What you know").fill("She told me so.")
    await form.get_by_role("button").click()
    return one, other


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_what_was_pressed_is_sent_and_shown_as_decided_when_it_was_said(
    home: House, chromium: Browser, *, scripts: bool
) -> None:
    async with reached(home), visiting(chromium, home.door.settings.public_url, scripts=scripts) as visit:
        await enter(visit, home, PersonRole.COORDINATOR)
        one, other = await pressed(visit, home, 1 + scripts)
        await expect(visit.page.get_by_text("Sent to your agency at")).to_be_visible()
        faults = await visit.faults()
        [said] = [part["document"] for part in home.listening.heard()[-1]["record"]["documents"]]
        await heard(home, one, other, said)
        if not scripts:
            await visit.page.get_by_role("link", name="Look whether it has").click()
        await expect(visit.page.get_by_text("Your agency has said what you decided: one child.")).to_be_visible()
        await expect(visit.page.get_by_role("form", name="Undo what joined them")).to_be_visible()
        faults += await visit.faults()
        await visit.page.goto("about:blank")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_what_was_not_taken_is_told_and_what_was_typed_is_still_there(
    home: House, chromium: Browser, *, scripts: bool
) -> None:
    home.listening.away = True
    async with reached(home), visiting(chromium, home.door.settings.public_url, scripts=scripts) as visit:
        await enter(visit, home, PersonRole.COORDINATOR)
        await pressed(visit, home, 3 + scripts)
        home.listening.away = False
        await expect(visit.page.get_by_text("The hub did not confirm that it has your decision.")).to_be_visible()
        form = visit.page.get_by_role("form", name="Accept: one child")
        await expect(form.get_by_label("What you know")).to_have_value("She told me so.")
        await expect(form.get_by_label("Why")).to_have_value("documents_compared")
        faults = await visit.faults()
        await form.get_by_role("button").click()
        await expect(visit.page.get_by_text("Sent to your agency at")).to_be_visible()
        await visit.page.goto("about:blank")
    assert not faults, "\n".join(faults)


async def test_who_signed_in_a_while_ago_is_led_to_sign_in_again(home: House, chromium: Browser) -> None:
    one, other = await pair(home, 5)
    await propose(home, one, other)
    async with reached(home), visiting(chromium, home.door.settings.public_url) as visit:
        await enter(visit, home, PersonRole.COORDINATOR, ago=2 * STEP_UP)
        await visit.go(f"/links/{an_id(one)}/{an_id(other)}")
        await expect(visit.page.get_by_role("button", name="Sign in again")).to_be_visible()
        faults = await visit.faults()
        await visit.page.goto("about:blank")
    assert not faults, "\n".join(faults)
