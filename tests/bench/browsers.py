"""How soon two real browsers side by side show what is published, beside 8 and beside 198 other watchers of the feed.

`python -m tests.bench.browsers` measures a fresh edition, `--data FOLDER` one that runs. The browsers run on this
machine too: what they take of its cores is printed, for the hub has the rest.
"""

import argparse
import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.async_api import Page
from rich.console import Console

from services.cli.bench import rates, usage
from services.cli.bench.figures import percentile, shares, waited, warm
from services.cli.bench.latency import send
from services.cli.bench.paging import put_on_duty, settled
from services.cli.bench.target import Target, target
from services.cli.bench.watchers import EVERYTHING, ONE_IN_TWENTY, RATE, sightings, until, watching
from services.runtime.local.principals import SERVICES
from tests.bench.feed_page import LAPTOP, signed_in
from tests.bench.first_load import Loads, first_loads
from tests.browser import running_chromium
from tests.chromium import bring

BROWSERS = 2
CROWDS: Sequence[Mapping[str, int]] = ({EVERYTHING: 8}, {ONE_IN_TWENTY: 198})
"""Who else watches: as many see every case; or each is entitled to one case in twenty."""
SECONDS, QUICK_SECONDS = 15.0, 2.0
_DRAWN_SECONDS = 3.0
_CHROMIUM = "chromium"
_NOTE = """() => {
  const seen = window.seen = {};
  const note = (row) => { seen[row.dataset.event] ??= (performance.timeOrigin + performance.now()) / 1000; };
  const came = (change) => change.addedNodes.forEach((row) => { if (row.dataset?.event) note(row); });
  const rows = document.querySelector("#entries");
  new MutationObserver((changes) => changes.forEach(came)).observe(rows, { childList: true });
}"""
"""When each event first stood on the page, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was waited, in seconds: by each browser for what it saw of `published` events, and by so many others."""

    published: int
    watchers: int
    browsers: Sequence[Sequence[float]]
    others: Sequence[float]
    cores: Mapping[str, float]


async def measure(edition: Target, *, quick: bool) -> tuple[list[Seen], Loads]:
    """Two coordinators at their browsers hear what is published steadily, beside each crowd; then one comes anew.

    When it must be quick, beside the first crowd alone, and with nothing warmed up.

    Raises:
        Failed: an event did not come to each of the others within a minute.
    """
    await asyncio.gather(*(rates.ready(edition, service) for service in SERVICES))
    await asyncio.to_thread(put_on_duty, edition)
    if quick:
        return [await _beside(edition, CROWDS[0], QUICK_SECONDS)], await first_loads(edition, 1)
    await _beside(edition, CROWDS[0], SECONDS)  # warms up what the next ones measure
    seen = [await _beside(edition, crowd, SECONDS) for crowd in CROWDS]
    await settled(edition)
    return seen, await first_loads(edition)


async def _beside(edition: Target, crowd: Mapping[str, int], seconds: float) -> Seen:
    await settled(edition)
    reports = sightings(edition, seconds)
    epoch = time.time() - asyncio.get_running_loop().time()
    async with watching(edition, crowd, reports) as others, _pages(edition) as pages:
        before, began = _worked(edition), time.monotonic()
        sent = await send(edition, reports, RATE)
        await until(one.all for one in others)
        after, took = _worked(edition), time.monotonic() - began
        await asyncio.sleep(_DRAWN_SECONDS)
        seen: list[dict[str, float]] = [await page.evaluate("window.seen") for page in pages]
    awaited = warm([report.event_id for report in reports])
    return Seen(
        len(awaited),
        len(others),
        [[one[event] - epoch - sent[event] for event in awaited if event in one] for one in seen],
        [one.at[event] - sent[event] for one in others for event in warm(one.awaited)],
        {name: share / took for name, share in usage.per_event(before, after, 1).items()},
    )


@contextlib.asynccontextmanager
async def _pages(edition: Target) -> AsyncIterator[list[Page]]:
    """The feed before coordinators who have signed in, each at a browser of their own."""
    async with contextlib.AsyncExitStack() as open_:
        pages = []
        for _ in range(BROWSERS):
            chromium = await open_.enter_async_context(running_chromium())
            own = await open_.enter_async_context(await chromium.new_context(viewport=LAPTOP))
            page = await signed_in(own, edition)
            await page.evaluate(_NOTE)
            pages.append(page)
        yield pages
        for page in pages:
            await page.goto("about:blank")


def _worked(edition: Target) -> dict[str, float]:
    """CPU seconds so far: of the hub, of this process, and of every browser."""
    drawn = (one.cpu_times() for one in psutil.process_iter(["name"]) if _CHROMIUM in (one.info["name"] or ""))
    return {**usage.cpu_seconds(edition.pids()), _CHROMIUM: sum(times.user + times.system for times in drawn)}


def show(console: Console, seen: Seen) -> None:
    """Print what was seen beside one crowd, a line each."""
    for number, taken in enumerate(seen.browsers, 1):
        console.print(f"browser {number}: {len(taken)} of {seen.published} events, {_spelt(taken)}")
    console.print(f"{seen.watchers} others: {_spelt(seen.others)}")
    console.print(f"{sum(seen.cores.values()):.2f} cores: {shares(seen.cores)}")


def _spelt(taken: Sequence[float]) -> str:
    return waited(percentile(taken, 0.5), percentile(taken, 0.99))


def main() -> None:
    told = argparse.ArgumentParser(prog="python -m tests.bench.browsers", description=__doc__)
    told.add_argument("--data", type=Path, help="the folder of an edition that runs")
    told.add_argument("--quick", action="store_true", help="see that it works: two seconds, with nothing warmed up")
    asked = told.parse_args()
    bring()
    with target(asked.data) as edition:
        console = Console()
        seen, loads = asyncio.run(measure(edition, quick=asked.quick))
        for crowd in seen:
            show(console, crowd)
        loads.show(console)


if __name__ == "__main__":
    main()
