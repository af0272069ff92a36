"""The vault's tables and keys, fed batch after batch without Kafka."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from psycopg import sql

from services.core.sharing import SealedFact
from services.runtime.database import Connection, Session
from services.vault.keeping import Kept, keep_batch
from services.vault.keys import KeyEncryptionKey
from services.vault.opening import Reader
from services.wire.avro import Schemas
from services.wire.seal import BatchSealer
from services.wire.sealed_facts import to_record
from tests.vault.edge import PUBLIC, batch
from tests.vault.opened import Content, contents


@dataclass(frozen=True)
class Vault:
    """A vault that is handed what Kafka would hand it."""

    session: Session
    reader: Reader
    kek: KeyEncryptionKey
    schemas: Schemas
    offsets: "count[int]" = field(default_factory=count)

    async def keep(self, *frames: bytes, first: int | None = None) -> Kept:
        """Keep a batch that follows the one before it, or that begins at the offset `first`."""
        offsets = [next(self.offsets) for _ in frames]
        given = batch(*frames, first=offsets[0] if first is None else first)
        return await self.session.run(lambda connection: keep_batch(connection, given, self.reader, self.kek))

    async def seal(self, facts: Iterable[SealedFact]) -> Kept:
        """Keep what an agency's edge seals in one batch."""
        sealer = BatchSealer(PUBLIC)
        return await self.keep(*(self.schemas.encode("SealedFact", to_record(fact, sealer)) for fact in facts))

    async def contents(self) -> list[Content]:
        """Everything that the vault holds, opened with its own key."""
        return await self.session.run(lambda connection: contents(connection, self.kek))

    async def addresses(self) -> list[str]:
        return sorted(json.loads(content.plaintext)["address"] for content in await self.contents())

    async def count(self, table: str) -> int:
        """How many rows a table has."""

        async def ask(connection: Connection) -> int:
            cursor = await connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (number,) = await cursor.fetchone() or (0,)
            return int(number)

        return await self.session.run(ask)
