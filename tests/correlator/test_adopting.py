"""Other weights: what the operator is told of them beforehand, and that they are adopted only as they were shown."""

from collections.abc import AsyncIterator
from random import Random

import httpx
import pytest
from starlette.applications import Starlette

from services.correlator.adopting import Weighing
from services.correlator.decoding import WEIGHTS_ADOPTED
from services.runtime.audit import Trail
from tests.correlator.histories import a_history, said
from tests.correlator.memory import ADOPTED, MATCHERS, WARIER_MATCHER, whole_truth
from tests.correlator.tables import Tables


@pytest.fixture
async def operator(tables: Tables) -> AsyncIterator[httpx.AsyncClient]:
    session = tables.session
    app = Starlette(routes=Weighing(session, MATCHERS, Trail(session.where), tables.decoder.schemas).routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://correlator") as client:
        yield client


async def test_the_report_says_what_adopting_then_does(tables: Tables, operator: httpx.AsyncClient) -> None:
    history = a_history(Random(1), 60)
    await tables.save(history)
    before, after = await tables.truth(), whole_truth(map(said, history), WARIER_MATCHER)
    shown = (await operator.get("/weights/2")).json()
    assert await tables.truth() == before
    links = [{edge.pair for edge in truth.edges if edge.verdict == "link"} for truth in (before, after)]
    assert (shown["pairs_joined"], shown["pairs_parted"]) == (len(links[1] - links[0]), len(links[0] - links[1]))
    cases = {
        case for case in before.digests.keys() | after.digests if before.digests.get(case) != after.digests.get(case)
    }
    assert set(shown["cases"]) == cases
    assert bool(shown["records_moved"]) == bool(cases)


async def test_what_is_adopted_is_told_once_and_then_holds(tables: Tables, operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/weights", json={"version": "2", "sha256": ADOPTED.sha256})
    assert answer.status_code == 202
    [(frame,)] = await tables.ask("SELECT value FROM outbox WHERE topic = 'matching-weights.v1'")
    _, record = tables.decoder.schemas.decode(frame, (WEIGHTS_ADOPTED,))
    assert (record["version"], record["sha256"]) == ("2", ADOPTED.sha256)
    await tables.adopt(ADOPTED)
    assert (await operator.get("/weights")).json() == {"holds": "2", "versions": ["1", "2"]}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"version": "3", "sha256": "ab" * 32}, 404),
        ({"version": "2", "sha256": "ab" * 32}, 404),
        ({"version": "2"}, 422),
        ({}, 422),
    ],
)
async def test_weights_that_were_not_shown_are_not_adopted(
    tables: Tables, operator: httpx.AsyncClient, asked: dict[str, str], status: int
) -> None:
    assert (await operator.post("/weights", json=asked)).status_code == status
    assert await tables.ask("SELECT 1 FROM outbox") == []


async def test_a_version_that_nobody_has_has_no_report(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/weights/3")).status_code == 404
