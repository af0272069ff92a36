"""What people do in the scenario, followed to its end in a real browser: a lawful release, and a search that waits."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from services.cli.story import OPENS, SEARCHES, Story, told_in
from tests.browser import visiting
from tests.edition import LocalEdition

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = {OPENS: "Maria Invented", SEARCHES: "David Invented"}
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


def told(edition: LocalEdition, number: str) -> list[str]:
    """What the audit tells of a decision, in its order: what was done, and what came of it."""
    edition.done("login", "--as", "auditor")
    try:
        said = edition.done("audit", "show", "--json", "--service", "vault", "--about", f"decision:{number}")
    finally:
        edition.done("login", "--as", "coordinator")
    entries: list[dict[str, Any]] = json.loads(said)
    return [f"{entry['action']} {entry['outcome']}" for entry in entries if entry["action"] != "decision_read"]


async def test_a_lawful_release_is_shown_once_to_the_one_who_asked_and_the_audit_tells_it(
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
        await page.goto(f"{vault}/decisions/{story.release}")  # as if the display had failed
        await page.get_by_role("button", name="Show the location").click()
        assert LIVES in await page.inner_text("main")
        await page.get_by_role("button", name="Hide it now, for good").click()
        assert "closed" in (await page.inner_text("main")).lower()
        assert LIVES not in await page.inner_text("main")
        [cookie] = [one for one in await page.context.cookies() if one["name"].startswith("lantern-")]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert told(edition, story.release) == [
        "location_asked allowed",
        "location_open allowed",
        "location_show allowed",
        "location_show allowed",
        "location_close allowed",
    ]


async def test_a_search_that_nobody_has_seconded_waits_and_says_so(
    chromium: Browser, edition: LocalEdition, story: Story
) -> None:
    listed = json.loads(edition.done("location", "waiting", "--json"))
    assert [one["waits_for"] for one in listed if one["decision_id"] == story.access] == ["second_person"]
    vault = url(edition, "vault")
    async with visiting(chromium, vault, url(edition, "provider")) as visit:
        await sign_in(visit.page, vault, SEARCHES, story.access)
        assert story.access in await visit.page.inner_text("main")
