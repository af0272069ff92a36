"""On-call's tables in a real PostgreSQL, with a clock, a rota and a channel of the tests."""

from collections.abc import AsyncIterator

import pytest

from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.wire.avro import Schemas
from tests.conftest import HOME
from tests.oncall.fakes import OnCall, on_call
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture
async def tables(postgres: SecuredPostgres) -> Database:
    """On-call's schema, with its tables and nothing in them."""
    where = postgres.database("oncall")
    await migrate(where, "oncall", HOME, Health(Metrics()))
    return where


@pytest.fixture
async def session(tables: Database) -> AsyncIterator[Session]:
    session = Session(tables, Health(Metrics()))
    yield session
    await session.close()


@pytest.fixture
def oncall(session: Session, schemas: Schemas) -> OnCall:
    return on_call(session, schemas)
