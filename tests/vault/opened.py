"""The vault's store, opened with the vault's own keys: what a test may do and the product does not yet."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.runtime.database import Connection
from services.vault.handlers import Saying, versions
from services.vault.keys import Keyring, Locked


class Content(NamedTuple):
    """One content as the vault holds it, in clear."""

    subject_id: str
    fact_id: str
    field: str
    digest: bytes
    plaintext: bytes


async def contents(connection: Connection, kek: Keyring) -> list[Content]:
    """Everything that the vault holds."""
    cursor = await connection.execute(
        "SELECT subject_id, fact_id, field, digest, kek_id, wrapped_key, ciphertext FROM contents "
        "WHERE erasure IS NULL",
        binary=True,
    )
    return [_opened(kek, *row) for row in await cursor.fetchall()]


async def versions_of(connection: Connection, fact_id: str, field: str) -> list[tuple[datetime, bytes]]:
    """The versions of one sealed field, oldest first: when each was first said, and its digest."""
    cursor = await connection.execute(
        "SELECT recorded_at, digest FROM sayings WHERE fact_id = %s AND field = %s",
        [bytes.fromhex(fact_id), field],
        binary=True,
    )
    rows: Iterable[tuple[datetime, bytes]] = await cursor.fetchall()
    return [(saying.recorded_at, saying.digest) for saying in versions(Saying(*row) for row in rows)]


def _opened(
    kek: Keyring,
    subject: bytes,
    fact: bytes,
    field: str,
    digest: bytes,
    kek_id: str,
    wrapped_key: bytes,
    ciphertext: bytes,
) -> Content:
    binding = subject.hex(), fact.hex(), field, digest
    return Content(*binding, kek.unlock(Locked(kek_id, wrapped_key, ciphertext), *binding))
