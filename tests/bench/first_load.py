"""What a first load of the feed's page costs: a browser of someone who has signed in, with nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Browser, StorageState
from rich.console import Console

from services.cli.bench.figures import percentile
from services.cli.bench.target import Target
from tests.bench.feed_page import LAPTOP, address, signed_in
from tests.browser import running_chromium

LOADS = 15
_LOADED = """() => new Promise((done) => {
  const [page] = performance.getEntriesByType("navigation");
  const parts = performance.getEntriesByType("resource");
  const bytes = parts.reduce((sum, part) => sum + part.transferSize, page.transferSize);
  const told = () => (page.loadEventEnd > 0 ? done([bytes, page.loadEventEnd / 1000]) : setTimeout(told, 5));
  told();
})"""
"""Bytes as they came over the wire, headers too, and seconds until everything was loaded."""


@dataclass(frozen=True, slots=True)
class Loads:
    """Bytes as they came, and seconds until everything of the page was there, of each load."""

    sizes: Sequence[int]
    seconds: Sequence[float]

    def show(self, console: Console) -> None:
        middle, most = percentile(self.seconds, 0.5) * 1000, max(self.seconds) * 1000
        times = f"median {middle:.0f} ms, at most {most:.0f} ms"
        console.print(f"first load: {max(self.sizes):,} bytes, {times} of {len(self.seconds)} loads")


async def first_loads(edition: Target, times: int = LOADS) -> Loads:
    """So many loads of the feed, each by a browser's session of its own with an empty cache."""
    async with running_chromium() as chromium:
        async with await chromium.new_context(viewport=LAPTOP) as session:
            await signed_in(session, edition)
            known = await session.storage_state()
        found = [await _load(chromium, address(edition), known) for _ in range(times)]
    return Loads([size for size, _ in found], [seconds for _, seconds in found])


async def _load(chromium: Browser, where: str, known: StorageState) -> tuple[int, float]:
    async with await chromium.new_context(viewport=LAPTOP, storage_state=known) as session:
        page = await session.new_page()
        await page.goto(where)
        size, seconds = await page.evaluate(_LOADED)
        return int(size), float(seconds)
