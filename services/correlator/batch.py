"""One batch, one transaction: fence, inbox, who is who, timelines, states and what is to be told, all or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.core.ids import SubjectId
from services.correlator import handlers, reading, writing
from services.correlator.decoding import Decoder, Read
from services.correlator.handlers import Outcome, Timelines
from services.correlator.identity import EMPTY
from services.correlator.said import Said
from services.correlator.survey import Known, Survey, survey
from services.correlator.telling import messages
from services.correlator.writing import Message, Overtaken
from services.runtime import fence
from services.runtime.database import Connection, Session
from services.runtime.fence import Hole, Place

Batch = Mapping[Place, Sequence[Read]]

# Batches that leave identity alone run side by side; one that changes it waits for all others and runs alone. Two
# schemas, a live one and its shadow, do not wait for each other.
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('identity in ' || current_schema(), 0))"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('identity in ' || current_schema(), 0))"


class ChangesIdentity(Exception):
    """This batch changes who is who, and was begun beside others."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What one batch came to; `messages` stand in the outbox under `numbers`."""

    new: int = 0
    again: int = 0
    refolds: int = 0
    unreadable: Collection[Place] = ()
    holes: Sequence[Hole] = ()
    numbers: Sequence[int] = ()
    messages: Sequence[Message] = ()


class Batches:
    """Saves batches through one session; a shadow's tell nobody."""

    def __init__(self, session: Session, decoder: Decoder, *, telling: bool) -> None:
        self._session = session
        self._decoder = decoder
        self._telling = telling

    async def save(self, batch: Batch) -> Saved:
        """Save what is new in `batch`; whatever was saved before, here or by another worker, is passed over."""
        try:
            return await self._session.run(lambda connection: self._save(connection, batch, alone=False))
        except (ChangesIdentity, Overtaken):
            return await self._session.run(lambda connection: self._save(connection, batch, alone=True))

    async def _save(self, connection: Connection, batch: Batch, *, alone: bool) -> Saved:
        await connection.execute(ALONE if alone else _SHARED)
        admitted, holes = await fence.admit(connection, batch)
        letters = {
            place: [(one.offset, one.unreadable) for one in records if one.unreadable]
            for place, records in admitted.items()
        }
        await writing.bury(connection, letters)
        said = [one.said for records in admitted.values() for one in records if one.said]
        outcome, known, version = await self._decide(connection, said, alone=alone)
        told = messages(self._decoder.schemas, outcome.cases, version) if self._telling else []
        numbers = await writing.save(connection, outcome, known.claims, version, told)
        return Saved(
            new=len(outcome.found.new),
            again=len(outcome.found.again),
            refolds=outcome.refolds,
            unreadable=[place for place, buried in letters.items() for _ in buried],
            holes=holes,
            numbers=numbers,
            messages=told,
        )

    async def _decide(self, connection: Connection, said: Sequence[Said], *, alone: bool) -> tuple[Outcome, Known, int]:
        known, version = await reading.known(connection, said)
        found = survey(known, said)
        restated = await self._whole(connection, found.restated, found)
        change = handlers.change(known, found, restated)
        if handlers.concerns_identity(known, found, change) and not alone:
            raise ChangesIdentity
        touched = found.restated | change.touches | handlers.awaited(known, found)
        graph = await reading.graph(connection, touched, change.identifiers) if touched else EMPTY
        where = handlers.placed(known, found, change, graph)
        told = {**await self._whole(connection, where.retold - restated.keys(), found), **restated}
        states = {**known.states, **await reading.states(connection, where.unread)}
        return handlers.settle(found, change, where, states, told), known, version

    async def _whole(self, connection: Connection, subjects: Collection[SubjectId], found: Survey) -> Timelines:
        held: dict[SubjectId, list[Said]] = {subject: [] for subject in subjects}
        for one in await reading.timelines(connection, subjects):
            held[one.subject_id].append(self._decoder.again(one.frame, one.known_at, one.said_at))
        return handlers.whole(held, found)
