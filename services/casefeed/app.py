"""The case feed's web application: JSON and a live stream, for people who sign in, under their rights."""

from fastapi import Depends, FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from services.casefeed.feed import Feed
from services.casefeed.routes.answering import Window
from services.casefeed.routes.cases import case_routes
from services.casefeed.routes.enquiries import enquiry_routes
from services.casefeed.routes.feed import feed_routes
from services.casefeed.routes.patterns import pattern_routes
from services.casefeed.routes.waiting import waiting_routes
from services.runtime.health import Reason
from services.runtime.process import Process
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.routes import mounted
from services.wire.avro import Schemas


def create_app(window: Window, schemas: Schemas, feed: Feed, process: Process) -> ASGIApp:
    """Make the application; what people see of the tables they see through `window`."""

    def started() -> None:
        if Reason.STARTING in process.health.reasons:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "The case feed is starting. Ask again soon.")

    app = FastAPI(
        title="Lantern case feed", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(started)]
    )
    app.include_router(case_routes(window, schemas))
    app.include_router(enquiry_routes(window, schemas))
    app.include_router(pattern_routes(window))
    app.include_router(feed_routes(window, feed, process))
    app.include_router(waiting_routes(window))

    app.router.routes.extend(auditor_routes(window.session, window.trail, window.door))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
        return JSONResponse(
            {"error": f"The question is not understood: look at {wrong}."}, status.HTTP_422_UNPROCESSABLE_CONTENT
        )

    return mounted(app, window.door)
