"""What the case feed asks of on-call: all of it, page by page."""

from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.casefeed.oncall import OnCall
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
