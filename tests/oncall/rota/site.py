"""On-call's web application over real tables, with people signed in and a clock of the tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from services.core.codes import OrganisationKind, Sector
from services.core.ids import person_handle
from services.core.rights import Person, PersonRole
from services.oncall.answers import Answers
from services.oncall.app import create_app
from services.oncall.happening import Chronicle
from services.oncall.rota.desk import PublishedRota
from services.oncall.routes.recording import Desk
from services.runtime.audit import Trail
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection, Session
from services.runtime.settings import SignInSettings
from services.runtime.signin import sessions
from services.runtime.signin.doorkeeper import Doorkeeper
from services.wire.avro import Schemas
from tests.core.oncall.rotas import at
from tests.oncall.channels.messages import LONG_SECONDS

URL = "http://127.0.0.1:4712"
PEOPLE_KEY = bytes(32)
KINDS = {Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY, Sector.POLICE: OrganisationKind.POLICE_FORCE}
STAFF = {
    "people": [
        {"sign_in": "dana", "name": "Dana Invented", "role": "duty_officer"},
        {"sign_in": "omar", "name": "Omar Invented", "role": "duty_officer"},
        {"sign_in": "ruth", "name": "Ruth Invented", "role": "social_worker"},
    ]
}
TURNS = {"people": ["Dana Invented", "Omar Invented"], "begins": "2026-03-23T09:00", "turn": {"unit": "weeks"}}
WEEKS = {"zone": "Europe/London", "until": "2026-04-20T09:00", "lines": [{"layers": [TURNS]}]}


def handle(name: str) -> str:
    return person_handle(PEOPLE_KEY, name)


def somebody(name: str, role: PersonRole, sector: Sector = Sector.LOCAL_AUTHORITY) -> Person:
    return Person(handle(name), role, "0" * 32, KINDS[sector], sector)


COORDINATOR = somebody("coordinator", PersonRole.COORDINATOR)
DANA, OMAR = somebody("dana", PersonRole.DUTY_OFFICER), somebody("omar", PersonRole.DUTY_OFFICER)
RUTH = somebody("ruth", PersonRole.SOCIAL_WORKER)
POLICE = somebody("police", PersonRole.COORDINATOR, Sector.POLICE)
OFFICER = somebody("officer", PersonRole.DUTY_OFFICER, Sector.POLICE)
AUDITOR = somebody("auditor", PersonRole.AUDITOR)


@dataclass
class Site:
    """The application, and the time that passes while it is used; it begins on Monday 23 March 2026 at ten."""

    session: Session
    trail: Trail
    door: Doorkeeper = field(init=False)
    transport: httpx.ASGITransport = field(init=False)
    now: datetime = field(default_factory=lambda: at(1))
    last_before: int = -1

    def goes_on(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def ask(self, who: Person, method: str, path: str, document: Any = None, **asked: str) -> httpx.Response:
        """What somebody who has just signed in is answered."""
        secret = sessions.new_secret()
        held = sessions.Held(who, "token", self.now, self.now, self.now)
        await self.session.run(lambda connection: sessions.begin(connection, secret, held))
        async with httpx.AsyncClient(
            transport=self.transport, base_url=URL, headers={"origin": URL}, cookies={self.door.cookie: secret}
        ) as client:
            return await client.request(method, path, json=document, params=asked)

    async def publish(self, rota: Mapping[str, Any], *, based_on: int = 0, who: Person = COORDINATOR) -> httpx.Response:
        return await self.ask(who, "POST", "/api/rota", {"based_on": based_on, "rota": rota})

    async def on_duty(self, who: Person = COORDINATOR, **asked: str) -> Any:
        """Who is on duty in the local authority, as somebody is told."""
        found = (await self.ask(who, "GET", "/api/duty", **asked)).json()
        return next(one for one in found["duty"] if one["agency"] == "local_authority")

    async def name_on_duty(self) -> str:
        return str((await self.on_duty())["on_duty"]["name"])

    async def recorded(self, action: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """What the audit holds of this kind since the test began: who, what came of it, and why."""
        wanted = Wanted(action=action, after=self.last_before)
        found = await self.session.run(lambda connection: Trails(self.session.where).search(connection, wanted))
        return [(one.entry.who, one.entry.outcome, one.entry.reasons) for one, _ in found]


async def make_site(session: Session, schemas: Schemas) -> Site:
    """The application over tables with nothing in them."""

    async def emptied(connection: Connection) -> int:
        await connection.execute(
            "TRUNCATE members, rota_versions, handovers, contacts, carried, receipts, alerts CASCADE"
        )
        return (await Trails(session.where).extent(connection)).last_entry

    site = Site(session, Trail(session.where), last_before=await session.run(emptied))
    site.door = Doorkeeper(SignInSettings(public_url=URL), session, PEOPLE_KEY, site.trail, lambda: site.now)
    app = create_app(
        Desk(session, site.door, site.trail, LONG_SECONDS), Answers(PublishedRota(), Chronicle(schemas, site.trail))
    )
    site.transport = httpx.ASGITransport(app)
    return site


async def staffed(site: Site) -> Site:
    """With a staff, and a rota of two people who take turns a week long."""
    assert (await site.ask(COORDINATOR, "PUT", "/api/staff", STAFF)).is_success
    assert (await site.publish(WEEKS)).json()["version"] == 1
    return site
