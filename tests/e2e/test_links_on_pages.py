"""Two coordinators join two records by a click each, because an adult asks for one of the children, and part them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from services.runtime.local.waiting import until
from tests.browser import Visit, visiting
from tests.e2e.lookalikes import SECONDS, Ends, asked, two_records
from tests.edition import LocalEdition

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOK_SECONDS = 0.2
ACCEPT, UNDO = "Accept: one child", "Undo what joined them"
SAID = "Your agency has said what you decided:"


@pytest.fixture(scope="module")
def ends(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> Ends:
    """Two records that may be of one child for whom an adult asks."""
    return two_records(edition, tmp_path_factory.mktemp("links"), "LINKS-1", "Borrin")


@asynccontextmanager
async def before_the_pair(
    edition: LocalEdition, chromium: Browser, name: str, ends: Ends, *, scripts: bool = True
) -> AsyncIterator[Visit]:
    """Somebody who came to the page of two records, was sent to sign in, and did so."""
    casefeed, provider = (f"http://127.0.0.1:{edition.parts.ports[part]}" for part in ("casefeed", "provider"))
    async with visiting(chromium, casefeed, provider, scripts=scripts) as visit:
        await visit.go(f"/links/{ends[0]}/{ends[1]}")
        await visit.page.locator(f'button[value="{name}"]').click()
        await expect(visit.page.get_by_role("heading", name="Are these two records of one child?")).to_be_visible()
        yield visit
        await visit.page.goto("about:blank")


async def pressed(visit: Visit, way: str) -> None:
    """Decide, and see that their agency has said so: the page looks by itself, or is asked to."""
    await visit.page.get_by_role("form", name=way).get_by_role("button").click()
    said = visit.page.get_by_text(SAID)
    for _ in range(int(SECONDS / LOOK_SECONDS) if not visit.scripts else 0):
        if await said.is_visible():
            break
        await asyncio.sleep(LOOK_SECONDS)
        await visit.page.get_by_role("link", name="Look whether it has").click()
    await expect(said).to_be_visible(timeout=SECONDS * 1000)


async def until_cases(edition: LocalEdition, ends: Ends, count: int) -> None:
    """Wait until the two records are of so many cases."""

    def are_so_many() -> bool:
        return len({case.get("case_id") for case in asked(edition, *(f"/api/cases/{end}" for end in ends))}) == count

    assert await asyncio.to_thread(until, are_so_many, SECONDS)


async def test_two_people_join_two_records_by_a_click_each_and_one_parts_them(
    edition: LocalEdition, chromium: Browser, ends: Ends
) -> None:
    async with before_the_pair(edition, chromium, "coordinator", ends) as first:
        await expect(first.page.get_by_text("nothing changes until a second person decides the same")).to_be_visible()
        await pressed(first, ACCEPT)
        await expect(first.page.get_by_text("You accepted it.")).to_be_visible()
        await expect(first.page.get_by_role("form", name=ACCEPT)).to_have_count(0)
        await until_cases(edition, ends, 2)

        async with before_the_pair(edition, chromium, "police-coordinator", ends, scripts=False) as second:
            await expect(second.page.get_by_text("A colleague accepted it.")).to_be_visible()
            await pressed(second, ACCEPT)
            await until_cases(edition, ends, 1)

        await first.go(f"/links/{ends[0]}/{ends[1]}")
        await pressed(first, UNDO)
        await until_cases(edition, ends, 2)
        await expect(first.page.get_by_role("form", name=ACCEPT)).to_be_visible()
