"""The dead-man's switch: somebody outside the hub is told that paging works, and calls for help when nothing comes."""

import asyncio
import contextlib
from dataclasses import dataclass

import httpx

from services.runtime.health import Health, Reason
from services.runtime.tls import trusted

STOPS_PAGING = frozenset({Reason.STARTING, Reason.DATABASE_UNAVAILABLE, Reason.PAGES_NOT_SENT, Reason.RULE_BROKEN})
"""While the light is red for one of these, silence is the truth."""

ANSWERED_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Asks `url` every so many seconds, with nothing in the request but that it was made."""

    url: str
    seconds: float
    health: Health

    async def go_on(self, stopping: asyncio.Event) -> None:
        """Beat until the process is asked to stop."""
        async with httpx.AsyncClient(timeout=ANSWERED_WITHIN_SECONDS, trust_env=False, verify=trusted()) as client:
            while not stopping.is_set():
                await self.beat(client)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self.seconds)

    async def beat(self, client: httpx.AsyncClient) -> bool:
        """Tell that paging works, if it does; whether that was told. The light is red while it could not be."""
        if not STOPS_PAGING.isdisjoint(self.health.reasons):
            return False
        told = await self._asked(client)
        (self.health.green if told else self.health.red)(Reason.HEARTBEAT_NOT_SENT)
        return told

    async def _asked(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(self.url)).is_success
        except httpx.HTTPError:
            return False
