"""The feed's page before a coordinator who has signed in, on a laptop."""

from playwright.async_api import BrowserContext, Page, ViewportSize

from services.cli.bench.target import Target
from services.cli.bench.watchers import EVERYTHING
from tests.browser import HEIGHT

LAPTOP: ViewportSize = {"width": 1280, "height": HEIGHT}


def address(edition: Target) -> str:
    return f"http://127.0.0.1:{edition.parts.ports['casefeed']}/"


async def signed_in(session: BrowserContext, edition: Target) -> Page:
    """Sign in in a browser's session of its own; gives the page once it is live."""
    page = await session.new_page()
    await page.goto(address(edition))
    await page.locator(f'button[value="{EVERYTHING}"]').click()
    await page.locator("[data-live-state=live]").wait_for()
    return page
