"""What people do in the scenario, followed to its end in a real browser: a lawful release."""

import pytest
from playwright.async_api import Browser, Page, expect

from services.cli.story import OPENS, Story, told_in
from tests.browser import visiting
from tests.edition import LocalEdition

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = {OPENS: "Maria Invented"}
LIVES = "3 Invented Rise, Inventham"


@pytest.fixture(scope="module")
def story(edition: LocalEdition) -> Story:
    """The two decisions that the scenario leaves open."""
    edition.done("up", "--demo")
    told = told_in(edition.data)
    assert told is not None
    return told


def url(edition: LocalEdition, service: str) -> str:
    return f"http://127.0.0.1:{edition.parts.ports[service]}"


async def sign_in(page: Page, vault: str, who: str, number: str) -> None:
    """Go to a decision's page, by way of the provider's."""
    await page.goto(f"{vault}/decisions/{number}")
    await page.get_by_role("button", name=NAMES[who]).click()
    await expect(page.get_by_role("heading", name="Decision on a location")).to_be_visible()


async def look(page: Page) -> str:
    """Attest that nobody else sees the screen, and look; gives what the page then says."""
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Show the location").click()
    return await page.inner_text("main")


async def test_a_lawful_release_is_shown_to_the_one_who_asked(
    chromium: Browser, edition: LocalEdition, story: Story
) -> None:
    vault = url(edition, "vault")
    async with visiting(chromium, vault, url(edition, "provider")) as visit:
        page = visit.page
        await sign_in(page, vault, OPENS, story.release)
        shown = await look(page)
        assert LIVES in shown
        assert "Family" not in shown
        assert await visit.faults() == []
