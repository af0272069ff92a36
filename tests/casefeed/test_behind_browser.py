"""The live page in a real browser where what a bell rang for does not come: it says so, and gets it all the same."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from services.wire.avro import Schemas
from tests.browser import PATIENCE_MS
from tests.casefeed.histories import FOUND, HISTORY
from tests.casefeed.house import House, house
from tests.casefeed.test_browser import HOST, come, come_to_the_feed, news, visit_of
from tests.free_ports import free_base
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    url = f"http://{HOST}:{free_base()}"
    async with house(postgres.database("casefeed"), schemas, HISTORY, FOUND, url) as open_house:
        yield open_house


async def not_now(asked: Route) -> None:
    await asked.fulfill(status=503)


async def broken_off(asked: Route) -> None:
    await asked.abort("connectionreset")


async def unanswered(_: Route) -> None:
    """It is asked, and neither answered nor broken off."""


@pytest.mark.parametrize(("number", "fails"), [*enumerate((not_now, broken_off, unanswered), 1)])
async def test_a_page_that_could_not_ask_for_what_is_new_is_not_live_and_asks_again_until_it_has_it(
    home: House, chromium: Browser, number: int, fails: Callable[[Route], Awaitable[None]]
) -> None:
    async with visit_of(home, chromium) as visit:
        await come_to_the_feed(visit)
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        await visit.page.route("**/feed/entries**", fails, times=1)
        await home.say(news(number))
        await expect(visit.page.locator("[data-live-state=lost]")).to_be_visible(timeout=PATIENCE_MS)
        await come(visit, number)
        await expect(visit.page.locator("[data-live-state=live]")).to_be_visible()
        visit.wrongs.clear()  # that it failed is in the console too
