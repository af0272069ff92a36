"""What carries a page by one way: it takes it over or says why not, within two seconds, and never raises."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.core.oncall.wording import Words

CARRIED_WITHIN_SECONDS = 2.0
"""So that a second way is tried before whoever sends has waited for five."""


@dataclass(frozen=True, slots=True)
class Message:
    """One page to one address; `key` is the same however often it is sent."""

    address: SecretStr
    words: Words
    key: str


class Carrier(Protocol):
    """One way. `promises` says whether it tells later that a page was delivered."""

    @property
    def way(self) -> Way: ...

    @property
    def promises(self) -> bool: ...

    async def carry(self, message: Message) -> Sent | Failed: ...


class NotTaken(Exception):
    """Whoever carries messages did not take this one."""

    def __init__(self, reason: NotSent) -> None:
        super().__init__(reason.value)
        self.reason = reason


async def in_time(attempt: Callable[[], Awaitable[None]], seconds: float) -> Sent | Failed:
    """Try once; what takes too long counts as lost, though it may arrive: two pages are better than none."""
    try:
        async with asyncio.timeout(seconds):
            await attempt()
    except TimeoutError:
        return Failed(NotSent.TIMED_OUT)
    except NotTaken as failure:
        return Failed(failure.reason)
    return Sent()
