"""On-call's routes over tables with nothing in them, and an audit that begins now."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.oncall.answers import Answers
from services.oncall.contacts import Contacts
from services.oncall.deciding import Decider
from services.oncall.routes.alerts import alert_routes
from services.oncall.routes.broadcasts import Sender, call_routes
from services.oncall.routes.contacts import contact_routes
from services.oncall.routes.drills import drill_routes
from services.oncall.routes.recording import Desk
from services.runtime.audit import Trail
from tests.oncall.channels.messages import LONG_SECONDS
from tests.oncall.fakes import OnCall
from tests.oncall.routes.counter import Counter, Door
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture
async def counter(oncall: OnCall, postgres: SecuredPostgres) -> AsyncIterator[Counter]:
    postgres.begin_audit("oncall")
    app, door = FastAPI(), Door(oncall.clock())
    desk = Desk(oncall.session, door, Trail(oncall.session.where), LONG_SECONDS)  # type: ignore[arg-type] # of the doorkeeper it asks this much
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oncall") as client:
        made = Counter(oncall, door, client)
        app.include_router(alert_routes(desk, Answers(oncall.rota, oncall.chronicle)))
        app.include_router(contact_routes(desk, Contacts(b"k" * 32)))
        app.include_router(drill_routes(desk, Decider(oncall.rota, oncall.chronicle), made.ring))
        app.include_router(call_routes(desk, Sender("lantern.example", "https://lantern.example")))
        yield made
