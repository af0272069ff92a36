"""GET /, /feed/entries and /feed/bell: the live feed. A bell says that there is news; the page then asks for it."""

import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import RedirectResponse, Response

from services.casefeed.bells import bells, pace
from services.casefeed.feed import Feed
from services.casefeed.pages.shell import Shell
from services.casefeed.recent import Recent, Sought, recent
from services.casefeed.routes.answering import Window
from services.casefeed.routes.feed import counted, sight_now, watched
from services.casefeed.sight import Sight, own_sight
from services.casefeed.watching import Eyes
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about, about_feed
from services.core.case import CaseStatus
from services.core.codes import Sector
from services.core.facts import FACTS
from services.core.rights import Action, reach
from services.runtime.database import Connection
from services.runtime.process import Process
from services.runtime.signin.doorkeeper import SignedIn
from services.wire.avro import Schemas

_PAGE = 30
_MOST_NEW = 200
_SEE_OTHER = 303
_NUMBER = 2**62


class Asked(BaseModel):
    """What a reader asks of the feed; what a form leaves empty is not asked."""

    model_config = ConfigDict(frozen=True)

    sector: Sector | None = None
    type: str | None = None
    status: CaseStatus | None = None
    mine: bool = False
    after: Annotated[int, Field(ge=0, le=_NUMBER)] | None = None
    before: Annotated[int, Field(ge=0, le=_NUMBER)] | None = None

    @field_validator("sector", "type", "status", mode="before")
    @classmethod
    def _empty_is_nothing(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def sought(self) -> Sought:
        return Sought(self.sector, self.type if self.type in FACTS else None, self.status, self.after, self.before)

    def query(self, **more: object) -> dict[str, object]:
        """The same as the parameters of an address, without places; `more` is added."""
        kept = self.model_dump(mode="json", exclude={"after", "before"}, exclude_defaults=True)
        return {**kept, **more}


Wanted = Annotated[Asked, Query()]


def feed_pages(window: Window, schemas: Schemas, feed: Feed, process: Process, shell: Shell) -> APIRouter:
    """The routes of the live feed, for people in a browser."""
    routes = APIRouter()
    Who = Annotated[SignedIn, Depends(window.door.who)]  # noqa: N806 - a type, made of this door
    watchers = Watchers()

    async def seen(who: SignedIn, asked: Asked, at_most: int) -> Recent:

        async def find(connection: Connection, sees: Sight) -> Recent:
            theirs = await own_sight(connection, who.person, window.door.now()) if asked.mine else sees
            return await recent(connection, schemas, theirs, asked.sought, at_most)

        return await window.seen(who, find, _listed, f"feed {asked.model_dump_json()}")

    @routes.get("/", response_class=HTMLResponse)
    async def home(request: Request, who: Who, asked: Wanted) -> Response:
        if reach(who.person, Action.READ_CASES) is None:
            return RedirectResponse("/more", _SEE_OTHER)
        found = await seen(who, asked, _PAGE)
        lists = {"sectors": list(Sector), "types": sorted(FACTS), "statuses": list(CaseStatus)}
        return shell.page(request, "feed.html", who, {"found": found, "asked": asked, **lists})

    @routes.get("/feed/entries", response_class=HTMLResponse)
    async def entries(request: Request, who: Who, asked: Wanted) -> Response:
        found = await seen(who, asked, _MOST_NEW)
        return shell.page(request, "feed_entries.html", who, {"found": found})

    @routes.get("/feed/bell", response_class=StreamingResponse)
    async def bell(request: Request, who: Who) -> StreamingResponse:
        window.trail.note(watched(Act.FEED_FOLLOWED, who.person, feed.head))
        eyes = Eyes(partial(sight_now, window, request), time.monotonic)
        heard = bells(feed, eyes.show, lambda: not process.health.reasons, watchers.pause_seconds)
        stream = counted(
            watchers.counted(heard),
            process.metrics,
            lambda: window.trail.note(watched(Act.FEED_LEFT, who.person, feed.head)),
        )
        return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    return routes


class Watchers:
    """How many listen for the bell, and how often it may ring for each of them."""

    def __init__(self) -> None:
        self._now = 0

    def pause_seconds(self) -> float:
        return pace(self._now)

    async def counted(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The stream; it ends when the tables do not answer, and whoever listens comes back."""
        self._now += 1
        try:
            async for heard in stream:
                yield heard
        except HTTPException:
            return
        finally:
            self._now -= 1


def _listed(found: Recent) -> Entry:
    cases = tuple(about(Kind.CASE, case) for case in sorted({row.case_id for row in found.rows}))
    return Entry(Act.CASES_LISTED, Outcome.ALLOWED, about=(about_feed(found.reached), *cases), count=len(found.rows))
