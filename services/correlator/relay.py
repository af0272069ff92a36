"""Tells Kafka what was committed: at once from memory, and from the outbox what a crash or a lost answer left there."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from services.correlator.batch import Saved
from services.correlator.decoding import WEIGHTS_ADOPTED
from services.correlator.telling import Message
from services.runtime import kafka
from services.runtime.database import Connection, Session, ask
from services.runtime.publisher import Publisher
from services.wire.envelope import own_headers
from services.wire.topics import CASE_UPDATES, LINK_CANDIDATES, MATCHING_WEIGHTS

_TYPES = {CASE_UPDATES: "CaseUpdated", LINK_CANDIDATES: "LinkProposed", MATCHING_WEIGHTS: WEIGHTS_ADOPTED}
# A worker tells what it commits within moments; what is older was left behind, by this worker or by one that died.
_LEFT_BEHIND = timedelta(seconds=3)
_SWEEP_SECONDS = 1.0
_AT_ONCE = 500
_BATCHES_WAITING = 8


class Relay:
    """Publishes batch after batch in the order of their commits, and removes what Kafka has acknowledged."""

    def __init__(self, session: Session, publisher: Publisher) -> None:
        self._session = session
        self._publisher = publisher
        self._waiting: asyncio.Queue[Saved | None] = asyncio.Queue(_BATCHES_WAITING)

    async def tell(self, saved: Saved) -> None:
        """Hand over a committed batch; waits while Kafka is behind, so that memory stays bounded."""
        if saved.numbers:
            await self._waiting.put(saved)

    async def close(self) -> None:
        """Let `run` return once everything that was handed over is told."""
        await self._waiting.put(None)

    async def run(self) -> None:
        """Tell first what the outbox holds, then what is handed over, until `close`."""
        clock = asyncio.get_running_loop().time
        await self._sweep(timedelta())
        swept_at = clock()
        while (saved := await self._next()) is not None:
            await self._publish(saved.numbers, saved.messages)
            if clock() > swept_at + _SWEEP_SECONDS:
                await self._sweep(_LEFT_BEHIND)
                swept_at = clock()

    async def _next(self) -> Saved | None:
        while True:
            try:
                async with asyncio.timeout(_SWEEP_SECONDS):
                    return await self._waiting.get()
            except TimeoutError:
                await self._sweep(_LEFT_BEHIND)

    async def _sweep(self, older_than: timedelta) -> None:
        while rows := await self._session.run(lambda connection: _oldest(connection, older_than)):
            await self._publish([number for number, _ in rows], [message for _, message in rows])

    async def _publish(self, numbers: Sequence[int], messages: Sequence[Message]) -> None:
        await self._publisher.publish(
            [
                kafka.Message(one.topic, one.key, one.value, own_headers("correlator", _TYPES[one.topic], number))
                for number, one in zip(numbers, messages, strict=True)
            ]
        )
        await self._session.run(lambda connection: _remove(connection, numbers))


async def waiting(connection: Connection) -> timedelta:
    """Tell how long the oldest message has waited to be told; zero when none waits."""
    [rows] = await ask(connection, ("SELECT now() - made_at FROM outbox ORDER BY seq LIMIT 1", None))
    return rows[0][0] if rows else timedelta()


async def _oldest(connection: Connection, older_than: timedelta) -> list[tuple[int, Message]]:
    question = "SELECT seq, key, value, topic FROM outbox WHERE made_at <= now() - %s ORDER BY seq LIMIT %s"
    [rows] = await ask(connection, (question, [older_than, _AT_ONCE]))
    return [(seq, Message(*message)) for seq, *message in rows]


async def _remove(connection: Connection, numbers: Sequence[int]) -> None:
    # Should this be lost in a crash, the messages are told once more, which projections do not notice.
    await connection.execute("SET LOCAL synchronous_commit = off")
    await connection.execute("DELETE FROM outbox WHERE seq = ANY(%b::bigint[])", [list(numbers)])
