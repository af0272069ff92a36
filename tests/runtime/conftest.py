"""A broker that tests may spoil, a database of their own, and a light."""

from collections.abc import Iterator

import pytest

from services.runtime import topics_admin
from services.runtime.database import Database
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.wire.topics import Topic
from tests.runtime.secured_kafka import SecuredKafka, secured_kafka
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture(scope="session")
def spare_kafka(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[SecuredKafka]:
    """As `kafka`, for tests that write junk to the hub's topics and change who may do what."""
    with secured_kafka(tmp_path_factory.mktemp("spare_kafka")) as running:
        topics_admin.apply(running.admin(), topics)
        yield running


@pytest.fixture
def where(postgres: SecuredPostgres) -> Database:
    return postgres.database("correlator")


@pytest.fixture
def health() -> Health:
    return Health(Metrics())
