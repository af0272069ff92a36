"""Kafka or PostgreSQL stops, or the case feed is killed, while somebody watches in a browser: the page says so."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from playwright.async_api import Browser, expect

from services.runtime.local.supervisor import Supervisor
from tests.browser import Visit
from tests.e2e.test_casefeed_pages import signed_in
from tests.edition import LocalEdition, local_edition
from tests.faults.harm import pid_of
from tests.formats.documents import example

pytestmark = [pytest.mark.prove, pytest.mark.asyncio(loop_scope="session")]

SAID_WITHIN_SECONDS = 20
RECOVERED_WITHIN_MS = 180_000
NOT_LIVE = "[data-live-state=lost]"
LIVE = "[data-live-state=live]"
SHOWN = "rows => rows.map(row => row.dataset.event)"
NOTE = """() => {
  const state = document.querySelector("[data-live-state]");
  new MutationObserver(() => { if (state.dataset.liveState === "lost") window.lostAt ??= Date.now(); })
    .observe(state, { attributes: true });
}"""
CHILDREN = count(1)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEdition]:
    with local_edition(tmp_path_factory.mktemp("watched") / "data") as edition:
        edition.up()
        yield edition


@asynccontextmanager
async def harmed(edition: LocalEdition, victim: str) -> AsyncIterator[None]:
    """While it lasts Kafka or PostgreSQL is stopped; the case feed is killed, and started again by its keeper."""
    keeper = Supervisor(edition.parts.run)
    if victim == "casefeed":
        os.kill(await asyncio.to_thread(pid_of, keeper, victim), signal.SIGKILL)
        yield
        return
    await asyncio.to_thread(keeper.halt, victim)
    try:
        yield
    finally:
        await asyncio.to_thread(keeper.run, victim)


async def reported(edition: LocalEdition, folder: Path) -> str:
    """The police report another child missing; gives the way to the child's case."""
    report = example("ChildMissing", source={"system": "outages", "child": f"watched {next(CHILDREN)}"})
    (folder / "report.json").write_text(json.dumps(report))
    police = ("--agency", "police", "--organisation", "INVENTED-FORCE", "--wait", "--json")
    told = json.loads(await asyncio.to_thread(edition.done, "publish", *police, folder / "report.json"))
    return f'#entries a[href="/cases/{told["subjects"][0]}"]'


async def shown(visit: Visit) -> list[str]:
    found: list[str] = await visit.page.locator("[data-event]").evaluate_all(SHOWN)
    return found


@pytest.mark.parametrize("victim", ["casefeed", "postgres", "kafka"])
async def test_the_page_says_that_it_is_not_live_recovers_by_itself_and_shows_each_event_once(
    watched: LocalEdition, chromium: Browser, tmp_path: Path, victim: str
) -> None:
    async with signed_in(watched, chromium, "coordinator") as visit:
        await expect(visit.page.locator(await reported(watched, tmp_path)).first).to_be_visible()
        await visit.page.evaluate(NOTE)
        began = await visit.page.evaluate("Date.now()")
        async with harmed(watched, victim):
            await expect(visit.page.locator(NOT_LIVE)).to_be_visible(timeout=2 * SAID_WITHIN_SECONDS * 1000)
        said = (await visit.page.evaluate("window.lostAt") - began) / 1000
        returned = monotonic()
        await expect(visit.page.locator(LIVE)).to_be_visible(timeout=RECOVERED_WITHIN_MS)
        took = monotonic() - returned
        await expect(visit.page.locator(await reported(watched, tmp_path)).first).to_be_visible()
        by_itself = await shown(visit)
        async with visit.page.expect_response("**/feed/entries**") as asked:
            await visit.page.reload()
        await (await asked.value).finished()
        anew = await shown(visit)
        visit.wrongs.clear()  # that the hub was away is in the console too
    print(f"{victim}: said after {said:.1f} s, live {took:.1f} s after it was back")  # noqa: T201 - a figure for a person
    assert len(by_itself) == len(set(by_itself))
    assert set(by_itself) == set(anew)
    assert said <= SAID_WITHIN_SECONDS
