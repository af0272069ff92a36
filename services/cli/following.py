"""Follows the case feed's server-sent events: resumes after the last one held, and notices when nothing is heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import httpx

from services.cli import client

_CONNECT_SECONDS = 5.0
_OTHER_FEED = 409
_NOT_NOW = 503


class Event(NamedTuple):
    """One server-sent event; without data it is a heartbeat, or says no more than where the feed is."""

    number: str | None
    data: str


@dataclass(slots=True)
class Place:
    """How far a watcher has read; before the feed's first word it asks for all `since` a time, or from now on."""

    since: datetime | None = None
    held: str | None = None

    def question(self) -> dict[str, Any]:
        """The place as arguments of a request."""
        if self.held is not None:
            return {"headers": {"Last-Event-ID": self.held}}
        return {"params": {"since": self.since.isoformat()}} if self.since else {}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long silence may last before it is said, and how long a lost feed is left alone."""

    silence_seconds: float = 20.0
    retry_seconds: float = 1.0


class Ear:
    """Says False when nothing was heard for so many seconds, and True when something is heard again."""

    def __init__(self, say_live: Callable[[bool], None], seconds: float) -> None:
        self._say_live = say_live
        self._seconds = seconds
        self._silent = False
        self._timer = asyncio.get_running_loop().call_later(seconds, self._nothing)

    def heard(self) -> None:
        """Something came, if only a heartbeat."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._nothing)
        if self._silent:
            self._silent = False
            self._say_live(True)

    def stop(self) -> None:
        """Listen no longer."""
        self._timer.cancel()

    def _nothing(self) -> None:
        self._silent = True
        self._say_live(False)


async def follow(
    settings: dict[str, Any],
    place: Place,
    show: Callable[[Event], None],
    say_live: Callable[[bool], None],
    patience: Patience = Patience(),
) -> None:
    """Show every event from `place` on, for as long as the caller lets it; a lost connection is made again.

    Raises:
        Unavailable: the case feed does not answer the first time.
        Failed: it refuses.
    """
    ear = Ear(say_live, patience.silence_seconds)
    timeout = httpx.Timeout(_CONNECT_SECONDS, read=patience.silence_seconds)
    async with httpx.AsyncClient(**{**settings, "timeout": timeout}) as api:
        try:
            while True:
                await _once(api, place, show, ear)
                await asyncio.sleep(patience.retry_seconds)
        finally:
            ear.stop()


async def _once(api: httpx.AsyncClient, place: Place, show: Callable[[Event], None], ear: Ear) -> None:
    try:
        async with api.stream("GET", "/api/feed", **place.question()) as response:
            if await _accepted(response, place):
                async for event in events(response.aiter_lines()):
                    ear.heard()
                    place.held = event.number or place.held
                    if event.data:
                        show(event)
    except httpx.TransportError:
        if place.held is None:
            raise client.unavailable("casefeed") from None


async def _accepted(response: httpx.Response, place: Place) -> bool:
    if response.status_code == _OTHER_FEED:
        place.held = "0"  # the numbers begin anew: rather everything again than something left out
    if response.status_code in {_OTHER_FEED, _NOT_NOW}:
        return False
    if not response.is_success:
        await response.aread()
        client.answer(response)
    return True


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """Read server-sent events, comments included, as the HTML standard describes them."""
    number: str | None = None
    data: list[str] = []
    async for line in lines:
        name, _, value = line.partition(":")
        if name == "id":
            number = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
        elif not line:
            yield Event(number, "\n".join(data))
            data = []
