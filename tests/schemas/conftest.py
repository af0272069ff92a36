"""The sources of the published schemas."""

from collections.abc import Mapping

import pytest

from services.wire.avro import Schemas
from tests.schemas.rules import Source


@pytest.fixture(scope="session")
def sources(schemas: Schemas) -> Mapping[str, Source]:
    """The newest version of each schema, by name."""
    return {schema.name: schemas.newest(schema.name).source for schema in schemas.published}
