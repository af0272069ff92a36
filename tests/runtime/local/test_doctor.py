"""`lantern doctor` looks at everything, changes nothing and says what to do."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.runtime.http import serving
from services.runtime.local import credentials, doctor, keys, record
from services.runtime.local.edition import Edition
from services.runtime.local.starting import why_red
from tests.free_ports import free_base

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """An edition that was made once and does not run."""
    made = Edition(tmp_path, free_base())
    credentials.make_missing(made.secrets)
    keys.make_missing(made.keys, NOW)
    record.write(tmp_path, made.record)
    return made


class Says(httpx.BaseTransport):
    """A service that answers every question in one way."""

    def __init__(self, status: int, reasons: list[str]) -> None:
        self._answer = httpx.Response(status, json={"reasons": reasons})

    def handle_request(self, _: httpx.Request) -> httpx.Response:
        return self._answer


def wrong(edition: Edition, least_free_bytes: int = 0) -> dict[str, str]:
    """What is wrong with each subject, in words."""
    findings = doctor.examine(edition, least_free_bytes)
    return {finding.subject: finding.sentence for finding in findings if not finding.well}


def test_a_folder_that_was_never_started_is_said_to_be_that_and_no_more(tmp_path: Path) -> None:
    found = wrong(Edition(tmp_path, free_base()))

    assert found == {"data folder": f"Nothing was started in {tmp_path} yet: run `lantern up`."}


def test_what_does_not_run_is_named_with_what_to_do(edition: Edition) -> None:
    found = wrong(edition)

    assert "run `lantern up`" in found["keeper of the processes"]
    assert "run `lantern up`" in found["Kafka"]
    assert "run `lantern up`" in found["PostgreSQL"]
    assert "data folder" not in found


def test_a_password_that_others_can_read_is_named(edition: Edition) -> None:
    credentials.path_of(edition.secrets, "vault").chmod(0o644)

    assert "secrets/vault.json" in wrong(edition)["passwords and keys"]


def test_a_full_disk_is_named(edition: Edition) -> None:
    assert "make room" in wrong(edition, least_free_bytes=1 << 60)["disk"]


def test_a_damaged_record_is_named(edition: Edition) -> None:
    record.path_in(edition.data).write_text("{")

    assert "restore that file" in wrong(Edition(edition.data, edition.port_base))["data folder"]


def test_of_a_service_that_nobody_starts_again_it_is_not_said_that_it_tries_on_its_own(edition: Edition) -> None:
    assert wrong(edition)["oncall"] == "It does not run: see the keeper of the processes above."


def test_looking_changes_nothing(edition: Edition) -> None:
    before = {path: path.stat().st_mtime_ns for path in edition.data.rglob("*")}

    doctor.examine(edition)

    assert {path: path.stat().st_mtime_ns for path in edition.data.rglob("*")} == before


@pytest.mark.parametrize(("status", "reasons"), [(200, []), (503, ["pages_not_sent"])])
def test_a_ready_service_says_why_its_light_is_red(edition: Edition, status: int, reasons: list[str]) -> None:
    with httpx.Client(transport=Says(status, reasons)) as client:
        assert why_red(edition, "oncall", client) == reasons


async def test_a_service_that_pages_nobody_is_not_well_though_it_is_ready(edition: Edition) -> None:
    async def ready(_: Request) -> Response:
        return JSONResponse({"reasons": []})

    async def red(_: Request) -> Response:
        return JSONResponse({"reasons": ["pages_not_sent"]}, 503)

    app = Starlette(routes=[Route("/readyz", ready), Route("/healthz", red)])
    async with serving(app, "127.0.0.1", edition.ports["oncall"]):
        found = await asyncio.to_thread(wrong, edition)
    assert found["oncall"] == "It is ready, but its light is red (pages_not_sent): see Health in infra/README.md."
