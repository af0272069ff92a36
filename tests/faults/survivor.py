"""What an edition holds after files were published to it, beside what they come to when nothing goes wrong."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

import psycopg
from confluent_kafka import Consumer, TopicPartition
from psycopg import sql

from services.cli import client
from services.core.codes import Sector
from services.core.ids import CaseId
from services.core.sharing import EdgeKeys
from services.runtime.database import Database, connect
from services.runtime.intake import EDGE_KEY, PEOPLE_KEY
from services.runtime.local import credentials, database, kafka
from services.runtime.local.principals import ADMIN, OPERATOR
from services.vault.keys import load_vault_keys
from services.wire import topics
from services.wire.avro import Schemas
from tests.correlator import memory
from tests.edition import LocalEdition
from tests.generated import File, Truth, truth
from tests.vault.opened import contents

SECONDS = 30


def edge_keys(edition: LocalEdition) -> dict[Sector, EdgeKeys]:
    owns = {sector: edition.parts.keys / sector.value for sector in Sector}
    return {
        sector: EdgeKeys((own / EDGE_KEY).read_bytes(), (own / PEOPLE_KEY).read_bytes()) for sector, own in owns.items()
    }


@dataclass(frozen=True)
class Survivor:
    """An edition to which these files were published, among others."""

    edition: LocalEdition
    files: Sequence[File]

    @cached_property
    def truth(self) -> Truth:
        return truth(list(self.files), edge_keys(self.edition))

    @cached_property
    def true_digests(self) -> dict[CaseId, str]:
        return memory.truth(self.truth.said)

    def digests(self) -> dict[CaseId, str]:
        """What the correlator says of these cases."""
        with client.http(self.edition.data, "correlator") as http:
            found = http.get("/digests", timeout=SECONDS).raise_for_status().json()["digests"]
        return {case: found.get(case, "") for case in self.true_digests}

    def are_cases_true(self) -> bool:
        return self.digests() == self.true_digests

    def rows(self, question: LiteralString, schema: str, table: str) -> list[tuple[Any, ...]]:
        """What the database answers; {} in the question is the table."""
        with psycopg.connect(self._conninfo(ADMIN)) as connection:
            return connection.execute(sql.SQL(question).format(sql.Identifier(schema, table))).fetchall()

    def events_in(self, schema: str, table: str) -> Counter[str]:
        """How often each event of these files stands in a table."""
        found = self.rows("SELECT encode(event_id, 'hex') FROM {}", schema, table)
        return Counter(event for (event,) in found if event in self.truth.event_ids)

    def sealed(self) -> set[tuple[str, str, str]]:
        """Every content that the vault holds of these facts, opened with its own key."""
        return asyncio.run(self._sealed())

    async def _sealed(self) -> set[tuple[str, str, str]]:
        kek, _ = load_vault_keys(self.edition.parts.keys / "vault")
        ours = {fact.fact_id for fact in self.truth.sealed}
        async with await connect(Database(self._conninfo("vault"), "vault")) as connection:
            held = await contents(connection, kek)
        return {(one.fact_id, one.field, one.plaintext.decode()) for one in held if one.fact_id in ours}

    def sayings(self) -> set[tuple[str, str, Any]]:
        ours = {fact.fact_id for fact in self.truth.sealed}
        held = self.rows("SELECT encode(fact_id, 'hex'), field, recorded_at FROM {}", "vault", "sayings")
        return {saying for saying in held if saying[0] in ours}

    def shared(self, schemas: Schemas) -> Counter[str]:
        """How often each event of these files stands on a shared topic."""
        password = credentials.kafka_password(self.edition.parts.secrets, OPERATOR)
        properties = kafka.client_properties(self.edition.parts.kafka.bootstrap, OPERATOR, password)
        consumer = Consumer({**properties, "group.id": OPERATOR})
        ids = (schemas.decode(value)[1]["head"]["event_id"] for value in _values(consumer, topics.SHARED))
        found = Counter(event for event in ids if event in self.truth.event_ids)
        consumer.close()
        return found

    def _conninfo(self, role: str) -> str:
        password = credentials.database_password(self.edition.parts.secrets, role)
        return self.edition.parts.postgres.conninfo(role, password, database.NAME)


def _values(consumer: Consumer, names: Sequence[str]) -> Iterator[bytes]:
    known = consumer.list_topics(timeout=SECONDS).topics
    places = [TopicPartition(name, number, 0) for name in names for number in known[name].partitions]
    left = sum(consumer.get_watermark_offsets(place, SECONDS)[1] for place in places)
    consumer.assign(places)
    while left:
        for message in consumer.consume(min(left, 500), SECONDS):
            assert message.error() is None, message.error()
            left -= 1
            yield message.value() or b""
