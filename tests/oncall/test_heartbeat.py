"""The dead-man's switch: told while paging works, silent while it does not, red when it cannot be told."""

import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.oncall.heartbeat import STOPS_PAGING, Heartbeat
from services.runtime.health import Health, Reason
from services.runtime.http import serving
from services.runtime.metrics import Metrics
from services.runtime.tls import trusted
from tests.oncall.channels.messages import LONG_SECONDS


def well() -> Health:
    health = Health(Metrics())
    health.green(Reason.STARTING)
    return health


def red(health: Health) -> list[Reason]:
    return list(health.reasons)


class Outside:
    """Whoever watches from outside."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[tuple[bytes, str]] = []

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/beat", self._take)])

    async def _take(self, request: Request) -> Response:
        self.asked.append((await request.body(), request.url.query))
        return Response(status_code=self.status)


async def beat(outside: Outside, health: Health) -> bool:
    async with (
        serving(outside.app, "127.0.0.1", 0) as port,
        httpx.AsyncClient(timeout=LONG_SECONDS, trust_env=False, verify=trusted()) as client,
    ):
        return await Heartbeat(f"http://127.0.0.1:{port}/beat", 60, health).beat(client)


async def test_while_paging_works_it_is_told_and_nothing_else_is() -> None:
    outside, health = Outside(), well()
    assert await beat(outside, health)
    assert outside.asked == [(b"", "")]
    assert red(health) == []


@pytest.mark.parametrize("reason", sorted(STOPS_PAGING))
async def test_while_paging_does_not_work_it_is_silent(reason: Reason) -> None:
    outside, health = Outside(), well()
    health.red(reason)
    assert not await beat(outside, health)
    assert outside.asked == []


@pytest.mark.parametrize("reason", sorted(set(Reason) - STOPS_PAGING))
async def test_no_other_light_silences_it(reason: Reason) -> None:
    health = well()
    health.red(reason)
    assert await beat(Outside(), health)


async def test_the_light_is_red_while_nobody_outside_listens() -> None:
    health = well()
    assert not await beat(Outside(500), health)
    assert red(health) == [Reason.HEARTBEAT_NOT_SENT]
    assert await beat(Outside(), health)
    assert red(health) == []


async def test_the_light_is_red_where_there_is_nobody_outside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    health = well()
    async with httpx.AsyncClient(timeout=LONG_SECONDS, trust_env=False, verify=trusted()) as client:
        assert not await Heartbeat(f"http://127.0.0.1:{port}/beat", 60, health).beat(client)
    assert red(health) == [Reason.HEARTBEAT_NOT_SENT]
