"""What the case feed asks of on-call: all of it, page by page."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from services.casefeed.oncall import NotTold, OnCall, Why
from tests.builders import START, an_id

ALERT: dict[str, Any] = {
    "subject_id": None,
    "kind": "missing",
    "state": "open",
    "severity": "critical",
    "reasons": [],
    "opened_at": START.isoformat(),
    "owner_agency": None,
    "calls": [],
}
LAST = "2026-01-01T00:00:00+00:00,last"


async def _alerts(request: Request) -> JSONResponse:
    """Two pages: the second is told to who asks for it by its whole name."""
    after = request.query_params.get("after")
    pages = {
        None: {"alerts": [ALERT | {"alert_id": an_id(1)}], "next": LAST},
        LAST: {"alerts": [ALERT | {"alert_id": an_id(2)}], "next": None},
    }
    return JSONResponse(pages[after])


async def test_every_page_of_the_alerts_is_asked_for() -> None:
    asked = OnCall("http://oncall", httpx.ASGITransport(Starlette(routes=[Route("/api/alerts", _alerts)])))
    assert [alert.alert_id for alert in await asked.alerts("token")] == [an_id(1), an_id(2)]


async def _something_else(_: Request) -> Response:
    return HTMLResponse("<title>It works!</title>")


async def _nothing_readable(_: Request) -> Response:
    return Response(b'{"alerts": "\xff\xfe"}', media_type="application/json")


async def _never(_: Request) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("answer", [_something_else, _nothing_readable, _never])
async def test_an_answer_that_is_none_of_on_calls_is_told_as_its_absence(
    answer: Callable[[Request], Awaitable[Response]],
) -> None:
    asked = OnCall("http://oncall", httpx.ASGITransport(Starlette(routes=[Route("/api/alerts", answer)])))
    with pytest.raises(NotTold) as error:
        await asked.alerts("token")
    assert error.value.why is Why.AWAY
