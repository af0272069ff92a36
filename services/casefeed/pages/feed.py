"""GET /, /feed/entries and /feed/bell: the live feed. A bell says that there is news; the page then asks for it."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from services.casefeed.access import signed_in
from services.casefeed.bells import bells, pace
from services.casefeed.feed import Feed
from services.casefeed.pages.routing import code, number, routed
from services.casefeed.pages.shell import Shell
from services.casefeed.recent import Recent, Sought, recent
from services.casefeed.routes.answering import Window
from services.casefeed.routes.feed import Sights, counted, watched
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

_PAGE = 30
_MOST = 100
"""So many rows the page keeps, and so many at most are new in one answer: a full one leaves no older row beside it."""
_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of the feed, and whether of their own cases alone."""

    sought: Sought
    mine: bool

    def query(self, **more: object) -> dict[str, object]:
        """The same as the parameters of an address, without places; `more` is added."""
        sought = self.sought
        kept = {"sector": sought.sector, "type": sought.type, "status": sought.status, "mine": self.mine and "true"}
        return {name: value for name, value in kept.items() if value} | more


class FeedPages:
    """The live feed, for people in a browser."""

    def __init__(self, window: Window, sights: Sights, feed: Feed, process: Process, shell: Shell) -> None:
        self._window = window
        self._sights = sights
        self._feed = feed
        self._process = process
        self._shell = shell
        self._watchers = Watchers()

    @property
    def routes(self) -> APIRouter:
        return routed({"/": self.home, "/feed/entries": self.entries, "/feed/bell": self.bell})

    async def home(self, request: Request) -> Response:
        who, asked = signed_in(request), _asked(request)
        if reach(who.person, Action.READ_CASES) is None:
            return RedirectResponse("/more", _SEE_OTHER)
        found = await self._seen(who, asked, _PAGE)
        lists = {"sectors": list(Sector), "types": sorted(FACTS), "statuses": list(CaseStatus)}
        return self._shell.page(request, "feed.html", who, {"found": found, "asked": asked, "most": _MOST, **lists})

    async def entries(self, request: Request) -> Response:
        """What is new since the page was made, or since it last asked."""
        who, asked = signed_in(request), _asked(request)
        since = replace(asked.sought, after=asked.sought.after or 0)
        found = await self._seen(who, replace(asked, sought=since), _MOST)
        return self._shell.page(request, "feed_entries.html", who, {"found": found})

    async def bell(self, request: Request) -> Response:
        person, trail, feed = signed_in(request).person, self._window.trail, self._feed
        trail.note(watched(Act.FEED_FOLLOWED, person, feed.head))
        eyes = Eyes(partial(self._sights.now, request), time.monotonic, lambda: feed.rights)
        heard = bells(feed, eyes.show, lambda: not self._process.health.reasons, self._watchers.pause_seconds)
        stream = counted(
            self._watchers.counted(heard),
            self._process.metrics,
            lambda: trail.note(watched(Act.FEED_LEFT, person, feed.head)),
        )
        return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def _seen(self, who: SignedIn, asked: Asked, at_most: int) -> Recent:
        schemas = self._window.schemas

        async def find(connection: Connection, sees: Sight) -> Recent:
            theirs = await own_sight(connection, schemas, who.person, self._window.door.now()) if asked.mine else sees
            return await recent(connection, schemas, theirs, asked.sought, at_most)

        return await self._window.seen(who, find, _listed, f"feed {asked}")


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


def _asked(request: Request) -> Asked:
    kind = request.query_params.get("type", "")
    sought = Sought(
        code(request, "sector", Sector),
        kind if kind in FACTS else None,
        code(request, "status", CaseStatus),
        number(request, "after"),
        number(request, "before"),
    )
    return Asked(sought, request.query_params.get("mine") == "true")


def _listed(found: Recent) -> Entry:
    cases = tuple(about(Kind.CASE, case) for case in sorted({row.case_id for row in found.rows}))
    return Entry(Act.CASES_LISTED, Outcome.ALLOWED, about=(about_feed(found.reached), *cases), count=len(found.rows))
