"""The case feed's web application: JSON, pages and a live stream, for people who sign in, under their rights."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Depends, FastAPI, Request, status
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from services.casefeed.access import expect, is_asked_by_itself
from services.casefeed.deciding import Agencies, Deciding
from services.casefeed.duty import DutyDesk
from services.casefeed.feed import Feed
from services.casefeed.oncall import OnCall
from services.casefeed.pages.assets import PREFIX, Assets
from services.casefeed.pages.audit import AuditPages
from services.casefeed.pages.boards import BoardPages
from services.casefeed.pages.cases import CasePages
from services.casefeed.pages.enquirers import EnquirerPages
from services.casefeed.pages.feed import FeedPages
from services.casefeed.pages.links import LinkPages
from services.casefeed.pages.more import MorePages
from services.casefeed.pages.oncall import OnCallPages
from services.casefeed.pages.rota import RotaPages
from services.casefeed.pages.shell import Shell
from services.casefeed.refusing import REFUSALS, Refusal, Refusing
from services.casefeed.routes.answering import Window
from services.casefeed.routes.cases import case_routes
from services.casefeed.routes.enquiries import enquiry_routes
from services.casefeed.routes.feed import Sights, feed_routes
from services.casefeed.routes.links import link_routes
from services.casefeed.routes.patterns import pattern_routes
from services.casefeed.routes.waiting import waiting_routes
from services.runtime.health import Reason
from services.runtime.kafka import send_once
from services.runtime.kafka_access import access_of
from services.runtime.process import Process
from services.runtime.settings import KeySettings, OnCallAddress, load
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.routes import mounted
from services.wire.avro import Schemas


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Whom the pages ask and tell: on-call, and the agencies' processors."""

    oncall: OnCall
    agencies: Agencies


def neighbours(process: Process) -> Neighbours:
    """Those of this process, as its environment says.

    Raises:
        Misconfigured: a setting or this principal's secrets are missing.
    """
    agencies = Agencies(load(KeySettings).public_keys, partial(send_once, access_of(process.settings)))
    return Neighbours(OnCall(load(OnCallAddress).oncall_url), agencies)


def create_app(window: Window, schemas: Schemas, feed: Feed, process: Process, beside: Neighbours) -> ASGIApp:
    """Make the application; what people see of the tables they see through `window`.

    Raises:
        Misconfigured: the pages' style sheet and script have not been built.
    """
    assets = Assets()
    shell = Shell(window.door, assets)
    asked_first = [Depends(_started(process)), Depends(_entitled(window))]
    app = FastAPI(
        title="Lantern case feed",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=asked_first,
        responses={code: {"model": Refusal} for code in REFUSALS},
    )
    sights = Sights(window)
    for routes in (*_answers(window, schemas, sights, feed, process), *_pages(window, schemas, beside, shell)):
        app.include_router(routes)
    app.include_router(FeedPages(window, sights, feed, process, shell).routes)
    app.router.routes.extend(auditor_routes(window.session, window.trail, window.door))
    app.router.routes.append(Route(f"{PREFIX}{{name}}", assets.show))
    refusing = Refusing(shell)
    refusing.answer_for(app)
    return mounted(app, window.door, refusing.said)


def _answers(window: Window, schemas: Schemas, sights: Sights, feed: Feed, process: Process) -> Iterator[APIRouter]:
    """What programs ask for."""
    yield case_routes(window, schemas)
    yield enquiry_routes(window, schemas)
    yield pattern_routes(window)
    yield link_routes(window, schemas)
    yield feed_routes(window, sights, feed, process)
    yield waiting_routes(window)


def _pages(window: Window, schemas: Schemas, beside: Neighbours, shell: Shell) -> Iterator[APIRouter]:
    """What people ask for in a browser, besides the feed."""
    yield CasePages(window, schemas, shell).routes
    yield BoardPages(window, schemas, beside.oncall, shell).routes
    yield OnCallPages(window, beside.oncall, shell).routes
    yield RotaPages(window.door, DutyDesk(beside.oncall), shell).routes
    yield EnquirerPages(window, schemas, shell).routes
    yield LinkPages(window, schemas, shell, Deciding(window, beside.agencies)).routes
    yield AuditPages(window, shell).routes
    yield MorePages(shell).routes


def _started(process: Process) -> Callable[[], None]:
    def started() -> None:
        if Reason.STARTING in process.health.reasons:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "The case feed is starting. Ask again soon.")

    return started


def _entitled(window: Window) -> Callable[..., Awaitable[None]]:
    """Nobody comes to a route without the right that it asks for; a page that asks by itself keeps no session alive."""
    door = window.door

    async def entitled(request: Request) -> None:
        who = await (door.watcher(request) if is_asked_by_itself(request) else door.who(request))
        expect(request, who.person)
        request.state.who = who

    return entitled
