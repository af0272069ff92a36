"""A real Chromium for the tests of pages: one a session, a new profile a visit, and what no page of ours may do."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, async_playwright

from tests import chromium

WIDTHS = (360, 768, 1280)
HEIGHT = 900
PATIENCE_MS = 15_000
"""How long something that should be on a page may take to come; what is not on it fails by name and not by silence."""
# `target-size` (WCAG 2.2) is the one rule of level AA that axe leaves off unless it is asked for.
RULES: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """One Chromium, which talks to nobody of its own accord."""
    async with async_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.own_path(), args=list(chromium.FLAGS))
        async with await launched as browser:
            yield browser


@dataclass
class Visit:
    """Somebody's browser at one origin, and what it did there that no page of ours may do."""

    page: Page
    origins: Collection[str]
    scripts: bool = True
    wrongs: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors, warnings, calls to other origins, and whatever the page asked for and did not get."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    async def go(self, path: str) -> Response:
        """Go to a path of the first origin.

        Raises:
            AssertionError: it answered nothing.
        """
        answered = await self.page.goto(f"{next(iter(self.origins))}{path}")
        assert answered is not None
        return answered

    async def faults(self) -> list[str]:
        """What is wrong with the page once all of it is there, at every width, and what its visit did wrong so far."""
        await self.page.wait_for_load_state()
        found = list(self.wrongs)
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{width} px: {fault}" for fault in await self._faults_at_this_width()]
        return found

    async def _faults_at_this_width(self) -> list[str]:
        beyond = await self.page.evaluate(WIDER_THAN_THE_SCREEN)
        sideways = [f"{beyond} px beyond the screen"] if beyond > 0 else []
        return sideways + (await violations(self.page) if self.scripts else [])  # axe is a script that waits for timers

    def _said(self, message: ConsoleMessage) -> None:
        # That something was not got is told by `_answered`, which knows whether it was the page itself that was asked.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.wrongs.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.wrongs.append(f"another origin: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.wrongs.append(f"{response.status}: {response.url}")


async def violations(page: Page) -> list[str]:
    """What axe finds on a page, a line a place."""
    found = (await Axe().run(page, options=RULES)).response["violations"]
    return [f"{rule['id']} ({rule['help']}): {node['html']}" for rule in found for node in rule["nodes"]]


@asynccontextmanager
async def visiting(browser: Browser, *origins: str, scripts: bool = True) -> AsyncIterator[Visit]:
    """A visit in a profile of its own; `origins` are all that it may talk to, the first is where it goes.

    Raises:
        AssertionError: when it ends, the pages did something that no page of ours may do.
    """
    async with await browser.new_context(
        java_script_enabled=scripts, viewport={"width": 1280, "height": HEIGHT}
    ) as own:
        visit = Visit(await own.new_page(), origins, scripts)
        visit.page.set_default_timeout(PATIENCE_MS)
        visit.watch()
        yield visit
        assert not visit.wrongs, "\n".join(visit.wrongs)
