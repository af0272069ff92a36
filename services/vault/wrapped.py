"""The store's rows that a key-encryption key wraps: found by the key that they need, wrapped under the current one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from services.runtime.database import Connection, write_rows
from services.runtime.fence import Place
from services.vault.keys import Keyring, Locked
from services.vault.store import dead_letter_binding

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A table of locked rows: `page` gives key and lock of the next rows under another key, behind a place."""

    name: str
    start: Key
    count: LiteralString
    page: LiteralString
    update: LiteralString
    binding: Callable[[Key], tuple[str | bytes, ...]]


def _content_binding(key: Key) -> tuple[str | bytes, ...]:
    fact, field, digest, subject = key
    return subject.hex(), fact.hex(), field, digest


def _letter_binding(key: Key) -> tuple[str | bytes, ...]:
    topic_id, partition, offset = key
    return dead_letter_binding(Place(topic_id, partition), offset)


CONTENTS = Wrapped(
    "contents",
    (b"", "", b""),
    "SELECT count(*) FROM contents WHERE kek_id <> %b AND erasure IS NULL",
    """SELECT fact_id, field, digest, subject_id, kek_id, wrapped_key, ciphertext FROM contents
       WHERE kek_id <> %b AND erasure IS NULL AND (fact_id, field, digest) > (%b, %b, %b)
       ORDER BY fact_id, field, digest LIMIT %b FOR UPDATE""",
    """UPDATE contents SET kek_id = given.kek_id, wrapped_key = given.wrapped_key
       FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bytea[], %b::text[], %b::bytea[])
            AS given (fact_id, field, digest, subject_id, kek_id, wrapped_key)
       WHERE (contents.fact_id, contents.field, contents.digest) = (given.fact_id, given.field, given.digest)""",
    _content_binding,
)
DEAD_LETTERS = Wrapped(
    "dead_letters",
    (UUID(int=0), -1, -1),
    "SELECT count(*) FROM dead_letters WHERE kek_id <> %b AND erasure IS NULL",
    """SELECT topic_id, partition, "offset", kek_id, wrapped_key, ciphertext FROM dead_letters
       WHERE kek_id <> %b AND erasure IS NULL AND (topic_id, partition, "offset") > (%b, %b, %b)
       ORDER BY topic_id, partition, "offset" LIMIT %b FOR UPDATE""",
    """UPDATE dead_letters SET kek_id = given.kek_id, wrapped_key = given.wrapped_key
       FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[], %b::bytea[])
            AS given (topic_id, partition, "offset", kek_id, wrapped_key)
       WHERE (dead_letters.topic_id, dead_letters.partition, dead_letters."offset")
           = (given.topic_id, given.partition, given."offset")""",
    _letter_binding,
)
TABLES = (CONTENTS, DEAD_LETTERS)
"""Every table with a column kek_id; a test holds this list to the schema."""


async def count_left(connection: Connection, keys: Keyring) -> int:
    """How many rows still need a key other than the current one."""
    left = 0
    for table in TABLES:
        cursor = await connection.execute(table.count, [keys.current.key_id], binary=True)
        left += (await cursor.fetchone() or (0,))[0]
    return left


async def rewrap(connection: Connection, keys: Keyring, table: Wrapped, after: Key, at_most: int) -> Key | None:
    """Wrap up to `at_most` rows behind `after` under the current key; gives the last one's place; for one transaction.

    Raises:
        BrokenRule: a row needs a key that is not there, or was moved or altered; nothing is changed.
    """
    cursor = await connection.execute(table.page, [keys.current.key_id, *after, at_most], binary=True)
    rows = await cursor.fetchall()
    await write_rows(connection, table.update, [_rewrapped(table, keys, row) for row in rows])
    return rows[-1][: len(table.start)] if rows else None


def _rewrapped(table: Wrapped, keys: Keyring, row: Sequence[Any]) -> tuple[Any, ...]:
    *key, kek_id, wrapped_key, ciphertext = row
    again = keys.rewrap(Locked(kek_id, wrapped_key, ciphertext), *table.binding(tuple(key)))
    return (*key, again.kek_id, again.wrapped_key)
