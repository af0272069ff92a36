"""The published schemas and topics."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.wire.avro import Schemas, load_schemas
from services.wire.topics import Topic, load_topics
from tests.schemas.rules import Source

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    return load_schemas(HOME)


@pytest.fixture(scope="session")
def topics() -> tuple[Topic, ...]:
    return load_topics(HOME)


@pytest.fixture(scope="session")
def sources(schemas: Schemas) -> Mapping[str, Source]:
    """The newest version of each schema, by name."""
    return {schema.name: schemas.newest(schema.name).source for schema in schemas.published}
