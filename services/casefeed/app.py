"""The case feed's web application: JSON, pages and a live stream, for people who sign in, under their rights."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request, status
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from services.casefeed.access import expect
from services.casefeed.feed import Feed
from services.casefeed.pages.assets import PREFIX, Assets
from services.casefeed.pages.cases import case_pages
from services.casefeed.pages.feed import feed_pages
from services.casefeed.pages.more import more_pages
from services.casefeed.pages.shell import Shell
from services.casefeed.refusing import Refusing
from services.casefeed.routes.answering import Window
from services.casefeed.routes.cases import case_routes
from services.casefeed.routes.enquiries import enquiry_routes
from services.casefeed.routes.feed import feed_routes
from services.casefeed.routes.patterns import pattern_routes
from services.casefeed.routes.waiting import waiting_routes
from services.runtime.health import Reason
from services.runtime.process import Process
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.doorkeeper import SignedIn
from services.runtime.signin.routes import mounted
from services.wire.avro import Schemas


def create_app(window: Window, schemas: Schemas, feed: Feed, process: Process) -> ASGIApp:
    """Make the application; what people see of the tables they see through `window`.

    Raises:
        Misconfigured: the pages' style sheet and script have not been built.
    """
    assets = Assets()
    shell = Shell(window.door, assets)

    def started() -> None:
        if Reason.STARTING in process.health.reasons:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "The case feed is starting. Ask again soon.")

    Who = Annotated[SignedIn, Depends(window.door.who)]  # noqa: N806 - a type, made of this door

    async def entitled(request: Request, who: Who) -> None:
        expect(request, who.person)

    app = FastAPI(
        title="Lantern case feed",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(started), Depends(entitled)],
    )
    for routes in (
        case_routes(window, schemas),
        enquiry_routes(window, schemas),
        pattern_routes(window),
        feed_routes(window, feed, process),
        waiting_routes(window),
        feed_pages(window, schemas, feed, process, shell),
        case_pages(window, schemas, shell),
        more_pages(window, shell),
    ):
        app.include_router(routes)
    app.router.routes.extend(auditor_routes(window.session, window.trail, window.door))
    app.router.routes.append(Route(f"{PREFIX}{{name}}", assets.show))
    refusing = Refusing(shell)
    refusing.answer_for(app)
    return mounted(app, window.door, refusing.said)
