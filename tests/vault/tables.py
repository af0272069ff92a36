"""The vault's tables and keys, fed batch after batch without Kafka."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from psycopg import sql

from services.core.known import Known
from services.core.sharing import SealedFact
from services.runtime.database import Connection, Session
from services.runtime.inlet import Batch
from services.vault.copying import Copier
from services.vault.keeping import Kept, keep_batch
from services.vault.keys import Keyring
from services.vault.opening import Reader
from services.vault.radar import Radar
from services.wire.avro import Schemas
from services.wire.seal import BatchSealer
from services.wire.sealed_facts import to_record
from tests.builders import START
from tests.vault.edge import PUBLIC, Stored, batch
from tests.vault.messages import case_update, place_of, stored
from tests.vault.opened import Content, contents


@dataclass(frozen=True)
class Vault:
    """A vault that is handed what Kafka would hand it."""

    session: Session
    reader: Reader
    copier: Copier
    radar: Radar
    kek: Keyring
    schemas: Schemas
    offsets: "count[int]" = field(default_factory=count)
    places: defaultdict[tuple[str, int], "count[int]"] = field(default_factory=lambda: defaultdict(count))

    async def keep(self, *frames: bytes, first: int | None = None) -> Kept:
        """Keep a batch that follows the one before it, or that begins at the offset `first`."""
        offsets = [next(self.offsets) for _ in frames]
        given = batch(*frames, first=offsets[0] if first is None else first)
        return await self._keep(given)

    async def _keep(self, given: Batch) -> Kept:
        return await self.session.run(
            lambda connection: keep_batch(connection, given, self.reader, self.copier, self.radar, self.kek)
        )

    async def say(self, *said: Known, number: int = 0) -> Kept:
        """Keep what the agencies' processors signed."""
        return await self.take(*(stored(self.schemas, known) for known in said), number=number)

    async def assign(self, case: str, *subjects: str, version: int = 1, known_at: datetime = START) -> Kept:
        """Keep the correlator's word that these records are one case."""
        return await self.take(case_update(self.schemas, case, subjects, version, known_at))

    async def take(self, *records: Stored, number: int = 0) -> Kept:
        """Keep records of topics that are not sealed facts, each topic from a partition of its own."""
        places: defaultdict[str, list[Stored]] = defaultdict(list)
        for record in records:
            places[record.topic].append(replace(record, offset=next(self.places[record.topic, number])))
        return await self._keep({place_of(topic, number): found for topic, found in places.items()})

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
