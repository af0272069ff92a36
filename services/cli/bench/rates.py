"""Events a second: of the whole path from an agency's file to the feed, and of the correlator alone."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from time import perf_counter

import httpx

from services.cli.bench import usage
from services.cli.bench.connecting import PATIENCE_SECONDS, publish, watcher
from services.cli.bench.target import Target
from services.cli.client import Failed, http_settings
from services.core.codes import Sector

Rate = tuple[float, dict[str, float]]
"""Events a second, and CPU seconds an event by process."""

_CORRELATOR = "correlator"
_BESIDE_IT = ("casefeed", "oncall", "vault")
_LOOK_AGAIN_SECONDS = 0.1
_COMMITTED = re.compile(r"^lantern_events_new_total (\S+)", re.MULTILINE)


async def whole_path(target: Target, files: Mapping[Sector, bytes]) -> Rate:
    """From the first byte of the agencies' files read until a watcher has every event."""
    before, began = usage.cpu_seconds(target.pids()), perf_counter()
    async with watcher(target) as feed:
        events = await publish(target, files)
        await feed.until(events)
    seconds = perf_counter() - began
    return events / seconds, usage.per_event(before, usage.cpu_seconds(target.pids()), events)


async def correlator_alone(target: Target, files: Mapping[Sector, bytes]) -> Rate:
    """From its first committed batch to its last, of events that wait in Kafka; its readers are stopped meanwhile."""
    for service in (_CORRELATOR, *_BESIDE_IT):
        target.supervisor.halt(service)
    events = await publish(target, files)
    target.supervisor.run(_CORRELATOR)
    try:
        return await _timed(target, events)
    finally:
        for service in _BESIDE_IT:
            target.supervisor.run(service)
        await asyncio.gather(*(ready(target, service) for service in _BESIDE_IT))


async def ready(target: Target, service: str) -> None:
    """Wait until a service says that it works.

    Raises:
        Failed: it does not, for a minute.
    """
    async with httpx.AsyncClient(**http_settings(target.clients, service)) as api, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):  # it is starting
                if (await api.get("/readyz")).is_success:
                    return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _timed(target: Target, events: int) -> Rate:
    """What the process did before its first batch was committed, and that batch, are left out."""
    async with httpx.AsyncClient(**http_settings(target.clients, _CORRELATOR)) as api:
        first = await _committed(api, 1)
        began, before = perf_counter(), usage.cpu_seconds(target.pids())
        last = await _committed(api, events)
    if last == first:
        raise Failed("So few events are committed at once: ask for more with --events.")
    seconds = perf_counter() - began
    return (last - first) / seconds, usage.per_event(before, usage.cpu_seconds(target.pids()), last - first)


async def _committed(api: httpx.AsyncClient, least: int) -> int:
    """Wait until the correlator has committed so many events since it started; how many there are then."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with contextlib.suppress(httpx.TransportError):  # it is starting
                found = _COMMITTED.search((await api.get("/metrics")).text)
                if found and float(found[1]) >= least:
                    return int(float(found[1]))
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
