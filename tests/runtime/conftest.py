"""A broker that tests may spoil."""

from collections.abc import Iterator

import pytest

from services.runtime import topics_admin
from services.wire.topics import Topic
from tests.runtime.secured_kafka import SecuredKafka, secured_kafka


@pytest.fixture(scope="session")
def spare_kafka(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[SecuredKafka]:
    """As `kafka`, for tests that write junk to the hub's topics and change who may do what."""
    with secured_kafka(tmp_path_factory.mktemp("spare_kafka")) as running:
        topics_admin.apply(running.admin(), topics)
        yield running
