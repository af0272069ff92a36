"""How soon a bell rings for watchers of the feed, and what each costs; run by name, with -rP to see the figures.

In one process, without HTTP: what is measured is the feed in memory, each watcher's rights and the bells' own pace.
"""

import asyncio
import tracemalloc
from itertools import count
from time import perf_counter, process_time

import pytest

from services.casefeed.bells import BELL, bells, pace
from services.casefeed.feed import Feed, Item
from services.casefeed.sight import Sight
from services.casefeed.watching import Eyes
from services.cli.bench.figures import percentile
from services.core.ids import CaseId
from tests.builders import an_id

RATE, SECONDS, CASES = 100, 4, 20


class Watcher:
    """Hears bells; `taken` are the seconds from each event that is theirs to the bell after it."""

    def __init__(self, feed: Feed, number: int) -> None:
        self.taken: list[float] = []
        self._owed: list[float] = []
        self._case = CaseId(an_id(number % CASES))
        self._feed = feed

    def published(self, case_id: CaseId) -> None:
        if case_id == self._case:
            self._owed.append(perf_counter())

    async def listen(self, watchers: int) -> None:
        eyes = Eyes(self._sees, perf_counter)
        async for heard in bells(self._feed, eyes.show, lambda: True, lambda: pace(watchers)):
            if BELL in heard:
                self.taken += [perf_counter() - at for at in self._owed]
                self._owed.clear()

    async def _sees(self) -> Sight:
        return Sight(own=frozenset({self._case}))


@pytest.mark.parametrize(("watchers", "p99_seconds"), [(10, 0.3), (200, 1.0)])
async def test_a_bell_rings_soon_for_each_of_many_watchers(watchers: int, p99_seconds: float) -> None:
    feed = Feed()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    watching = [Watcher(feed, number) for number in range(watchers)]
    tasks = [asyncio.create_task(one.listen(watchers)) for one in watching]
    await asyncio.sleep(0.1)
    size = (tracemalloc.get_traced_memory()[0] - before) / watchers
    tracemalloc.stop()
    worked = process_time()
    await _publish(feed, watching)
    await asyncio.sleep(1)
    worked = process_time() - worked
    feed.close()
    await asyncio.gather(*tasks)
    taken = [seconds for one in watching for seconds in one.taken]
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    print(  # noqa: T201 - a figure for a person
        f"{watchers} watchers: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, {worked / SECONDS:.1%} of a core, "
        f"{size / 1024:.1f} KB each"
    )
    assert len(taken) == RATE * SECONDS * watchers / CASES
    assert p99 < p99_seconds


async def _publish(feed: Feed, watching: list[Watcher]) -> None:
    loop = asyncio.get_running_loop()
    began, numbers = loop.time(), count(1)
    for number in range(RATE * SECONDS):
        await asyncio.sleep(began + number / RATE - loop.time())
        case_id = CaseId(an_id(number % CASES))
        for one in watching:
            one.published(case_id)
        feed.publish([Item(next(numbers), b"", case_id, "known", "Sighting")])
