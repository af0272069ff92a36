"""What the case feed answers to whoever asks: uniform refusals, no echo, nothing stored, and no question but these."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr
from starlette.routing import Mount

from services.casefeed.app import create_app
from services.casefeed.feed import Feed
from services.runtime import http
from services.runtime.database import Connection, Database, Session, T
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.settings import KafkaSecurity, Settings
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.conftest import HOME
from tests.contract.labels import secret_words

TOKEN = "token-of-the-tests"
OPERATOR = {"authorization": f"Bearer {TOKEN}"}
PLACE = "QZ10 7ZX"
HEADERS = {"cache-control", "content-length", "content-type", "x-content-type-options"}
PATHS = ["/api/cases", f"/api/cases/{an_id(1)}", "/api/cases/x", "/api/feed", "/digests", "/openapi.json", "/nowhere"]
# What may be asked of the case feed: none of it is a place, a tale or an organisation.
QUESTIONS: dict[str, set[str]] = {
    "/api/cases": {"status", "cursor", "at_most"},
    "/api/cases/{case_id}": {"case_id", "as_known_at"},
    "/api/feed": {"after", "since", "Last-Event-ID"},
    "/digests": set(),
}


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


@pytest.fixture
async def client(schemas: Schemas) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the case feed's own application, as its process serves it."""
    metrics = Metrics()
    health = Health(metrics)
    health.green(Reason.STARTING)
    process = Process(_settings(), health, metrics, asyncio.Event())
    feed = create_app(EmptyTables(Database("", "casefeed"), health), schemas, Feed(), process)
    app = http.create_app(metrics, health, SecretStr(TOKEN), [Mount("/", feed)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://casefeed") as asking:
        yield asking


def _settings() -> Settings:
    """Nothing of it is used here."""
    return Settings.model_construct(service="casefeed", kafka_security=KafkaSecurity.SASL_PLAINTEXT, home=HOME)


def spelt(answer: httpx.Response) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    return answer.status_code, answer.content, answer.headers.raw


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer guessed"}, {"authorization": f"Basic {TOKEN}"}])
async def test_whoever_has_no_right_hears_the_same_whatever_they_ask(
    client: httpx.AsyncClient, given: dict[str, str]
) -> None:
    asked = [await client.request(method, path, headers=given) for path in PATHS for method in ("GET", "POST", "PUT")]
    asked += [await client.get("/api/cases", headers=given, params={"cursor": "x" * 300, "status": "asleep"})]
    assert len({str(spelt(answer)) for answer in asked}) == 1
    assert asked[0].status_code == 401


@pytest.mark.parametrize("path", [path for path in PATHS if path not in {"/api/feed", "/digests"}])
async def test_no_answer_is_stored_and_none_says_more_in_its_headers_than_these(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=OPERATOR)
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.headers) <= HEADERS


async def test_every_case_that_is_not_known_is_not_known_in_the_same_words(client: httpx.AsyncClient) -> None:
    asked = [await client.get(f"/api/cases/{an_id(number)}", headers=OPERATOR) for number in range(3)]
    assert {str(spelt(answer)) for answer in asked} == {str(spelt(asked[0]))}
    assert asked[0].status_code == 404


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (f"/api/cases/{PLACE}", {}),
        (f"/api/{PLACE}", {}),
        ("/api/cases", {"status": PLACE}),
        ("/api/cases", {"cursor": PLACE}),
        ("/api/cases", {"at_most": PLACE}),
        (f"/api/cases/{an_id(1)}", {"as_known_at": PLACE}),
        ("/api/feed", {"after": PLACE}),
        ("/api/feed", {"since": PLACE}),
        ("/api/cases", {PLACE: PLACE}),
    ],
)
async def test_no_answer_repeats_the_question(client: httpx.AsyncClient, path: str, asked: dict[str, str]) -> None:
    answer = await client.get(path, params=asked, headers=OPERATOR)
    assert PLACE not in answer.text + str(answer.headers)


async def test_nothing_can_be_asked_of_a_case_by_a_place_or_by_anything_but_this(
    client: httpx.AsyncClient, schemas: Schemas
) -> None:
    described = (await client.get("/openapi.json", headers=OPERATOR)).json()
    asked = {path: _parameters(methods) for path, methods in described["paths"].items()}
    assert {path: asked[path] for path in QUESTIONS} == QUESTIONS
    words = secret_words({schema.name: schema.source for schema in schemas.published})
    assert set().union(*asked.values()) & words == set()


def _parameters(methods: dict[str, Any]) -> set[str]:
    return {asked["name"] for method in methods.values() for asked in method.get("parameters", ())}
