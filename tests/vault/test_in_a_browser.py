"""Every page of the vault in a real browser: usable by everybody at every width, with scripts or without, and quiet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from services.core.facts import WorkerAllocated
from services.core.gates import ANSWER_WITHIN
from services.core.rights import Person
from services.runtime.signin.doorkeeper import STEP_UP
from services.wire.avro import Schemas
from tests.browser import Visit, visiting
from tests.builders import an_id
from tests.core.enquiries import ONE, said
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.deciding import ADDRESS, COLLEAGUE, COUNCIL, OFFICER
from tests.vault.served import Served, served_vault

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[Served]:
    async with served_vault(postgres, schemas) as running:
        yield running


@asynccontextmanager
async def signed_in(chromium: Browser, site: Served, who: Person, *, scripts: bool = True) -> AsyncIterator[Visit]:
    """A visit to the vault by somebody who has just signed in."""
    async with visiting(chromium, site.url, scripts=scripts) as visit:
        await site.sign_in(visit, who)
        yield visit


async def show_the_location(visit: Visit) -> None:
    await visit.page.get_by_role("checkbox").check()
    await visit.page.get_by_role("button", name="Show the location").click()


async def home(visit: Visit, site: Served) -> str:
    await site.hub.ask()
    await visit.go("/")
    return "Your decisions"


async def home_of_a_colleague(visit: Visit, site: Served) -> str:
    await site.sign_in(visit, COLLEAGUE)
    await visit.go("/")
    return "You have none"


async def own_decision(visit: Visit, site: Served) -> str:
    decision = await site.hub.ask()
    await visit.go(f"/decisions/{decision.asked.decision_id}")
    return "I have made sure"


async def own_decision_too_early(visit: Visit, site: Served) -> str:
    await own_decision(visit, site)
    await show_the_location(visit)
    return "A second person is asked"


async def own_decision_a_while_later(visit: Visit, site: Served) -> str:
    decision = await site.hub.ask()
    site.hub.later(STEP_UP)
    await visit.go(f"/decisions/{decision.asked.decision_id}")
    return "Sign in again"


async def decision_to_second(visit: Visit, site: Served) -> str:
    await site.sign_in(visit, COLLEAGUE)
    decision = await site.hub.ask()
    await visit.go(f"/decisions/{decision.asked.decision_id}")
    return "A colleague needs to see where this child is"


async def decision_to_review(visit: Visit, site: Served) -> str:
    decision = await site.hub.ask()
    await site.hub.tell()
    site.hub.later(ANSWER_WITHIN)
    await site.hub.look(decision)
    await site.sign_in(visit, COLLEAGUE)
    await visit.go(f"/decisions/{decision.asked.decision_id}")
    return "This opened for a colleague alone"


async def location(visit: Visit, site: Served) -> str:
    decision = await site.seconded()
    await visit.go(f"/decisions/{decision.asked.decision_id}")
    await show_the_location(visit)
    return ADDRESS


async def over(visit: Visit, _: Served) -> str:
    await visit.go("/over")
    return "This is over"


async def refused(visit: Visit, _: Served) -> str:
    await visit.go(f"/decisions/{an_id(99)}")
    return "There is nothing here that you may see"


async def directory(visit: Visit, _: Served) -> str:
    await visit.go("/")
    await visit.page.get_by_role("link", name="Directory of offices").click()
    return "Which offices speak of a child's records"


async def offices(visit: Visit, site: Served) -> str:
    await site.hub.vault.say(said(WorkerAllocated(OFFICER.handle), 803, 0))
    await visit.go("/directory")
    await visit.page.get_by_label("Record").fill(ONE)
    await visit.page.get_by_label("Search for child").check()
    await visit.page.get_by_role("button", name="Show the offices").click()
    return COUNCIL


async def signed_out(visit: Visit, _: Served) -> str:
    await visit.go("/")
    await visit.page.get_by_role("button", name="Sign out").click()
    return "You are signed out"


async def signing_in_not_set_up(visit: Visit, _: Served) -> str:
    await visit.go("/signin")
    return "Signing in is not set up"


PAGES = (
    home,
    home_of_a_colleague,
    own_decision,
    own_decision_too_early,
    own_decision_a_while_later,
    decision_to_second,
    decision_to_review,
    location,
    over,
    refused,
    directory,
    offices,
    signed_out,
    signing_in_not_set_up,
)
Goes = Callable[[Visit, Served], Awaitable[str]]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("goes", PAGES, ids=lambda goes: goes.__name__)
async def test_a_page_has_no_fault_at_any_width(chromium: Browser, site: Served, goes: Goes, scripts: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async with signed_in(chromium, site, OFFICER, scripts=scripts) as visit:
        words = await goes(visit, site)
        assert words in await visit.page.inner_text("main")
        assert await visit.faults() == []


async def test_a_search_that_nobody_seconds_opens_alone_after_two_minutes_and_is_reviewed(
    chromium: Browser, site: Served
) -> None:
    decision = await site.hub.ask()
    path = f"/decisions/{decision.asked.decision_id}"
    async with signed_in(chromium, site, OFFICER) as visit:
        await visit.go(path)
        await show_the_location(visit)
        assert "A second person is asked" in await visit.page.inner_text("main")
        await site.hub.tell()
        site.hub.later(ANSWER_WITHIN)
        await show_the_location(visit)
        assert ADDRESS in await visit.page.inner_text("main")
    async with signed_in(chromium, site, COLLEAGUE) as visit:
        await visit.go(path)
        await visit.page.get_by_role("button", name="I have reviewed it").click()
        assert "I have reviewed it" not in await visit.page.inner_text("main")
