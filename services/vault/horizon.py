"""Before it judges, the vault reads to the end of its topics: one that is behind may miss a revocation (design 6.3)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.core.errors import Unavailable
from services.runtime.database import Session
from services.runtime.fence import Place, pass_over, positions
from services.runtime.health import Health, Reason
from services.runtime.kafka import connect, make_consumer
from services.runtime.kafka_access import KafkaAccess

Ends = Mapping[Place, int]
"""The offset that the next record of each partition will have."""

CATCH_UP_SECONDS = 2.0
"""How long a look waits for the vault to reach the end of its topics."""

_ASK_SECONDS = 1.0
_ASK_AGAIN_SECONDS = 0.01

log = structlog.get_logger()


class Horizon(Protocol):
    """Tells how far the topics reach now."""

    async def ends(self) -> Ends:
        """Ask the broker.

        Raises:
            Unavailable: it does not answer within a second.
        """

    async def begins(self) -> Ends:
        """Ask it for the offset of the first record that each partition still holds, or will hold.

        Raises:
            Unavailable: as above.
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
        return await self._asked(self._consumer.end_offsets)

    async def begins(self) -> Ends:
        return await self._asked(self._consumer.beginning_offsets)

    async def _asked(self, ask: Callable[[list[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]]) -> Ends:
        places = self._known.places()
        if self._consumer.assignment() != places.keys():
            self._consumer.assign(list(places))
            self._consumer.pause(*places)  # it looks how far there is to read, and reads nothing
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                offsets = await ask(list(places))
        except (KafkaError, TimeoutError) as error:
            raise Unavailable from error
        return {places[partition]: offset for partition, offset in offsets.items()}


class LateHorizon:
    """Stands in until the vault reads: what has not begun to read has not read to the end."""

    def __init__(self) -> None:
        self.known: Horizon | None = None

    async def ends(self) -> Ends:
        if self.known is None:
            raise Unavailable
        return await self.known.ends()

    async def begins(self) -> Ends:
        if self.known is None:
            raise Unavailable
        return await self.known.begins()


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
            return await self._reads_to(ends) or await self._is_all_gone(ends)
        except Unavailable:
            return False

    async def _reads_to(self, ends: Ends) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._read_to(ends)
        except TimeoutError:
            return False
        return True

    async def _is_all_gone(self, ends: Ends) -> bool:
        """Whether Kafka holds nothing any more of what was not read: nobody would come to its end by waiting.

        That it never came is kept, and a doubt until somebody has looked.
        """
        begins, here = await self._horizon.begins(), await self._session.run(positions)
        behind = {place: end for place, end in ends.items() if here.get(place, 0) < end}
        if not ends or any(begins.get(place, 0) < end for place, end in behind.items()):
            return False
        if behind:
            await self._session.run(lambda connection: pass_over(connection, behind))
            log.error("Kafka holds no longer what was never read of some partitions.", count=len(behind))
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
