"""Commands reach an edition through its data folder alone, and say clearly what is wrong when they cannot."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.cli import client
from services.cli.exchange import wait_until_committed
from services.core.errors import Misconfigured, Unavailable
from services.runtime.health import Health
from services.runtime.http import create_app, serving
from services.runtime.metrics import Metrics
from tests.builders import an_id
from tests.free_ports import free_base

TOKEN = "token-of-the-tests"


@dataclass
class Correlator:
    """Stands where the correlator would: it commits a few more of the events each time it is asked."""

    committed_at_once: int
    committed: int = 0

    async def answer(self, request: Request) -> JSONResponse:
        asked = (await request.json())["event_ids"]
        done = asked[: self.committed_at_once]
        self.committed += len(done)
        return JSONResponse({"committed": len(done), "missing": asked[len(done) :]})


def edition(folder: Path, port: int) -> client.Edition:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "operator_token").write_text(TOKEN)
    (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"correlator": port, "kafka": port}}))
    return client.read_edition(folder)


@pytest.fixture
async def correlator() -> AsyncIterator[tuple[Correlator, int]]:
    made, metrics = Correlator(committed_at_once=2), Metrics()
    routes = [Route("/committed", made.answer, methods=["POST"])]
    app = create_app(metrics, Health(metrics), SecretStr(TOKEN), routes)
    async with serving(app, "127.0.0.1", 0) as port:
        yield made, port


async def test_waiting_ends_when_every_event_is_on_a_timeline(
    correlator: tuple[Correlator, int], tmp_path: Path
) -> None:
    fake, port = correlator
    progress: list[int] = []

    await wait_until_committed(edition(tmp_path, port), [an_id(number) for number in range(5)], 30, progress.append)

    assert (fake.committed, progress) == (5, [2, 4, 5])


async def test_waiting_in_vain_says_how_many_events_are_left(
    correlator: tuple[Correlator, int], tmp_path: Path
) -> None:
    fake, port = correlator
    fake.committed_at_once = 0

    with pytest.raises(Unavailable, match="3 of 3 events are not on a timeline yet"):
        await wait_until_committed(edition(tmp_path, port), [an_id(number) for number in range(3)], 0.5, print)


@pytest.fixture
def nobody(tmp_path: Path) -> client.Edition:
    """An edition of which nothing runs."""
    return edition(tmp_path, free_base())


async def test_a_correlator_that_does_not_run_is_told_in_a_sentence(nobody: client.Edition) -> None:
    with pytest.raises(Unavailable, match="correlator does not answer"):
        await wait_until_committed(nobody, [an_id(1)], 30, print)


def test_a_service_that_does_not_run_is_told_in_a_sentence(nobody: client.Edition) -> None:
    with pytest.raises(Unavailable, match="correlator does not answer"), client.http(nobody.data, "correlator") as api:
        api.get("/digests")


def test_a_folder_without_an_edition_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="run `lantern up` first"):
        client.read_edition(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"ports": 1}'])
def test_a_broken_record_of_an_edition_is_told_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "edition.json").write_text(content)

    with pytest.raises(Misconfigured, match="lantern doctor"):
        client.read_edition(tmp_path)


ANSWERS = [
    (httpx.Response(404, json={"error": "There is no such case."}), "There is no such case."),
    (httpx.Response(422, json={"detail": "Not a time."}), "Not a time."),
    (httpx.Response(500, text="oops"), "The service answered with status 500."),
    (httpx.Response(500, json=["oops"]), "The service answered with status 500."),
]


@pytest.mark.parametrize(("response", "sentence"), ANSWERS)
def test_a_services_own_sentence_is_repeated(response: httpx.Response, sentence: str) -> None:
    with pytest.raises(client.Failed, match=sentence):
        client.answer(response)
