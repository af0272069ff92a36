"""A service renews its own key pairs: once before it reads a key, and then as the weeks go by."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NoReturn

import structlog

from services.core.errors import Misconfigured
from services.core.weeks import Due
from services.runtime.health import Health, Reason
from services.runtime.week_keys import Places, rotate

_LOOK_SECONDS = 600.0

log = structlog.get_logger()


class Renewal:
    """Rotates one owner's pairs; a folder that cannot be written turns the light red and stops nothing."""

    def __init__(self, places: Places, health: Health, clock: Callable[[], datetime]) -> None:
        self._places = places
        self._health = health
        self._clock = clock

    def renew(self) -> bool:
        """Do what is due; gives whether the private halves are others than before.

        Raises:
            Misconfigured: a file in one of the folders is not a key of this owner.
        """
        try:
            done = rotate(self._places, self._clock())
        except OSError as error:
            self._fail(error)
            return False
        self._health.green(Reason.KEYS_NOT_RENEWED)
        _say(done)
        return bool(done.make or done.destroy)

    def _fail(self, error: Exception) -> None:
        # Pairs are made a week ahead and can seal a week late: there is time to put the folders right.
        self._health.red(Reason.KEYS_NOT_RENEWED)
        log.error("The key pairs of this service cannot be renewed; it goes on with those it has.", exc_info=error)

    @contextlib.asynccontextmanager
    async def going_on(self, changed: Callable[[], None]) -> AsyncIterator[None]:
        """Look every ten minutes while what stands inside runs; `changed` is called when there are others to read."""
        looking = asyncio.create_task(self._look(changed))
        try:
            yield
        finally:
            looking.cancel()

    async def _look(self, changed: Callable[[], None]) -> NoReturn:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                if self.renew():
                    changed()
            except Misconfigured as error:
                self._fail(error)


def _say(done: Due) -> None:
    for name in done.make:
        log.info("A week's key pair was made.", key_id=name)
    for name in done.withdraw:
        log.info("A public key was withdrawn: nobody seals to it any more.", key_id=name)
    for name in done.destroy:
        log.info("A private key was destroyed: what was sealed to it is unreadable for ever.", key_id=name)
