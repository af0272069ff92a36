"""The case feed's web application over real tables, with people signed in: everything but Kafka and a provider."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from services.casefeed.app import Neighbours, create_app
from services.casefeed.feed import Feed
from services.casefeed.handlers import Projection, merged, read
from services.casefeed.live import head, items_after
from services.casefeed.oncall import OnCall
from services.casefeed.routes.answering import Window
from services.casefeed.telling import tell
from services.casefeed.writing import write
from services.core.codes import OrganisationKind, Sector
from services.core.ids import person_handle
from services.core.rights import Person, PersonRole
from services.runtime.audit import Trail
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.runtime.process import Process
from services.runtime.settings import HOME, KafkaSecurity, Settings, SignInSettings
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import Doorkeeper
from services.runtime.signin.sessions import Held
from services.wire.avro import Schemas
from tests.casefeed.agencies import Listening, listening, token_of
from tests.casefeed.on_call import on_call
from tests.casefeed.updates import Update

URL = "http://127.0.0.1:8080"
PEOPLE_KEY = bytes(32)
JUST_NOW = timedelta()
NOTHING_FOUND = Projection((), (), (), ())
KINDS = {
    PersonRole.POLICE_OFFICER: (OrganisationKind.POLICE_FORCE, Sector.POLICE),
    PersonRole.IMMIGRATION_OFFICER: (OrganisationKind.UKBA, Sector.UKBA),
    PersonRole.CLINICIAN: (OrganisationKind.HEALTH_BODY, Sector.HEALTH),
}
"""Where a role is held; every other one at a local authority."""


def somebody(role: PersonRole) -> Person:
    """A person of this role, in a body that has it."""
    kind, sector = KINDS.get(role, (OrganisationKind.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY))
    return Person(person_handle(PEOPLE_KEY, role), role, "BODY", kind, sector)


@dataclass
class House:
    """The application, and the way into it."""

    app: ASGIApp
    session: Session
    schemas: Schemas
    feed: Feed
    process: Process
    door: Doorkeeper
    on_call: Starlette
    listening: Listening
    trail: Trail
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def tell(self, *updates: Update, found: Projection = NOTHING_FOUND) -> None:
        """Project case updates, and what was found around them."""
        told = merged([found, *(read(self.schemas, update.frame(self.schemas)) for update in updates)])

        async def save(connection: Connection) -> int:
            await tell(connection, await write(connection, told))
            return await head(connection)

        self.feed.start(await self.session.run(save))

    async def say(self, *updates: Update) -> None:
        """The same, and whoever watches hears of it."""
        before = self.feed.head
        await self.tell(*updates)
        self.feed.start(before)
        self.feed.publish(await self.session.run(lambda connection: items_after(connection, before)))

    async def enter(self, role: PersonRole, accept: str = "text/html", ago: timedelta = JUST_NOW) -> httpx.AsyncClient:
        """A browser in which somebody of this role is signed in, who showed who they are so long ago."""
        client = self.stranger(accept)
        client.cookies.set(self.door.cookie, await self.secret(role, ago))
        return client

    async def secret(self, role: PersonRole, ago: timedelta = JUST_NOW) -> str:
        """What the browser holds of somebody of this role who has signed in."""
        secret, now, person = secrets.token_urlsafe(32), datetime.now(UTC), somebody(role)
        held = Held(person, token_of(person), now - ago, now, now)
        await self.session.run(lambda connection: sessions.begin(connection, secret, held))
        return secret

    def stranger(self, accept: str = "text/html") -> httpx.AsyncClient:
        """A browser in which nobody is signed in."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=URL, headers={"accept": accept})
        self._clients.append(client)
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()
        await self.session.close()


@asynccontextmanager
async def house(
    where: Database, schemas: Schemas, updates: Iterable[Update] = (), found: Projection = NOTHING_FOUND, url: str = URL
) -> AsyncIterator[House]:
    """The application over the tables of a database that has none yet; people reach it at `url`."""
    metrics = Metrics()
    health = Health(metrics)
    duty = on_call(somebody(PersonRole.POLICE_OFFICER).handle)
    oncall = OnCall(url, httpx.ASGITransport(duty))
    health.green(Reason.STARTING)
    await migrate(where, "casefeed", HOME, health)
    session, trail, feed = Session(where, health), Trail(where), Feed()
    door = Doorkeeper(
        SignInSettings(public_url=url, oidc_issuer="http://127.0.0.1:1"),
        session,
        PEOPLE_KEY,
        trail,
        lambda: datetime.now(UTC),
    )
    process = Process(_settings(), health, metrics, asyncio.Event())
    with listening(schemas) as agencies:
        beside = Neighbours(oncall, agencies.agencies)
        app = create_app(Window(session, door, trail, schemas), schemas, feed, process, beside)
        made = House(app, session, schemas, feed, process, door, duty, agencies, trail)
        await made.tell(*updates, found=found)
        try:
            yield made
        finally:
            await made.close()


def _settings() -> Settings:
    nowhere = Path("nowhere")
    return Settings(
        service="casefeed", kafka_bootstrap="nowhere:1", kafka_security=KafkaSecurity.SASL_SSL, kafka_user="casefeed",
        secrets_file=nowhere, http_port=0, operator_token_file=nowhere,
    )  # fmt: skip
