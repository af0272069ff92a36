"""The case feed's web application: JSON and a live stream, for the operator alone; no answer may be stored."""

from fastapi import Depends, FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.casefeed.feed import Feed
from services.casefeed.routes.cases import case_routes
from services.casefeed.routes.feed import feed_routes
from services.runtime.database import Session
from services.runtime.health import Reason
from services.runtime.process import Process
from services.wire.avro import Schemas


def create_app(session: Session, schemas: Schemas, feed: Feed, process: Process) -> FastAPI:
    """Make the application; whoever serves it asks for the operator's token first."""

    def started() -> None:
        if Reason.STARTING in process.health.reasons:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "The case feed is starting. Ask again soon.")

    app = FastAPI(title="Lantern case feed", docs_url=None, redoc_url=None, dependencies=[Depends(started)])
    app.add_middleware(NeverStored)
    app.include_router(case_routes(session, schemas))
    app.include_router(feed_routes(session, feed, process))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
        return JSONResponse(
            {"error": f"The question is not understood: look at {wrong}."}, status.HTTP_422_UNPROCESSABLE_CONTENT
        )

    return app


class NeverStored:
    """Adds to every answer of `app` that nobody on its way may keep it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["cache-control"] = "no-store"
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        await self.app(scope, receive, send_marked)
