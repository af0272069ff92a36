"""Tells Kafka what happened to alerts; what Kafka has is marked, and may be told twice, never not.

Paging does not wait for it: while Kafka is away the rows wait here.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.oncall.happening import ALERT_HAPPENED, Untold, note_told, untold
from services.runtime.database import Session
from services.runtime.kafka import Message
from services.wire.envelope import own_headers
from services.wire.topics import ALERTS

_AT_ONCE = 200
_LOOK_SECONDS = 0.5


class Publisher(Protocol):
    """Takes messages to Kafka, however long that takes."""

    async def publish(self, messages: Sequence[Message]) -> None: ...

    async def stop(self) -> None: ...


class Relay:
    """Looks twice a second for what nobody has been told yet."""

    def __init__(self, session: Session, publisher: Publisher, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._publisher = publisher
        self._clock = clock

    async def run(self) -> None:
        """Tell until cancelled."""
        try:
            while True:
                await self.tell()
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await self._publisher.stop()

    async def tell(self) -> None:
        """Tell everything that is waiting, in the order in which it happened."""
        while rows := await self._session.run(lambda connection: untold(connection, _AT_ONCE)):
            await self._publisher.publish([_message(row) for row in rows])
            now = self._clock()
            numbers = [row.number for row in rows]
            await self._session.run(lambda connection: note_told(connection, numbers, now))  # noqa: B023 - at once


def _message(row: Untold) -> Message:
    return Message(ALERTS, row.alert_id.encode(), row.frame, own_headers("oncall", ALERT_HAPPENED, row.number))
