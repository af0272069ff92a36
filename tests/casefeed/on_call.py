"""On-call, written by hand, as it answers whoever asks: one alert, one rota, and what was said of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.builders import START, an_id

ALERT, OFFER, COLLEAGUE, STRANGER = (an_id(number) for number in (0xA1E, 0x0FF, 0xC0, 0xBAD))
"""An alert, an offer of duty to whoever asks, a colleague of theirs, and somebody who is none."""
NOT_STAFF = "This person is not on the staff of your agency's rota. Nothing was changed."
NOT_PUBLISHED = "The rota was not published; version 1 still counts.\n- on duty: somebody is named who is not on it."


class Desk:
    """What on-call keeps; `on_duty` is who has the duty."""

    def __init__(self, on_duty: str) -> None:
        now = datetime.now(UTC)
        me, colleague = {"person": on_duty, "name": "Dana Invented"}, {"person": COLLEAGUE, "name": "Robin Invented"}
        self.alert: dict[str, Any] = {
            "alert_id": ALERT, "subject_id": an_id(0xA1 << 120), "kind": "missing", "state": "open",
            "severity": "critical", "reasons": ["trafficking_indicators"], "opened_at": START.isoformat(),
            "owner_agency": None, "calls": [
                {
                    "agency": "police", "status": "owed", "next_at": START.isoformat(), "answer": None,
                    "answered_at": None,
                },
            ],
        }  # fmt: skip
        shift = {"start": _spelt(now), "end": _spelt(now + timedelta(days=3)), "person": me}
        self.has_run_out = False
        self.rota: dict[str, Any] = {
            "version": 1,
            "shifts": [{**shift, "level": 0}, {**shift, "level": 1, "person": colleague}],
            "flags": [{"sentence": "Robin Invented: no way to reach them is known."}],
            "staff": [me, colleague],
        }
        self.made: dict[str, Any] = {
            "handover": an_id(0x0FA), "giver": me, "receiver": colleague, "until": shift["end"],
            "is_open": True, "is_to_you": False, "is_by_you": True,
        }  # fmt: skip
        to_me = {"handover": OFFER, "giver": colleague, "receiver": me, "is_to_you": True, "is_by_you": False}
        self.offers = [{**self.made, **to_me}]

    async def alerts(self, request: Request) -> JSONResponse:
        return JSONResponse({"alerts": [self.alert]}, 503 if request.app.state.away else 200)

    async def duty(self, _: Request) -> JSONResponse:
        until, me = None if self.has_run_out else START.isoformat(), self.rota["staff"][0]
        police = {
            "agency": "police", "on_duty": me, "until": until, "has_run_out": self.has_run_out, "is_you": True,
        }  # fmt: skip
        ukba = {**police, "agency": "ukba", "on_duty": {"person": STRANGER, "name": None}, "is_you": False}
        nobody = {**ukba, "agency": "health", "on_duty": None, "until": None, "has_run_out": False}
        return JSONResponse({"duty": [police, ukba, nobody]})

    async def answered(self, request: Request) -> JSONResponse:
        if request.path_params["alert"] != ALERT:
            return JSONResponse({"error": "There is no such alert."}, 404)
        said = await request.json()
        self.alert["calls"][0] |= {
            "status": "answered", "answer": said["answer"], "next_at": said["next_check_at"],
        }  # fmt: skip
        return JSONResponse(self.alert)

    async def shown(self, request: Request) -> JSONResponse:
        shifts = [] if self.has_run_out else self.rota["shifts"]
        return JSONResponse({**self.rota, "shifts": shifts}, 503 if request.app.state.away else 200)

    async def overridden(self, request: Request) -> JSONResponse:
        (one,) = (await request.json())["overrides"]
        if one["person"] == STRANGER:
            return JSONResponse({"error": NOT_PUBLISHED, "problems": []}, 422)
        return JSONResponse({"version": 2})

    async def offered(self, request: Request) -> JSONResponse:
        if request.method == "POST":
            if (await request.json())["to"] != COLLEAGUE:
                return JSONResponse({"error": NOT_STAFF}, 409)
            self.offers.append(self.made)
        return JSONResponse({"handovers": self.offers})

    async def taken(self, request: Request) -> JSONResponse:
        self.offers = [one for one in self.offers if one["handover"] != request.path_params["number"]]
        return JSONResponse({"handovers": self.offers})


def on_call(on_duty: str) -> Starlette:
    """The service; with `state.away` it answers nothing of alerts and rotas; `state.desk` is what it keeps."""
    desk = Desk(on_duty)
    made = Starlette(
        routes=[
            Route("/api/alerts", desk.alerts),
            Route("/api/alerts/{alert}/answer", desk.answered, methods=["POST"]),
            Route("/api/duty", desk.duty),
            Route("/api/rota", desk.shown),
            Route("/api/rota/overrides", desk.overridden, methods=["POST"]),
            Route("/api/handovers", desk.offered, methods=["GET", "POST"]),
            Route("/api/handovers/{number}/{said}", desk.taken, methods=["POST"]),
        ]
    )
    made.state.away, made.state.desk = False, desk
    return made


def _spelt(at: datetime) -> str:
    return at.isoformat()
