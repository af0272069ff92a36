"""Tells Kafka what others are to be told; what Kafka has is marked, and may be told twice, never not."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from services.runtime.database import Session
from services.runtime.kafka import Message
from services.runtime.publisher import Publisher
from services.vault.announcing import ANSWERED, WAITING
from services.vault.decisions_store import Told, note_told, untold
from services.vault.numbers import LINK_PROPOSED
from services.vault.radar import PATTERN_FOUND
from services.wire import topics
from services.wire.envelope import own_headers

_AT_ONCE = 100
_LOOK_SECONDS = 0.5


class Relay:
    """Looks twice a second for what nobody has been told yet, and at once when `bell` is set."""

    def __init__(
        self, session: Session, publisher: Publisher, clock: Callable[[], datetime], bell: asyncio.Event
    ) -> None:
        self._session = session
        self._publisher = publisher
        self._clock = clock
        self._bell = bell

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            self._bell.clear()
            await self.tell()
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def tell(self) -> None:
        """Tell everything that is waiting."""
        while rows := await self._session.run(lambda connection: untold(connection, _AT_ONCE)):
            await self._publisher.publish([_message(number, told) for number, told in rows])
            await self._note([number for number, _ in rows])

    async def _note(self, numbers: Sequence[int]) -> None:
        now = self._clock()
        await self._session.run(lambda connection: note_told(connection, numbers, now))


def _message(number: int, told: Told) -> Message:
    type_ = _type(told)
    return Message(told.topic, told.key, told.value, own_headers("vault", type_, number) if type_ else ())


def _type(told: Told) -> str | None:
    """The type of a message of the vault's own; what a person says to their agency has none."""
    match told.topic:
        case topics.PATTERNS:
            return PATTERN_FOUND
        case topics.LINK_CANDIDATES:
            return LINK_PROPOSED
        case topics.VAULT_DECISIONS:
            return ANSWERED if told.what.endswith(ANSWERED) else WAITING
        case _:
            return None
