"""A service that people sign in to: a real PostgreSQL, a real provider, and an application of one route."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from services.runtime.audit import Trail
from services.runtime.database import Database, Session
from services.runtime.http import serving
from services.runtime.local.ports import HOST, ports_from
from services.runtime.settings import SignInSettings
from services.runtime.signin.doorkeeper import Doorkeeper
from services.runtime.signin.routes import mounted
from services.runtime.signin.sessions import TABLES
from services.runtime.tls import trusted
from tests.free_ports import free_base
from tests.identity_provider import RunningProvider
from tests.runtime.secured_postgres import SecuredPostgres

PEOPLE_KEY = bytes(range(32))


class Clock:
    """The clock of this machine, moved on by as much as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Site:
    """A service that is served, and who keeps its door."""

    url: str
    door: Doorkeeper
    clock: Clock
    tables: Database

    def browser(self) -> httpx.AsyncClient:
        """A browser of its own, with a jar of its own, that is at this site."""
        headers = {"accept": "text/html", "origin": self.url}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=trusted(), follow_redirects=True
        )

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What stands in the tables."""
        with psycopg.connect(self.tables.conninfo, options=self.tables.options) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
async def tables(postgres: SecuredPostgres) -> Database:
    where = postgres.database("casefeed")
    with psycopg.connect(where.conninfo, options=where.options) as connection:
        connection.execute(TABLES.encode())
    return where


@pytest.fixture
async def site(session: Session, tables: Database, provider: RunningProvider) -> AsyncIterator[Site]:
    """A site whose people the provider signs in."""
    async with served(session, tables, provider.issuer) as running:
        yield running


@asynccontextmanager
async def served(session: Session, tables: Database, issuer: str | None) -> AsyncIterator[Site]:
    """Serve a page that says who looks at it and a form that changes something."""
    clock, held = Clock(), list[Doorkeeper]()

    async def who(request: Request) -> Response:
        person = (await held[0].who(request)).person
        return JSONResponse({"person": person.handle, "role": person.role})

    async def change(request: Request) -> Response:
        who, fields = await held[0].form(request)
        who.expect_fresh(clock.now())
        return JSONResponse(fields)

    async def form(request: Request) -> Response:
        return PlainTextResponse((await held[0].who(request)).csrf or "")

    routes = [Route("/", who), Route("/form", form), Route("/change", change, methods=["POST"])]
    port = ports_from(free_base())["casefeed"]
    url = f"http://{HOST}:{port}"
    settings = SignInSettings(public_url=url, oidc_issuer=issuer)
    held.append(Doorkeeper(settings, session, PEOPLE_KEY, Trail(tables), clock.now))
    async with serving(mounted(Starlette(routes=routes), held[0]), HOST, port):
        yield Site(url, held[0], clock, tables)
