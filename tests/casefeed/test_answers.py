"""What the case feed answers to whoever asks: uniform refusals, no echo, nothing stored, and no question but these."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.requests import Request
from starlette.types import ASGIApp

from services.casefeed.app import Neighbours, create_app
from services.casefeed.deciding import Agencies
from services.casefeed.feed import Feed
from services.casefeed.oncall import OnCall
from services.casefeed.routes import answering
from services.casefeed.routes.answering import NO_SOONER_SECONDS, Window
from services.core.audit import Entry, checked
from services.core.codes import OrganisationKind, Sector
from services.core.errors import Unavailable
from services.core.rights import Person, PersonRole
from services.runtime import http
from services.runtime.audit import Private, Trail
from services.runtime.database import Connection, Database, Session, T
from services.runtime.health import Health, Reason
from services.runtime.kafka import Message
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.settings import KafkaSecurity, Settings, SignInSettings
from services.runtime.signin.doorkeeper import Doorkeeper, NotSignedIn, SignedIn
from services.runtime.signin.guard import ANSWERS, Guarded
from services.wire.avro import Schemas
from tests.builders import START, an_id
from tests.conftest import HOME
from tests.contract.labels import secret_words

TOKEN = "token-of-the-tests"
COORDINATOR = Person(
    an_id(1), PersonRole.COORDINATOR, an_id(2), OrganisationKind.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY
)
SIGNED_IN = {"authorization": f"Bearer {TOKEN}"}
PLACE = "QZ10 7ZX"
HEADERS = {*ANSWERS, "content-length", "content-type"}
CASES = [f"/api/cases/{an_id(1)}", f"/api/cases/{an_id(2)}", "/api/cases/x", f"/api/cases/{PLACE}"]
PATHS = [
    "/api/cases",
    *CASES,
    "/api/feed",
    "/api/enquiries",
    f"/api/enquiries/{an_id(1)}",
    "/api/answer",
    "/api/person",
]
# What may be asked about a case: none of it is a place, a tale or an organisation.
QUESTIONS: dict[str, set[str]] = {
    "/api/cases": {"status", "cursor", "at_most"},
    "/api/cases/{case_id}": {"case_id", "as_known_at"},
    "/api/feed": {"after", "since", "Last-Event-ID"},
}


class Door(Doorkeeper):
    """Knows one coordinator."""

    async def who(self, request: Request) -> SignedIn:
        if request.headers.getlist("authorization") != [f"Bearer {TOKEN}"]:
            raise NotSignedIn
        return SignedIn(COORDINATOR, TOKEN, START)


class NothingHeld:
    """A connection to tables that hold nothing."""

    async def execute(self, *_: object, **__: object) -> "NothingHeld":
        return self

    async def fetchall(self) -> Sequence[object]:
        return []

    async def fetchone(self) -> None:
        return None


class EmptyTables(Session):
    """A session that works on tables that hold nothing."""

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await work(cast("Connection", NothingHeld()))


class Unkept(Trail):
    """A trail that nobody keeps: there are no tables for it."""

    async def append(self, _: Connection, *told: Entry | Private) -> None:
        for one in told:
            checked(one.entry if isinstance(one, Private) else one)


async def nobody_listens(_: Message) -> None:
    raise Unavailable


@pytest.fixture
def served(schemas: Schemas) -> tuple[ASGIApp, FastAPI]:
    """The case feed's own application as its process serves it, and the part of it that knows the questions."""
    metrics = Metrics()
    health = Health(metrics)
    health.green(Reason.STARTING)
    told = Settings.model_construct(service="casefeed", kafka_security=KafkaSecurity.SASL_PLAINTEXT, home=HOME)
    tables = EmptyTables(Database("", "casefeed"), health)
    trail, settings = Unkept(tables.where), SignInSettings.model_construct(public_url="http://casefeed")
    door = Door(settings, tables, bytes(32), trail, lambda: START)
    process = Process(told, health, metrics, asyncio.Event())
    people = create_app(
        Window(tables, door, trail, schemas),
        schemas,
        Feed(),
        process,
        Neighbours(OnCall(None), Agencies(HOME, nobody_listens)),
    )
    assert isinstance(people, Guarded)
    assert isinstance(people.app, FastAPI)
    return http.create_app(metrics, health, SecretStr("operator"), (), people), people.app


@pytest.fixture
async def client(served: tuple[ASGIApp, FastAPI]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(served[0]), base_url="http://casefeed") as asking:
        yield asking


@pytest.mark.parametrize("path", [CASES[0], f"/api/enquiries/{an_id(1)}"])
async def test_that_nothing_is_there_is_answered_no_sooner_than_a_fixed_while(
    client: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = 10 * NO_SOONER_SECONDS  # a busy machine takes the real while by itself, and nothing would be shown
    monkeypatch.setattr(answering, "NO_SOONER_SECONDS", longer)
    clock = asyncio.get_running_loop().time
    began = clock()
    answer = await client.get(path, headers=SIGNED_IN)
    assert (answer.status_code, clock() - began >= longer) == (404, True)


def spelt(answer: httpx.Response) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    return answer.status_code, answer.content, answer.headers.raw


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer guessed"}, {"authorization": f"Basic {TOKEN}"}])
async def test_whoever_has_no_right_hears_the_same_whatever_they_ask(
    client: httpx.AsyncClient, given: dict[str, str]
) -> None:
    asked = [await client.get(path, headers=given) for path in PATHS if path != "/api/person"]
    asked += [await client.get("/api/cases", headers=given, params={"cursor": "x" * 300, "status": "asleep"})]
    assert len({str(spelt(answer)) for answer in asked}) == 1
    assert asked[0].status_code == 401


@pytest.mark.parametrize("path", [path for path in [*PATHS, "/nowhere"] if path != "/api/feed"])
async def test_no_answer_is_stored_and_none_says_more_in_its_headers_than_these(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=SIGNED_IN)
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.headers) <= HEADERS


async def test_every_case_that_is_not_known_is_not_known_in_the_same_words(client: httpx.AsyncClient) -> None:
    asked = [await client.get(f"/api/cases/{an_id(number)}", headers=SIGNED_IN) for number in range(3)]
    assert {str(spelt(answer)) for answer in asked} == {str(spelt(asked[0]))}
    assert asked[0].status_code == 404


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (f"/api/cases/{PLACE}", {}),
        (f"/api/enquiries/{PLACE}", {}),
        (f"/api/{PLACE}", {}),
        ("/api/cases", {"status": PLACE}),
        ("/api/cases", {"cursor": PLACE}),
        ("/api/cases", {"at_most": PLACE}),
        (f"/api/cases/{an_id(1)}", {"as_known_at": PLACE}),
        ("/api/feed", {"after": PLACE}),
        ("/api/feed", {"since": PLACE}),
        ("/api/enquiries", {"skip": PLACE}),
        ("/api/cases", {PLACE: PLACE}),
    ],
)
async def test_no_answer_repeats_the_question(client: httpx.AsyncClient, path: str, asked: dict[str, str]) -> None:
    answer = await client.get(path, params=asked, headers=SIGNED_IN)
    assert PLACE not in answer.text + str(answer.headers)


def test_nothing_can_be_asked_of_a_case_by_a_place_or_by_anything_but_this(
    served: tuple[ASGIApp, FastAPI], schemas: Schemas
) -> None:
    asked = {path: _parameters(methods) for path, methods in served[1].openapi()["paths"].items()}
    assert {path: asked[path] for path in QUESTIONS} == QUESTIONS
    words = secret_words({schema.name: schema.source for schema in schemas.published})
    assert set().union(*asked.values()) & words == set()


def _parameters(methods: dict[str, Any]) -> set[str]:
    return {asked["name"] for method in methods.values() for asked in method.get("parameters", ())}
