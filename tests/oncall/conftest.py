"""On-call's tables in a real PostgreSQL, with a clock, a rota and a channel of the tests."""

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
def oncall(session: Session, schemas: Schemas) -> OnCall:
    return on_call(session, schemas)
