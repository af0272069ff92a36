"""The case feed's tables in a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture
async def tables(postgres: SecuredPostgres) -> Database:
    """The case feed's schema, with its tables and nothing in them."""
    where = postgres.database("casefeed")
    await migrate(where, "casefeed", HOME, Health(Metrics()))
    return where


@pytest.fixture
async def session(tables: Database) -> AsyncIterator[Session]:
    session = Session(tables, Health(Metrics()))
    yield session
    await session.close()
