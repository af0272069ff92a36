"""Before it judges, the vault reads to the end of its topics: one that is behind may miss a revocation (design 6.3)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.core.errors import Unavailable
from services.runtime.database import Session
from services.runtime.fence import Place, positions
from services.runtime.health import Health, Reason
from services.runtime.kafka import connect, make_consumer
from services.runtime.kafka_access import KafkaAccess

Ends = Mapping[Place, int]
"""The offset that the next record of each partition will have."""

CATCH_UP_SECONDS = 2.0
"""How long a look waits for the vault to reach the end of its topics."""

_ASK_SECONDS = 1.0
_ASK_AGAIN_SECONDS = 0.01


class Horizon(Protocol):
    """Tells how far the topics reach now."""

    async def ends(self) -> Ends:
        """Ask the broker.

        Raises:
            Unavailable: it does not answer within a second.
        """


class Places(Protocol):
    """Knows which partitions there are: the vault's inlet."""

    def places(self) -> Mapping[TopicPartition, Place]:
        """Every partition.

        Raises:
            Unavailable: of some topic none is known yet.
        """


class KafkaHorizon:
    """Asks on a connection of its own: on the reader's, an answer would wait behind a fetch that finds nothing."""

    def __init__(self, consumer: AIOKafkaConsumer, known: Places) -> None:
        self._consumer = consumer
        self._known = known

    async def ends(self) -> Ends:
        places = self._known.places()
        if self._consumer.assignment() != places.keys():
            self._consumer.assign(list(places))
            self._consumer.pause(*places)  # it looks how far there is to read, and reads nothing
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                ends = await self._consumer.end_offsets(list(places))
        except (KafkaError, TimeoutError) as error:
            raise Unavailable from error
        return {places[partition]: end for partition, end in ends.items()}


class LateHorizon:
    """Stands in until the vault reads: what has not begun to read has not read to the end."""

    def __init__(self) -> None:
        self.known: Horizon | None = None

    async def ends(self) -> Ends:
        if self.known is None:
            raise Unavailable
        return await self.known.ends()


class CatchingUp:
    """Waits, for `patience` seconds at the most, until the vault has read as far as its topics reach."""

    def __init__(self, session: Session, horizon: Horizon, patience: float = CATCH_UP_SECONDS) -> None:
        self._session = session
        self._horizon = horizon
        self._patience = patience

    async def caught_up(self) -> bool:
        """Whether it has read everything that they held when this was asked."""
        try:
            ends = await self._horizon.ends()
            async with asyncio.timeout(self._patience):
                await self._read_to(ends)
        except (Unavailable, TimeoutError):
            return False
        return True

    async def _read_to(self, ends: Ends) -> None:
        while True:
            if reached(ends, await self._session.run(positions)):
                return
            await asyncio.sleep(_ASK_AGAIN_SECONDS)


@contextlib.asynccontextmanager
async def kafka_horizon(access: KafkaAccess, known: Places, health: Health) -> AsyncIterator[KafkaHorizon]:
    """Give a horizon of the partitions that `known` knows, read anew each time that it is asked."""
    consumer = await connect(lambda: make_consumer(access), health, Reason.KAFKA_UNAVAILABLE)
    try:
        yield KafkaHorizon(consumer, known)
    finally:
        await consumer.stop()


def reached(ends: Ends, positions: Mapping[Place, int]) -> bool:
    """Whether a reader at these positions has passed everything before `ends`; of no partition at all nobody has."""
    return bool(ends) and all(positions.get(place, 0) >= end for place, end in ends.items())
