"""On-call's web application on a real PostgreSQL; tables are made once, and emptied for each test."""

from collections.abc import AsyncIterator

import pytest

from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import upgrade
from services.wire.avro import Schemas
from tests.conftest import HOME
from tests.oncall.rota.site import Site, make_site, staffed
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture(scope="module")
def made_once(postgres: SecuredPostgres) -> Database:
    where = postgres.database("oncall")
    upgrade(where, "oncall", HOME)
    postgres.begin_audit("oncall")
    return where


@pytest.fixture
async def empty(made_once: Database, schemas: Schemas) -> AsyncIterator[Site]:
    """Without staff or rota."""
    session = Session(made_once, Health(Metrics()))
    yield await make_site(session, schemas)
    await session.close()


@pytest.fixture
async def site(empty: Site) -> Site:
    """With the staff of a local authority, and a rota of two of them in turns of a week."""
    return await staffed(empty)
