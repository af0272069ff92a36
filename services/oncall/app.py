"""The web application of on-call: JSON for people who sign in, each for their own agency."""

from datetime import datetime
from functools import partial

from fastapi import APIRouter, FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from services.core.codes import Sector
from services.oncall.answers import Answers, hand_over_alerts
from services.oncall.happening import Chronicle
from services.oncall.routes.alerts import alert_routes
from services.oncall.routes.handovers import handover_routes
from services.oncall.routes.recording import Desk
from services.oncall.routes.rota import rota_routes, staff_routes
from services.runtime.database import Connection
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.routes import mounted


def create_app(desk: Desk, answers: Answers, *more: APIRouter) -> ASGIApp:
    """Make the application; `more` stands beside what alerts need."""
    app = FastAPI(title="Lantern on-call", docs_url=None, redoc_url=None, openapi_url=None)
    alerts, rotas, staff = alert_routes(desk, answers), rota_routes(desk), staff_routes(desk)
    handovers = handover_routes(desk, partial(_given_alerts, answers.chronicle))
    for routes in (alerts, rotas, staff, handovers, *more):
        app.include_router(routes)
    app.router.routes.extend(auditor_routes(desk.session, desk.trail, desk.door))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = ", ".join(sorted({_named(problem["loc"]) for problem in error.errors()}))
        sentence = f"The question is not understood: look at {wrong}. Nothing was done."
        return JSONResponse({"error": sentence}, status.HTTP_422_UNPROCESSABLE_CONTENT)

    return mounted(app, desk.door)


def _named(place: tuple[str | int, ...]) -> str:
    """Where in what was sent something is wrong, as "ways.0.way"; the first of it is how it was sent."""
    return ".".join(map(str, place[1:])) or "all of it"


async def _given_alerts(  # noqa: PLR0913, PLR0917 - who gives what to whom, and where that is written
    chronicle: Chronicle, connection: Connection, giver: str, receiver: str, agency: Sector, now: datetime
) -> None:
    """Whoever takes over the duty owns the alerts that came with it."""
    await hand_over_alerts(connection, chronicle, giver, receiver, agency, now)
