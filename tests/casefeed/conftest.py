"""The case feed's tables in a real PostgreSQL, and its own process beside a real Kafka."""

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from services.runtime.database import Database
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.runtime.settings import environment
from services.wire.avro import Schemas
from tests.casefeed.told import PEOPLE_KEY, Told
from tests.conftest import HOME
from tests.identity_provider import RunningProvider
from tests.runtime.running import service
from tests.runtime.secured_kafka import SecuredKafka
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture
async def tables(postgres: SecuredPostgres) -> Database:
    """The case feed's schema, with its tables and nothing in them."""
    where = postgres.database("casefeed")
    await migrate(where, "casefeed", HOME, Health(Metrics()))
    return where


@pytest.fixture(scope="module")
def told(
    kafka: SecuredKafka,
    postgres: SecuredPostgres,
    provider: RunningProvider,
    schemas: Schemas,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Told]:
    postgres.database("casefeed")
    folder = tmp_path_factory.mktemp("casefeed")
    (folder / "people.key").write_bytes(PEOPLE_KEY)
    with service("casefeed", kafka, postgres, folder, keys=folder, public_keys=folder) as running:
        running.told |= environment(public_url=running.url, oidc_issuer=provider.issuer)
        running.start_and_wait()
        yield Told(running, provider, Producer(kafka.properties("correlator")), schemas)
