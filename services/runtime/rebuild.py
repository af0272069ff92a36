"""A projection made again from Kafka beside the live one, compared with it case by case, and put in its place."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from psycopg import sql

from services.core.audit import OPERATOR, Action, Entry, Outcome
from services.core.ids import CaseId
from services.runtime import shadow
from services.runtime.audit import Trail
from services.runtime.database import Connection, Database, Session, snapshot
from services.runtime.fence import Place, positions
from services.runtime.inlet import Batch
from services.runtime.kafka_access import access_of
from services.runtime.migrations import migrate
from services.runtime.process import Process
from services.runtime.replay import replay
from services.runtime.topic_ids import topic_ids

Save = Callable[[Batch], Awaitable[None]]


class Projection(Protocol):
    """What a service says of those of its tables that can be made again from Kafka.

    `tables`: all of them, with their fence; the others stay as they are. `inbox`: the one with a row for each event.
    """

    @property
    def topics(self) -> Sequence[str]: ...

    @property
    def tables(self) -> Sequence[str]: ...

    @property
    def inbox(self) -> str: ...

    def saving(self, session: Session) -> Save:
        """Saves batch after batch as the live service does, and tells nobody."""

    def digests(self, connection: Connection) -> AsyncIterator[tuple[CaseId, str]]:
        """The digest of every case, within one transaction."""

    async def adopted(self, connection: Connection, differing: Collection[CaseId]) -> None:
        """Do what follows from the new tables being the live ones, in the transaction in which they become so."""


class Phase(StrEnum):
    """How far a rebuild is; all but the first three are ends."""

    READING = "reading"
    COMPARING = "comparing"
    ADOPTING = "adopting"
    NONE = "none"
    EQUAL = "equal"
    DIFFERENT = "different"
    ADOPTED = "adopted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(slots=True)
class Progress:
    """A rebuild in numbers: `records` of about `records_in_all` are read, `differing` of `cases` are not as they were.

    `reason` is why it failed, as the name of the error.
    """

    verify: bool = True
    phase: Phase = Phase.NONE
    records: int = 0
    records_in_all: int = 0
    cases: int = 0
    differing: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A projection at one moment: how far Kafka was read, how many events it holds, every case's digest."""

    reached: Mapping[Place, int]
    events: int
    digests: Mapping[CaseId, str]

    def differing(self, other: "View") -> frozenset[CaseId]:
        cases = self.digests.keys() | other.digests.keys()
        return frozenset(case for case in cases if self.digests.get(case) != other.digests.get(case))


class Rebuild:
    """One rebuild, from an empty shadow to its end; an interrupted one is begun anew."""

    def __init__(self, process: Process, where: Database, projection: Projection, progress: Progress) -> None:
        self._process = process
        self._where = where
        self._projection = projection
        self._progress = progress
        self._shadow = Session(where.shadow, process.health)
        self._save = projection.saving(self._shadow)

    async def run(self) -> Phase:
        """Do all of it; gives how it ended, which the progress tells once nothing of it is under way any more.

        Raises:
            NoLongerInKafka: the live tables hold more than can be read again; they are as they were.
        """
        await self._begin()
        live = await self._view(self._where)
        await self._read(live.reached)
        self._progress.phase = Phase.COMPARING
        again = await self._view(self._where.shadow)
        differing = live.differing(again)
        self._progress.cases, self._progress.differing = len(again.digests), len(differing)
        ended = await self._end(differing, complete=again.events >= live.events)
        await self._shadow.run(shadow.empty)
        return ended

    async def close(self) -> None:
        await self._shadow.close()

    async def _begin(self) -> None:
        self._progress.phase = Phase.READING
        await self._shadow.run(shadow.empty)
        told = self._process.settings
        await migrate(self._where.shadow, told.service, told.home, self._process.health)

    async def _end(self, differing: Collection[CaseId], *, complete: bool) -> Phase:
        if self._progress.verify:
            return Phase.DIFFERENT if differing else Phase.EQUAL
        if not complete:
            return Phase.REFUSED
        self._progress.phase = Phase.ADOPTING
        await self._adopt(differing)
        return Phase.ADOPTED

    async def _adopt(self, differing: Collection[CaseId]) -> None:
        async def swap(connection: Connection) -> None:
            if await shadow.is_there(connection, self._where):
                await shadow.stand_still(connection)
                await self._read(await positions(connection))
                await shadow.take_place(connection, self._where, self._projection.tables)
                await self._projection.adopted(connection, differing)
                entry = Entry(Action.REBUILT, Outcome.ALLOWED, OPERATOR, count=len(differing))
                await Trail(self._where).append(connection, entry)

        live = Session(self._where, self._process.health)
        await self._read(await live.run(positions))
        await live.run(swap)
        await live.close()

    async def _read(self, until: Mapping[Place, int]) -> None:
        access = access_of(self._process.settings)
        ids = await topic_ids(access, self._projection.topics)
        start = await self._shadow.run(positions)
        self._progress.records_in_all = sum(until.values())
        batches = replay(access, self._process.health, ids, start, until)
        async with aclosing(batches):
            async for batch in batches:
                await self._save(batch)
                self._progress.records += sum(map(len, batch.values()))

    async def _view(self, where: Database) -> View:
        async with snapshot(where) as connection:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(self._projection.inbox))
            events = await (await connection.execute(count)).fetchone()
            return View(
                await positions(connection),
                events[0] if events else 0,
                {case: digest async for case, digest in self._projection.digests(connection)},
            )
