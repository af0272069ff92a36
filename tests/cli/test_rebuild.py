"""`lantern rebuild` asks one service after the other, waits, and says by its exit status whether all was the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.cli.__main__ import commands
from tests.serving_each import serving_each

UNDER_WAY = {"phase": "reading", "records": 5, "records_in_all": 10, "cases": 0, "differing": 0, "reason": None}
EQUAL = {**UNDER_WAY, "phase": "equal", "cases": 169}
DIFFERENT = {**EQUAL, "phase": "different", "differing": 3}
ADOPTED = {**EQUAL, "phase": "adopted"}
REFUSED = {**EQUAL, "phase": "refused", "differing": 3}
FAILED = {**EQUAL, "phase": "failed", "reason": "NoLongerInKafka"}


class Service:
    """Rebuilds in two looks, and ends as it is told to."""

    def __init__(self, end: dict[str, object]) -> None:
        self.asked: list[object] = []
        self._told = [UNDER_WAY, end]

    async def asked_to(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return JSONResponse(UNDER_WAY, 202)

    async def told(self, _: Request) -> Response:
        return JSONResponse(self._told.pop(0) if len(self._told) > 1 else self._told[0])

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/rebuild", self.asked_to, methods=["POST"]),
                Route("/rebuild", self.told, methods=["GET"]),
            ]
        )


@asynccontextmanager
async def edition(folder: Path, services: dict[str, Service]) -> AsyncIterator[None]:
    async with serving_each({name: service.app() for name, service in services.items()}) as ports:
        (folder / "secrets").mkdir()
        (folder / "secrets" / "operator_token").write_text("token-of-the-tests")
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": ports}))
        yield


async def rebuild(folder: Path, correlator: Service, casefeed: Service, *options: str) -> Result:
    async with edition(folder, {"correlator": correlator, "casefeed": casefeed}):
        words = ["rebuild", "--data", str(folder), *options]
        return await asyncio.to_thread(CliRunner().invoke, commands(), words)


async def test_it_is_done_when_all_is_the_same(tmp_path: Path) -> None:
    result = await rebuild(tmp_path, Service(EQUAL), Service(EQUAL), "--verify")
    assert result.exit_code == 0
    assert "correlator: all 169 cases are the same" in result.output


@pytest.mark.parametrize("end", [DIFFERENT, REFUSED, FAILED])
async def test_it_fails_when_something_is_not_the_same_or_could_not_be_done(
    tmp_path: Path, end: dict[str, object]
) -> None:
    result = await rebuild(tmp_path, Service(EQUAL), Service(end))
    assert result.exit_code == 1
    assert "casefeed: " in result.output


async def test_the_count_of_what_differs_is_told_and_never_what(tmp_path: Path) -> None:
    result = await rebuild(tmp_path, Service(DIFFERENT), Service(EQUAL), "--verify")
    assert "3 of 169 cases" in result.output


@pytest.mark.parametrize(("options", "asked"), [((), {"verify": False}), (("--verify",), {"verify": True})])
async def test_it_only_compares_when_it_is_told_to(
    tmp_path: Path, options: tuple[str, ...], asked: dict[str, bool]
) -> None:
    services = Service(ADOPTED), Service(ADOPTED)
    assert (await rebuild(tmp_path, *services, *options)).exit_code == 0
    assert [service.asked for service in services] == [[asked], [asked]]


async def test_its_json_is_what_the_services_said(tmp_path: Path) -> None:
    result = await rebuild(tmp_path, Service(EQUAL), Service(DIFFERENT), "--verify", "--json")
    assert json.loads(result.stdout) == {"correlator": EQUAL, "casefeed": DIFFERENT}
    assert result.exit_code == 1
