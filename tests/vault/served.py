"""The vault's web application at an address of its own, for a real browser; a child is missing, time is the test's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.database import Session
from services.runtime.health import Health
from services.runtime.http import serving
from services.runtime.local.ports import HOST, ports_from
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.runtime.settings import SignInSettings
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import Doorkeeper
from services.vault.app import create_app
from services.vault.copying import Copier
from services.vault.decisions import Act, Decision
from services.vault.keys import DigestKey, KeyEncryptionKey, Keyring
from services.vault.opening import Reader
from services.vault.radar import Radar
from services.vault.rotation import adopt
from services.wire.avro import Schemas
from services.wire.opening import Opener
from tests.browser import Visit
from tests.conftest import HOME
from tests.free_ports import free_base
from tests.runtime.secured_postgres import SecuredPostgres
from tests.vault.deciding import PEOPLE_KEY, Hub, a_missing_child, hub
from tests.vault.edge import PRIVATE
from tests.vault.messages import VERIFIER
from tests.vault.tables import Vault


@dataclass(frozen=True)
class Served:
    """A vault that is served."""

    url: str
    hub: Hub
    door: Doorkeeper

    async def sign_in(self, visit: Visit, who: Person) -> None:
        """Give a visit the session of a person who has just signed in."""
        secret, now = sessions.new_secret(), self.hub.now
        held = sessions.Held(who, "token", now, now, now)
        await self.door.run(lambda connection: sessions.begin(connection, secret, held))
        await visit.page.context.add_cookies([{"name": self.door.cookie, "value": secret, "url": self.url}])

    async def seconded(self) -> Decision:
        decision = await self.hub.ask()
        await self.hub.act(decision, Act.SECOND)
        return decision


@asynccontextmanager
async def served_vault(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[Served]:
    """Serve a vault with new tables; everything of it belongs to the event loop that asks."""
    where, health = postgres.database("vault"), Health(Metrics())
    await migrate(where, "vault", HOME, health)
    kek, digest_key = Keyring(KeyEncryptionKey(bytes(range(32)))), DigestKey(bytes(32))
    session = Session(where, health)
    await session.run(lambda connection: adopt(connection, kek))
    reader, radar = Reader(schemas, Opener(PRIVATE), digest_key), Radar(schemas, digest_key)
    made = hub(Vault(session, reader, Copier(schemas, VERIFIER), radar, kek, schemas))
    await a_missing_child(made.vault)
    port, trail = ports_from(free_base())["vault"], Trail(where)
    url = f"http://{HOST}:{port}"
    door = Doorkeeper(SignInSettings(public_url=url), session, PEOPLE_KEY, trail, made.later)
    async with serving(create_app(made.deciding, made.looking_up, door, trail, session), HOST, port):
        yield Served(url, made, door)
    await session.close()
