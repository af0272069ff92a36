"""Events a second that the correlator makes again from Kafka, as `lantern rebuild --verify` lets it do."""

import asyncio
from time import perf_counter

import httpx

from services.cli.bench.paging import settled
from services.cli.bench.target import Target
from services.cli.client import Failed, answer, http_settings
from services.cli.rebuild import UNDER_WAY

_CORRELATOR = "correlator"
_LOOK_AGAIN_SECONDS = 0.05


async def made_again(target: Target) -> float:
    """From the first batch that is made again to the last, once on-call is at rest; what is compared is left out.

    Raises:
        Failed: what was made again is not what was there, it was not made, or there are too few events to tell.
    """
    await settled(target)
    async with httpx.AsyncClient(**http_settings(target.clients, _CORRELATOR)) as api:
        answer(await api.post("/rebuild", json={"verify": True}))
        seen, phase = await _watched(api)
    if phase != "equal":
        raise Failed(
            f"The correlator was to make everything again from Kafka, and that ended as {phase!r}, not 'equal'."
        )
    (first, began), (last, ended) = seen[0], seen[-1]
    if first == last:
        raise Failed("So few events are made again at once: ask for more with --events.")
    return (last - first) / (ended - began)


async def _watched(api: httpx.AsyncClient) -> tuple[list[tuple[int, float]], str]:
    """How many records were made again, and when, each time there were more; and how it ended."""
    seen: list[tuple[int, float]] = []
    while True:
        now = answer(await api.get("/rebuild"))
        if now["records"] > (seen[-1][0] if seen else 0):
            seen.append((now["records"], perf_counter()))
        if now["phase"] not in UNDER_WAY:
            return seen, now["phase"]
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
