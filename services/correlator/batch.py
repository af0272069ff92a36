"""One batch, one transaction: fence, inbox, who is who, timelines, states and what is to be told, all or nothing."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from services.core.audit import Action, Entry, Kind, about
from services.core.errors import Unreadable
from services.core.ids import SubjectId
from services.core.matching.versions import last_adopted
from services.correlator import handlers, linking, reading, writing
from services.correlator.decoding import Decoder, Read
from services.correlator.handlers import Outcome, Timelines
from services.correlator.identity import EMPTY, Change
from services.correlator.likeness import Edge, Likeness, Matcher
from services.correlator.said import Said
from services.correlator.survey import Known, Survey, survey
from services.correlator.telling import Message, link_messages, messages, proposals
from services.correlator.weighing import Matchers, all_edges
from services.correlator.writing import Overtaken
from services.runtime import fence
from services.runtime.audit import Trail, offsets
from services.runtime.database import Connection, Session
from services.runtime.fence import Hole, Place

Batch = Mapping[Place, Sequence[Read]]

# Batches that leave identity alone run side by side; one that changes it waits for all others and runs alone. Two
# schemas, a live one and its shadow, do not wait for each other.
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('identity in ' || current_schema(), 0))"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('identity in ' || current_schema(), 0))"


MOST_RETOLD = 20_000
"""So many entries one transaction may fold anew; a batch that needs more is cut into several."""


class ChangesIdentity(Exception):
    """This batch changes who is who, and was begun beside others."""


class TooMuchToRetell(Exception):
    """This batch would fold more entries anew than one transaction should."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What one batch came to; `messages` stand in the outbox under `numbers`."""

    new: int = 0
    again: int = 0
    refolds: int = 0
    unreadable: int = 0
    holes: Sequence[Hole] = ()
    numbers: Sequence[int] = ()
    messages: Sequence[Message] = ()


class Batches:
    """Saves batches through one session; a shadow's tell nobody."""

    def __init__(
        self, session: Session, decoder: Decoder, matchers: Matchers, *, telling: bool, most_retold: int = MOST_RETOLD
    ) -> None:
        self.session = session
        self._decoder = decoder
        self._matchers = matchers
        self._telling = telling
        self._trail = Trail(session.where)
        self._most_retold = most_retold
        # What a batch does to identity is found out in the middle of it; the next one most likely does the same.
        self._begins_alone = False

    async def save(self, batch: Batch) -> AsyncIterator[Saved]:
        """Save what is new in `batch`, as a rule in one transaction; gives what each came to once it is committed.

        Whatever was saved before, here or by another worker, is passed over.
        """
        try:
            saved = await self._saved(batch)
        except TooMuchToRetell:
            for half in halves(batch):
                async for part in self.save(half):
                    yield part
        else:
            yield saved

    async def _saved(self, batch: Batch) -> Saved:
        if not self._begins_alone:
            with suppress(ChangesIdentity, Overtaken):
                return await self.session.run(lambda connection: self._save(connection, batch, alone=False))
        return await self.session.run(lambda connection: self._save(connection, batch, alone=True))

    async def _save(self, connection: Connection, batch: Batch, *, alone: bool) -> Saved:
        async with connection.pipeline():
            await connection.execute(ALONE if alone else _SHARED)
            admitted, holes = await fence.admit(connection, batch)
            letters = unreadable(admitted)
            await writing.bury(connection, letters)
            said = [one.said for records in admitted.values() for one in records if one.said]
            known, version = await reading.known(connection, said)
        matcher, reweighs = await self._weights(connection, admitted, known)
        outcome = await self._decide(connection, known, survey(known, said), matcher, reweighs=reweighs, alone=alone)
        tell = partial(self._told, outcome, version)
        numbers, told = await writing.save(connection, outcome, known, matcher.keys, version, tell)
        if self._telling:
            await self._record(connection, admitted, outcome)
        return Saved(
            new=len(outcome.found.new),
            again=len(outcome.found.again),
            refolds=outcome.refolds,
            unreadable=sum(map(len, letters.values())),
            holes=holes,
            numbers=numbers,
            messages=told,
        )

    async def _weights(self, connection: Connection, admitted: Batch, known: Known) -> tuple[Matcher, bool]:
        """By what to compare, and whether this batch adopts it."""
        adopted = [one.adopted for records in admitted.values() for one in records if one.adopted]
        await linking.adopt(connection, adopted)
        now = last_adopted([*known.adopted, *adopted])
        return self._matchers.of(now), now != last_adopted(known.adopted)

    def _told(self, outcome: Outcome, version: int) -> list[Message]:
        if not self._telling:
            return []
        schemas = self._decoder.schemas
        return [*messages(schemas, outcome.cases, version), *link_messages(schemas, proposals(outcome, version))]

    async def _record(self, connection: Connection, admitted: Batch, outcome: Outcome) -> None:
        if taken := offsets(admitted):
            came = Entry(Action.EVENTS_CORRELATED, about=taken, count=len(outcome.found.new))
            await self._trail.append(connection, came, *moves(outcome))

    async def _decide(  # noqa: PLR0913 - what is held, what comes, and how they are compared
        self, connection: Connection, known: Known, found: Survey, matcher: Matcher, *, reweighs: bool, alone: bool
    ) -> Outcome:
        restated = await self._whole(connection, found.restated, found)
        change = handlers.change(known, found, restated)
        self._begins_alone = reweighs or handlers.concerns_identity(known, found, change)
        if self._begins_alone and not alone:
            raise ChangesIdentity
        change = await (_reweighed if reweighs else _likened)(connection, change, matcher)
        touched = found.restated | change.touches | handlers.awaited(known, found)
        graph = await reading.graph(connection, touched, change.identifiers) if touched else EMPTY
        where = handlers.placed(known, found, change, graph)
        told = {**await self._whole(connection, where.retold - restated.keys(), found), **restated}
        states = {**known.states, **await reading.states(connection, where.unread)}
        return handlers.settle(found, change, where, states, told)

    async def _whole(self, connection: Connection, subjects: Collection[SubjectId], found: Survey) -> Timelines:
        if not subjects:
            return {}
        several = len(found.new) + len(found.again) > 1
        if several and await reading.count_entries(connection, subjects) > self._most_retold:
            raise TooMuchToRetell
        held: dict[SubjectId, list[Said]] = {subject: [] for subject in subjects}
        async for one in reading.timelines(connection, subjects):
            held[one.subject_id].append(self._decoder.again(one.frame, one.known_at, one.said_at))
        return handlers.whole(held, found)


async def _likened(connection: Connection, change: Change, matcher: Matcher) -> Change:
    if not change.portraits:
        return change
    keys = frozenset().union(*map(matcher.keys, change.portraits.values()))
    beside, before = await reading.beside(connection, change.portraits, keys)
    return handlers.likened(change, matcher, beside, before)


async def _reweighed(connection: Connection, change: Change, matcher: Matcher) -> Change:
    """The change with every edge that there is, weighed anew, and every record found by new keys."""
    held = await reading.portraits(connection)
    await linking.rekey(connection, held, matcher.keys)
    portraits = {**held, **change.portraits}
    now: list[Edge] = []
    for some in all_edges(matcher, portraits):
        now += some
        # PostgreSQL ends a session that says nothing for long, and others use the same loop.
        await connection.execute("SELECT")
    before = await reading.edges(connection)
    return replace(change, likeness=Likeness(frozenset(portraits), before, tuple(now)))


def moves(outcome: Outcome) -> Iterator[Entry]:
    """Which records went to another case, as the audit tells it."""
    for one in outcome.assigned:
        if one.subject_id not in outcome.found.newcomers:
            yield Entry(Action.RECORD_MOVED, about=(about(Kind.RECORD, one.subject_id), about(Kind.CASE, one.case_id)))


def unreadable(batch: Batch) -> dict[Place, list[tuple[int, Unreadable]]]:
    """Where the records stand that could not be read, and why not."""
    return {
        place: [(one.offset, one.unreadable) for one in records if one.unreadable] for place, records in batch.items()
    }


def halves(batch: Batch) -> tuple[Batch, Batch]:
    """A batch of several records as two, each partition's in their order."""
    records = [(place, one) for place, some in batch.items() for one in some]
    middle = len(records) // 2
    return grouped(records[:middle]), grouped(records[middle:])


def grouped(records: Iterable[tuple[Place, Read]]) -> Batch:
    """Records by their partition."""
    batch: defaultdict[Place, list[Read]] = defaultdict(list)
    for place, one in records:
        batch[place].append(one)
    return batch
