"""The directory behind the handles: which office keeps a record; for the vault's own page alone, behind its rule."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString

from services.core.ids import SubjectId
from services.runtime.database import Connection
from services.runtime.id_arrays import IdArray
from services.vault.contents import words_of
from services.vault.keys import Keyring, Locked

_LATEST: LiteralString = """
    SELECT DISTINCT ON (c.fact_id)
           c.subject_id, c.fact_id, c.field, c.digest, c.kek_id, c.wrapped_key, c.ciphertext
    FROM contents AS c JOIN sayings AS s USING (fact_id, field, digest)
    WHERE c.field = 'organisation' AND c.erasure IS NULL AND c.subject_id = ANY(%b::bytea[])
    ORDER BY c.fact_id, s.recorded_at DESC, s.digest DESC"""


@dataclass(frozen=True, slots=True, order=True)
class Office:
    """Who keeps a record, in the organisation's own words; they are in no text of it."""

    subject_id: SubjectId
    organisation: str = field(repr=False)
    kind: str = field(repr=False)


async def offices(connection: Connection, keys: Keyring, subjects: Collection[SubjectId]) -> tuple[Office, ...]:
    """The offices that speak of these records, each once, as was last said; whoever asks must be allowed to.

    Raises:
        BrokenRule: a content was moved or altered.
    """
    cursor = await connection.execute(_LATEST, [IdArray(sorted(subjects))], binary=True)
    return tuple(sorted({office for row in await cursor.fetchall() for office in _office(keys, *row)}))


def _office(keys: Keyring, *row: Any) -> Iterator[Office]:  # noqa: ANN401 - the columns of a row
    subject, fact, name, digest, *locked = row
    words = words_of(keys.unlock(Locked(*locked), subject.hex(), fact.hex(), name, digest))
    if {"organisation", "kind"} <= words.keys():
        yield Office(SubjectId(subject.hex()), words["organisation"], words["kind"])
