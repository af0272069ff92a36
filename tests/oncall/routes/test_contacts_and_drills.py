"""People say how they are reached, hold drills and call on every agency; all is on record, never an address."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from lxml import etree

from services.core.codes import Sector
from services.core.oncall.alerts import AlertKind
from services.core.rights import Person, PersonRole
from services.oncall.contacts import Contacts
from services.oncall.deciding import Decider
from services.oncall.routes.broadcasts import CAP_TYPE, Sender, call_routes
from services.oncall.routes.contacts import contact_routes
from services.oncall.routes.drills import drill_routes
from services.oncall.routes.recording import Desk
from services.runtime.audit import Trail
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn
from tests.oncall.channels.messages import ADDRESS, LONG_SECONDS
from tests.oncall.fakes import OFFICERS, OnCall, officer
from tests.runtime.secured_postgres import SecuredPostgres

CONTACT = {"language": "en", "ways": [{"way": "email", "at": ADDRESS}, {"way": "notify_sms", "at": "+447700900123"}]}
POLICE, HEALTH = officer(Sector.POLICE), officer(Sector.HEALTH)


class Door:
    """Lets in whoever the test says."""

    def __init__(self, now: datetime) -> None:
        self.person = POLICE
        self._now = now

    async def who(self) -> SignedIn:
        return SignedIn(self.person, "token", self._now)

    def now(self) -> datetime:
        return self._now


@dataclass
class Counter:
    """Where people ask, and how often the bell rang."""

    oncall: OnCall
    door: Door
    client: httpx.AsyncClient
    rung: int = 0

    def ring(self) -> None:
        self.rung += 1

    async def asked(self, method: str, path: str, by: Person = POLICE, document: Any = None) -> tuple[int, Any]:
        self.door.person = by
        answer = await self.client.request(method, path, json=document)
        return answer.status_code, answer.json()


@pytest.fixture
async def counter(oncall: OnCall, postgres: SecuredPostgres) -> AsyncIterator[Counter]:
    postgres.begin_audit("oncall")
    app, door = FastAPI(), Door(oncall.clock())
    desk = Desk(oncall.session, door, Trail(oncall.session.where), LONG_SECONDS)  # type: ignore[arg-type] # of the doorkeeper it asks this much
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oncall") as client:
        made = Counter(oncall, door, client)
        app.include_router(contact_routes(desk, Contacts(b"k" * 32)))
        app.include_router(drill_routes(desk, Decider(oncall.rota, oncall.chronicle), made.ring))
        app.include_router(call_routes(desk, Sender("lantern.example", "https://lantern.example")))
        yield made


async def test_somebody_says_how_they_are_reached_and_sees_it_alone(counter: Counter) -> None:
    assert await counter.asked("PUT", "/api/contact", document=CONTACT) == (200, CONTACT)
    assert await counter.asked("GET", "/api/contact") == (200, CONTACT)
    assert (await counter.asked("GET", "/api/contact", HEALTH))[0] == 404


async def test_what_is_forgotten_is_gone(counter: Counter) -> None:
    await counter.asked("PUT", "/api/contact", document=CONTACT)
    assert await counter.asked("DELETE", "/api/contact") == (200, {"forgotten": True})
    assert await counter.asked("DELETE", "/api/contact") == (200, {"forgotten": False})
    assert (await counter.asked("GET", "/api/contact"))[0] == 404


async def test_what_reaches_nobody_is_refused(counter: Counter) -> None:
    status, _ = await counter.asked("PUT", "/api/contact", document={"ways": [{"way": "email", "at": "nobody"}]})
    assert status == 422
    assert (await counter.asked("GET", "/api/contact"))[0] == 404


async def test_an_auditor_is_never_on_duty_and_says_nothing(counter: Counter) -> None:
    auditor = replace(POLICE, role=PersonRole.AUDITOR)
    for method in ("GET", "DELETE"):
        assert (await counter.asked(method, "/api/contact", auditor))[0] == 403
    assert (await counter.asked("PUT", "/api/contact", auditor, CONTACT))[0] == 403


async def test_a_drill_pages_whoever_is_on_duty_in_that_agency_alone_and_says_that_it_is_one(counter: Counter) -> None:
    status, begun = await counter.asked("POST", "/api/drills")
    assert (status, begun["kind"], begun["subject_id"], counter.rung) == (201, "drill", None, 1)
    await counter.oncall.look()
    ((_, page, _),) = counter.oncall.post.sent
    assert (page.recipient, page.kind, page.drill) == (OFFICERS[Sector.POLICE][0], AlertKind.DRILL, True)


async def test_a_drill_is_for_those_who_answer_for_colleagues(counter: Counter) -> None:
    assert (await counter.asked("POST", "/api/drills", HEALTH))[0] == 403
    assert counter.rung == 0


async def test_what_became_of_an_alerts_pages_is_for_its_agency(counter: Counter) -> None:
    _, begun = await counter.asked("POST", "/api/drills")
    path = f"/api/alerts/{begun['alert_id']}/pages"
    status, told = await counter.asked("GET", path)
    assert (status, told["alert_id"], told["answered_at"], told["traces"]) == (200, begun["alert_id"], None, [])
    assert (await counter.asked("GET", path, HEALTH))[0] == 404


async def test_a_duty_officer_of_the_police_calls_on_every_agency_and_ends_it_once(counter: Counter) -> None:
    path = await drilled(counter)
    called, ended = await counter.client.post(path), await counter.client.delete(path)
    assert (called.status_code, called.headers["content-type"]) == (200, CAP_TYPE)
    said, over = etree.fromstring(called.content), etree.fromstring(ended.content)
    assert (said.findtext("{*}msgType"), over.findtext("{*}msgType")) == ("Alert", "Cancel")
    assert (over.findtext("{*}references") or "").split(",")[1] == said.findtext("{*}identifier")
    assert (await counter.client.delete(path)).status_code == 409


async def test_nobody_else_of_the_police_calls_on_anybody(counter: Counter) -> None:
    path = await drilled(counter)
    officer_elsewhere = replace(POLICE, role=PersonRole.POLICE_OFFICER)
    assert (await counter.asked("POST", path, officer_elsewhere))[0] == 403
    assert (await counter.asked("DELETE", path))[0] == 409


async def test_an_alert_of_another_agency_is_none(counter: Counter) -> None:
    assert (await counter.asked("POST", await drilled(counter), HEALTH))[0] == 404


async def test_nothing_in_a_call_is_the_alerts(counter: Counter) -> None:
    path = await drilled(counter)
    assert path.split("/")[3] not in (await counter.client.post(path)).text


async def drilled(counter: Counter) -> str:
    _, begun = await counter.asked("POST", "/api/drills")
    return f"/api/alerts/{begun['alert_id']}/call"


async def test_no_address_is_on_record(counter: Counter) -> None:
    await counter.asked("PUT", "/api/contact", document=CONTACT)
    await counter.asked("GET", "/api/contact")
    rows = await counter.oncall.session.run(entries)
    assert len(rows.splitlines()) >= 2
    assert ADDRESS not in rows
    assert ADDRESS.encode().hex() not in rows


async def entries(connection: Connection) -> str:
    cursor = await connection.execute("SELECT whole::text FROM oncall_audit.entries AS whole")
    return "\n".join(text for (text,) in await cursor.fetchall())
