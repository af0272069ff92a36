"""Batches saved in the real tables as the service saves them, by one worker or by two, and what is then held."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from services.core.events import Event
from services.core.ids import CaseId, SubjectId
from services.core.matching.groups import Pair
from services.core.matching.versions import Adopted
from services.correlator import reading
from services.correlator.batch import MOST_RETOLD, Batches, Saved
from services.correlator.decoding import WEIGHTS_ADOPTED, Decoder
from services.correlator.digests import digests
from services.correlator.kept import edge_from
from services.correlator.likeness import Matcher
from services.runtime.database import Connection, Session, ask
from services.runtime.fence import Place
from services.wire.records import to_record
from services.wire.topics import MATCHING_WEIGHTS, topic_of
from tests.correlator.memory import MATCHERS, Truth

TOPIC = UUID(int=7)


class Delivered(NamedTuple):
    """A record as Kafka delivers it."""

    topic: str
    offset: int
    timestamp: int
    value: bytes | None


class Tables:
    """The tables, and two workers who write to them; each has a partition of its own, unless it is told another."""

    def __init__(self, one: Session, other: Session, decoder: Decoder, most_retold: int = MOST_RETOLD) -> None:
        self.session = one
        self.other = other
        self.decoder = decoder
        self._workers = tuple(
            Batches(session, decoder, MATCHERS, telling=True, most_retold=most_retold) for session in (one, other)
        )
        self._next = [0, 0]
        self.transactions = 0

    async def save(self, events: Iterable[Event], worker: int = 0) -> Saved:
        """Deliver events to a worker behind what its partition was delivered before."""
        records = self.deliver(events, self._next[worker])
        self._next[worker] += len(records)
        return await self.save_records(records, worker)

    async def adopt(self, adopted: Adopted) -> Saved:
        """Deliver that a version of the weights is adopted, on a topic of its own."""
        record = {"version": adopted.version, "sha256": adopted.sha256, "adopted_at": adopted.adopted_at}
        frame = self.decoder.schemas.encode(WEIGHTS_ADOPTED, record)
        return await self.save_records([Delivered(MATCHING_WEIGHTS, 0, 0, frame)], partition=len(self._workers))

    async def keys(self) -> set[tuple[int, SubjectId]]:
        """By which keys the tables find which record."""
        return {
            (key, SubjectId(subject.hex())) for key, subject in await self.ask("SELECT key, subject_id FROM blocks")
        }

    async def keys_of(self, matcher: Matcher) -> set[tuple[int, SubjectId]]:
        """By which keys they should."""
        portraits = await self.session.run(reading.portraits)
        return {(key, subject) for subject, portrait in portraits.items() for key in matcher.keys(portrait)}

    async def save_records(self, records: Sequence[Delivered], worker: int = 0, partition: int | None = None) -> Saved:
        place = Place(TOPIC, worker if partition is None else partition)
        saved = [one async for one in self._workers[worker].save({place: self.decoder.decode(records)})]
        self.transactions += len(saved)
        return added(saved)

    def deliver(self, events: Iterable[Event], offset: int) -> list[Delivered]:
        """The records that hold some events, appended when they were recorded."""
        return [
            Delivered(
                topic_of(event.type),
                offset + number,
                round(event.head.recorded_at.timestamp() * 1000),
                self.decoder.schemas.encode(event.type, to_record(event)),
            )
            for number, event in enumerate(events)
        ]

    async def forget(self) -> None:
        """Empty every table, as if nothing had ever come."""
        kept = "entries, said_again, subjects, cases, claims, decisions, portraits, blocks, edges, conflicts, weights"
        await self.ask(f"TRUNCATE {kept}, outbox, dead_letters, positions, holes")
        self._next = [0, 0]

    async def ask(self, question: str) -> list[TupleRow]:
        [rows] = await self.session.run(lambda connection: ask(connection, (question, None)))
        return rows

    async def truth(self) -> Truth:
        """The digest of every case, and what the tables say of who is likely who, and of whom a person is asked."""
        edges = await self.ask("SELECT one, other, verdict, evidence FROM edges")
        conflicts = await self.ask("SELECT one, other FROM conflicts")
        return Truth(
            await self.digests(),
            frozenset(edge_from(pair_of_rows(*pair), verdict, said) for *pair, verdict, said in edges),
            frozenset(pair_of_rows(*pair) for pair in conflicts),
        )

    async def digests(self) -> dict[CaseId, str]:
        async def read(connection: Connection) -> dict[CaseId, str]:
            return {case: digest async for case, digest in digests(connection, self.decoder)}

        return await self.session.run(read)


def pair_of_rows(one: bytes, other: bytes) -> Pair:
    return SubjectId(one.hex()), SubjectId(other.hex())


def added(saved: Sequence[Saved]) -> Saved:
    """Several transactions as if they had been one."""
    return Saved(
        new=sum(one.new for one in saved),
        again=sum(one.again for one in saved),
        refolds=sum(one.refolds for one in saved),
        unreadable=sum(one.unreadable for one in saved),
        holes=[hole for one in saved for hole in one.holes],
        numbers=[number for one in saved for number in one.numbers],
        messages=[message for one in saved for message in one.messages],
    )
