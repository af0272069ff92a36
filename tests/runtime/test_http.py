"""The HTTP side of a service: three open paths, everything else for the operator alone."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.core.errors import Misconfigured
from services.runtime.health import Health, Reason
from services.runtime.http import Refusal, create_app, listen, serving
from services.runtime.metrics import DEFINITIONS, Metrics
from services.runtime.tls import trusted

TOKEN = "token-of-the-tests"


async def show_secret(_: Request) -> PlainTextResponse:
    return PlainTextResponse("for the operator")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def health(metrics: Metrics) -> Health:
    return Health(metrics)


@pytest.fixture
async def client(metrics: Metrics, health: Health) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a served application that has one route of its own."""
    app = create_app(metrics, health, SecretStr(TOKEN), [Route("/secret", show_secret)])
    async with (
        serving(app, "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=trusted()) as client,
    ):
        yield client


async def test_a_service_is_not_ready_before_it_works(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"light": "red", "reasons": ["starting"]})


async def test_everybody_who_is_refused_at_the_door_is_heard_of(metrics: Metrics, health: Health) -> None:
    refused: list[None] = []
    people = Refusal(lambda: refused.append(None))
    app = create_app(metrics, health, SecretStr(TOKEN), [Route("/secret", show_secret)], people)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        for headers in ({}, {"authorization": "Bearer guessed"}, {"authorization": f"Bearer {TOKEN}"}):
            await client.get("/secret", headers=headers)
        await client.get("/healthz")
    assert len(refused) == 2


@pytest.mark.parametrize(
    "reason",
    [
        Reason.KAFKA_BYTES_CORRUPT,
        Reason.KAFKA_LOST_RECORDS,
        Reason.PAGES_NOT_SENT,
        Reason.PAGES_LOST,
        Reason.HEARTBEAT_NOT_SENT,
    ],
)
async def test_what_people_must_mend_leaves_a_service_ready_with_its_light_red(
    client: httpx.AsyncClient, health: Health, reason: Reason
) -> None:
    health.green(Reason.STARTING)
    health.red(reason)

    assert [(await client.get(path)).status_code for path in ("/readyz", "/healthz")] == [200, 503]


async def test_a_service_that_works_is_ready(client: httpx.AsyncClient, health: Health) -> None:
    health.green(Reason.STARTING)

    answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"light": "green", "reasons": []})


@pytest.mark.parametrize("reason", [Reason.STARTING, Reason.STOPPING])
async def test_a_service_that_starts_or_stops_is_well(
    client: httpx.AsyncClient, health: Health, reason: Reason
) -> None:
    health.red(reason)

    assert (await client.get("/healthz")).status_code == 200


async def test_a_broken_pipe_turns_the_light_red_with_its_reason(client: httpx.AsyncClient, health: Health) -> None:
    health.red(Reason.KAFKA_UNAVAILABLE)

    answer = await client.get("/healthz")

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["kafka_unavailable"])


async def test_the_light_is_green_again_when_its_last_reason_is_over(client: httpx.AsyncClient, health: Health) -> None:
    health.red(Reason.KAFKA_UNAVAILABLE)
    health.red(Reason.DATABASE_UNAVAILABLE)
    health.green(Reason.KAFKA_UNAVAILABLE)
    assert (await client.get("/healthz")).status_code == 503

    health.green(Reason.DATABASE_UNAVAILABLE)

    assert (await client.get("/healthz")).status_code == 200


async def test_every_metric_is_shown_with_what_it_counts(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/metrics")).text

    assert [metric.name for metric in DEFINITIONS if f"# HELP {metric.name}" not in shown] == []


async def test_the_operators_token_opens_a_services_own_routes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/secret", headers={"authorization": f"Bearer {TOKEN}"})

    assert answer.text == "for the operator"


WRONG = [
    {},
    {"authorization": ""},
    {"authorization": TOKEN},
    {"authorization": "Bearer another"},
    {"authorization": f"bearer {TOKEN}"},
    {"authorization": f"Bearer {TOKEN}x"},
    {"authorization": "Bearer \u00ff"},
]


@pytest.mark.parametrize("path", ["/secret", "/", "/nowhere", "/metrics/more", "//secret"])
@pytest.mark.parametrize("headers", WRONG)
async def test_nobody_else_learns_whether_a_route_is_there(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(
        path, headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "This needs the operator's token."})


async def test_two_tokens_are_none(client: httpx.AsyncClient) -> None:
    two = [("authorization", f"Bearer {TOKEN}"), ("authorization", f"Bearer {TOKEN}")]

    assert (await client.get("/secret", headers=two)).status_code == 401


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_port_that_is_taken_is_told_in_a_sentence(metrics: Metrics, health: Health) -> None:
    app = create_app(metrics, health, SecretStr(TOKEN))
    async with serving(app, "127.0.0.1", 0) as port:
        with pytest.raises(Misconfigured, match=f"Port {port} is taken"):
            async with serving(app, "127.0.0.1", port):
                pass


@pytest.fixture
def handled() -> Iterator[list[int]]:
    """The signals that the process's own handler got."""
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: got.append(number))
    yield got
    signal.signal(signal.SIGTERM, before)


async def test_signals_stay_with_the_service(client: httpx.AsyncClient, handled: list[int]) -> None:
    signal.raise_signal(signal.SIGTERM)
    await asyncio.sleep(0)

    assert handled == [signal.SIGTERM]
    assert (await client.get("/metrics")).status_code == 200


async def show_person(_: Request) -> PlainTextResponse:
    return PlainTextResponse("for who signs in")


@pytest.fixture
async def shared(metrics: Metrics, health: Health) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application to which people come too."""
    people = Starlette(routes=[Route("/", show_person), Route("/secret", show_person), Route("/metrics", show_person)])
    app = create_app(metrics, health, SecretStr(TOKEN), [Route("/secret", show_secret)], people)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("headers", WRONG[:3] + WRONG[4:5])
async def test_whoever_does_not_bear_the_operators_token_is_peoples(
    shared: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await shared.get("/secret", headers=headers)).text == "for who signs in"


async def test_the_operator_is_shown_nothing_of_peoples(shared: httpx.AsyncClient) -> None:
    operator = {"authorization": f"Bearer {TOKEN}"}

    assert (await shared.get("/secret", headers=operator)).text == "for the operator"
    assert (await shared.get("/", headers=operator)).status_code == 404


async def test_metrics_are_nobodys_to_replace(shared: httpx.AsyncClient) -> None:
    assert "# HELP" in (await shared.get("/metrics")).text


FROM_ELSEWHERE: list[tuple[str, str, dict[str, str]]] = [
    ("203.0.113.9", "http://127.0.0.1", {}),
    ("127.0.0.1", "http://lantern.example", {}),
    ("127.0.0.1", "http://127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
    ("127.0.0.1", "http://127.0.0.1", {"forwarded": "for=203.0.113.9"}),
    ("127.0.0.1", "http://127.0.0.1", {"via": "1.1 proxy"}),
]


@pytest.mark.parametrize(("peer", "url", "headers"), FROM_ELSEWHERE)
@pytest.mark.parametrize(("token", "status"), [({}, 401), ({"authorization": f"Bearer {TOKEN}"}, 200)])
async def test_where_people_come_who_comes_from_elsewhere_sees_metrics_with_the_operators_token_alone(
    metrics: Metrics, health: Health, peer: str, url: str, headers: dict[str, str], token: dict[str, str], status: int
) -> None:
    app = create_app(metrics, health, SecretStr(TOKEN), [], Starlette())
    transport = httpx.ASGITransport(app, client=(peer, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        assert (await client.get("/metrics", headers={**headers, **token})).status_code == status
