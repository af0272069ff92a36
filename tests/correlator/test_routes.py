"""What the correlator answers its operator."""

from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from services.correlator.routes import routes
from services.runtime.audit import Trail
from tests.builders import an_id
from tests.correlator.histories import a_history
from tests.correlator.tables import TOPIC, Tables


@pytest.fixture
async def operator(tables: Tables) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes alone; the token is asked for by whoever serves them."""
    app = Starlette(routes=routes(tables.session, tables.decoder, Trail(tables.session.where)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://correlator") as client:
        yield client


async def test_it_says_which_events_are_committed(tables: Tables, operator: httpx.AsyncClient) -> None:
    history = a_history(Random(1), 10)
    await tables.save(history)
    held, missing = history[0].head.event_id, an_id(404)
    answer = await operator.post("/committed", json={"event_ids": [held, missing]})
    assert answer.json() == {"committed": 1, "missing": [missing]}


@pytest.mark.parametrize(
    "asked", [{}, {"event_ids": ["not an id"]}, {"event_ids": 1}, {"event_ids": [], "more": 1}, []]
)
async def test_a_question_that_is_not_understood_is_refused_and_not_repeated(
    operator: httpx.AsyncClient, asked: object
) -> None:
    answer = await operator.post("/committed", json=asked)
    assert answer.status_code == 422
    assert "not an id" not in answer.text


async def test_digests_are_told_with_the_positions_they_hold_at(tables: Tables, operator: httpx.AsyncClient) -> None:
    history = a_history(Random(2), 30)
    await tables.save(history)
    told = (await operator.get("/digests")).json()
    assert told["digests"] == await tables.digests()
    assert [(UUID(topic), partition, offset) for topic, partition, offset in told["positions"]] == [
        (TOPIC, 0, len(history))
    ]


async def test_a_hub_without_cases_has_no_digests(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/digests")).json() == {"positions": [], "digests": {}}
