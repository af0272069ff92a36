"""The vault's tables in a real PostgreSQL, its keys, and an agency's edge that seals to it."""

import pytest

from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.vault.copying import Copier
from services.vault.keys import DigestKey, KeyEncryptionKey, Keyring
from services.vault.opening import Reader
from services.vault.radar import Radar
from services.vault.rotation import adopt
from services.wire.avro import Schemas
from services.wire.opening import Opener
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.deciding import Hub, a_claimed_child, a_missing_child, hub
from tests.vault.edge import PRIVATE
from tests.vault.messages import VERIFIER
from tests.vault.tables import Vault


@pytest.fixture
async def tables(postgres: SecuredPostgres) -> Database:
    """The vault's schema, with its tables and nothing in them."""
    where = postgres.database("vault")
    await migrate(where, "vault", HOME, Health(Metrics()))
    return where


@pytest.fixture
def kek() -> Keyring:
    return Keyring(KeyEncryptionKey(bytes(range(32))))


@pytest.fixture
def reader(schemas: Schemas) -> Reader:
    return Reader(schemas, Opener(PRIVATE), DigestKey(bytes(32)))


@pytest.fixture
def radar(schemas: Schemas) -> Radar:
    return Radar(schemas, DigestKey(bytes(32)))


@pytest.fixture
async def vault(session: Session, reader: Reader, radar: Radar, kek: Keyring, schemas: Schemas) -> Vault:
    await session.run(lambda connection: adopt(connection, kek))
    return Vault(session, reader, Copier(schemas, VERIFIER), radar, kek, schemas)


@pytest.fixture
async def searched(vault: Vault) -> Hub:
    """A child of the hub is missing, and somebody searches for her."""
    await a_missing_child(vault)
    return hub(vault)


@pytest.fixture
async def claimed(vault: Vault) -> Hub:
    """An adult who has climbed the whole ladder asks for a child."""
    await a_claimed_child(vault)
    return hub(vault)
