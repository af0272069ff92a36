"""A correlator of its own for each test, and a Kafka of its own for each file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.correlator.decoding import make_decoder
from services.runtime import topics_admin
from services.wire.topics import Topic
from tests.conftest import HOME
from tests.correlator.running import Correlator, correlator
from tests.faults.flow import Flow
from tests.runtime.secured_kafka import secured_kafka
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[Flow]:
    with secured_kafka(tmp_path_factory.mktemp("kafka")) as running:
        topics_admin.apply(running.admin(), topics)
        yield Flow(running, make_decoder(HOME))


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
