"""GET /api/feed: server-sent events, resumed without a gap or a repeat."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, status
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from services.casefeed.feed import Feed, Item, follow
from services.casefeed.live import before, head, items_after
from services.casefeed.routes.answering import answer
from services.casefeed.sight import Sight, sight
from services.casefeed.watching import Eyes
from services.runtime.database import Connection, Session
from services.runtime.metrics import Metrics
from services.runtime.process import Process
from services.runtime.signin.doorkeeper import Doorkeeper

Number = Annotated[int | None, Query(ge=0, description="Start after this number of the feed.")]
LastHeld = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, description="What a browser sends on reconnecting.")
]
Since = Annotated[AwareDatetime | None, Query(description="Start with what was known at this time or later.")]


def feed_routes(session: Session, feed: Feed, process: Process, door: Doorkeeper) -> APIRouter:
    """The route of the live feed; what memory no longer holds is read through `session`."""
    routes = APIRouter()

    async def read_table(after: int) -> Sequence[Item]:
        return await session.run(lambda connection: items_after(connection, after))

    @routes.get("/api/feed", response_class=StreamingResponse)
    async def watch(
        request: Request, after: Number = None, since: Since = None, last_event_id: LastHeld = None
    ) -> StreamingResponse:
        await door.who(request)
        held = after if last_event_id is None else last_event_id
        start = await answer(session, lambda connection: _start(connection, held, since))
        eyes = Eyes(lambda: _sight(session, door, request), time.monotonic)
        stream = follow(feed, read_table, eyes.show, start, is_live=lambda: not process.health.reasons)
        return StreamingResponse(
            _counted(stream, process.metrics), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    return routes


async def _sight(session: Session, door: Doorkeeper, request: Request) -> Sight | None:
    """What who watches sees now; a watcher whose rights cannot be asked for watches no longer, and comes back."""
    try:
        who = await door.still(request)
        if who is None:
            return None
        return await answer(session, lambda connection: sight(connection, who.person, door.now()))
    except HTTPException:
        return None


async def _counted(stream: AsyncIterator[bytes], metrics: Metrics) -> AsyncIterator[bytes]:
    with metrics.watchers.track_inprogress():
        async for sent in stream:
            yield sent


async def _start(connection: Connection, held: int | None, since: datetime | None) -> int:
    """What the watcher holds already, else what came before `since`, else everything that there is now."""
    if held is None:
        return await (before(connection, since) if since else head(connection))
    if held > await head(connection):
        raise HTTPException(
            status.HTTP_409_CONFLICT, "The feed has not reached this number: it is of another feed. Start without it."
        )
    return held
