"""`lantern bench watchers`: from publish to each of many watchers of the live feed, and what a watcher costs."""

import asyncio
import contextlib
import os
import re
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.cli import client
from services.cli.bench import generating, rates, usage
from services.cli.bench.connecting import PATIENCE_SECONDS
from services.cli.bench.figures import floor_rows, percentile, waited, warm
from services.cli.bench.floors import floors
from services.cli.bench.latency import Report, reported, send
from services.cli.bench.paging import put_on_duty, settled
from services.cli.bench.target import Target
from services.cli.client import Failed
from services.cli.signing_in import obtain
from services.core.codes import Sector
from services.runtime.local.principals import SERVICES

EVERYTHING, ONE_IN_TWENTY = "coordinator", "police-duty-officer"
"""Who sees every case, and who sees those of missing children: of what is published here, one in twenty."""
CROWDS: Sequence[Mapping[str, int]] = ({EVERYTHING: 10}, {EVERYTHING: 2, ONE_IN_TWENTY: 198})
FEW: Sequence[Mapping[str, int]] = ({EVERYTHING: 2}, {EVERYTHING: 1, ONE_IN_TWENTY: 19})
_FIRST: Mapping[str, int] = {EVERYTHING: 1, ONE_IN_TWENTY: 1}
"""Who only warm up what the others measure, for as long: what the feed keeps of late is full then."""

_CASEFEED = "casefeed"
RATE, _SECONDS = 100.0, 20.0
_QUICK_SECONDS = 2.0
_FLOOR_EVENTS = 1_500
SPEAKING = (Sector.POLICE, *((Sector.UKBA, Sector.LOCAL_AUTHORITY, Sector.HEALTH) * 7)[:19])
"""Whose turn it is: what the police report here is a missing child, what the others report is none."""
_EVENT = re.compile(rb'"event_id":"([0-9a-f]{32})"')
_PLACE = re.compile(rb"^id: (\d+)$", re.MULTILINE)
_END = b"\n\n"
_RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """What so many watchers waited, in seconds, and took: bytes each (PSS), and the case feed's share of a core."""

    watchers: int
    p50: float
    p99: float
    bytes_each: float
    cores: float


@dataclass(frozen=True, slots=True)
class WatcherFigures:
    """What was measured, beside what the machine can do at all."""

    cores: int
    floors: Mapping[str, float]
    rate: float
    crowds: Sequence[Crowd]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Watcher:
    """Notes when each of some events first came, by the clock of this process's event loop, and how far it has read."""

    def __init__(self, awaited: Iterable[str]) -> None:
        self.awaited = tuple(awaited)
        self.at: dict[str, float] = {}
        self.place = b""
        self.begun, self.all = asyncio.Event(), asyncio.Event()
        self._owed = set(self.awaited)
        self._rest = b""

    def hear(self, piece: bytes, at: float) -> None:
        """A piece of the stream, wherever it was cut."""
        *blocks, self._rest = (self._rest + piece).split(_END)
        for block in blocks:
            if (found := _EVENT.search(block)) is not None:
                self.at.setdefault(found[1].decode(), at)
            if (place := _PLACE.search(block)) is not None:
                self.place = place[1]
        self._owed -= self.at.keys()
        if self.place:
            self.begun.set()
        if not self._owed:
            self.all.set()

    def cut_off(self) -> None:
        """The stream has ended: the next one begins after the last place, with a whole event."""
        self._rest = b""


async def measure(measured: Target, *, quick: bool) -> WatcherFigures:
    """Each crowd by itself, on the same edition; when it must be quick, smaller ones.

    Raises:
        Failed: an event did not come to each of its watchers within a minute.
    """
    await asyncio.gather(*(rates.ready(measured, service) for service in SERVICES))
    floor = await floors(measured, _FLOOR_EVENTS)
    await asyncio.to_thread(put_on_duty, measured)
    seconds = _QUICK_SECONDS if quick else _SECONDS
    await _crowd(measured, _FIRST, seconds)
    found = [await _crowd(measured, crowd, seconds) for crowd in (FEW if quick else CROWDS)]
    return WatcherFigures(os.cpu_count() or 1, floor, RATE, found)


async def _crowd(measured: Target, crowd: Mapping[str, int], seconds: float) -> Crowd:
    await settled(measured)
    reports = sightings(measured, seconds)
    before = _memory(measured)
    async with watching(measured, crowd, reports) as watchers:
        worked = usage.cpu_seconds(measured.pids())[_CASEFEED]
        sent = await send(measured, reports, RATE)
        await until(watcher.all for watcher in watchers)
        worked = usage.cpu_seconds(measured.pids())[_CASEFEED] - worked
        each = (_memory(measured) - before) / len(watchers)
    waited = [one.at[event] - sent[event] for one in watchers for event in warm(one.awaited)]
    return Crowd(len(watchers), percentile(waited, 0.5), percentile(waited, 0.99), each, worked / seconds)


def sightings(measured: Target, seconds: float) -> list[Report]:
    """What is published in so many seconds: children seen, one in twenty of them reported missing."""
    run = uuid.uuid4().hex[:8].upper()
    return reported(measured, generating.sightings(1, run, round(RATE * seconds), SPEAKING))


def _memory(measured: Target) -> int:
    return usage.memory({_CASEFEED: measured.pids()[_CASEFEED]}, (_CASEFEED,))[_CASEFEED]


async def until(events: Iterable[asyncio.Event]) -> None:
    """Wait for each of these.

    Raises:
        Failed: one does not come within a minute.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(one.wait() for one in events))
    except TimeoutError:
        raise Failed("The case feed does not bring every watcher what was published: see `lantern status`.") from None


@contextlib.asynccontextmanager
async def watching(
    measured: Target, crowd: Mapping[str, int], reports: Sequence[Report]
) -> AsyncIterator[list[Watcher]]:
    """So many people of each name follow the feed from now on, each over a connection of their own."""
    async with contextlib.AsyncExitStack() as open_:
        made = []
        for name, count in crowd.items():
            token = (await asyncio.to_thread(obtain, measured.clients, name)).token
            settings = client.settings_with(measured.clients, _CASEFEED, token)
            more = {"timeout": httpx.Timeout(PATIENCE_SECONDS), "limits": httpx.Limits(max_connections=None)}
            api = await open_.enter_async_context(httpx.AsyncClient(**settings | more))
            theirs = [one.event_id for one in reports if name == EVERYTHING or one.alert_id]
            for watcher in [Watcher(theirs) for _ in range(count)]:
                listening = asyncio.create_task(_listen(watcher, api))
                open_.push_async_callback(_stopped, listening)
                made.append(watcher)
        await until(watcher.begun for watcher in made)
        yield made


async def _listen(watcher: Watcher, api: httpx.AsyncClient) -> None:
    """Follow the feed, and come back where it ended, as every client of it does."""
    clock = asyncio.get_running_loop().time
    while True:
        headers = {"last-event-id": watcher.place.decode()} if watcher.place else {}
        with contextlib.suppress(httpx.TransportError):
            async with api.stream("GET", "/api/feed", headers=headers) as response:
                async for piece in response.aiter_raw():
                    watcher.hear(piece, clock())
        watcher.cut_off()
        await asyncio.sleep(_RETRY_SECONDS)


async def _stopped(listening: asyncio.Task[None]) -> None:
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


def show(console: Console, figures: WatcherFigures) -> None:
    """Print everything as a table."""
    table = Table("what", "figure", "beside", box=None, title=f"{figures.rate:.0f} events/s, {figures.cores} cores")
    floor_rows(table, figures.floors)
    for crowd in figures.crowds:
        took = f"{crowd.bytes_each / 1024:,.0f} KB (PSS) each, {crowd.cores:.1%} of a core"
        table.add_row(
            f"publish to each of {crowd.watchers} watchers",
            waited(crowd.p50, crowd.p99),
            took,
        )
    console.print(table)
