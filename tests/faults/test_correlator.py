"""The correlator is killed, frozen and cut off while events flow: nothing is lost, and nothing is there twice."""

import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
import pytest
from confluent_kafka import Consumer, TopicPartition

from services.core.events import Event
from services.core.ids import CaseId
from services.correlator.decoding import Decoder, make_decoder
from services.runtime import topics_admin
from services.runtime.local.principals import ADMIN, OPERATOR
from services.runtime.local.waiting import until
from services.wire.topics import CASE_UPDATES, CONTACTS, Topic
from tests.conftest import HOME
from tests.correlator.histories import a_history, said
from tests.correlator.memory import truth
from tests.correlator.running import Correlator, correlator, send
from tests.correlator.told import as_told
from tests.runtime.secured_kafka import SecuredKafka, secured_kafka
from tests.runtime.secured_postgres import SecuredPostgres

CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'correlator'"
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

    def told(self) -> list[bytes]:
        """Every update since `heard_before`."""
        consumer = Consumer({**self.kafka.properties(OPERATOR), "group.id": OPERATOR})
        consumer.assign(self.heard_before)
        left = sum(end.offset for end in self.ends()) - sum(place.offset for place in self.heard_before)
        messages = consumer.consume(left, timeout=30) if left else []
        consumer.close()
        return [message.value() or b"" for message in messages]

    def ends(self) -> list[TopicPartition]:
        consumer = Consumer({**self.kafka.properties(OPERATOR), "group.id": OPERATOR})
        places = [TopicPartition(CASE_UPDATES, partition) for partition in range(PARTITIONS)]
        ends = [TopicPartition(CASE_UPDATES, one.partition, consumer.get_watermark_offsets(one)[1]) for one in places]
        consumer.close()
        return ends


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory, topics: Sequence[Topic]) -> Iterator[SecuredKafka]:
    with secured_kafka(tmp_path_factory.mktemp("kafka")) as running:
        topics_admin.apply(running.admin(), tuple(topics))
        yield running


@pytest.fixture(scope="module")
def flows(kafka: SecuredKafka) -> Flow:
    return Flow(kafka, make_decoder(HOME))


@pytest.fixture
def flow(flows: Flow, postgres: SecuredPostgres) -> Flow:
    """The same Kafka, and empty tables, so that each test's correlator reads everything from the beginning."""
    postgres.database("correlator")
    flows.heard_before = flows.ends()
    return flows


@pytest.fixture
def running(flow: Flow, postgres: SecuredPostgres, tmp_path: Path) -> Iterator[Correlator]:
    with correlator(flow.kafka, postgres, tmp_path) as made:
        made.start()
        made.wait_until_ready()
        yield made


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def assert_nothing_lost_or_twice(flow: Flow, running: Correlator, postgres: SecuredPostgres) -> None:
    """The tables hold every event once, and whoever heard the updates knows the same as the tables."""
    assert until(lambda: running.digests() == flow.truth(), PATIENCE_SECONDS), running.log.read_text()
    running.wait_until_all_is_told()
    with psycopg.connect(postgres.conninfo(ADMIN)) as connection:
        assert connection.execute(ENTRIES).fetchone() == (len(flow.ids()), len(flow.ids()))
    assert as_told(flow.decoder, flow.told())[0] == flow.truth()


def test_a_correlator_killed_at_any_moment_loses_and_repeats_nothing(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    random = Random(1)
    for seed in range(8):
        flow.send(seed, 150)
        wait(random.uniform(0, 2.5))
        running.kill()
        running.start()
    running.wait_until_ready()
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_correlator_cut_off_from_its_database_loses_and_repeats_nothing(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    random = Random(2)
    with psycopg.connect(postgres.conninfo(ADMIN), autocommit=True) as admin:
        for seed in range(10, 20):
            flow.send(seed, 100)
            wait(random.uniform(0, 0.3))
            admin.execute(CUT_OFF)
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_frozen_worker_that_wakes_late_is_refused_by_the_fence(
    flow: Flow, running: Correlator, postgres: SecuredPostgres, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with correlator(flow.kafka, postgres, tmp_path / "other", instance=1) as other:
        flow.send(30, 400)
        running.signal(signal.SIGSTOP)
        other.start()
        flow.send(31, 100)
        other.wait_until_committed(flow.ids())
        running.signal(signal.SIGCONT)
        flow.send(32, 100)
        assert_nothing_lost_or_twice(flow, other, postgres)


def test_a_correlator_that_is_asked_to_stop_finishes_what_it_has_in_hand(
    flow: Flow, running: Correlator, postgres: SecuredPostgres
) -> None:
    flow.send(40, 300)
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    with psycopg.connect(postgres.conninfo(ADMIN)) as connection:
        assert connection.execute("SELECT count(*) FROM correlator.outbox").fetchone() == (0,)
    running.start()
    running.wait_until_ready()
    assert_nothing_lost_or_twice(flow, running, postgres)


def test_a_topic_that_was_made_again_is_not_taken_for_a_replay(
    flow: Flow, running: Correlator, postgres: SecuredPostgres, topics: Sequence[Topic]
) -> None:
    """This test comes last: what was on the topic is nowhere but in the tables afterwards."""
    flow.send(50, 50)
    assert_nothing_lost_or_twice(flow, running, postgres)
    admin = flow.kafka.admin()
    for deleted in admin.delete_topics([CONTACTS]).values():
        deleted.result()
    assert until(lambda: CONTACTS not in admin.list_topics().topics, PATIENCE_SECONDS)
    topics_admin.apply(admin, tuple(topics))
    flow.send(51, 50)
    assert_nothing_lost_or_twice(flow, running, postgres)
