"""The vault's tables: contents as ciphertext, the times at which each was said, and what could not be opened."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.core.ids import FactId, SubjectId
from services.runtime.database import Connection, write_rows
from services.runtime.fence import Place
from services.vault.handlers import Arrival, Outcome, Part, Saying
from services.vault.keys import Keyring, Locked


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be read, at its place in Kafka; `reason` is a code of a closed list.

    `subject_id` is the child that it is about, as far as its key says: until somebody has looked, a doubt about them.
    """

    place: Place
    offset: int
    reason: str
    frame: bytes
    subject_id: SubjectId | None = None


def binding(arrival: Arrival) -> tuple[str | bytes, ...]:
    """What a content is bound to, so that it opens in its own row only."""
    return arrival.subject_id, arrival.fact_id, arrival.field, arrival.saying.digest


async def held(connection: Connection, parts: Collection[Part]) -> Mapping[Part, frozenset[Saying]]:
    """Everything that was ever said of these parts."""
    cursor = await connection.execute(
        """SELECT fact_id, field, recorded_at, digest FROM sayings
           WHERE (fact_id, field) IN (SELECT * FROM unnest(%b::bytea[], %b::text[]))""",
        [[bytes.fromhex(fact) for fact, _ in parts], [field for _, field in parts]],
        binary=True,
    )
    said: defaultdict[Part, set[Saying]] = defaultdict(set)
    for fact, field, recorded_at, digest in await cursor.fetchall():
        said[FactId(fact.hex()), field].add(Saying(recorded_at, digest))
    return {part: frozenset(sayings) for part, sayings in said.items()}


async def keep(connection: Connection, kek: Keyring, outcome: Outcome) -> None:
    """Lock the new contents and add them with the new sayings."""
    await write_rows(
        connection,
        """INSERT INTO contents (fact_id, field, digest, subject_id, kek_id, wrapped_key, ciphertext)
           SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bytea[],
                                %b::text[], %b::bytea[], %b::bytea[])""",
        [_content(arrival, kek.lock(arrival.plaintext, *binding(arrival))) for arrival in outcome.contents],
    )
    await write_rows(
        connection,
        """INSERT INTO sayings (fact_id, field, recorded_at, digest)
           SELECT * FROM unnest(%b::bytea[], %b::text[], %b::timestamptz[], %b::bytea[])""",
        [(bytes.fromhex(fact), field, said.recorded_at, said.digest) for (fact, field), said in outcome.sayings],
    )


async def set_aside(connection: Connection, kek: Keyring, letters: Iterable[DeadLetter]) -> None:
    """Keep what could not be opened, whole and locked."""
    await write_rows(
        connection,
        """INSERT INTO dead_letters (topic_id, partition, "offset", reason, subject_id, kek_id, wrapped_key, ciphertext)
           SELECT * FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[], %b::bytea[],
                                %b::text[], %b::bytea[], %b::bytea[])""",
        [
            _letter(letter, kek.lock(letter.frame, *dead_letter_binding(letter.place, letter.offset)))
            for letter in letters
        ],
    )


def dead_letter_binding(place: Place, offset: int) -> tuple[str, ...]:
    """What a dead letter is bound to."""
    return "dead letter", str(place.topic_id), str(place.partition), str(offset)


async def count_dead_letters(connection: Connection) -> int:
    """How many records wait for somebody to find out why they could not be opened."""
    row = await (await connection.execute("SELECT count(*) FROM dead_letters WHERE settled_at IS NULL")).fetchone()
    return int(row[0]) if row else 0


def _content(arrival: Arrival, locked: Locked) -> tuple[object, ...]:
    return (
        bytes.fromhex(arrival.fact_id),
        arrival.field,
        arrival.saying.digest,
        bytes.fromhex(arrival.subject_id),
        locked.kek_id,
        locked.wrapped_key,
        locked.ciphertext,
    )


def _letter(letter: DeadLetter, locked: Locked) -> tuple[object, ...]:
    return (
        letter.place.topic_id,
        letter.place.partition,
        letter.offset,
        letter.reason,
        bytes.fromhex(letter.subject_id) if letter.subject_id else None,
        locked.kek_id,
        locked.wrapped_key,
        locked.ciphertext,
    )
