"""Events that flow through a Kafka of their own towards a correlator, and what must have become of them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import psycopg
from confluent_kafka import Consumer, TopicPartition

from services.core.events import Event
from services.core.ids import CaseId
from services.correlator.decoding import Decoder
from services.runtime.local.principals import ADMIN, OPERATOR
from services.runtime.local.waiting import until
from services.wire.topics import CASE_UPDATES
from tests.correlator.histories import a_history, said
from tests.correlator.memory import truth
from tests.correlator.running import Correlator, send
from tests.correlator.told import as_told
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres

ENTRIES = "SELECT count(*), count(DISTINCT frame) FROM correlator.entries"
PARTITIONS = 4
PATIENCE_SECONDS = 60


@dataclass
class Flow:
    """A Kafka of our own, everything that was ever sent to it, and where its updates began to be of interest."""

    kafka: SecuredKafka
    decoder: Decoder
    sent: list[Event] = field(default_factory=list)
    heard_before: list[TopicPartition] = field(default_factory=list)

    def send(self, seed: int, events: int) -> None:
        history = a_history(Random(seed), events)
        send(self.kafka, self.decoder.schemas, history)
        self.sent += history

    def truth(self) -> dict[CaseId, str]:
        return truth(map(said, self.sent))

    def ids(self) -> set[str]:
        return {event.head.event_id for event in self.sent}

    def told(self, since: Sequence[TopicPartition] = ()) -> list[bytes]:
        """Every update since then, or since `heard_before`."""
        start = list(since or self.heard_before)
        consumer = Consumer({**self.kafka.properties(OPERATOR), "group.id": OPERATOR})
        consumer.assign(start)
        left = sum(end.offset for end in self.ends()) - sum(place.offset for place in start)
        messages = consumer.consume(left, timeout=30) if left else []
        consumer.close()
        return [message.value() or b"" for message in messages]

    def ends(self) -> list[TopicPartition]:
        consumer = Consumer({**self.kafka.properties(OPERATOR), "group.id": OPERATOR})
        places = [TopicPartition(CASE_UPDATES, partition) for partition in range(PARTITIONS)]
        ends = [TopicPartition(CASE_UPDATES, one.partition, consumer.get_watermark_offsets(one)[1]) for one in places]
        consumer.close()
        return ends


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def ask(postgres: SecuredPostgres, statement: str) -> int:
    """The one number that a statement gives, or how many rows it changed."""
    with psycopg.connect(postgres.conninfo(ADMIN)) as admin:
        cursor = admin.execute(statement)
        found = cursor.fetchone() if cursor.description else None
        return int(found[0]) if found else cursor.rowcount


def wait_until_all_is_told(postgres: SecuredPostgres) -> None:
    assert until(lambda: ask(postgres, "SELECT count(*) FROM correlator.outbox") == 0, PATIENCE_SECONDS)


def assert_nothing_lost_or_twice(flow: Flow, running: Correlator, postgres: SecuredPostgres) -> None:
    """The tables hold every event once, and whoever heard the updates knows the same as the tables."""
    assert until(lambda: running.digests() == flow.truth(), PATIENCE_SECONDS), running.log.read_text()
    wait_until_all_is_told(postgres)
    with psycopg.connect(postgres.conninfo(ADMIN)) as connection:
        assert connection.execute(ENTRIES).fetchone() == (len(flow.ids()), len(flow.ids()))
    assert as_told(flow.decoder, flow.told())[0] == flow.truth()
