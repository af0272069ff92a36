"""Something fetched from elsewhere and kept: used at once, fetched again in time, and used on while nobody answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from services.core.errors import Unavailable

FRESH = timedelta(hours=1)
"""For so long it is not fetched again."""

PATIENCE = timedelta(seconds=30)
"""Between two attempts, so that nobody can make us ask all the time."""

LONGEST = timedelta(hours=24)
"""No longer is anything believed that cannot be fetched again."""

T = TypeVar("T")


class Kept(Generic[T]):
    """One thing, and when it was fetched; one request fetches, the others wait for it."""

    def __init__(self, fetch: Callable[[], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._turn = asyncio.Lock()
        self._held: tuple[T, datetime] | None = None
        self._tried_at: datetime | None = None

    async def get(self, now: datetime, *, anew: bool = False) -> T:
        """Give it; `anew`: what is held does not do, so fetch it again if that was not just done.

        Raises:
            Unavailable: it cannot be fetched, and there is none that may still be used.
        """
        async with self._turn:
            if self._is_due(now, anew=anew):
                self._tried_at = now
                try:
                    self._held = await self._fetch(), now
                except Unavailable:
                    if self._held is None:
                        raise
            return self._usable(now)

    def _is_due(self, now: datetime, *, anew: bool) -> bool:
        if self._held is None or self._tried_at is None:
            return True
        stale = anew or now - self._held[1] >= FRESH
        return stale and now - self._tried_at >= PATIENCE

    def _usable(self, now: datetime) -> T:
        if self._held is None or now - self._held[1] >= LONGEST:
            raise Unavailable
        return self._held[0]
