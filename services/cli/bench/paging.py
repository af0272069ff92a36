"""From publish to the first page: what on-call says of the alerts of the children who were reported missing."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from services.cli import client, signed_in
from services.cli.bench.connecting import PATIENCE_SECONDS
from services.cli.bench.target import Target
from services.cli.client import Failed, http_settings
from services.cli.oncall.scenario import arrange, reach
from services.core.oncall.receipts import Rung

_PAUSE_SECONDS = 0.2
_LEFT = frozenset({Rung.SENT, Rung.DELIVERED, Rung.READ})
_SETTLED_SECONDS, _QUIET_LOOKS = 120.0, 3
# How far on-call has read, and how many pages have left.
_AT_WORK = re.compile(r"^lantern_(?:events_in_total|page_receipts_total|consumer_lag).*$", re.MULTILINE)


def put_on_duty(target: Target) -> None:
    """Put the scenario's invented people on duty, and let them say how they are reached."""
    arrange(target.clients.data)
    reach(target.clients)


async def settled(target: Target) -> None:
    """Wait until on-call has heard and paged everything that was published before: what follows is measured alone.

    Raises:
        Failed: it is still at it after two minutes.
    """
    settings, quiet, before = http_settings(target.clients, "oncall"), 0, ""
    try:
        async with asyncio.timeout(_SETTLED_SECONDS), httpx.AsyncClient(**settings) as api:
            while quiet < _QUIET_LOOKS:
                told = "\n".join(_AT_WORK.findall((await api.get("/metrics")).text))
                quiet, before = quiet + 1 if told == before else 0, told
                await asyncio.sleep(1)
    except TimeoutError:
        raise Failed("On-call does not come to rest: see `lantern status`.") from None


async def first_pages(target: Target, reported: Mapping[str, float]) -> list[float]:
    """Seconds from each report, at a time since the epoch, to the first page of its alert; alerts by their id.

    Raises:
        Failed: an alert was not paged within a minute.
    """
    async with httpx.AsyncClient(**signed_in.settings(target.clients, "oncall")) as api:
        return [await _sent(api, alert_id) - at for alert_id, at in reported.items()]


async def _sent(api: httpx.AsyncClient, alert_id: str) -> float:
    """When the first page of an alert left, in seconds since the epoch: each has a minute, however many there are."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _left(api, alert_id)
    except TimeoutError:
        raise Failed("On-call does not page for what was published: see `lantern status`.") from None


async def _left(api: httpx.AsyncClient, alert_id: str) -> float:
    at = first_left(await _asked(api, alert_id))
    while at is None:
        await asyncio.sleep(_PAUSE_SECONDS)
        at = first_left(await _asked(api, alert_id))
    return at.timestamp()


async def _asked(api: httpx.AsyncClient, alert_id: str) -> list[Mapping[str, Any]]:
    answer = await api.get(f"/api/alerts/{alert_id}/pages")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return []
    traces: list[Mapping[str, Any]] = client.answer(answer)["traces"]
    return traces


def first_left(traces: list[Mapping[str, Any]]) -> datetime | None:
    """The earliest moment at which a page was known to be on its way; what was delivered was sent."""
    times = (at for one in traces for rung, at in one["said"].items() if rung in _LEFT)
    return min((datetime.fromisoformat(at).astimezone(UTC) for at in times), default=None)
