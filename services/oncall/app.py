"""The web application of on-call: JSON for people who sign in, each for their own agency."""

from fastapi import APIRouter, FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from services.oncall.duty import Rota
from services.oncall.happening import Chronicle
from services.oncall.routes.alerts import alert_routes
from services.runtime.audit import Trail
from services.runtime.database import Session
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.doorkeeper import Doorkeeper
from services.runtime.signin.routes import mounted


def create_app(
    session: Session, door: Doorkeeper, trail: Trail, rota: Rota, chronicle: Chronicle, *more: APIRouter
) -> ASGIApp:
    """Make the application; `more` stands beside what alerts need."""
    app = FastAPI(title="Lantern on-call", docs_url=None, redoc_url=None, openapi_url=None)
    for routes in (alert_routes(session, door, trail, rota, chronicle), *more):
        app.include_router(routes)
    app.router.routes.extend(auditor_routes(session, trail, door))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
        sentence = f"The question is not understood: look at {wrong}."
        return JSONResponse({"error": sentence}, status.HTTP_422_UNPROCESSABLE_CONTENT)

    return mounted(app, door)
