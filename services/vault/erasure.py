"""Erasing contents for good: wrapped key and ciphertext go, the digest stays, so that nothing comes back unseen.

What PostgreSQL's own log and old backups still hold is unreadable once the key-encryption key has been replaced.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from psycopg.rows import TupleRow

from services.core.codes import SealedField
from services.core.ids import FactId, SubjectId
from services.runtime.database import Connection
from services.vault.handlers import Arrival

_COMPARED = frozenset({SealedField.IDENTIFIERS, SealedField.ORGANISATION})


class ErasureReason(StrEnum):
    """Why something is erased; the words behind it are in the case file of whoever ordered it."""

    ORDERED_BY_COURT = "ordered_by_court"
    SAID_OF_THE_WRONG_CHILD = "said_of_the_wrong_child"
    NOT_NEEDED_ANY_MORE = "not_needed_any_more"
    RIGHT_TO_ERASURE = "right_to_erasure"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be erased: everything of a record, of one fact, or of one field of either."""

    subject_id: SubjectId | None = None
    fact_id: FactId | None = None
    field: SealedField | None = None

    def __post_init__(self) -> None:
        if self.subject_id is None and self.fact_id is None:
            raise ValueError("An erasure names a record or a fact.")

    @property
    def row(self) -> dict[str, object]:
        """Its columns; None stands for all."""
        return {
            "subject": self.subject_id and bytes.fromhex(self.subject_id),
            "fact": self.fact_id and bytes.fromhex(self.fact_id),
            "field": self.field and self.field.value,
        }


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it: how many contents were erased now, how many of the same scope had been before, how many letters.

    `dead_letters` are records of the child that could not be read: their words go, the doubt about the child stays.
    """

    contents: int
    before: int
    dead_letters: int = 0


async def erase(connection: Connection, scope: Scope, reason: ErasureReason) -> Erased:
    """Erase what is held of `scope`, and record it; again, it changes nothing. For use inside one transaction.

    What agencies say anew and in other words afterwards is kept: it was not what was to be erased.
    """
    cursor = await connection.execute(
        """SELECT fact_id, field, digest, erasure IS NOT NULL FROM contents
           WHERE (%(subject)s::bytea IS NULL OR subject_id = %(subject)s::bytea)
             AND (%(fact)s::bytea IS NULL OR fact_id = %(fact)s::bytea)
             AND (%(field)s::text IS NULL OR field = %(field)s::text)
           ORDER BY fact_id, field, digest FOR UPDATE""",
        scope.row,
    )
    rows = await cursor.fetchall()
    now = [row[:3] for row in rows if not row[3]]
    letters = await _letters(connection, scope)
    if now or letters:
        erasure = await _record(connection, scope, reason)
        await _destroy(connection, erasure, now)
        await _destroy_letters(connection, erasure, letters)
    return Erased(len(now), len(rows) - len(now), len(letters))


async def _letters(connection: Connection, scope: Scope) -> list[TupleRow]:
    """The places of the record's dead letters, when all of it is to be erased; of which fact one is, nobody knows."""
    if scope.subject_id is None or scope.fact_id is not None or scope.field is not None:
        return []
    cursor = await connection.execute(
        """SELECT topic_id, partition, "offset" FROM dead_letters
           WHERE subject_id = %s AND erasure IS NULL ORDER BY topic_id, partition, "offset" FOR UPDATE""",
        [bytes.fromhex(scope.subject_id)],
    )
    return await cursor.fetchall()


async def _destroy_letters(connection: Connection, erasure: UUID, letters: Collection[TupleRow]) -> None:
    for topic_id, partition, offset in letters:
        await connection.execute(
            """UPDATE dead_letters SET wrapped_key = NULL, ciphertext = NULL, erasure = %s
               WHERE (topic_id, partition, "offset") = (%s, %s, %s)""",
            [erasure, topic_id, partition, offset],
        )


async def _record(connection: Connection, scope: Scope, reason: ErasureReason) -> UUID:
    erasure = uuid4()
    await connection.execute(
        """INSERT INTO erasures (erasure, subject_id, fact_id, field, reason)
           VALUES (%(erasure)s, %(subject)s, %(fact)s, %(field)s, %(reason)s)""",
        {**scope.row, "erasure": erasure, "reason": reason.value},
    )
    return erasure


async def _destroy(connection: Connection, erasure: UUID, contents: Collection[tuple[object, ...]]) -> None:
    if not contents:
        return
    facts, fields, digests = (list(column) for column in zip(*contents, strict=True))
    await connection.execute(
        """UPDATE contents SET wrapped_key = NULL, ciphertext = NULL, erasure = %(erasure)s
           WHERE (fact_id, field, digest) IN (
               SELECT * FROM unnest(%(facts)s::bytea[], %(fields)s::text[], %(digests)s::bytea[]))""",
        {"erasure": erasure, "facts": facts, "fields": fields, "digests": digests},
    )
    # A token of the radar is made from the same words, so it is as much of them as the digest key lets anybody check.
    places = [fact for fact, name in zip(facts, fields, strict=True) if name == SealedField.LOCATION]
    await connection.execute("DELETE FROM radar_signs WHERE fact_id = ANY(%s::bytea[])", [places])
    numbers = [fact for fact, name in zip(facts, fields, strict=True) if name in _COMPARED]
    await connection.execute("DELETE FROM number_signs WHERE fact_id = ANY(%s::bytea[])", [numbers])


async def said_again(connection: Connection, arrived: Collection[Arrival]) -> int:
    """How many of these contents are known and erased."""
    cursor = await connection.execute(
        """SELECT fact_id, field, digest FROM contents
           WHERE EXISTS (SELECT FROM erasures) AND erasure IS NOT NULL AND (fact_id, field, digest) IN (
               SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[]))""",
        [
            [bytes.fromhex(one.fact_id) for one in arrived],
            [one.field for one in arrived],
            [one.saying.digest for one in arrived],
        ],
        binary=True,
    )
    gone = {(fact.hex(), field, digest) for fact, field, digest in await cursor.fetchall()}
    return sum((one.fact_id, one.field, one.saying.digest) in gone for one in arrived)


async def erasures(connection: Connection) -> list[Mapping[str, object]]:
    """Everything that was erased: scope, reason, time (UTC), and how many contents; oldest first."""
    cursor = await connection.execute(
        """SELECT encode(e.subject_id, 'hex'), encode(e.fact_id, 'hex'), e.field, e.reason, e.erased_at, count(c.digest)
           FROM erasures AS e LEFT JOIN contents AS c USING (erasure) GROUP BY e.erasure ORDER BY e.erased_at""",
    )
    names = ("subject_id", "fact_id", "field", "reason", "erased_at", "contents")
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
