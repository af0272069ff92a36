"""The correlator's tables in a real PostgreSQL, and batches saved there as the service saves them."""

from collections.abc import AsyncIterator

import pytest

from services.correlator.decoding import Decoder, make_decoder
from services.runtime.database import Database, sessions
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from tests.conftest import HOME
from tests.correlator.tables import Tables
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture(scope="session")
def decoder() -> Decoder:
    return make_decoder(HOME)


@pytest.fixture
async def where(postgres: SecuredPostgres) -> Database:
    """The correlator's schema, with its tables and nothing in them."""
    where = postgres.database("correlator").by_index
    await migrate(where, "correlator", HOME, Health(Metrics()))
    return where


@pytest.fixture
async def tables(where: Database, decoder: Decoder) -> AsyncIterator[Tables]:
    """Two workers on the same tables."""
    async with sessions(where, Health(Metrics()), 2) as (one, other):
        yield Tables(one, other, decoder)
